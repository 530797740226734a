/** The content of the npm package: the built client, entries with their types, and nothing else. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

interface Packed {
  size: number;
  unpackedSize: number;
  files: { path: string; size: number }[];
}

/** The files outside of `dist/`. */
const TEXTS = ["CHANGELOG.md", "LICENSE", "README.md", "SECURITY.md", "package.json"];

/** The kinds of files in `dist/`. */
const RULES = {
  "the script-tag client and its style": /^shiny-comm\.(js|css|module\.js)$/,
  "the chunks": /^chunks\/[a-z-]+-[A-Z0-9]{8}\.js$/,
  "the chunks' styles": /^chunks\/[a-z-]+-[A-Z0-9]{8}\.css$/,
  fonts: /^fonts\/[\w-]+-[A-Z0-9]{8}\.woff2$/,
  "entries of the npm package": /^[a-z-]+\.js$/,
  "modules of the entries": /^(?!chunks\/|fonts\/)(?:[a-z-]+\/)*[a-z-]+\.js$/,
  types: /^(?:[a-z-]+\/)*[a-z-]+\.d\.ts$/,
  "licenses of the packages in the chunks": /^THIRD-PARTY\.txt$/,
};

const LARGEST_BYTES = 400_000;
const PACKED_BYTES = 1_000_000;
const UNPACKED_BYTES = 2_200_000;

let packed: Packed;
let folder: string;

/** Packs a copy that has files which do not belong in the package. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "shiny-comm-pack-"));
  for (const name of [...TEXTS, "dist", "src"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  writeFileSync(join(folder, "dist/shiny-comm.js.map"), "{}");
  writeFileSync(join(folder, "dist/chunks/start-ABCDEFGH.js.map"), "{}");
  const { stdout, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const [result] = JSON.parse(stdout || "[]") as Packed[];
  if (!result) throw new Error(stderr);
  packed = result;
});

afterAll(() => rmSync(folder, { recursive: true }));

const paths = () => packed.files.map(({ path }) => path);
const inDist = () =>
  paths()
    .filter((path) => path.startsWith("dist/"))
    .map((path) => path.slice("dist/".length));

test("the package has its texts, the license and dist/, and nothing else", () => {
  expect(
    paths()
      .filter((path) => !path.startsWith("dist/"))
      .sort(),
  ).toEqual(TEXTS);
});

test("the package has all files of the build, except source maps", () => {
  const dist = join(root, "dist");
  const built = readdirSync(dist, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".map"))
    .map((entry) => relative(dist, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  expect(inDist().sort()).toEqual(built.sort());
});

test("each file in dist/ has a known kind", () => {
  const rules = Object.values(RULES);
  const unknown = inDist().filter((path) => !rules.some((rule) => rule.test(path)));
  expect(unknown).toEqual([]);
  expect(inDist().filter((path) => /\.test\.|(^|\/)(tests?|fixtures)\//.test(path))).toEqual([]);
});

test("no kind of file is missing in dist/", () => {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const exported = Object.values<string | Record<string, string>>(manifest.exports)
    .flatMap((target) => (typeof target === "string" ? [target] : Object.values(target)))
    .map((target) => target.replace("./", ""));
  expect(paths()).toEqual(expect.arrayContaining(exported));
  const needed = Object.entries(RULES).filter(([name]) => name !== "modules of the entries");
  for (const [name, rule] of needed) {
    expect(
      inDist().some((path) => rule.test(path)),
      name,
    ).toBe(true);
  }
});

test("each npm entry has types", () => {
  const entries = inDist().filter((path) => /^[a-z-]+\.js$/.test(path) && path !== "shiny-comm.js");
  expect(entries).toContain("index.js");
  for (const entry of entries) expect(inDist()).toContain(entry.replace(/\.js$/, ".d.ts"));
});

test("no file has a source map or names one", () => {
  for (const path of inDist().filter((path) => /\.(js|css)$/.test(path))) {
    expect(readFileSync(join(root, "dist", path), "utf8"), path).not.toMatch(
      /[#@] sourceMappingURL=/,
    );
  }
});

test("files and package stay below their limits of size", () => {
  const large = packed.files.filter(({ size }) => size > LARGEST_BYTES);
  expect(large).toEqual([]);
  expect(packed.size).toBeLessThan(PACKED_BYTES);
  expect(packed.unpackedSize).toBeLessThan(UNPACKED_BYTES);
});

/** The samples of code in the documentation: TypeScript is checked and bundled, R is parsed. `tests/e2e/samples` serves apps. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { readPage, type Sample, writeSamples } from "../../docs/markdown.mjs";
import { PAGES, ROOT, VIGNETTES } from "../../docs/pages.mjs";
import { findRscript } from "../../scripts/r.mjs";

const folder = join(ROOT, ".tmp/samples");
const samples = [...PAGES, ...VIGNETTES].flatMap((page) => readPage(page).samples);
const run = samples.filter(({ notes }) => !notes["not run"]);

function of(...languages: string[]): Sample[] {
  return run.filter(({ language }) => languages.includes(language));
}

/** Writes samples into a folder of `.tmp/`. */
function write(written: Sample[], kind: string, extension: string) {
  rmSync(join(folder, kind), { recursive: true, force: true });
  return writeSamples(written, join(folder, kind), extension);
}

test("each sample has a checked language, or a reason why not", () => {
  const checked = ["ts", "python", "r", "sh", "json"];
  const others = run.filter(
    ({ page, language, notes: { file } }) =>
      !checked.includes(language) &&
      // Files of a project with separate tests, and files of the apps in R of the same page.
      !(file && existsSync(join(ROOT, "tests/author", file))) &&
      !(file && of("r").some((app) => app.page === page && app.code.includes(`"${file}"`))),
  );
  expect(others.map(({ page, index, language }) => `${page} ${index}: ${language}`)).toEqual([]);
  for (const { page, index, language, notes } of samples) {
    if (notes["not run"])
      console.log(`${page}, sample ${index} (${language}): ${notes["not run"]}`);
  }
});

test("TypeScript samples have correct types and can be bundled, and samples for Node run", async () => {
  const written = write(of("ts"), "ts", "ts");
  const files = written.map(({ file }) => file);
  expect(files.length).toBeGreaterThan(0);
  // Inside the package, its name resolves to dist/ through `exports`.
  writeFileSync(
    join(folder, "ts/tsconfig.json"),
    JSON.stringify({ extends: "../../../tsconfig.json", include: ["."], exclude: [] }),
  );
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [tsc, "-p", join(folder, "ts")], { encoding: "utf8" });
  } catch (error) {
    throw new Error((error as { stdout: string }).stdout);
  }
  await build({
    entryPoints: files,
    outdir: join(folder, "ts/out"),
    outbase: join(folder, "ts"),
    bundle: true,
    format: "esm",
    external: ["node:*"],
    outExtension: { ".js": ".mjs" },
    logLevel: "silent",
  });
  for (const { sample, file } of written) {
    if (sample.notes.run !== "node") continue;
    const bundled = join(folder, "ts/out", relative(join(folder, "ts"), file));
    execFileSync(process.execPath, [bundled.replace(/\.ts$/, ".mjs")], { stdio: "pipe" });
  }
});

test("R samples can be parsed", () => {
  const files = write(of("r"), "r", "R").map(({ file }) => file);
  expect(files.length).toBeGreaterThan(0);
  execFileSync(
    findRscript(),
    ["-e", "for (file in commandArgs(TRUE)) invisible(parse(file))", ...files],
    { stdio: "pipe" },
  );
});

test("JSON samples can be parsed", () => {
  for (const { code } of of("json")) JSON.parse(code);
});

test("package.json has the commands in shell samples", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const named = of("sh").flatMap(({ code }) =>
    [...code.matchAll(/\bnpm (?:run )?(?!run\b|ci\b|install\b|pack\b)([\w:-]+)/g)].map(
      ([, name]) => name,
    ),
  );
  expect(named).toContain("demo");
  expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([]);
});

/** The register of patches: each file's head, and the versions for which it was tested. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { satisfies, subset } from "semver";
import { describe, expect, it } from "vitest";
import { CONTROLS_CSS, controlsCss } from "../../src/widgets/patches/build/controls-css.mjs";
import { katexCss } from "../../src/widgets/patches/build/katex-css.mjs";
import { REWRITES, rewritten } from "../../src/widgets/patches/build/rewrites.mjs";

const root = join(import.meta.dirname, "../..");
const folder = join(root, "src/widgets/patches");
const require = createRequire(import.meta.url);

/** Files that are not patches: lists, types, and modules that a patch names. */
const HELPERS = [
  ...["internals.ts", "base/index.ts", "controls/index.ts", "controls/core.ts"],
  ...["base/equal.ts", "controls/nouislider.ts", "build/rewrites.mjs"],
];

const FIELDS = ["Package", "Kind", "Fault", "Issue", "Gain", "Remove", "Test"] as const;

/** The fields of a head: `Name: text`, continued in lines with two more spaces. */
function headOf(text: string): Record<string, string> {
  const [, comment = ""] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(text) ?? [];
  const lines = comment.split("\n").map((line) => line.replace(/^ \* ?/, ""));
  const head: Record<string, string> = {};
  let field = "";
  for (const line of lines) {
    const [, name, value = ""] = /^([A-Z]\w+): (.*)$/.exec(line) ?? [];
    if (line.startsWith("  ") && field) {
      head[field] += ` ${line.trim()}`;
      continue;
    }
    field = name ?? "";
    if (field) head[field] = value;
  }
  return head;
}

const patches = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.(ts|mjs)$/.test(file) && !HELPERS.includes(file))
  .sort()
  .map((file) => ({ file, head: headOf(readFileSync(join(folder, file), "utf8")) }));

const packagesOf = ({ Package = "" }: Record<string, string>) =>
  Package.split(", ").map((each) => {
    const [name = "", range = ""] = each.split(" ");
    return { name, range };
  });

function installed(name: string): string {
  for (const path of require.resolve.paths(name) ?? []) {
    const file = join(path, name, "package.json");
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  throw new Error(`${name} is not installed`);
}

describe("the register of patches", () => {
  it("the register contains patches of all kinds", () => {
    expect(patches.length).toBeGreaterThan(40);
    for (const kind of ["base/", "controls/", "lumino/", "build/"]) {
      expect(patches.some(({ file }) => file.startsWith(kind))).toBe(true);
    }
  });

  it.each(patches)("$file has a head with all fields", ({ head }) => {
    expect(Object.keys(head)).toEqual(FIELDS);
    expect(head.Kind).toMatch(/^(fault|performance|fault, performance)$/);
  });

  it.each(patches)("$file covers the installed versions within one minor version", ({ head }) => {
    for (const { name, range } of packagesOf(head)) {
      const version = installed(name);
      expect(satisfies(version, range), `${name} ${version} in ${range}`).toBe(true);
      const [major, minor] = version.split(".");
      expect(subset(range, `~${major}.${minor}.0`), `${range} names one minor version`).toBe(true);
    }
  });

  it.each(patches)("$file names an issue and a test that exist", ({ head }) => {
    const { Issue = "", Test = "" } = head;
    if (!Issue.startsWith("https://github.com/")) {
      expect(existsSync(join(root, Issue)), Issue).toBe(true);
    }
    expect(existsSync(join(root, Test)), Test).toBe(true);
  });

  it("each issue to file is named in a patch or in the Python package", () => {
    const named = new Set(patches.map(({ head }) => head.Issue));
    const python = join(root, "python/src/shiny_comm");
    for (const file of readdirSync(python).filter((name) => name.endsWith(".py"))) {
      const text = readFileSync(join(python, file), "utf8");
      for (const [issue] of text.matchAll(/docs\/upstream\/[\w-]+\.md/g)) named.add(issue);
    }
    const files = readdirSync(join(root, "docs/upstream")).filter(
      (file) => file.endsWith(".md") && file !== "README.md",
    );
    expect(
      [...named].filter((issue = "") => /^docs/.test(issue) && !existsSync(join(root, issue))),
    ).toEqual([]);
    expect(files.filter((file) => !named.has(`docs/upstream/${file}`))).toEqual([]);
  });
});

describe("a patch of a package's text", () => {
  const files = {
    "@jupyter-widgets/base": ["lib/backbone-patch.js", "lib/utils.js"],
    "@jupyter-widgets/controls": ["widget_int", "widget_float", "widget_selection", "utils"].map(
      (file) => `lib/${file}.js`,
    ),
    backbone: ["backbone.js"],
    nouislider: ["dist/nouislider.js"],
  };
  const paths = Object.entries(files).flatMap(([name, each]) =>
    each.map((file) => join(root, "node_modules", name, file)),
  );

  it.each(paths.map((path) => [relative(root, path), path]))(
    "a text patch applies to %s",
    async (_, path) => {
      expect(await rewritten(path)).not.toBe(readFileSync(path, "utf8"));
    },
  );

  it("these tests cover a file of each filter", () => {
    expect(REWRITES.filter(({ filter }) => !paths.some((path) => filter.test(path)))).toEqual([]);
  });

  it("a text patch throws for a changed text", async () => {
    await expect(rewritten(join(import.meta.dirname, "none.js"))).rejects.toThrow();
  });

  it("the CSS patch of controls restricts rules for progress bars to controls", () => {
    const path = join(root, "node_modules/@jupyter-widgets/controls/css/widgets-base.css");
    const text = readFileSync(path, "utf8");
    expect(CONTROLS_CSS.test(path)).toBe(true);
    expect(text).toMatch(/^\.progress-bar \{/m);
    expect(controlsCss(text)).not.toMatch(/^\.progress|\.p-|--jp-widgets-dropdown-arrow:/m);
  });

  it("the CSS patch of KaTeX keeps its woff2 fonts", () => {
    const path = join(root, "node_modules/katex/dist/katex.css");
    const text = katexCss(readFileSync(path, "utf8"));
    expect(text).toMatch(/woff2/);
    expect(text).not.toMatch(/\.woff\)|\.ttf\)/);
  });
});

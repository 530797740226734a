/** The rules for imports: the table in ARCHITECTURE.md, and cycles. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import {
  allowedImports,
  cyclesOf,
  forbiddenImports,
  importsOf,
  readSources,
} from "../../scripts/imports.mjs";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Reads the imports of files with these texts. */
function imports(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-rules-"));
  folders.push(folder);
  for (const [file, code] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), code);
  }
  return importsOf(readSources(folder));
}

const TABLE = `
| folder | job | may import |
| --- | --- | --- |
| \`src/a/\` | first | – |
| \`src/a/deep/\` | deep | \`a/\` |
| \`src/b/\` | second | \`a/one.ts\`; types of \`c/\`; lazily \`d/\` |
| \`scripts/\` | others | \`src/\` |
`;

describe("imports", () => {
  it("an import has a kind: value, type or lazy", () => {
    const found = imports({
      "a.ts": `
        import { b } from "./b.js";
        import type { C } from "./c.js";
        import { type D } from "./d.js";
        import { type E, e } from "./e.js";
        export * from "./f.js";
        export type { G } from "./g.js";
        import "./h.js";
        import "package";
        const later = () => import("./i.js");`,
    });
    expect(found.map(({ to, kind }) => `${to} ${kind}`)).toEqual([
      ...["b.ts value", "c.ts type", "d.ts type", "e.ts value", "f.ts value", "g.ts type"],
      ...["h.ts value", "i.ts lazy"],
    ]);
  });

  it("listed imports pass, and so do imports within a folder and from util", () => {
    const found = imports({
      "a/one.ts": 'import "./two.js"; import "../util/text.js";',
      "a/deep/one.ts": 'import "../one.js";',
      "b/one.ts":
        'import "../a/one.js"; import type { C } from "../c/one.js"; void import("../d/one.js");',
    });
    expect(forbiddenImports(found, allowedImports(TABLE))).toEqual([]);
  });

  it("unlisted imports fail, and so does a file without a row", () => {
    const found = imports({
      "a/one.ts": 'import "../b/one.js"; import "./deep/one.js";',
      "b/one.ts": 'import "../a/two.js"; import "../c/one.js"; import "../d/one.js";',
      "e.ts": 'import "./a/one.js";',
    });
    expect(forbiddenImports(found, allowedImports(TABLE))).toEqual([
      "src/a/one.ts imports b/one.ts (value)",
      "src/a/one.ts imports a/deep/one.ts (value)",
      "src/b/one.ts imports a/two.ts (value)",
      "src/b/one.ts imports c/one.ts (value)",
      "src/b/one.ts imports d/one.ts (value)",
      "src/e.ts: no row in the table",
    ]);
  });
});

describe("cycles", () => {
  it("a cycle is a set of files that import one another, also for types or lazily", () => {
    const found = imports({
      "a.ts": 'import "./b.js"; import "./e.js";',
      "b.ts": 'import type { C } from "./c.js";',
      "c.ts": 'void import("./a.js");',
      "d.ts": 'import "./a.js";',
      "e.ts": 'import "./f.js";',
      "f.ts": 'import "./e.js";',
    });
    expect(cyclesOf(found)).toEqual([
      ["a.ts", "b.ts", "c.ts"],
      ["e.ts", "f.ts"],
    ]);
  });

  it("a shared import is not a cycle", () => {
    expect(cyclesOf(imports({ "a.ts": 'import "./b.js";', "c.ts": 'import "./b.js";' }))).toEqual(
      [],
    );
  });
});

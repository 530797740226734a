import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const src = join(import.meta.dirname, "../../src");

it("no style sheet uses :has(), because each change of the page would evaluate it", () => {
  const files = readdirSync(src, { recursive: true, encoding: "utf8" });
  const sheets = files.filter((file) => file.endsWith(".css"));
  expect(sheets.length).toBeGreaterThan(3);
  for (const sheet of sheets) {
    expect(readFileSync(join(src, sheet), "utf8"), sheet).not.toMatch(/:has\(/);
  }
});

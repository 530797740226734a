/** The troubleshooting page has an entry for each text of the client's errors and log. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { marked, type Token } from "marked";
import { describe, expect, test } from "vitest";
import { errorCodes, errorTexts } from "../../docs/error-texts.mjs";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/guide/troubleshooting.md"), "utf8");
const tokens = marked.lexer(page);

/** The code in the first column of the page's tables. */
const entries = tokens.flatMap((token) =>
  token.type === "table"
    ? (token.rows as { tokens: Token[] }[][]).flatMap((row) => codeIn(row[0]?.tokens ?? []))
    : [],
);

function codeIn(inline: Token[]): string[] {
  return inline.flatMap((token) => (token.type === "codespan" ? [token.text as string] : []));
}

describe("the troubleshooting page", () => {
  // Errors of `shiny-comm/testing` explain themselves to the author of a test.
  const texts = errorTexts(join(root, "src"))
    .filter(({ file }) => !file.startsWith("testing/"))
    .map(({ text }) => text);

  test("the guide has an entry for each text of an error and of the console", () => {
    expect(texts.length).toBeGreaterThan(50);
    expect(texts.filter((text) => !entries.includes(text))).toEqual([]);
  });

  test("the guide has no entry for an unknown text", () => {
    expect(entries.filter((entry) => !texts.includes(entry))).toEqual([]);
  });

  test("the guide has a section for each code of an error", () => {
    const sections = tokens.flatMap((token) => (token.type === "heading" ? [token.text] : []));
    const codes = errorCodes(join(root, "src/comm/errors.ts"));
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !sections.includes(code))).toEqual([]);
  });
});

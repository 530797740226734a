/** `npm run lint:prose`: where it finds prose in each language, and which sentences it reports. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { extract } from "../../scripts/prose/extract.mjs";
import { check } from "../../scripts/prose/rules.mjs";
import { sentencesOf } from "../../scripts/prose/sentences.mjs";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "prose-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

function sentences(name: string, text: string): string[] {
  const file = join(folder, name);
  writeFileSync(file, text);
  return extract(file).flatMap((block) =>
    sentencesOf(block).map(({ text, line }) => `${block.kind} ${line}: ${text}`),
  );
}

function rules(text: string, kind: "comment" | "test" = "comment"): string[] {
  return sentencesOf({ kind, text, line: 1 }).flatMap((sentence) =>
    check(sentence, kind).map(({ rule }) => rule),
  );
}

describe("the extractor of prose", () => {
  it("the extractor finds comments, test names and error texts in TypeScript", () => {
    const source = [
      "/**",
      " * Sends a message. Returns `undefined`.",
      " * @param {string} id the comm",
      " */",
      "// biome-ignore lint/suspicious/noExplicitAny: a directive",
      "// A comment of",
      "// two lines.",
      'it("sends one", () => {});',
      "throw new TypeError(`no comm $" + '{id} "here"`);',
      'const url = "// not a comment";',
    ].join("\n");
    expect(sentences("a.ts", source)).toEqual([
      "comment 2: Sends a message.",
      "comment 2: Returns Xcode.",
      "comment 3: Xcode: the comm",
      "comment 6: A comment of two lines.",
      "test 8: sends one",
      'text 9: no comm Xcode "here"',
    ]);
  });

  it("the extractor finds comments, docstrings and error texts in Python", () => {
    const source =
      '"""A module."""\nx = "# no comment"  # A comment.\nraise ValueError(f"no {x}")\n';
    expect(sentences("a.py", source)).toEqual([
      "comment 2: A comment.",
      "docstring 1: A module.",
      "text 3: no Xcode",
    ]);
  });

  it("the extractor finds comments, conditions and test names in R", () => {
    const source = `#' Opens a comm.\n#' @examples\n#' code(1)\n#' @export\nx <- "# none" # A comment.\ntest_that("it opens", stop("no ", x))\n`;
    expect(sentences("a.R", source)).toEqual([
      "comment 1: Opens a comm.",
      "comment 5: A comment.",
      "test 6: it opens",
      "text 6: no",
    ]);
  });

  it("the extractor finds comments in CSS and YAML", () => {
    expect(sentences("a.css", "a {}\n/* A comment. */\n")).toEqual(["comment 2: A comment."]);
    expect(sentences("a.yml", "a: b # A comment.\n")).toEqual(["comment 1: A comment."]);
  });

  it("the extractor leaves out code and addresses in Markdown", () => {
    const source =
      "# Title\n\nRun `npm test`, or [read](https://x.org) on.\n\n```js\n// code\n```\n";
    expect(sentences("a.md", source)).toEqual([
      "markdown 1: Title",
      "markdown 3: Run Xcode, or read on.",
    ]);
  });
});

describe("the rules of prose", () => {
  it.each([
    ["Whoever listens gets the message.", "strict"],
    ["Each client has a folder of its own.", "strict"],
    ["What the server sends is kept.", "wide"],
    ["The server is told.", "wide"],
    [`The message ${"and the message ".repeat(8)}wait.`, "long"],
  ])("the rules report %j", (text, rule) => {
    expect(rules(text)).toContain(rule);
  });

  it("the rules report a test's name without a subject", () => {
    expect(rules("that are throttled: one is pending", "test")).toEqual(["fragment"]);
  });

  it.each([
    "Sends the message in its own folder.",
    "What happens when the server closes the comm?",
    "The value is taken from the trait.",
    "Returns the `whoever` of the session.",
    "If there is a listener, the handler takes one argument.",
  ])("the rules allow %j", (text) => {
    expect(rules(text)).toEqual([]);
  });
});

/** Extracts the prose of R: comments, roxygen, the texts of conditions and the names of tests. */
import { lineFinder, mergeLineComments } from "./comments.mjs";

const TEXT_CALLS = /^(?:stop|warning|message|abort|warn|inform|errorCondition|log_fault)$/;
const TEST_CALLS = /^(?:test|test_that|describe|it)$/;
const TOKEN =
  /#[^\n]*|r"(-*)\([\s\S]*?\)\1"|"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`[^`]*`|[\w.]+(?=\()|[()]/g;

/** @returns {import("./comments.mjs").Block[]} */
export function extractR(text) {
  const lineOf = lineFinder(text);
  const comments = [];
  /** @type {import("./comments.mjs").Block[]} */
  const blocks = [];
  /** @type {string[]} */
  const calls = [];
  let name = "";
  let isExample = false;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const first = token[0];
    if (first === "(") calls.push(name);
    else if (first === ")") calls.pop();
    else if (first === "#") {
      // The examples of roxygen are code.
      if (/^#' @/.test(token) || !token.startsWith("#'")) isExample = /^#' @examples/.test(token);
      if (isExample) continue;
      const lineStart = text.lastIndexOf("\n", index) + 1;
      comments.push({
        isLine: true,
        text: withoutTag(token.replace(/^#+'? ?/, "")),
        line: lineOf(index),
        column: index - lineStart,
        ownsLine: text.slice(lineStart, index).trim() === "",
      });
    } else if (first === '"' || first === "'" || token.startsWith('r"')) {
      const value = token.replace(/^r"-*\(|\)-*"$|^["']|["']$/g, "").replace(/%[sd]/g, "`x`");
      const line = lineOf(index);
      if (calls.some((call) => TEXT_CALLS.test(call))) {
        blocks.push({ kind: "text", text: value, line });
      } else if (TEST_CALLS.test(calls.at(-1) ?? "")) {
        blocks.push({ kind: "test", text: value, line });
      }
    }
    name = /^[\w.]/.test(first) ? token : "";
  }
  return [...mergeLineComments(comments), ...blocks];
}

/** Removes roxygen's tag and its name from a line. */
function withoutTag(line) {
  return line.replace(/^@(?:param|slot|field) \S+ ?|^@\w+ ?/, "\n");
}

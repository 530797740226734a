/** Extracts the prose of a file: comments, docstrings, test names and error texts, or Markdown. */
import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { parseSync } from "vite";
import { DIRECTIVE, lineFinder, mergeLineComments } from "./comments.mjs";
import { extractPython } from "./extract-python.mjs";
import { extractR } from "./extract-r.mjs";

/** @typedef {import("./comments.mjs").Block} Block */

const TEST_CALLS = new Set(["describe", "it", "test", "bench"]);
const LOG_METHODS = new Set(["error", "warn", "info", "log"]);
const TEXT_PROPERTIES = new Set(["advice", "message", "reason"]);

/** @type {Record<string, (text: string, file: string) => Block[]>} */
const EXTRACTORS = {
  ".md": extractMarkdown,
  ".rmd": extractMarkdown,
  ".ts": extractScript,
  ".tsx": extractScript,
  ".mts": extractScript,
  ".js": extractScript,
  ".jsx": extractScript,
  ".mjs": extractScript,
  ".cjs": extractScript,
  ".css": extractStyles,
  ".py": extractPython,
  ".r": extractR,
  ".yml": extractHashComments,
  ".yaml": extractHashComments,
  ".toml": extractHashComments,
};

export function hasProse(file) {
  return Object.hasOwn(EXTRACTORS, extname(file).toLowerCase());
}

/** @param {string} file @returns {Block[]} */
export function extract(file) {
  return EXTRACTORS[extname(file).toLowerCase()](readFileSync(file, "utf8"), file);
}

function extractMarkdown(text) {
  return [{ kind: "markdown", text: withoutFrontMatter(text), line: 1 }];
}

/** Extracts comments, titles of tests, and the strings of errors and log lines. */
function extractScript(text, file) {
  const { program, comments } = parseSync(file, text);
  const lineOf = lineFinder(text);
  /** @type {Block[]} */
  const blocks = mergeLineComments(
    comments.map(({ type, value, start }) => ({
      isLine: type === "Line",
      text: type === "Line" ? value : withoutStars(value),
      line: lineOf(start),
      column: start - (text.lastIndexOf("\n", start - 1) + 1),
      ownsLine: /^\s*$/.test(text.slice(text.lastIndexOf("\n", start - 1) + 1, start)),
    })),
  );

  const add = (kind, node) => {
    for (const { text: value, start } of strings(node)) {
      blocks.push({ kind, text: value, line: lineOf(start) });
    }
  };
  visit(program, (node) => {
    if (node.type === "CallExpression") {
      const name = calleeName(node.callee);
      if (TEST_CALLS.has(name.split(".")[0])) add("test", node.arguments[0]);
      else if (name.startsWith("console.") && LOG_METHODS.has(name.slice(8))) {
        for (const argument of node.arguments) add("text", argument);
      }
    } else if (node.type === "NewExpression" && /Error$/.test(calleeName(node.callee))) {
      for (const argument of node.arguments) if (!isObject(argument)) add("text", argument);
    } else if (node.type === "Property" && TEXT_PROPERTIES.has(node.key.name)) {
      add("text", node.value);
    }
  });
  return blocks;
}

function extractStyles(text) {
  const lineOf = lineFinder(text);
  return [...text.matchAll(/\/\*([\s\S]*?)\*\//g)]
    .filter(([, body]) => !DIRECTIVE.test(body))
    .map((match) => ({
      kind: /** @type {const} */ ("comment"),
      text: withoutStars(match[1]),
      line: lineOf(match.index),
    }));
}

function extractHashComments(text) {
  const comments = text.split("\n").flatMap((line, index) => {
    const match = /^(\s*)#(.*)$/.exec(line) ?? /^([^"'#]*\s)#\s(.*)$/.exec(line);
    if (match === null) return [];
    const ownsLine = match[1].trim() === "";
    return [{ isLine: true, text: match[2], line: index + 1, column: match[1].length, ownsLine }];
  });
  return mergeLineComments(comments);
}

function withoutFrontMatter(text) {
  return text.replace(/^---\n[\s\S]*?\n---\n/, (matter) => matter.replace(/[^\n]/g, ""));
}

function withoutStars(text) {
  return text.replace(/^\*+/, "").replace(/^[ \t]*\*+(?=\s|$)/gm, "");
}

/** Yields the strings of an expression. An interpolation in a template counts as a word. */
function* strings(node) {
  if (!node) return;
  if (node.type === "Literal" && typeof node.value === "string") {
    yield { text: node.value, start: node.start };
  } else if (node.type === "TemplateLiteral") {
    const text = node.quasis.map(({ value }) => value.cooked ?? value.raw).join("`x`");
    yield { text, start: node.start };
  } else if (node.type === "BinaryExpression" && node.operator === "+") {
    const parts = [...strings(node.left), ...strings(node.right)];
    if (parts.length > 0) {
      yield { text: parts.map(({ text }) => text).join(""), start: parts[0].start };
    }
  } else if (node.type === "ConditionalExpression" || node.type === "LogicalExpression") {
    yield* strings(node.consequent ?? node.left);
    yield* strings(node.alternate ?? node.right);
  }
}

function isObject({ type }) {
  return type === "ObjectExpression";
}

/** @returns {string} `it.each` for `it.each(…)(…)` too */
function calleeName(callee) {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MemberExpression") {
    return `${calleeName(callee.object)}.${callee.property.name ?? ""}`;
  }
  if (callee.type === "CallExpression") return calleeName(callee.callee);
  return "";
}

function visit(node, enter) {
  if (node === null || typeof node !== "object") return;
  if (Array.isArray(node)) {
    for (const child of node) visit(child, enter);
    return;
  }
  if (typeof node.type === "string") enter(node);
  for (const [key, child] of Object.entries(node)) {
    if (key !== "parent" && typeof child === "object") visit(child, enter);
  }
}

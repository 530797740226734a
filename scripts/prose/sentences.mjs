/** Splits a block into sentences. Code counts as one word; URLs and HTML are removed. */
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import retextEnglish from "retext-english";
import { unified } from "unified";
import { SKIP, visit } from "unist-util-visit";

/**
 * @typedef {object} Sentence
 * @property {string} text with {@link CODE} for each piece of code
 * @property {number} words
 * @property {number} line
 */

/** Stands for code in a sentence, and counts as one word. */
export const CODE = "Xcode";

/** Matches the places where a comment is split: JSDoc tags, and the fields in the head of a patch. */
const TAG =
  /(?<=^|\s)(?=@(?:param|returns?|throws|template|property|prop|deprecated|see|remarks|default|defaultValue|private|internal|type|typedef|satisfies|callback|import|example|this)\b|(?:Package|Kind|Fault|Issue|Gain|Remove|Test): )/;

/** Names that start with a lowercase letter, also at the start of a sentence. */
const SMALL_NAME =
  /(?<=[.?!] )(?:shinywidgets|ipywidgets|anywidgets?|ipykernel|ipyleaflet|jsonlite|htmltools|pydeck|bqplot|uvicorn|npm|shiny-comm)\b/g;

const markdown = unified().use(remarkParse).use(remarkGfm);
const english = unified().use(retextEnglish);

/** @param {import("./extract.mjs").Block} block @returns {Sentence[]} */
export function sentencesOf({ kind, text, line }) {
  // Error texts and test names are not Markdown.
  if (kind === "text" || kind === "test") {
    return split(plainCode(text)).map(({ text, words }) => ({ text, words, line }));
  }
  const parts = kind === "markdown" ? [{ text, line }] : tagged(text, line);
  return parts.flatMap((part) =>
    paragraphs(part.text).flatMap(({ text: paragraph, lines }) =>
      split(paragraph).map(({ text, words, offset }) => ({
        text,
        words,
        line: part.line - 1 + lineAt(lines, offset),
      })),
    ),
  );
}

/** Returns the texts of paragraphs, headings and table cells, with line numbers. */
function paragraphs(source) {
  /** @type {{ text: string, lines: { offset: number, line: number }[] }[]} */
  const found = [];
  visit(markdown.parse(source), (node) => {
    if (node.type !== "paragraph" && node.type !== "heading" && node.type !== "tableCell") return;
    let text = "";
    const lines = [];
    visit(node, (inner) => {
      if (inner.type !== "text" && inner.type !== "inlineCode" && inner.type !== "image") return;
      const start = (inner.position ?? node.position).start.line;
      if (inner.type === "text") {
        for (const [index, part] of inner.value.split("\n").entries()) {
          if (index > 0) text += " ";
          lines.push({ offset: text.length, line: start + index });
          text += part;
        }
      } else {
        lines.push({ offset: text.length, line: start });
        text += inner.type === "image" ? (inner.alt ?? "") : CODE;
      }
    });
    found.push({ text: plainCode(text), lines });
    return SKIP;
  });
  return found;
}

function split(text) {
  /** @type {{ text: string, words: number, offset: number }[]} */
  const found = [];
  visit(english.parse(text), "SentenceNode", (node) => {
    let words = 0;
    visit(node, "WordNode", () => {
      words += 1;
    });
    const { start, end } = node.position;
    if (words > 0) {
      found.push({ text: text.slice(start.offset, end.offset), words, offset: start.offset });
    }
  });
  return found;
}

/** Splits a comment at its JSDoc tags, and removes tags, types and names. */
function tagged(text, firstLine) {
  let line = firstLine;
  return text.split(TAG).map((part) => {
    const at = line;
    line += part.split("\n").length - 1;
    return { line: at, text: withoutTag(part) };
  });
}

function withoutTag(part) {
  if (/^@(?:example|type|typedef|satisfies|import|callback)\b/.test(part)) return "";
  return part
    .replace(/\{@link(?:code|plain)?\s+[^}]*\}/g, "`x`")
    .replace(/^(@\w+)\s+\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/, "$1")
    .replace(/^@(?:param|property|prop|template)\s+(\[[^\]]*\]|[\w$.]+)(?:\s+-)?/, "`$1`:")
    .replace(/^@\w+/, "")
    .replace(/^[ \t]{1,8}/gm, "");
}

/** Replaces addresses, paths, calls and identifiers without backticks. */
function plainCode(text) {
  return text
    .replace(/`[^`]*`/g, CODE)
    .replace(/\bhttps?:\/\/\S+/g, CODE)
    .replace(/\$\{[^}]*\}|%[sdijoO]\b/g, CODE)
    .replace(/(?<![\w])(?:[\w@.-]+\/)+[\w.-]*\w|\b\w+\.(?:ts|js|mjs|py|R|css|md|json)\b/g, CODE)
    .replace(/\b[\w$]+(?:\.[\w$]+)*\([^()]*\)/g, CODE)
    .replace(SMALL_NAME, (name) => name[0].toUpperCase() + name.slice(1))
    .replace(/\b[a-z]+[A-Z]\w*\b|\b[a-zA-Z]\w*_\w+\b/g, CODE);
}

function lineAt(lines, offset) {
  let line = lines[0]?.line ?? 1;
  for (const piece of lines) if (piece.offset <= offset) line = piece.line;
  return line;
}

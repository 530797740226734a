/** Blocks of prose, and how comments are joined to blocks. */

/**
 * @typedef {object} Block
 * @property {"markdown" | "comment" | "docstring" | "test" | "text"} kind `text` is what an error,
 *   a warning or a log line says
 * @property {string} text with line breaks where the file has them
 * @property {number} line the number of the first line
 */

/** Directives for tools, not prose. */
export const DIRECTIVE =
  /^\s*(?:!|biome-|eslint|prettier|@ts-|@vite|@__|#__|v8 ignore|c8 ignore|istanbul|type:|noqa|pragma|ruff:|fmt:|mypy:|pyright:|nolint|-\*-|\/ ?<reference|#|region|endregion|sourceMappingURL|yaml-language-server)/;

/**
 * Joins line comments that follow one another into one block, and drops directives.
 *
 * @param {{ isLine: boolean, text: string, line: number, column: number, ownsLine: boolean }[]} comments
 * @returns {Block[]}
 */
export function mergeLineComments(comments) {
  /** @type {Block[]} */
  const blocks = [];
  let last;
  for (const comment of comments) {
    if (DIRECTIVE.test(comment.text)) {
      last = undefined;
      continue;
    }
    const joins =
      last?.isLine &&
      comment.isLine &&
      comment.ownsLine &&
      last.column === comment.column &&
      last.line + 1 === comment.line;
    if (joins) blocks[blocks.length - 1].text += `\n${comment.text}`;
    else blocks.push({ kind: "comment", text: comment.text, line: comment.line });
    last = comment;
  }
  return blocks;
}

/** @returns {(offset: number) => number} the number of the line of an offset */
export function lineFinder(text) {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

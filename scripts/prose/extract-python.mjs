/** Extracts the prose of Python, with Python's parser (`extract.py`). */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findPython } from "../python.mjs";
import { mergeLineComments } from "./comments.mjs";

const SCRIPT = join(import.meta.dirname, "extract.py");
/** @type {string | undefined} */
let python;

/** @returns {import("./comments.mjs").Block[]} */
export function extractPython(text, file) {
  python ??= findPython();
  const { stdout, status, stderr, error } = spawnSync(python, [SCRIPT], {
    input: text,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`could not read ${file}: ${error?.message ?? stderr}`);
  const { comments, blocks } = JSON.parse(stdout);
  return [...mergeLineComments(comments), ...blocks];
}

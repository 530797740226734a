/** Extracts the prose of Python, with Python's parser (`extract.py`). */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { findPython } from "../python.mjs";
import { mergeLineComments } from "./comments.mjs";

const SCRIPT = join(import.meta.dirname, "extract.py");

/** The blocks of files that have been read, until they are extracted. @type {Map<string, import("./comments.mjs").Block[]>} */
const readBlocks = new Map();

/** Reads Python files with one process, since the start of Python takes longer than a file. @param {string[]} files */
export function readPython(files) {
  if (files.length === 0) return;
  const { stdout, status, stderr, error } = spawnSync(findPython(), [SCRIPT, ...files], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`could not read the Python files: ${error?.message ?? stderr}`);
  for (const [index, { comments, blocks }] of JSON.parse(stdout).entries()) {
    readBlocks.set(files[index], [...mergeLineComments(comments), ...blocks]);
  }
}

/** @returns {import("./comments.mjs").Block[]} */
export function extractPython(_text, file) {
  if (!readBlocks.has(file)) readPython([file]);
  const blocks = readBlocks.get(file);
  readBlocks.delete(file);
  return blocks;
}

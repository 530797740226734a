/** Hashes of files, which show whether a built part is up to date. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/**
 * Returns the files below a folder, sorted.
 *
 * @param {string} folder
 * @param {RegExp} ignored the paths to leave out
 * @returns {Promise<string[]>}
 */
export async function filesBelow(folder, ignored) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !ignored.test(file))
    .sort();
}

/**
 * Returns the hash of files, of their names, and of more texts.
 *
 * @param {string[]} files
 * @param {string[]} [more]
 * @returns {Promise<string>}
 */
export async function hashOf(files, more = []) {
  const hash = createHash("sha256").update(more.join());
  for (const file of files) {
    hash.update(`\n${path.relative(ROOT, file)}\n`).update(await readFile(file));
  }
  return hash.digest("hex");
}

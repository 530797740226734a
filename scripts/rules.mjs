/** `npm run rules`: who imports whom, as the table in ARCHITECTURE.md allows, and the figures of the sources. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  allowedImports,
  cyclesOf,
  forbiddenImports,
  importsOf,
  readSources,
  visit,
} from "./imports.mjs";

const ROOT = join(import.meta.dirname, "..");

/** The highest number of casts per 1,000 lines of code. */
const MAX_CASTS = 10;

const sources = readSources(join(ROOT, "src"));
const imports = importsOf(sources);
const table = allowedImports(readFileSync(join(ROOT, "ARCHITECTURE.md"), "utf8"));
const forbidden = forbiddenImports(imports, table);
const cycles = cyclesOf(imports);
const casts = sources.reduce((sum, { program }) => sum + castsIn(program), 0);
const lines = sources.reduce((sum, { code }) => sum + linesOfCode(code), 0);
const density = (1000 * casts) / lines;

console.log(`files ${sources.length}, lines of code ${lines}`);
console.log(`imports that ARCHITECTURE.md does not allow: ${forbidden.length}`);
for (const each of forbidden) console.log(`  ${each}`);
console.log(`import cycles: ${cycles.length}`);
for (const each of cycles) console.log(`  ${each.join(" ")}`);
console.log(`casts: ${casts}, per 1,000 lines ${density.toFixed(1)} (at most ${MAX_CASTS})`);
if (forbidden.length > 0 || cycles.length > 0 || density > MAX_CASTS) process.exitCode = 1;

/** Returns the number of `as` in a file, except `as const`. */
function castsIn(program) {
  let count = 0;
  visit(program, ({ type, typeAnnotation }) => {
    if (type === "TSAsExpression" && typeAnnotation.typeName?.name !== "const") count += 1;
  });
  return count;
}

/** Returns the number of lines that are neither empty nor a comment. */
function linesOfCode(code) {
  return code
    .replace(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, "")
    .split("\n")
    .filter((line) => !/^\s*(\/\/.*)?$/.test(line)).length;
}

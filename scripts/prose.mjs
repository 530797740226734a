/** `npm run lint:prose`: checks the English of comments, docstrings, test names, error texts and Markdown. */
import { spawnSync } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { extract, hasProse } from "./prose/extract.mjs";
import { readPython } from "./prose/extract-python.mjs";
import { check } from "./prose/rules.mjs";
import { sentencesOf } from "./prose/sentences.mjs";

const ROOT = join(import.meta.dirname, "..");
const HELP = `Lint the prose of the repository, or of some files and folders.

Usage: npm run lint:prose [-- [--count] [path …]]

  --count  print the findings per 1,000 words of each folder
`;

/** Generated files, recorded data, and the list of phrases. */
const LEFT_OUT = [/^dist\//, /^scripts\/prose\/phrases\.mjs$/, /^tests\/fixtures\//, /\.api\.md$/];
/** Files without a limit for the length of sentences. */
const ANY_LENGTH = [/^CHANGELOG\.md$/];

function repositoryFiles() {
  const { stdout } = spawnSync(
    "git",
    ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    {
      cwd: ROOT,
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    },
  );
  return stdout.split("\0").filter((file) => file !== "" && !matchesAny(LEFT_OUT, file));
}

/** Returns the files of a path, which can be outside of the repository. */
function filesBelow(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && !entry.parentPath.slice(path.length).includes("node_modules"),
    )
    .map((entry) => join(entry.parentPath, entry.name));
}

function matchesAny(patterns, file) {
  return patterns.some((pattern) => pattern.test(file));
}

/** @returns {{ file: string, line: number, kind: string, words: number, text: string, findings: import("./prose/rules.mjs").Finding[] }[]} */
function read(file) {
  const path = relative(ROOT, file);
  return extract(file).flatMap((block) =>
    sentencesOf(block)
      .filter(({ text }) => /\p{L}{2}/u.test(text))
      .map(({ text, words, line }) => ({
        file: path,
        line,
        kind: block.kind,
        words,
        text,
        findings: check({ text, words, line }, block.kind).filter(
          ({ rule }) => rule !== "long" || !matchesAny(ANY_LENGTH, path),
        ),
      })),
  );
}

function folderOf({ file, kind }) {
  if (kind === "test") return "test names";
  return file.includes("/") ? file.replace(/^((?:\.\.\/)*[^/]+)\/.*$/, "$1/") : file;
}

function printCount(sentences) {
  /** @type {Map<string, { words: number, sentences: number, [rule: string]: number }>} */
  const folders = new Map();
  for (const sentence of sentences) {
    for (const name of [folderOf(sentence), "all"]) {
      const row = folders.get(name) ?? {
        words: 0,
        sentences: 0,
        strict: 0,
        wide: 0,
        long: 0,
        opener: 0,
        fragment: 0,
      };
      folders.set(name, row);
      row.words += sentence.words;
      row.sentences += 1;
      for (const { rule } of sentence.findings) row[rule] += 1;
    }
  }
  const per = (count, total, unit) => ((count * unit) / total).toFixed(1).padStart(7);
  console.log(
    "folder               words  strict    both   (per 1,000 words)   long  opener (% of sentences)  no subject",
  );
  for (const [name, row] of [...folders].sort(([a], [b]) =>
    a === "all" ? 1 : b === "all" ? -1 : a < b ? -1 : 1,
  )) {
    console.log(
      name.padEnd(18),
      String(row.words).padStart(7),
      per(row.strict, row.words, 1000),
      per(row.strict + row.wide, row.words, 1000),
      " ".repeat(18),
      per(row.long, row.sentences, 100),
      per(row.opener, row.sentences, 100),
      " ".repeat(14),
      String(row.fragment).padStart(5),
    );
  }
}

function main() {
  const flags = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
  const paths = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
  if (flags.some((flag) => flag !== "--count")) {
    const isHelp = flags.includes("--help");
    process[isHelp ? "stdout" : "stderr"].write(HELP);
    process.exitCode = isHelp ? 0 : 2;
    return;
  }
  const counts = flags.includes("--count");
  const files = (
    paths.length > 0 ? paths.flatMap(filesBelow) : repositoryFiles().map((file) => join(ROOT, file))
  ).filter(hasProse);

  readPython(files.filter((file) => file.endsWith(".py")));
  const sentences = files.flatMap(read);
  if (counts) {
    printCount(sentences);
    return;
  }
  let errors = 0;
  for (const { file, line, text, findings } of sentences) {
    for (const { rule, message } of findings) {
      if (rule === "opener") continue;
      errors += 1;
      console.log(`${file}:${line}  ${rule}: ${message}\n    ${text}`);
    }
  }
  console.log(`prose: ${files.length} files, ${errors} findings`);
  process.exitCode = errors === 0 ? 0 : 1;
}

main();

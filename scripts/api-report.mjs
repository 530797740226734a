/** `npm run api`: writes the reports of the public API, so that a diff shows each change. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = join(import.meta.dirname, "..");
const temporary = join(root, "node_modules/.cache/api-report");

/** The npm entries, by the name of the report. */
export const ENTRIES = {
  "shiny-comm": "dist/index.d.ts",
  "shiny-comm/codec": "dist/codec.d.ts",
  "shiny-comm/testing": "dist/testing/index.d.ts",
};

/** Returns the name of the report's file, without its extension. @param {string} name */
const fileOf = (name) => name.replace("/", "-");

/** Members that are documented in their base class, or at their first overload. */
const KNOWN = /"(name|decode)"/;

/**
 * Compares the API of an entry with the report of it in `tests/packages/`.
 *
 * @param {keyof typeof ENTRIES} name
 * @param {{ write?: boolean }} [options] whether an outdated report is written again
 * @returns {{ changed: boolean, messages: string[] }} problems: types that are not exported, or
 *   have no docstring
 */
export function compareApi(name, { write = false } = {}) {
  mkdirSync(temporary, { recursive: true });
  /** @type {string[]} */
  const messages = [];
  const config = ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(root, "package.json"),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, ENTRIES[name]),
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: "es2022",
            module: "esnext",
            moduleResolution: "bundler",
            lib: ["es2023", "dom"],
            types: [],
            strict: true,
          },
          files: [ENTRIES[name]],
        },
      },
      apiReport: {
        enabled: true,
        reportFileName: fileOf(name),
        reportFolder: join(root, "tests/packages"),
        reportTempFolder: temporary,
      },
      newlineKind: "lf",
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
    },
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: write,
    messageCallback(message) {
      message.handled = true;
      if (message.messageId === "ae-forgotten-export") messages.push(message.text);
      if (message.messageId === "ae-undocumented" && !KNOWN.test(message.text)) {
        messages.push(message.text);
      }
    },
  });
  return { changed: apiReportChanged, messages };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(ENTRIES)) {
    const { changed, messages } = compareApi(name, { write: true });
    console.log(`tests/packages/${fileOf(name)}.api.md ${changed ? "written" : "is up to date"}`);
    for (const message of messages) console.log(`  ${message}`);
  }
}

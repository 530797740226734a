/** `npm run hosts`: prints the table of hosts by cases, for this client and the client of shinywidgets. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildAll } from "./build.mjs";
import { runCommand, UsageError } from "./serve.mjs";

const ROOT = join(import.meta.dirname, "..");
const TABLE = join(ROOT, "docs/hosts-table.md");
const README = join(ROOT, "README.md");
/** The marks around the table in README.md. */
const MARKS = ["<!-- npm run hosts -- --write -->\n\n", "\n<!-- end of the table of hosts -->"];

/** The clients of the cells, as the tests name them. */
const CLIENTS = ["shiny-comm", "use()", "stock"];
const STOCK = "stock";
const OUTCOMES = { passed: "✓", failed: "✗" };

const HELP = `Run all cases on all hosts, with both clients, and print a table.

Usage: npm run hosts [-- [--write] [pattern]]

  --write   write the table to docs/hosts-table.md, and a short one to README.md
  pattern   run only the hosts whose name matches this regular expression
`;

/**
 * @typedef {Map<string, string>} Cells the outcome of each client by its name
 * @typedef {Map<string, Map<string, Cells>>} Results cells by host and case
 */

async function main() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: { write: { type: "boolean" }, help: { type: "boolean" } },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (values.write && positionals.length > 0) throw new UsageError("--write needs all hosts.");
  await buildAll();
  const { results, messages } = resultsOf(run(positionals[0]));
  const table = fullTable(results);
  console.log(table);
  for (const message of messages) console.log(message);
  if (values.write) {
    writeFileSync(TABLE, page(table));
    const [before = "", rest = ""] = readFileSync(README, "utf8").split(MARKS[0]);
    const [, after] = rest.split(MARKS[1]);
    if (after === undefined) throw new Error("README.md does not have the marks of the table");
    writeFileSync(README, [before, MARKS[0], shortTable(results), MARKS[1], after].join(""));
  }
  const wrong = worseThanStock(results);
  for (const each of wrong) console.error(each);
  if (wrong.length > 0 || results.size === 0) process.exitCode = 1;
}

/** Runs the tests of hosts with all clients. Returns Vitest's report. */
function run(pattern) {
  const vitest = join(
    createRequire(import.meta.url).resolve("vitest/package.json"),
    "../vitest.mjs",
  );
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-hosts-"));
  const report = join(folder, "report.json");
  try {
    const only = pattern === undefined ? [] : ["-t", pattern];
    spawnSync(
      process.execPath,
      // One file after the other, so that no cell depends on the load.
      [
        vitest,
        "run",
        "--project",
        "hosts",
        "--no-file-parallelism",
        "--reporter=json",
        `--outputFile=${report}`,
        ...only,
      ],
      {
        cwd: ROOT,
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, HOSTS_TABLE: "1" },
      },
    );
    return JSON.parse(readFileSync(report, "utf8"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @returns {{ results: Results, messages: string[] }} */
function resultsOf({ testResults }) {
  /** @type {Results} */
  const results = new Map();
  const messages = [];
  for (const { assertionResults } of testResults) {
    for (const { ancestorTitles, title, status, failureMessages } of assertionResults) {
      const [host, client] = ancestorTitles;
      const outcome = OUTCOMES[status];
      if (!CLIENTS.includes(client) || outcome === undefined) continue;
      const cases = results.get(host) ?? new Map();
      const cells = cases.get(title) ?? new Map();
      results.set(host, cases.set(title, cells.set(client, outcome)));
      if (status !== "failed") continue;
      const [why = ""] = failureMessages.join("\n").split("\n");
      messages.push(`${host}, ${client}: ${title}: ${why}`);
    }
  }
  return { results, messages };
}

/** Returns a table with a row for each case and a column for each host. */
function fullTable(results) {
  const hosts = [...results.keys()];
  const titles = new Set(hosts.flatMap((host) => [...(results.get(host)?.keys() ?? [])]));
  const cell = (host, title) => {
    const cells = results.get(host)?.get(title);
    return cells ? CLIENTS.map((client) => cells.get(client) ?? "–").join(" ") : "";
  };
  const rows = [...titles].map((title) => [title, ...hosts.map((host) => cell(host, title))]);
  return markdown(["case", ...hosts], rows);
}

/** Returns a table with a row for each host, and the number of passed cases of each client. */
function shortTable(results) {
  const rows = [...results].map(([host, cases]) => {
    const passed = (client) => {
      const outcomes = [...cases.values()].flatMap((cells) => cells.get(client) ?? []);
      if (outcomes.length === 0) return "–";
      return `${outcomes.filter((outcome) => outcome === OUTCOMES.passed).length} of ${outcomes.length}`;
    };
    return [host, ...CLIENTS.map(passed)];
  });
  return markdown(["host", "shiny-comm", "with `use()`", "shinywidgets' client"], rows);
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line), ""].join("\n");
}

function page(table) {
  return `# Hosts by cases

\`npm run hosts -- --write\` writes this page: each case on each host, in Chromium. A cell has the outcomes of
shiny-comm, of shiny-comm with \`shiny_comm.use()\`, and of shinywidgets' own client, in this order. The browser of
the tests has no internet, which a client must not require. An empty cell is a case that the host cannot have.
Without \`use()\`, shiny-comm and shinywidgets' client run on the same server; apps in R have one client.

${table}`;
}

/** Returns a sentence for each cell in which the client of shinywidgets is better. @param {Results} results */
function worseThanStock(results) {
  return [...results].flatMap(([host, cases]) =>
    [...cases].flatMap(([title, cells]) =>
      CLIENTS.filter(
        (client) => cells.get(client) === OUTCOMES.failed && cells.get(STOCK) === OUTCOMES.passed,
      ).map((client) => `The client of shinywidgets is better than ${client}: ${host}, ${title}.`),
    ),
  );
}

await runCommand(main, HELP);

/**
 * Loads a server with many sessions, renders, visits and hostile messages, without a browser. The columns are
 * shinywidgets and `shiny_comm.use()`.
 */
import { spawn } from "node:child_process";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { ensurePython } from "../../scripts/python.mjs";

const ROOT = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));

const none = (value) => value === 0;
const atMost = (limit) => (value) => value <= limit;

/** At most 20 faults and 20 errors, with a line at each limit, and one line about other sessions. */
const LOGGED_LINES = 43;

/** The memory that the allocator of Python may keep. */
const KEPT_MIB = 32;

const left = (who, names) => names.map((name) => [`${name} that ${who}`, none]);

/** @type {import("../run.mjs").Part} */
export const part = {
  title: "A server under load",
  withoutBrowser: true,
  measure: (_harness, client) => load(client),
  bars: {
    "pages that got a secret of another session": none,
    ...Object.fromEntries(
      left("these sessions leave behind", ["comms", "widgets", "routes", "threads", "tasks"]),
    ),
    "memory that the other re-renders left behind, MiB": atMost(KEPT_MIB),
    ...Object.fromEntries(
      ["re-render", "session"].flatMap((one) =>
        left(`a ${one} leaves behind`, ["comms", "widgets", "routes", "threads", "tasks"]),
      ),
    ),
    // A cache of an interpreter or package grows once, not with each round.
    "objects that a re-render leaves behind": atMost(0.5),
    "objects that a session leaves behind": atMost(0.5),
    "memory that the other sessions left behind, MiB": atMost(KEPT_MIB),
    "secrets of other sessions that they got": none,
    "lines in the log": atMost(LOGGED_LINES),
    "sessions of the page that ended": none,
    "secrets of other sessions that it got": none,
    "widgets of other sessions that it changed": none,
    "another page's session ended": none,
    ...Object.fromEntries(left("it left behind", ["comms", "widgets", "routes", "threads"])),
    "memory that it left behind, MiB": atMost(KEPT_MIB),
  },
};

/**
 * Measures a server.
 *
 * @param {import("../harness.mjs").Client} client
 * @param {number} [scale] the part of all sessions, renders and messages
 * @returns {Promise<Record<string, number>>}
 */
export async function load(client, scale = 1) {
  const python = await ensurePython({
    requirements: path.join(ROOT, "examples/01-gallery/requirements.lock.txt"),
    log: (line) => console.error(line),
  });
  const script = path.join(ROOT, "reliability/server/load.py");
  const child = spawn(python, ["-W", "ignore", script, client, "--scale", String(scale)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const [output, code] = await Promise.all([text(child.stdout), exit]);
  if (code !== 0) throw new Error(`${script} ended with exit code ${code}`);
  return Object.assign({}, ...Object.values(JSON.parse(output)));
}

/** Buffers all the way from Python to the model, from `shiny run`: as base64, or as the companion's binary frames. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { BROWSER_ARGS, findBrowser } from "../scripts/browser.mjs";

const KIB = 1024;
const MIB = 1024 * KIB;
const TURNS = 3;
const TIMEOUT_MS = 120_000;

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = fromPython("server", "Python → `change`, binary frames");

/** @returns {import("./measure.mjs").Measurement[]} small and large buffers */
export function fromPython(name, title) {
  return [
    row(`${name}-64k`, `64 KiB buffers, ${title}`, 64 * KIB, 128),
    row(`${name}-8m`, `8 MiB buffers, ${title}`, 8 * MIB, 4),
  ];
}

/** @returns {import("./measure.mjs").Measurement} */
function row(name, title, size, count) {
  return {
    name,
    runs: 5,
    figures: { [name]: { title, unit: "MB/s", better: "higher" } },
    measure: async (bench, client) => {
      const ms = await answerOf(`${bench.url}/?case=from_server&client=${client}`, {
        size,
        count,
        turns: TURNS,
      });
      return { [name]: (size * count) / 1e6 / (ms / 1000) };
    },
  };
}

/**
 * Opens a page in a browser that nobody looks into, and waits for what it says in the end. Whoever
 * drives a browser gets a copy of each websocket frame, which takes longer than all else.
 *
 * @param {string} address
 * @param {Record<string, number>} query
 * @returns {Promise<number>}
 */
async function answerOf(address, query) {
  const profile = await mkdtemp(path.join(tmpdir(), "shiny-comm-bench-"));
  /** @type {import("node:child_process").ChildProcess | undefined} */
  let browser;
  const server = createServer();
  try {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const answer = new Promise((resolve, reject) => {
      server.on("request", async (request, response) => {
        let text = "";
        for await (const part of request.setEncoding("utf8")) text += part;
        response.end();
        const ms = Number(text);
        if (ms > 0) resolve(ms);
        else reject(new Error(text));
      });
      setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS).unref();
    });
    const to = `http://127.0.0.1:${server.address().port}/`;
    const asked = Object.entries({ ...query, to }).map(
      ([name, value]) => `&${name}=${encodeURIComponent(value)}`,
    );
    browser = spawn(
      findBrowser(),
      [
        ...BROWSER_ARGS,
        "--headless",
        "--js-flags=--expose-gc",
        `--user-data-dir=${profile}`,
        address + asked.join(""),
      ],
      { stdio: "ignore" },
    );
    const failed = once(browser, "error").then(([error]) => Promise.reject(error));
    return await Promise.race([answer, failed]);
  } finally {
    if (browser?.exitCode === null && browser.kill()) await once(browser, "exit");
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

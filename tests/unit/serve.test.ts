/** Commands that serve an app end their server when any signal stops them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../../scripts/python.mjs";

const scripts = join(import.meta.dirname, "../../scripts");

/** A command like `npm run demo`, with a server that needs no Python. */
const COMMAND = `
  import { startServer } from ${JSON.stringify(join(scripts, "python.mjs"))};
  import { serve } from ${JSON.stringify(join(scripts, "serve.mjs"))};
  const port = process.argv[2];
  await serve("The app", () => startServer({
    command: process.execPath,
    args: [process.argv[1].replace("command", "server"), port],
    url: "http://127.0.0.1:" + port,
  }));
  console.log("pid " + process.pid + ".");
`;
const SERVER = `
  import { createServer } from "node:http";
  createServer((_, response) => response.end()).listen(Number(process.argv[2]), "127.0.0.1");
`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "shiny-comm-serve-"));
  writeFileSync(join(folder, "command.mjs"), COMMAND);
  writeFileSync(join(folder, "server.mjs"), SERVER);
  const manifest = { scripts: { app: "node command.mjs" } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
});
afterAll(() => rmSync(folder, { recursive: true }));

const answers = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}`).then(
    () => true,
    () => false,
  );

test.skipIf(process.platform === "win32").each([
  ["npm", "SIGTERM"],
  ["the command", "SIGTERM"],
  ["the command", "SIGHUP"],
  ["the command", "SIGINT"],
] as const)(
  "a server ends when %s gets %s",
  async (target, signal) => {
    const port = await freePort();
    const npm = spawn("npm", ["run", "--silent", "app", "--", String(port)], { cwd: folder });
    let output = "";
    npm.stdout.on("data", (data) => {
      output += data;
    });
    const pid = (): number => Number(/pid (\d+)\./.exec(output)?.[1]);
    await expect.poll(pid, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(await answers(port)).toBe(true);
    process.kill(target === "npm" ? (npm.pid ?? 0) : pid(), signal);
    await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(false);
    if (npm.exitCode === null && npm.signalCode === null) await once(npm, "exit");
  },
  40_000,
);

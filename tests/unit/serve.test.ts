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
    await expect.poll(pid).toBeGreaterThan(0);
    expect(await answers(port)).toBe(true);
    process.kill(target === "npm" ? (npm.pid ?? 0) : pid(), signal);
    await expect.poll(() => answers(port)).toBe(false);
    if (npm.exitCode === null && npm.signalCode === null) await once(npm, "exit");
  },
  60_000,
);

test("free ports differ in each call, also of other processes, and no outgoing connection gets one", async () => {
  const script = `
    import { freePort } from ${JSON.stringify(join(scripts, "python.mjs"))};
    const ports = await Promise.all(Array.from({ length: 150 }, freePort));
    console.log(ports.join());
    // A process that ends has no more claims.
    process.stdin.once("data", () => process.exit());`;
  const processes = [1, 2].map(() =>
    spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  const lines = await Promise.all(processes.map(({ stdout }) => once(stdout, "data")));
  const ports = lines.flatMap((line) => String(line).split(",").map(Number));
  expect(new Set(ports).size).toBe(300);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  await Promise.all(
    processes.map((each) => {
      each.stdin.end("end");
      return once(each, "exit");
    }),
  );
});

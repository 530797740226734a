/** Starts the programs that the tests in other engines share: a display, and WebKitGTK's WebDriver. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { freePort } from "../../scripts/python.mjs";
import { isReady } from "./webdriver.js";

export interface Program {
  /** The display's name, or the driver's address. */
  readonly name: string;
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 90_000;

/** Starts a virtual screen. Engines have WebGL on it, which Firefox has not without a screen. */
export async function startDisplay(xvfb: string): Promise<Program> {
  // The display picks a free number, and prints it when it is ready.
  const args = ["-screen", "0", "1280x1024x24", "-nolisten", "tcp", "-displayfd", "3"];
  const child = spawn(xvfb, args, { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const stop = endWithUs(child);
  const said = once(child.stdio[3] as Readable, "data", {
    signal: AbortSignal.timeout(START_TIMEOUT_MS),
  });
  const [number] = await Promise.race([said, once(child, "exit").then(() => failed(xvfb))]);
  return { name: `:${String(number).trim()}`, stop };
}

export async function startWebKitDriver(driver: string, display: string): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "shiny-comm-webkit-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  const port = await freePort();
  const child = spawn(driver, [`--port=${port}`], {
    stdio: "ignore",
    env: {
      ...onDisplay(display),
      XDG_CACHE_HOME: folder,
      XDG_CONFIG_HOME: folder,
      XDG_DATA_HOME: folder,
      // The sandbox does not work for root, which is who runs in most containers.
      ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1" } : {}),
    },
  });
  const stop = endWithUs(child);
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!(await isReady(url))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      failed(driver);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { name: url, stop };
}

/** The environment of a program whose windows appear on a display. */
export function onDisplay(display: string): Record<string, string | undefined> {
  const env = { ...process.env, DISPLAY: display, GDK_BACKEND: "x11", MOZ_ENABLE_WAYLAND: "0" };
  return { ...env, WAYLAND_DISPLAY: undefined };
}

/** Sees to it that a process does not outlive this one; returns what ends it before. */
function endWithUs(child: ChildProcess): () => Promise<void> {
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const exited = once(child, "exit");
  return async () => {
    process.off("exit", kill);
    child.kill();
    await exited;
  };
}

function failed(program: string): never {
  throw new Error(`${program} did not start.`);
}

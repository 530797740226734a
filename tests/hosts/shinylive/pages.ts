/** The pages of the tests of apps in Pyodide, in Chromium. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { type Engine, type EnginePage, eventually } from "../../engines/engine.js";
import { startChromium } from "../chromium.js";
import { type Shinylive, startShinylive } from "./host.js";
import { ensurePackages } from "./packages.js";

/** The files of the apps, below `tests/`. */
const FILES = {
  "app.py": "hosts/shinylive/app.py",
  "start_cases.py": "hosts/shinylive/start_cases.py",
  "cases_app.py": "hosts/app.py",
  "probe.js": "hosts/probe.js",
  "watch.py": "engines/watch.py",
  "shiny_comm_dependency.py": "hosts/shinylive/shiny_comm_dependency.py",
};

/** The start of Python, and the import of the packages. */
const START_MS = 90_000;

interface HostWindow {
  host?: { state: string; restarts: number; answers: boolean; announce(): void };
}

/** A host, and a browser for its pages. */
export class Pages {
  readonly engine: Engine;
  readonly #host: Shinylive;
  readonly #last: { page?: Page };

  private constructor(host: Shinylive, engine: Engine, last: { page?: Page }) {
    this.#host = host;
    this.engine = engine;
    this.#last = last;
  }

  static async start(): Promise<Pages> {
    const packages = await ensurePackages((line) => console.log(line));
    const files = await Promise.all(
      Object.entries(FILES).map(async ([name, path]) => [
        name,
        await readFile(join(import.meta.dirname, "../..", path), "utf8"),
      ]),
    );
    const host = await startShinylive(packages, Object.fromEntries(files));
    const last: { page?: Page } = {};
    const engine = await startChromium(async (page) => {
      last.page = page;
      await page.waitForFunction(
        () => !["starting", undefined].includes((window as unknown as HostWindow).host?.state),
        undefined,
        { timeout: START_MS },
      );
      const state = await page.evaluate(() => (window as unknown as HostWindow).host?.state);
      if (state !== "running") throw new Error(`The host ${state}`);
      return frameOf(page);
    });
    return new Pages(host, engine, last);
  }

  async stop(): Promise<void> {
    await Promise.all([this.engine.close(), this.#host.stop()]);
  }

  /** The host's page that was opened last. */
  get page(): Page {
    const { page } = this.#last;
    if (!page) throw new Error("No page was opened");
    return page;
  }

  /** The frame of the app in that page. */
  get frame(): Frame {
    return frameOf(this.page);
  }

  /** The address of an app, whose environment it has. */
  url(environment: Record<string, string> = {}): string {
    // Shiny in Pyodide does not decode an empty query.
    return `${this.#host.url}/?${new URLSearchParams({ host: "shinylive", ...environment })}`;
  }

  open(environment?: Record<string, string>): Promise<EnginePage> {
    return this.engine.open(this.url(environment));
  }

  /** Stops the service worker. The browser starts it again with the next request of a page. */
  async stopServiceWorker(): Promise<void> {
    const devtools = await this.page.context().newCDPSession(this.page);
    await devtools.send("ServiceWorker.enable");
    await devtools.send("ServiceWorker.stopAllWorkers");
    await devtools.detach();
  }

  async restartServiceWorker(): Promise<void> {
    const restarts = () =>
      this.page.evaluate(() => (window as unknown as HostWindow).host?.restarts ?? 0);
    const before = await restarts();
    await this.stopServiceWorker();
    await this.frame.evaluate(() => fetch(location.href));
    await eventually(restarts).toBe(before + 1);
  }

  /** Whether the page tells a restarted service worker that it has the app. If not, requests are answered with 404. */
  async answer(answers: boolean): Promise<void> {
    await this.page.evaluate((to) => {
      const { host } = window as unknown as HostWindow;
      if (!host) return;
      host.answers = to;
      if (to) host.announce();
    }, answers);
  }
}

function frameOf(page: Page): Frame {
  const [, frame] = page.frames();
  if (!frame) throw new Error("The page has no frame");
  return frame;
}

/** One Shiny server and one browser for all end-to-end tests. */
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";
import { ensurePython, startShiny } from "../../scripts/python.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    galleryUrl: string;
    browserEndpoint: string;
    python: string;
  }
}

const root = join(import.meta.dirname, "../..");
const gallery = join(root, "examples/01-gallery");

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string): void => console.log(line);
  const python = await ensurePython({
    requirements: join(gallery, "requirements.lock.txt"),
    log,
  });
  const server = await startShiny({
    python,
    app: join(gallery, "app.py"),
    port: 0,
    // Map tiles are the one thing that the gallery takes from other hosts.
    env: { GALLERY_TILES: "0" },
    log: () => undefined,
  });
  const browser = await chromium.launchServer({
    executablePath: findBrowser(log),
    args: BROWSER_ARGS,
  });
  project.provide("galleryUrl", server.url);
  project.provide("browserEndpoint", browser.wsEndpoint());
  project.provide("python", python);
  return async () => {
    await browser.close();
    await server.stop();
  };
}

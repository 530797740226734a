/** Shared by the tests in other engines: their programs, a display and the gallery. */
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findFirefox, findWebKit } from "../../scripts/engines.mjs";
import { ensurePython, startShiny } from "../../scripts/python.mjs";
import { startDisplay, startWebKitDriver } from "./programs.js";

declare module "vitest" {
  export interface ProvidedContext {
    watchedGalleryUrl: string;
    display: string;
    firefox: string;
    miniBrowser: string;
    webKitDriverUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const log = (line: string): void => console.log(line);
  const firefox = findFirefox(log);
  const webKit = findWebKit(log);
  const root = join(import.meta.dirname, "../..");
  const python = await ensurePython({
    requirements: join(root, "examples/01-gallery/requirements.lock.txt"),
    log,
  });
  const gallery = await startShiny({
    python,
    app: join(import.meta.dirname, "watched_gallery.py"),
    port: 0,
    // Map tiles are the one thing that the gallery takes from other hosts.
    env: { GALLERY_TILES: "0" },
    log: () => undefined,
  });
  const display = await startDisplay(webKit.xvfb);
  const driver = await startWebKitDriver(webKit.driver, display.name);
  project.provide("watchedGalleryUrl", gallery.url);
  project.provide("display", display.name);
  project.provide("firefox", firefox);
  project.provide("miniBrowser", webKit.miniBrowser);
  project.provide("webKitDriverUrl", driver.name);
  return async () => {
    await Promise.all([driver.stop(), gallery.stop()]);
    await display.stop();
  };
}

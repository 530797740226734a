/** The Shiny servers and the one browser of all end-to-end tests. */
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";

declare module "vitest" {
  export interface ProvidedContext {
    galleryUrl: string;
    expectedUrl: string;
    placesUrl: string;
    situationsUrl: string;
    failuresUrl: string;
    browserEndpoint: string;
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
  const start = (app: string, env: Record<string, string>): Promise<ShinyServer> =>
    startShiny({ python, app, env });
  // shinywidgets looks for widgets' AMD modules in Jupyter's folders.
  const withModules = { JUPYTER_PATH: join(import.meta.dirname, "apps/jupyter") };
  const [server, apps, failures] = await Promise.all([
    // Map tiles are the one thing that the gallery takes from other hosts.
    start(join(gallery, "app.py"), { GALLERY_TILES: "0" }),
    // One process, because the import of the widgets' packages takes seconds.
    start(join(import.meta.dirname, "apps/together.py"), withModules),
    // A separate process: its hostile pages take the server seconds.
    start(join(import.meta.dirname, "apps/failures.py"), withModules),
  ]);
  const browser = await chromium.launchServer({
    executablePath: findBrowser(log),
    args: BROWSER_ARGS,
  });
  project.provide("galleryUrl", server.url);
  project.provide("expectedUrl", `${apps.url}/expected`);
  project.provide("placesUrl", `${apps.url}/places`);
  project.provide("situationsUrl", `${apps.url}/situations`);
  project.provide("failuresUrl", failures.url);
  project.provide("browserEndpoint", browser.wsEndpoint());
  return async () => {
    await browser.close();
    await Promise.all([server.stop(), apps.stop(), failures.stop()]);
  };
}

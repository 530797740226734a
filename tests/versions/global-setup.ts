/** The browser of the tests of supported servers; each starts its own server. */
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findBrowser((line) => console.log(line));
  const browser = await chromium.launchServer({ executablePath, args: BROWSER_ARGS });
  project.provide("browserEndpoint", browser.wsEndpoint());
  return () => browser.close();
}

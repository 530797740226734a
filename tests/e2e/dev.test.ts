/** `npm run dev`, in a copy of the sources: what changes is built, and the open page reloads. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openUrl, useBrowser } from "./page.js";

const root = join(import.meta.dirname, "../..");
const EMPTY_PAGE = `
from shiny import ui
TITLE = INTRO = "Nothing"
def page_ui(): return ui.div()
def server(*_): pass
`;
const LONG = { timeout: 120_000 };

let folder: string;
let dev: ChildProcess;
let written = "";
let page: Page;
let url: string;

useBrowser();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "shiny-comm-dev-"));
  const sources = ["package.json", "tsconfig.json", "tsconfig.build.json", "src", "scripts"];
  for (const name of [...sources, "examples/01-gallery"]) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  // The other pages' packages take their time to import, at each start.
  const pages = join(folder, "examples/01-gallery/pages");
  for (const name of readdirSync(pages).filter((name) => /^(?!rerender).*_page\.py$/.test(name))) {
    writeFileSync(join(pages, name), EMPTY_PAGE);
  }
  for (const name of ["node_modules", ".venv"]) symlinkSync(join(root, name), join(folder, name));
  dev = spawn(process.execPath, [join(folder, "scripts/dev.mjs")], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [dev.stdout, dev.stderr]) {
    stream?.on("data", (chunk) => {
      written += chunk;
    });
  }
  [, url = ""] = await vi.waitUntil(() => /The gallery is at (\S+)/.exec(written), LONG);
  ({ page } = await openUrl(`${url}/?page=rerender`));
  await slider().waitFor();
});

afterAll(() => {
  dev?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const slider = () => page.locator("#rerender_box .noUi-handle").first();

function edit(file: string, change: (text: string) => string): void {
  const path = join(folder, file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

test("a changed source is built, and the page reloads", async () => {
  const built = page.waitForEvent("console", {
    predicate: (message) => message.text() === "a changed client",
    ...LONG,
  });
  edit("src/script/index.ts", (text) => `${text}\nconsole.info("a changed client");\n`);
  await built;
  await slider().waitFor();
});

test("a source that cannot be built is named, and the page keeps the last client", async () => {
  const before = written.length;
  edit("src/script/index.ts", (text) => `${text}\nconst = ;\n`);
  await expect
    .poll(() => written.slice(before), LONG)
    .toMatch(/src\/\S+\.ts.*The build failed\. The last good build stays/s);
  await page.reload();
  await slider().waitFor();
});

test("a change of the gallery's Python reloads the page", async () => {
  edit("examples/01-gallery/app.py", (text) => text.replace("Widget gallery", "Changed gallery"));
  await expect.poll(() => page.title(), LONG).toBe("Changed gallery");
});

test("Ctrl-C ends the server and the watcher", async () => {
  const exited = once(dev, "exit");
  dev.kill("SIGINT");
  expect(await exited).toEqual([0, null]);
  await expect(fetch(url)).rejects.toThrow();
  await page.close();
});

/** Every supported server with this client: the oldest, one between, and the newest, which is the gallery's. */
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "../e2e/page.js";

const root = join(import.meta.dirname, "../..");
const gallery = join(root, "examples/01-gallery");

const source = join(root, "python/src");

/**
 * `uploads`: what an app gets of the bytes that a widget sends, as the server passes them on.
 * `pytest`: whether the environment has pytest. The Python tests with the newest versions are in
 * tests/e2e/companion.test.ts.
 */
const SERVERS = [
  {
    name: "the oldest",
    folder: join(import.meta.dirname, "oldest"),
    uploads: "text AQL/",
    pytest: true,
  },
  {
    name: "the last of 0.7",
    folder: join(import.meta.dirname, "between"),
    uploads: "text AQL/",
    pytest: true,
  },
  { name: "the newest", folder: gallery, uploads: "[1, 2, 255]", pytest: false },
];

/** Each server without and with `shiny_comm.use()`, which decodes bytes for every server. */
const APPS = SERVERS.flatMap((server) => [
  { ...server, env: {}, modules: 0 },
  {
    ...server,
    name: `${server.name} with use()`,
    uploads: "[1, 2, 255]",
    env: { WITH_USE: "1", PYTHONPATH: source },
    modules: 1,
  },
]);

const pythonOf = (folder: string): Promise<string> =>
  ensurePython({
    requirements: join(folder, "requirements.lock.txt"),
    log: (line) => console.log(line),
  });

useBrowser();

/** The versions that a folder's requirements name, by package. */
async function pinned(folder: string): Promise<Map<string, string>> {
  const named = await readFile(join(folder, "requirements.txt"), "utf8");
  return new Map(
    [...named.matchAll(/^(\w+)==(\S+)$/gm)].map(([, name = "", at = ""]) => [name, at]),
  );
}

test("the table in README.md names the oldest and the newest supported versions", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const oldest = await pinned(join(import.meta.dirname, "oldest"));
  const newest = await pinned(gallery);
  for (const name of ["shiny", "shinywidgets", "ipywidgets", "anywidget"]) {
    const title = name === "shiny" ? "Shiny for Python" : name;
    expect(readme).toContain(`| ${title} | ${oldest.get(name)} | ${newest.get(name)} |`);
  }
});

test("the Python package requires at least the oldest supported versions", async () => {
  const project = await readFile(join(root, "python/pyproject.toml"), "utf8");
  const readme = await readFile(join(root, "python/README.md"), "utf8");
  const oldest = await pinned(join(import.meta.dirname, "oldest"));
  expect([...oldest.keys()]).toEqual([
    "shiny",
    "shinywidgets",
    "ipywidgets",
    "anywidget",
    "htmltools",
  ]);
  for (const [name, at] of oldest) expect(project).toContain(`"${name}>=${at}"`);
  for (const name of ["shinywidgets", "ipywidgets"]) {
    expect(readme).toContain(`${name} ${oldest.get(name)}`);
  }
  expect(readme).toContain(`Shiny ${oldest.get("shiny")}`);
});

test.each(SERVERS.filter(({ pytest }) => pytest))(
  "the tests of the Python package pass with the versions of $name server",
  async ({ folder }) => {
    // These tests need the wheel.
    const ignored = ["--ignore", join(root, "python/tests/test_package.py")];
    const args = ["-m", "pytest", "-q", "-p", "no:cacheprovider", ...ignored];
    const { status, stdout } = spawnSync(
      await pythonOf(folder),
      [...args, join(root, "python/tests")],
      { encoding: "utf8", env: { ...process.env, PYTHONPATH: source } },
    );
    expect(status, stdout).toBe(0);
  },
  600_000,
);

describe.each(APPS)("$name server", ({ folder, uploads, env, modules }) => {
  let server: ShinyServer;

  beforeAll(async () => {
    const app = join(import.meta.dirname, "app.py");
    server = await startShiny({ python: await pythonOf(folder), app, env });
  });

  afterAll(() => server?.stop());

  const open = async (): Promise<WatchedPage> => {
    const watched = await openUrl(server.url);
    // The stock client must not be on the page.
    for (const url of watched.requests) expect(url).not.toMatch(/libembed-amd|output\.js/);
    return watched;
  };
  const tab = (page: Page, name: string) =>
    page.locator("#controls .lm-TabBar-tab", { hasText: name });

  test("the server has the versions of its requirements", async () => {
    const watched = await open();
    const named = await readFile(join(folder, "requirements.txt"), "utf8");
    const versions = watched.page.locator("#versions");
    await expect.poll(() => versions.textContent()).toMatch(/anywidget==/);
    for (const version of ((await versions.textContent()) ?? "").trim().split(" ")) {
      expect(named.split("\n")).toContain(version);
    }
    await expectNoFaults(watched);
  });

  test("controls change the server, follow it, and are replaced by new controls", async () => {
    const watched = await open();
    const { page } = watched;
    await expectText(page, "#values", "60 old");
    for (const value of [61, 61]) {
      await page.locator("#controls .noUi-handle").press("ArrowRight");
      await expectText(page, "#controls .widget-readout", String(value));
      await expectText(page, "#values", `${value} old`);
      await page.click("#again");
      await expectText(page, "#values", "60 old");
      // The text can arrive before the page has drawn the new controls.
      await expectText(page, "#controls .widget-readout", "60");
      await expect.poll(() => page.locator("#controls .noUi-handle").count()).toBe(1);
    }
    await tab(page, "Second").click();
    await page.locator("#controls input[type=text]").fill("new");
    await expectText(page, "#values", "60 new");
    await page.click("#set");
    await expectText(page, "#values", "10 Größe 📏");
    await expect
      .poll(() => page.locator("#controls input[type=text]").inputValue())
      .toBe("Größe 📏");
    await tab(page, "First").click();
    await expectText(page, "#controls .widget-readout", "10");
    await expectNoFaults(watched);
  });

  test("an anywidget counts together with the server, and exchanges bytes", async () => {
    const watched = await open();
    const { page } = watched;
    await expectText(page, ".count", "count is 3");
    await expectText(page, ".trait", "0,1,255");
    await page.click(".count");
    await expectText(page, "#counted", "4, nothing");
    await page.click("#set");
    await expectText(page, ".count", "count is 14");
    await expectText(page, ".trait", "7,0");
    await expectText(page, ".message", "down: 128,2");
    await page.click(".up");
    await expectText(page, "#counted", `14, up: ${uploads}`);
    await expectNoFaults(watched);
  });

  test("a widget like plotly's is completed, changes, and is replaced", async () => {
    const watched = await open();
    const { page, requests } = watched;
    await expectText(page, ".figure", "Figure: 0");
    await page.click("#set");
    await expectText(page, ".figure", "Figure: 1,2,3");
    for (const round of [1, 2]) {
      await page.click("#again");
      await expectText(page, ".figure", `Figure: ${round}`);
    }
    expect(requests.filter((url) => url.includes("/shiny-comm-modules/"))).toHaveLength(modules);
    await expectNoFaults(watched);
  });
});

/** The packed package in bundles of Vite, webpack and esbuild, and without a bundler. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPage, type PageOptions, useBrowser } from "../browser/in-memory.js";
import { BUNDLERS, gzippedBytes } from "./bundlers.js";
import { type Consumer, makeConsumer } from "./consumer.js";

let consumer: Consumer;
beforeAll(async () => {
  consumer = await makeConsumer();
});
afterAll(() => consumer?.remove());
useBrowser();

interface InMemory {
  sent: [string, { content: { data: unknown }; buffers: string[] }][];
  errorCodes: string[];
  send(kind: string, id: string, content: object, rest?: object): void;
  show(id: string, el: string): void;
}

/** Checks that the comm and the widget of `main.js` work on a page. */
async function expectWorking(options: PageOptions): Promise<void> {
  const { page, errors, uncaught } = await openPage(options);
  await page.waitForFunction(() => "errorCodes" in globalThis);
  await page.evaluate(() => {
    const client = globalThis as unknown as InMemory;
    client.send("open", "c1", { target_name: "echo", data: {} });
    client.send("msg", "c1", { data: { n: 1 } }, { buffers: ["AQID"] });
    const named = (key: string) => ({
      [`_${key}_name`]: key === "model" ? "PackedModel" : "PackedView",
      [`_${key}_module`]: "packed-widget",
      [`_${key}_module_version`]: "^1.0.0",
    });
    const state = { ...named("model"), ...named("view"), n: 7 };
    client.send("open", "w1", { target_name: "jupyter.widget", data: { state, buffer_paths: [] } });
    client.show("w1", "a");
    client.send("msg", "w1", { data: { method: "update", state: { n: 8 }, buffer_paths: [] } });
  });
  await expect.poll(() => page.textContent("#a")).toBe("packed 8");
  const sent = await page.evaluate(() => (globalThis as unknown as InMemory).sent);
  expect(sent.map(([input, { content, buffers }]) => [input, content.data, buffers])).toEqual([
    ["shinywidgets_comm_send", { echo: { n: 1 } }, ["AQID"]],
  ]);
  await page.evaluate(() => {
    const client = globalThis as unknown as InMemory;
    client.send("msg", "c1", { data: 7 });
  });
  const errorCodes = () => page.evaluate(() => (globalThis as unknown as InMemory).errorCodes);
  await expect.poll(errorCodes).toEqual(["DECODE"]);
  expect(errors).toHaveLength(1);
  expect(uncaught).toEqual([]);
  await page.close();
}

const MODULE = '<script type="module" src="/app/main.js"></script>';

describe.each(Object.entries(BUNDLERS))("the package bundled by %s", (name, bundle) => {
  const built = async (entry: string): Promise<string> => {
    const outdir = join(consumer.folder, "built", name, entry);
    await bundle(consumer.folder, entry, outdir);
    return outdir;
  };

  test("the codec alone adds at most 4 kB gzipped", async () => {
    const bytes = await gzippedBytes(await built("codec.js"));
    expect(bytes).toBeGreaterThan(1_500);
    expect(bytes).toBeLessThanOrEqual(4_000);
  });

  test("comms without widgets add at most 10.5 kB gzipped", async () => {
    const bytes = await gzippedBytes(await built("comms.js"));
    expect(bytes).toBeGreaterThan(3_000);
    expect(bytes).toBeLessThanOrEqual(10_500);
  });

  test("an unused import adds nothing", async () => {
    const outdir = await built("nothing.js");
    const scripts = await readdir(outdir).catch(() => []);
    const texts = await Promise.all(scripts.map((file) => readFile(join(outdir, file), "utf8")));
    expect(texts.join("")).not.toMatch(/comm/);
  });

  test("comms, widget modules and errors work on a page with the script tag", async () => {
    const outdir = await built("main.js");
    const files = Object.fromEntries(
      (await readdir(outdir)).map((file) => [`/app/${file}`, { path: join(outdir, file) }]),
    );
    await expectWorking({ files, after: MODULE });
  });
});

describe("the package without a bundler", () => {
  const files = () => ({
    "/app/main.js": { path: join(consumer.folder, "main.js") },
    "/app/widgets.js": { path: join(consumer.folder, "widgets.js") },
  });
  const map = (path: string): string =>
    `<script type="importmap">${JSON.stringify({ imports: { "shiny-comm": path } })}</script>`;

  test("a module script works with shiny-comm.module.js in an import map", async () => {
    await expectWorking({
      files: files(),
      before: map("/dist/shiny-comm.module.js"),
      after: MODULE,
    });
  });
});

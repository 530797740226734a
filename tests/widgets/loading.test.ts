/** Modules that a network loses: only a lost module is fetched again. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { client, openAnywidget, show, takeErrors } from "./page.js";

let key: string;
beforeEach(() => {
  key = crypto.randomUUID();
});

/** Returns the address of a file that is lost `times` times, and then contains `text`. */
const lostUrl = (times: number, text: string, name = key): string =>
  `/lost/${name}.js?times=${times}&text=${encodeURIComponent(text)}`;

/** Returns the number of requests for a lost file. */
const requestCount = async (name = key): Promise<number> =>
  Number(await (await fetch(`/lost/${name}`)).text());

/** Advances the clock over the time between tries until a promise settles. */
async function afterRetries<T>(settling: Promise<T>): Promise<T> {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  let settled = false;
  const done = () => {
    settled = true;
  };
  settling.then(done, done);
  await expect
    .poll(async () => {
      await vi.advanceTimersByTimeAsync(1_000);
      return settled;
    })
    .toBe(true);
  vi.useRealTimers();
  return settling;
}
afterEach(() => void vi.useRealTimers());

const DRAWS = `export default { render({ el }) { el.textContent = "drawn"; } }`;

describe("an anywidget's module", () => {
  test("an anywidget's module by address is fetched again", async () => {
    const output = await show(openAnywidget(lostUrl(2, DRAWS)));
    await expect.poll(() => output.textContent).toBe("drawn");
    expect(await requestCount()).toBe(3);
    expect(takeErrors()).toEqual([]);
  });

  test("an anywidget's module by text is made again when its import was lost", async () => {
    const url = new URL(lostUrl(2, "export const word = 'drawn';"), document.baseURI);
    const output = await show(
      openAnywidget(`import { word } from "${url}";
        export default { render({ el }) { el.textContent = word; } }`),
    );
    await expect.poll(() => output.textContent).toBe("drawn");
    expect(takeErrors()).toEqual([]);
  });

  test("an anywidget's module that was lost is made once for all widgets", async () => {
    const made = `globalThis["${key}"] = (globalThis["${key}"] ?? 0) + 1; ${DRAWS}`;
    const url = lostUrl(1, made);
    const outputs = [await show(openAnywidget(url)), await show(openAnywidget(url))];
    for (const output of outputs) await expect.poll(() => output.textContent).toBe("drawn");
    const later = await show(openAnywidget(url));
    await expect.poll(() => later.textContent).toBe("drawn");
    expect(Reflect.get(globalThis, key)).toBe(1);
    expect(takeErrors()).toEqual([]);
  });

  test.each([
    ["throws", 'throw new Error("the module gave up");', /the module gave up/],
    ["throws a TypeError", "null.nothing;", /null/],
    ["cannot be parsed", "export default {", /Unexpected end/],
    ["imports by a bare name", 'import "d3"; export default {};', /d3/],
    [
      "imports what is not exported",
      `import { no } from "${new URL("/lost/x.js?text=1", document.baseURI)}";`,
      /export named/,
    ],
  ])(
    "an anywidget's module that %s is fetched once, and rejects immediately",
    async (_how, text, message) => {
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      const { importModule } = await import("../../src/widgets/anywidget/module-cache.js");
      await expect(importModule(lostUrl(0, text))).rejects.toThrow(message);
      expect(await requestCount()).toBe(1);
      await expect(importModule(text)).rejects.toThrow(message);
    },
  );

  test("an anywidget's module that stays lost rejects after five tries, and the next widget requests it again", async () => {
    const { importModule } = await import("../../src/widgets/anywidget/module-cache.js");
    const url = lostUrl(5, DRAWS);
    await expect(afterRetries(importModule(url))).rejects.toThrow(/dynamically imported/);
    expect(await requestCount()).toBe(5);
    expect(await importModule(url)).toHaveProperty("default.render");
  });
});

describe("an AMD module", () => {
  /** Adds a CDN that loses no file. @returns the key of the module's file in the CDN */
  function addCdn(): string {
    const script = document.createElement("script");
    script.dataset.jupyterWidgetsCdn = "/lost/";
    document.body.append(script);
    return `${key}@latest/dist/index`;
  }
  const configure = (url: string) => client.modules.configure({ paths: { [key]: url } });

  test("an AMD module of html_deps is fetched again before the CDN is used", async () => {
    const cdn = addCdn();
    configure(lostUrl(2, 'define({ from: "the server" });'));
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the server" });
    expect([await requestCount(), await requestCount(cdn)]).toEqual([3, 0]);
  });

  test("an AMD module that stays lost is loaded from the CDN after five tries", async () => {
    const cdn = addCdn();
    configure(lostUrl(1_000, ""));
    expect(await afterRetries(client.modules.load(key, "latest"))).toEqual({ from: "the CDN" });
    expect([await requestCount(), await requestCount(cdn)]).toEqual([5, 1]);
  });

  test("an AMD file that defines nothing is not fetched again", async () => {
    const cdn = addCdn();
    configure(lostUrl(0, "1;"));
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the CDN" });
    expect([await requestCount(), await requestCount(cdn)]).toEqual([1, 1]);
  });

  test("an AMD file that a module imports by a relative path is fetched again", async () => {
    const part = lostUrl(2, 'define({ word: "part" });', `${key}-part`).replace("/lost/", "./");
    configure(lostUrl(0, `define(["${part}"], (part) => ({ has: part.word }));`));
    expect(await client.modules.load(key, "1")).toEqual({ has: "part" });
    expect(await requestCount(`${key}-part`)).toBe(3);
  });

  test("an AMD module without a configured address is requested once from each guessed address", async () => {
    const cdn = addCdn();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the CDN" });
    expect(await requestCount(cdn)).toBe(1);
  });
});

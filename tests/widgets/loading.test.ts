/** Modules that a network loses: fetched again, as long as that is what keeps them away. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { client, openAnywidget, show, takeErrors } from "./page.js";

let key: string;
beforeEach(() => {
  key = crypto.randomUUID();
});

/** The address of a file that is lost so many times. */
const lost = (times: number, text: string, name = key): string =>
  `/lost/${name}.js?times=${times}&text=${encodeURIComponent(text)}`;

/** How often it was asked for. */
const asked = async (name = key): Promise<number> =>
  Number(await (await fetch(`/lost/${name}`)).text());

/** Lets the time between tries pass until something has settled. */
async function soon<T>(settling: Promise<T>): Promise<T> {
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
  test("by address is fetched again", async () => {
    const output = await show(openAnywidget(lost(2, DRAWS)));
    await expect.poll(() => output.textContent).toBe("drawn");
    expect(await asked()).toBe(3);
    expect(takeErrors()).toEqual([]);
  });

  test("by text is made again where what it imports was lost", async () => {
    const url = new URL(lost(2, "export const word = 'drawn';"), document.baseURI);
    const output = await show(
      openAnywidget(`import { word } from "${url}";
        export default { render({ el }) { el.textContent = word; } }`),
    );
    await expect.poll(() => output.textContent).toBe("drawn");
    expect(takeErrors()).toEqual([]);
  });

  test("is made once for all widgets, however often it was lost", async () => {
    const made = `globalThis["${key}"] = (globalThis["${key}"] ?? 0) + 1; ${DRAWS}`;
    const url = lost(1, made);
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
  ])("that %s is fetched once, and says so at once", async (_how, text, said) => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const { importModule } = await import("../../src/widgets/anywidget/module-cache.js");
    await expect(importModule(lost(0, text))).rejects.toThrow(said);
    expect(await asked()).toBe(1);
    await expect(importModule(text)).rejects.toThrow(said);
  });

  test("that stays away is given up after five tries, and sought again by the next widget", async () => {
    const { importModule } = await import("../../src/widgets/anywidget/module-cache.js");
    const url = lost(5, DRAWS);
    await expect(soon(importModule(url))).rejects.toThrow(/dynamically imported/);
    expect(await asked()).toBe(5);
    expect(await importModule(url)).toHaveProperty("default.render");
  });
});

describe("an AMD module", () => {
  /** What the page's CDN has is there at once. */
  function addCdn(): string {
    const script = document.createElement("script");
    script.dataset.jupyterWidgetsCdn = "/lost/";
    document.body.append(script);
    return `${key}@latest/dist/index`;
  }
  const configured = (url: string) => client.modules.configure({ paths: { [key]: url } });

  test("that html_deps name is fetched again before the CDN's copy is taken", async () => {
    const cdn = addCdn();
    configured(lost(2, 'define({ from: "the server" });'));
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the server" });
    expect([await asked(), await asked(cdn)]).toEqual([3, 0]);
  });

  test("that stays away comes from the CDN after five tries", async () => {
    const cdn = addCdn();
    configured(lost(1_000, ""));
    expect(await soon(client.modules.load(key, "latest"))).toEqual({ from: "the CDN" });
    expect([await asked(), await asked(cdn)]).toEqual([5, 1]);
  });

  test("that is there, but defines nothing, is not fetched again", async () => {
    const cdn = addCdn();
    configured(lost(0, "1;"));
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the CDN" });
    expect([await asked(), await asked(cdn)]).toEqual([1, 1]);
  });

  test("that one of these needs, beside it, is fetched again", async () => {
    const part = lost(2, 'define({ word: "part" });', `${key}-part`).replace("/lost/", "./");
    configured(lost(0, `define(["${part}"], (part) => ({ has: part.word }));`));
    expect(await client.modules.load(key, "1")).toEqual({ has: "part" });
    expect(await asked(`${key}-part`)).toBe(3);
  });

  test("whose places are guesses is sought once in each", async () => {
    const cdn = addCdn();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the CDN" });
    expect(await asked(cdn)).toBe(1);
  });
});

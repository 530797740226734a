/** Modules that a network loses: only a lost module is fetched again. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { client, find, openAnywidget, show, takeErrors } from "./page.js";

let key: string;
beforeEach(() => {
  key = crypto.randomUUID();
  // A full list of timings has no new ones, and the client then requests the status of a lost script.
  performance.clearResourceTimings();
});

/** Returns the address of a file that is lost `times` times, and then contains `text`. */
const lostUrl = (times: number, text: string, name = key): string =>
  `/lost/${name}.js?times=${times}&text=${encodeURIComponent(text)}`;

/** Returns the number of requests for a lost file. */
const requestCount = async (name = key): Promise<number> =>
  Number(await (await fetch(`/lost/${name}`)).text());

/** Sets how a lost file fails: how often, and with which status, 0 for no answer. */
const setFailure = (failure: { status?: number; times?: number }, name = key): Promise<Response> =>
  fetch(`/lost/${name}?${new URLSearchParams(JSON.parse(JSON.stringify(failure)))}`);

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

  test("each try of a lost module has another specifier, because browsers may keep the failure", async () => {
    const output = await show(
      openAnywidget(
        lostUrl(2, "export default { render({ el }) { el.textContent = import.meta.url; } }"),
      ),
    );
    await expect.poll(() => output.textContent).toMatch(/#\d+$/);
    expect(await requestCount()).toBe(3);
  });

  test("an anywidget's style sheet by address is fetched again", async () => {
    const url = lostUrl(2, ".lost-sheet { color: rgb(1, 2, 3); }").replace(".js", ".css");
    const widget = openAnywidget(
      'export default { render({ el }) { el.className = "lost-sheet"; } }',
      { _css: url },
    );
    const element = await find(await show(widget), ".lost-sheet");
    await expect.poll(() => getComputedStyle(element).color).toBe("rgb(1, 2, 3)");
    expect(await requestCount()).toBe(3);
  });

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

  test("an AMD module that the server does not have is loaded from the CDN after five tries", async () => {
    const cdn = addCdn();
    await setFailure({ status: 404 });
    configure(lostUrl(1_000, ""));
    expect(await afterRetries(client.modules.load(key, "latest"))).toEqual({ from: "the CDN" });
    expect([await requestCount(), await requestCount(cdn)]).toEqual([5, 1]);
  });

  test.each([
    ["answers with an error", 503, "status 503"],
    ["does not answer", 0, "no answer"],
  ])(
    "an AMD module of a server that %s is not replaced by the CDN's, and is requested again later",
    async (_how, status, reason) => {
      const cdn = addCdn();
      await setFailure({ status, times: 1_000 });
      configure(lostUrl(0, 'define({ from: "the server" });'));
      await expect(afterRetries(client.modules.load(key, "latest"))).rejects.toThrow(reason);
      expect(await requestCount(cdn)).toBe(0);
      await setFailure({ times: 0 });
      // All models share a failure for a time.
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await client.modules.load(key, "latest")).toEqual({ from: "the server" });
    },
  );

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

  test("an AMD module without a configured address is requested again while its server does not answer", async () => {
    const cdn = addCdn();
    const guess = `nbextensions/${key}/index`;
    document.body.dataset.baseUrl = "/lost/";
    await setFailure({ times: 2 }, guess);
    try {
      expect(await client.modules.load(key, "latest")).toEqual({ from: "the CDN" });
    } finally {
      delete document.body.dataset.baseUrl;
    }
    // Without a query, each file has the same text.
    expect([await requestCount(guess), await requestCount(cdn)]).toEqual([3, 0]);
  });

  test("an AMD module without a configured address is loaded from the CDN if its server fails five times", async () => {
    const cdn = addCdn();
    const guess = `nbextensions/${key}/index`;
    document.body.dataset.baseUrl = "/lost/";
    await setFailure({ times: 1_000 }, guess);
    try {
      expect(await afterRetries(client.modules.load(key, "latest"))).toEqual({ from: "the CDN" });
    } finally {
      delete document.body.dataset.baseUrl;
    }
    expect([await requestCount(guess), await requestCount(cdn)]).toEqual([5, 1]);
  });

  test("an AMD module of the CDN is requested again while the CDN does not answer", async () => {
    const cdn = addCdn();
    await setFailure({ times: 2 }, cdn);
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the CDN" });
    expect(await requestCount(cdn)).toBe(3);
  });

  test("a file that an AMD module requires from its package has the module's version on the CDN", async () => {
    addCdn();
    await setFailure({ status: 404, times: 1_000 }, `${key}/part`);
    configure(lostUrl(0, `define(["${key}/part"], (part) => ({ part }));`));
    expect(await client.modules.load(key, "1.2.3")).toEqual({ part: { from: "the CDN" } });
    expect(await requestCount(`${key}@1.2.3/dist/part`)).toBe(1);
  });

  test("an AMD module without a configured address is requested once from each guessed address", async () => {
    const cdn = addCdn();
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    expect(await client.modules.load(key, "latest")).toEqual({ from: "the CDN" });
    expect(await requestCount(cdn)).toBe(1);
  });
});

describe("a host that moves the page to another worker", () => {
  /** Puts a <base> into the page, as hosts of Shiny apps do for the path of a worker. */
  function addBase(): HTMLBaseElement {
    const base = document.createElement("base");
    base.href = "/lost/gone/";
    document.head.append(base);
    return base;
  }
  afterEach(() => document.querySelector("base")?.remove());

  const relative = (text: string, type = ".js"): string =>
    lostUrl(0, text).replace("/lost/", "./").replace(".js", type);

  test.each([
    [
      "module of an anywidget",
      async () => {
        const output = await show(openAnywidget(relative(DRAWS)));
        return () => output.textContent === "drawn";
      },
    ],
    [
      "style sheet of an anywidget",
      async () => {
        const _css = relative(".moved { color: rgb(4, 5, 6); }", ".css");
        const esm = 'export default { render({ el }) { el.className = "moved"; } }';
        const element = await find(await show(openAnywidget(esm, { _css })), ".moved");
        return () => getComputedStyle(element).color === "rgb(4, 5, 6)";
      },
    ],
    [
      "AMD module",
      async () => {
        client.modules.configure({ paths: { [key]: relative('define({ from: "the server" });') } });
        let from: unknown;
        client.modules.load(key, "1").then((module) => {
          from = module.from;
        }, console.error);
        return () => from === "the server";
      },
    ],
  ])("the %s is requested below the present base", async (_what, request) => {
    const base = addBase();
    const isShown = await request();
    await expect.poll(() => requestCount(`gone/${key}`)).toBeGreaterThan(0);
    base.href = "/lost/here/";
    await expect.poll(isShown).toBe(true);
    expect(takeErrors()).toEqual([]);
  });
});

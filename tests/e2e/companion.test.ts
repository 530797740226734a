/** The Python companion, installed from its wheel: binary frames, modules by address, and the stock client on the same server. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureCompanion } from "../../scripts/companion.mjs";
import { startNginx } from "../../scripts/nginx.mjs";
import { type ShinyServer, startShiny } from "../../scripts/python.mjs";
import { listenToServer, talk } from "./opens.js";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";

const root = join(import.meta.dirname, "../..");
const apps = join(import.meta.dirname, "apps");

const SIZES = [0, 1, 64 * 1024, 8 * 1024 * 1024];

let python: string;
let wheel: string;
let server: ShinyServer;

useBrowser();

beforeAll(async () => {
  ({ python, wheel } = await ensureCompanion({ log: (line) => console.log(line) }));
  server = await startShiny({ python, app: join(apps, "companion.py") });
}, 600_000);

afterAll(() => server?.stop());

/** The messages that the page's websocket received. */
interface Wire {
  /** Comm messages as text, and as binary frames; and the buffers that came after these. */
  readonly texts: string[];
  readonly frames: Buffer[];
  readonly separate: Buffer[];
  /** The size of all frames. */
  bytes: number;
}

/** @param base of the server, when it is not the usual one's */
async function open(
  query: string,
  {
    base = server.url,
    prepare = () => undefined,
  }: { base?: string; prepare?: (page: Page) => unknown } = {},
): Promise<WatchedPage & { wire: Wire }> {
  const wire: Wire = { texts: [], frames: [], separate: [], bytes: 0 };
  const watch = async (page: Page): Promise<void> => {
    await prepare(page);
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        wire.bytes += payload.length;
        if (typeof payload !== "string") {
          const isMessage = payload.toString("latin1", 1, 19) === "shinywidgets_comm_";
          (isMessage ? wire.frames : wire.separate).push(payload);
        } else if (payload.includes("shinywidgets_comm_")) wire.texts.push(payload);
      });
    });
  };
  return { ...(await openUrl(`${base}/${query}`, { prepare: watch })), wire };
}

const pattern = (size: number): Buffer => {
  const blocks = Array.from({ length: 256 }, (_, n) =>
    createHash("sha256").update(Buffer.of(n)).digest(),
  );
  const bytes = Buffer.alloc(size);
  if (size > 0) bytes.fill(Buffer.concat(blocks));
  return bytes;
};
const digest = (size: number): string =>
  `${size} ${createHash("sha256").update(pattern(size)).digest("hex")}`;

/** In the page: replaces WebSocket with a polyfill, which delivers bytes in another form. */
function replaceWebSocket(form: string): void {
  const Native = WebSocket;
  class Polyfill {
    binaryType = "arraybuffer";
    onopen?: (event: Event) => void;
    onclose?: (event: CloseEvent) => void;
    onmessage?: (event: { data: unknown }) => void;
    readonly #socket: WebSocket;

    constructor(url: string) {
      this.#socket = new Native(url);
      this.#socket.binaryType = form === "blobs" ? "blob" : "arraybuffer";
      this.#socket.onopen = (event) => this.onopen?.(event);
      this.#socket.onclose = (event) => this.onclose?.(event);
      this.#socket.onmessage = ({ data }) => {
        const isText = data instanceof ArrayBuffer;
        this.onmessage?.({ data: isText ? new TextDecoder().decode(data) : data });
      };
    }

    get readyState() {
      return this.#socket.readyState;
    }

    send(text: string) {
      this.#socket.send(text);
    }

    close() {
      this.#socket.close();
    }
  }
  Object.assign(window, { WebSocket: Polyfill });
}

const received = (page: Page) => page.locator(".received li").allTextContents();

const EXPECTED_SIZES = [
  `opened ${digest(5)}`,
  ...SIZES.map((size, n) => `message ${n} ${digest(size)}`),
  ["message 4", ...SIZES.slice(0, 3).map(digest)].join(" "),
  `data ${digest(8 * 1024 * 1024)}`,
];

describe("buffers", () => {
  test("buffers of 0 B to 8 MiB arrive unchanged in binary frames", async () => {
    const watched = await open("?case=sizes");
    const { page, wire } = watched;
    await page.locator(".received li").waitFor();
    await page.click("#go");
    await expect.poll(() => received(page)).toEqual(EXPECTED_SIZES);
    // The open, the custom messages of the flush, and its update.
    expect(wire.frames).toHaveLength(3);
    for (const text of wire.texts) expect(text).toMatch(/\\"buffers\\": \[\]/);
    // The frames are hardly larger than the bytes in them.
    const payload = 5 + 2 * (SIZES[3] ?? 0) + 2 * (SIZES[2] ?? 0) + 2;
    const all = [...wire.frames, ...wire.separate];
    const framed = all.reduce((sum, frame) => sum + frame.length, 0);
    expect(framed - payload).toBeLessThan(10_000);
    // Large buffers travel by themselves, and no frame contains one.
    expect(wire.separate.map(({ length }) => length)).toEqual(
      [...SIZES, ...SIZES.slice(0, 3), SIZES[3]].filter((size = 0) => size >= 32 * 1024),
    );
    expect(Math.max(...wire.frames.map(({ length }) => length))).toBeLessThan(33 * 1024);
    await expectNoFaults(watched);
  });

  test("buffers arrive unchanged as text on a page with the stock client of the same server", async () => {
    const watched = await open("?case=sizes&client=stock");
    const { page, wire } = watched;
    await page.locator(".received li").waitFor();
    await page.click("#go");
    // The test is about bytes, not about the views of the stock client.
    const plain = (texts: string[]) => texts.map((text) => text.replace(/^opened .*/, "opened"));
    await expect.poll(async () => plain(await received(page))).toEqual(plain(EXPECTED_SIZES));
    expect(wire.frames).toEqual([]);
    await page.close();
  });

  test("buffers and texts of one comm keep their order", async () => {
    const watched = await open("?case=order");
    const { page, wire } = watched;
    await page.locator(".received li").waitFor();
    await page.click("#go");
    const expected = Array.from({ length: 40 }, (_, n) => [
      n % 2 ? `message ${n} ${digest(n * 10_007)}` : `message ${n}`,
      `count ${n}`,
    ]);
    await expect.poll(() => received(page)).toEqual([`opened ${digest(5)}`, ...expected.flat()]);
    expect(wire.frames.length).toBeGreaterThan(1);
    await expectNoFaults(watched);
  });

  test.each([
    ["binary frames", "blobs"],
    ["text", "text"],
  ])(
    "buffers arrive as %s on a polyfill of WebSocket that delivers bytes as %s",
    async (sent, form) => {
      const watched = await open("?case=order", {
        prepare: (page) => page.addInitScript(replaceWebSocket, form),
      });
      const { page, wire } = watched;
      await expectText(page, ".received li", `opened ${digest(5)}`);
      const [probe] = wire.separate.splice(0);
      expect(probe?.toString("latin1", 1, 17)).toBe("shiny_comm_probe");
      await page.click("#go");
      await expect.poll(() => received(page)).toHaveLength(81);
      expect((await received(page)).at(-2)).toBe(`message 39 ${digest(39 * 10_007)}`);
      expect(wire.frames.length > 1).toBe(sent === "binary frames");
      await expectNoFaults(watched);
    },
  );

  test("buffers arrive in binary frames in a Shiny module", async () => {
    const watched = await open("?case=module");
    await expectText(watched.page, ".received li", `opened ${digest(5)}`);
    expect(watched.wire.frames).toHaveLength(1);
    await expectNoFaults(watched);
  });
});

describe("the module of an anywidget", () => {
  const modules = (watched: WatchedPage) =>
    watched.requests.filter((url) => url.includes("/shiny-comm-modules/"));

  test("a module is fetched once for all renders of plotly's FigureWidget", async () => {
    const watched = await open("?case=plotly");
    const { page, wire } = watched;
    const figure = page.locator("#plotly .main-svg").first();
    const firstPoint = () =>
      page.evaluate(() => {
        const plot = document.querySelector<HTMLElement & { data?: { y: number[] }[] }>(
          "#plotly .js-plotly-plot",
        );
        return Number(plot?.data?.[0]?.y[0] ?? -1);
      });
    await figure.waitFor();
    await expect.poll(firstPoint).toBe(0);
    expect(wire.bytes).toBeLessThan(50_000);
    for (const round of [1, 2, 3, 4, 5]) {
      const before = wire.bytes;
      await page.click("#go");
      await expect.poll(firstPoint).toBe(round);
      expect(wire.bytes - before).toBeLessThan(50_000);
    }
    expect(modules(watched)).toHaveLength(1);
    await expectNoFaults(watched);
  });

  test("a module is reloaded when its text changes: to a long, a short and the first text", async () => {
    const watched = await open("?case=reloaded");
    const { page, wire } = watched;
    for (const text of ["first", "second", "short", "first"]) {
      await expectText(page, ".reloaded", text);
      await page.click("#go");
    }
    expect(new Set(modules(watched)).size).toBe(2);
    expect(wire.texts.filter((text) => text.includes("export default"))).toHaveLength(1);
    await expectNoFaults(watched);
  });

  test("a module arrives as text on a page with the stock client of the same server", async () => {
    const watched = await open("?case=reloaded&client=stock");
    await expectText(watched.page, ".reloaded", "first");
    expect(modules(watched)).toEqual([]);
    expect(watched.wire.texts.filter((text) => text.includes("export default"))).toHaveLength(1);
    await watched.page.close();
  });

  test("a module is cached permanently by the browser, and travels compressed", async () => {
    const watched = await open("?case=plotly");
    await watched.page.locator("#plotly .main-svg").first().waitFor();
    const [url = ""] = modules(watched);
    const response = await fetch(url);
    expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(response.headers.get("content-encoding")).toMatch(/^(br|gzip)$/);
    const text = Buffer.from(await response.arrayBuffer());
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(url).toContain(createHash("sha256").update(text).digest("hex"));
    await watched.page.close();
  });

  test("a module is found when the app is below a path", async () => {
    const below = await startShiny({ python, app: join(apps, "companion_below.py") });
    try {
      const watched = await open("below/here/?case=reloaded", { base: below.url });
      await expectText(watched.page, ".reloaded", "first");
      expect(modules(watched)).toEqual([
        expect.stringContaining("/below/here/shiny-comm-modules/"),
      ]);
      await expectNoFaults(watched);
    } finally {
      await below.stop();
    }
  });

  test("a module has an address in an Express app", async () => {
    const express = await startShiny({ python, app: join(apps, "companion_express.py") });
    try {
      const watched = await open("", { base: express.url });
      await expectText(watched.page, ".express", "shown");
      expect(modules(watched)).toHaveLength(1);
      await expectNoFaults(watched);
    } finally {
      await express.stop();
    }
  });
});

describe("the client's files", () => {
  interface File {
    readonly name: string;
    /** The sizes of the body on the wire and in use, and the size of the whole response: 0 from a cache. */
    readonly encodedBodySize: number;
    readonly decodedBodySize: number;
    readonly transferSize: number;
  }

  /** Returns the client's files that a page with a slider has loaded. `openUrl` would disable the cache. */
  async function filesOf(context: BrowserContext, base: string): Promise<File[]> {
    const page = await context.newPage();
    const messages: string[] = [];
    page.on("console", (message) => messages.push(message.text()));
    await page.goto(`${base}/?case=slider`);
    await page.locator("#slider .noUi-handle").waitFor();
    const files = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter(({ name }) => name.includes("/ipywidget-output-binding-"))
        .map((entry) => entry.toJSON() as File),
    );
    expect(messages.filter((text) => /preload|shiny-comm/.test(text))).toEqual([]);
    await page.close();
    return files;
  }

  async function inNewContext<T>(use: (context: BrowserContext) => Promise<T>): Promise<T> {
    const watched = await open("?case=slider");
    const context = await watched.page.context().browser()?.newContext();
    await watched.page.close();
    if (!context) throw new Error("the page has a browser");
    try {
      return await use(context);
    } finally {
      await context.close();
    }
  }

  const sumOf = (files: File[], size: "encodedBodySize" | "decodedBodySize" | "transferSize") =>
    files.reduce((sum, file) => sum + file[size], 0);

  test("the first slider needs less than 110 kB of the client on the wire, the next one nothing", async () => {
    await inNewContext(async (context) => {
      const files = await filesOf(context, server.url);
      expect(files.map(({ name }) => name.replace(/.*\/|-[0-9A-F]{8}(?=\.)/g, "")).sort()).toEqual([
        "controls-core.js",
        "controls.css",
        "shiny-comm.css",
        "shiny-comm.js",
        "start.js",
      ]);
      console.log(`the client's files on the wire: ${sumOf(files, "encodedBodySize")} bytes`);
      expect(sumOf(files, "encodedBodySize")).toBeLessThan(110_000);
      expect(sumOf(files, "decodedBodySize")).toBeGreaterThan(300_000);
      expect(sumOf(await filesOf(context, server.url), "transferSize")).toBe(0);
    });
  });

  test("each file is found and compressed below a path of nginx", async () => {
    const nginx = await startNginx({
      prefix: "/apps/widgets/",
      workers: { one: Number(new URL(server.url).port) },
    });
    try {
      await inNewContext(async (context) => {
        const files = await filesOf(context, nginx.url.replace(/\/$/, ""));
        expect(files).toHaveLength(5);
        for (const { name, encodedBodySize, decodedBodySize } of files) {
          expect(new URL(name).pathname).toMatch(/^\/apps\/widgets\/lib\//);
          expect(encodedBodySize).toBeLessThan(decodedBodySize / 2);
        }
      });
    } finally {
      await nginx.stop();
    }
  });
});

describe("comms that the page opens", () => {
  test("the server announces opens before the first idle, echoes in frames, and closes the comm", async () => {
    let said: unknown[] = [];
    let frames = 0;
    // No widget is shown here.
    const watched = await openUrl(`${server.url}/?case=none`, {
      prepare: (page) => {
        said = listenToServer(page);
        page.on("websocket", (socket) => {
          socket.on("framereceived", ({ payload }) => {
            if (typeof payload !== "string") frames += 1;
          });
        });
      },
    });
    await expect.poll(() => said[1]).toBe("idle");
    expect(said[0]).toEqual({ version: 1, opens: true });
    const sends = [[{ n: 1 }], [{ n: 2 }, 1, 2, 3], [{ close: true }]] as const;
    const { came } = await talk(watched.page, { target_name: "echo", sends, until: 4 });
    expect(came).toEqual([
      ["msg", { opened: { hello: "echo" } }],
      ["msg", { echo: { n: 1 } }],
      ["msg", { echo: { n: 2 } }, [1, 2, 3]],
      ["close", { why: "asked" }],
    ]);
    expect(frames).toBe(1);
    await expectNoFaults(watched);
  });

  test("comms carry bytes when the client's chunks cannot be loaded", async () => {
    const watched = await openUrl(`${server.url}/?case=none`, {
      prepare: async (page) => {
        await page.clock.install();
        await page.route(/chunks\/start/, (route) => route.abort());
      },
    });
    const sends = [[{ n: 1 }, 1, 2, 3], [{ close: true }]] as const;
    const { came } = await talk(watched.page, { target_name: "echo", sends, until: 3 });
    expect(came).toEqual([
      ["msg", { opened: { hello: "echo" } }],
      ["msg", { echo: { n: 1 } }, [1, 2, 3]],
      ["close", { why: "asked" }],
    ]);
    // The comms need no chunk, so they end before the client's last attempt to load.
    await expect
      .poll(async () => {
        await watched.page.clock.fastForward(1_000);
        return watched.faults.filter((fault) => fault.includes("[shiny-comm]"));
      })
      .toEqual([expect.stringContaining("CLIENT_LOAD")]);
    await watched.page.close();
  });

  test("comms close when their target is not registered, and when the page closes them", async () => {
    const watched = await openUrl(`${server.url}/?case=none`);
    const { came } = await talk(watched.page, { target_name: "unregistered", until: 1 });
    expect(came).toEqual([["close", {}]]);
    // The page closes the first comm after its answer, and the server reports that to the second.
    const first = await talk(watched.page, { target_name: "echo", until: 1 });
    const told = await talk(watched.page, { target_name: "closes", until: 1 });
    expect(told.came).toEqual([["msg", { closed: first.comm_id }]]);
    await expectNoFaults(watched);
  });
});

test("the app in the README works", async () => {
  const readme = await readFile(join(root, "python/README.md"), "utf8");
  const folder = await mkdtemp(join(tmpdir(), "shiny-comm-python-"));
  const [, code = ""] = /```python\n(.*?)```/s.exec(readme) ?? [];
  await writeFile(join(folder, "app.py"), code);
  const app = await startShiny({ python, app: join(folder, "app.py") });
  try {
    const watched = await openUrl(app.url);
    await watched.page.locator("#slider .noUi-handle").press("ArrowRight");
    await expectText(watched.page, "#slider .widget-readout", "1");
    await expectNoFaults(watched);
  } finally {
    await app.stop();
    await rm(folder, { recursive: true });
  }
});

test("the tests of the Python package pass against the wheel", () => {
  const { status, stdout, stderr } = spawnSync(
    python,
    ["-m", "pytest", "-q", "-p", "no:cacheprovider", join(root, "python/tests")],
    { encoding: "utf8", cwd: apps },
  );
  expect(stdout + stderr).toMatch(/ passed/);
  expect(status, stdout + stderr).toBe(0);
}, 600_000);

/** Each file in a wheel with the checksum of its contents. */
function contentsOf(file: string): Map<string, number> {
  const list =
    "import json, sys, zipfile; " +
    "print(json.dumps({i.filename: i.CRC for i in zipfile.ZipFile(sys.argv[1]).infolist()}))";
  const { stdout } = spawnSync(python, ["-c", list, file], { encoding: "utf8" });
  return new Map(Object.entries(JSON.parse(stdout) as Record<string, number>));
}

test("the wheel holds the files that pages load, the package, and nothing else", async () => {
  const filesBelow = async (folder: string): Promise<string[]> =>
    (await readdir(folder, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile() && !/\.pyc$|\.map$/.test(entry.name))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const files = [...contentsOf(wheel).keys()];
  expect(files.filter((name) => name.endsWith(".dist-info/licenses/LICENSE"))).toHaveLength(1);
  expect(await readFile(join(root, "python/LICENSE"), "utf8")).toBe(
    await readFile(join(root, "LICENSE"), "utf8"),
  );
  const names = files.filter((name) => !name.includes(".dist-info/"));
  const forPages =
    /^(shiny-comm\.(js|css|module\.js)|chunks\/.*\.(js|css)|fonts\/.*\.woff2|THIRD-PARTY\.txt)$/;
  const dist = (await filesBelow(join(root, "dist"))).filter((name) => forPages.test(name));
  expect(dist.length).toBeGreaterThan(30);
  expect(names.sort()).toEqual(
    [
      ...dist.map((name) => `shiny_comm/dist/${name}`),
      ...dist
        .filter((name) => !name.endsWith(".woff2"))
        .flatMap((name) => [`shiny_comm/dist/${name}.br`, `shiny_comm/dist/${name}.gz`]),
      ...(await filesBelow(join(root, "python/src"))),
    ].sort(),
  );
  expect(names).toContain("shiny_comm/py.typed");
});

test("the sdist makes the same wheel", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shiny-comm-sdist-"));
  const runIn = (cwd: string, ...args: string[]): void => {
    const { status, stderr } = spawnSync(python, ["-m", ...args], { encoding: "utf8", cwd });
    expect(status, stderr).toBe(0);
  };
  try {
    await cp(join(root, "python"), join(folder, "clone/python"), { recursive: true });
    for (const name of ["dist", "package.json"]) {
      await symlink(join(root, name), join(folder, "clone", name));
    }
    runIn(join(folder, "clone/python"), "hatchling", "build", "-t", "sdist", "-d", folder);
    const [sdist = ""] = (await readdir(folder)).filter((name) => name.endsWith(".tar.gz"));
    runIn(folder, "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", sdist);
    const [made = ""] = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
    expect(contentsOf(join(folder, made))).toEqual(contentsOf(wheel));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the Python package is clean to ruff", () => {
  for (const command of [["check"], ["format", "--check"]]) {
    const { status, stdout } = spawnSync(
      python,
      ["-m", "ruff", ...command, "--no-cache", join(root, "python")],
      { encoding: "utf8" },
    );
    expect(status, stdout).toBe(0);
  }
});

test("the package's types are clean to mypy --strict", () => {
  const cache = join(dirname(wheel), "../mypy");
  const { status, stdout } = spawnSync(
    python,
    ["-m", "mypy", "--strict", "--cache-dir", cache, join(root, "python/src")],
    { encoding: "utf8" },
  );
  expect(status, stdout).toBe(0);
});

test("a copy of dist/ works with the function of the gallery", async () => {
  const folder = await mkdtemp(join(tmpdir(), "shiny-comm-copied-"));
  await cp(join(root, "dist"), join(folder, "dist"), { recursive: true });
  await cp(
    join(root, "examples/01-gallery/shiny_comm_dependency.py"),
    join(folder, "shiny_comm_dependency.py"),
  );
  await writeFile(
    join(folder, "app.py"),
    [
      "import ipywidgets",
      "from shiny import App, ui",
      "from shiny_comm_dependency import shiny_comm",
      "from shinywidgets import output_widget, render_widget",
      "def server(input, output, session):",
      "    @render_widget",
      "    def slider():",
      "        return ipywidgets.IntSlider()",
      'app = App(ui.page_fluid(shiny_comm(), output_widget("slider")), server)',
    ].join("\n"),
  );
  const app = await startShiny({ python, app: join(folder, "app.py") });
  try {
    const watched = await openUrl(app.url);
    await watched.page.locator("#slider .noUi-handle").press("ArrowRight");
    await expectText(watched.page, "#slider .widget-readout", "1");
    expect(watched.requests.filter((url) => /libembed|output\.js/.test(url))).toEqual([]);
    await expectNoFaults(watched);
  } finally {
    await app.stop();
    await rm(folder, { recursive: true });
  }
});

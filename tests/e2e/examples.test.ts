/** The examples, served by their command and driven as a user would. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXAMPLE_NAMES, startExample } from "../../scripts/example.mjs";
import type { ShinyServer } from "../../scripts/python.mjs";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";

const root = join(import.meta.dirname, "../..");

/** The other examples: most files test the gallery, and r.test.ts and r-examples.test.ts the examples in R. */
const HERE = EXAMPLE_NAMES.filter(
  (name) => name !== "01-gallery" && !existsSync(join(root, "examples", name, "app.R")),
);

const servers = new Map<string, ShinyServer>();

useBrowser();

beforeAll(async () => {
  await Promise.all(
    HERE.map(async (name) => {
      servers.set(name, await startExample(name));
    }),
  );
}, 600_000);

afterAll(() => Promise.all(Array.from(servers.values(), (server) => server.stop())));

/** Binary frames of comm messages, and texts that went to the server. */
interface Wire {
  readonly frames: Buffer[];
  readonly sent: string[];
}

async function open(name: string): Promise<WatchedPage & { wire: Wire }> {
  const server = servers.get(name);
  if (!server) throw new Error(`${name} is not served`);
  const wire: Wire = { frames: [], sent: [] };
  const prepare = (page: Page): void => {
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        if (typeof payload !== "string") wire.frames.push(payload);
      });
      socket.on("framesent", ({ payload }) => {
        if (typeof payload === "string") wire.sent.push(payload);
      });
    });
  };
  return { ...(await openUrl(server.url, { prepare })), wire };
}

/** Draws with the mouse over an element; the places are parts of its width and height. */
async function drag(page: Page, selector: string, ...places: [number, number][]): Promise<void> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not on the page`);
  const [first, ...rest] = places.map(
    ([x, y]) => [box.x + x * box.width, box.y + y * box.height] as const,
  );
  if (!first) return;
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(...place, { steps: 6 });
  await page.mouse.up();
}

describe("the command", () => {
  test("the command is in the README of each example", async () => {
    for (const name of EXAMPLE_NAMES) {
      const readme = await readFile(join(root, "examples", name, "README.md"), "utf8");
      const command =
        name === "01-gallery" ? "npm run demo" : `npm run example ${name.slice(0, 2)}`;
      expect(readme, name).toContain(`\`\`\`sh\n${command}\n\`\`\``);
    }
  });

  test("the command builds the widget package, whose tests pass", () => {
    const config = join(root, "examples/03-widget-package/vitest.config.ts");
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    // A separate run, which must not take itself for a part of this run.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST")),
    );
    const limits = ["--testTimeout=90000", "--expect.poll.timeout=30000"];
    const own = spawnSync(process.execPath, [vitest, "run", "--config", config, ...limits], {
      env,
      encoding: "utf8",
    });
    expect(own.status, `${own.stdout}${own.stderr}`).toBe(0);
    expect(own.stdout).toMatch(/Tests .*[1-9]\d* passed/);
  });

  test("the command lists the examples when it does not know a name", () => {
    const script = join(root, "scripts/example.mjs");
    const { status, stderr } = spawnSync(process.execPath, [script, "99"], { encoding: "utf8" });
    expect(stderr).toContain("Unknown example: 99");
    for (const name of EXAMPLE_NAMES) expect(stderr).toContain(name);
    expect(status).toBe(2);
  });
});

describe("02-script-tag", () => {
  test("a slider works in an Express app without the stock client", async () => {
    const watched = await open("02-script-tag");
    const { page, requests } = watched;
    await page.locator("#slider .noUi-handle").press("ArrowRight");
    await expectText(page, "#value", "Python has 8.");
    expect(requests.some((url) => url.endsWith("/client/shiny-comm.js"))).toBe(true);
    // shinywidgets' own script.
    expect(requests.filter((url) => /\/output\.js/.test(url))).toEqual([]);
    expect(watched.warnings.filter((text) => text.includes("shiny-comm"))).toEqual([]);
    await expectNoFaults(watched);
  });
});

describe("03-widget-package", () => {
  let watched: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    watched = await open("03-widget-package");
  });
  afterAll(() => expectNoFaults(watched));

  const received = "#received";

  /** Whether something is drawn in the wave's colour at a place, a part of width and height. */
  const isDrawn = (page: Page, x: number, y: number) =>
    page.locator("#pad canvas").evaluate(
      (canvas: HTMLCanvasElement, [x, y]) => {
        const pen = canvas.getContext("2d");
        const [px, py] = [Math.round(x * canvas.width), Math.round(y * canvas.height)];
        const { data } = pen?.getImageData(px, py - 3, 1, 7) ?? { data: [] };
        return data.some((value, n) => n % 4 === 3 && value > 200);
      },
      [x, y] as const,
    );
  /** The position of a value. */
  const high = (value: number) => (1.1 - value) / 2.2;

  test("the package registers its widgets, which load from the app's host without AMD", async () => {
    const { page, requests } = watched;
    await expectText(page, received, /1024 bytes: from -1\.00 to 1\.00, RMS 0\.71, 0 %/);
    await expect.poll(() => isDrawn(page, 0.25, high(1))).toBe(true);
    const own = requests.filter((url) => url.includes("wave-pad"));
    expect(own.map((url) => new URL(url).pathname.replace(/.*\//, ""))).toEqual([
      "index.js",
      "widgets.js",
    ]);
  });

  test("the bytes of a drawing reach Python, and bytes from Python are drawn", async () => {
    const { page, wire } = watched;
    await expectText(page, received, /RMS 0\.71/);
    await page.selectOption("#wave", "square");
    await expectText(page, received, /from -1\.00 to 1\.00, RMS 1\.00, 1\d %/);
    await expect.poll(() => isDrawn(page, 0.25, high(1))).toBe(true);
    await expect.poll(() => isDrawn(page, 0.75, high(-1))).toBe(true);
    expect(wire.frames.some((frame) => frame.includes(floats(1, 1, 1, 1)))).toBe(true);

    // A line through the middle, over the whole width.
    await drag(page, "#pad canvas", [0.001, 0.5], [0.5, 0.5], [0.999, 0.5]);
    await expectText(page, received, /from -?0\.0\d to -?0\.0\d, RMS 0\.0\d/);
    // A hill by hand; turned upside down by Python.
    await drag(page, "#pad canvas", [0.3, high(0)], [0.5, high(0.8)], [0.7, high(0)]);
    await expectText(page, received, /from -?0\.0\d to 0\.[78]\d, RMS/);
    await page.click("#negate");
    await expectText(page, received, /from -0\.[78]\d to -?0\.0\d, RMS/);
    await expect.poll(() => isDrawn(page, 0.4, high(-0.4))).toBe(true);
  });
});

describe("04-custom-target", () => {
  const counted = async (page: Page) => {
    const text = (await page.locator("#seen").textContent()) ?? "";
    const [samples = 0, bytes = 0, frames = 0] = (text.match(/\d+/g) ?? []).map(Number);
    return { samples, bytes, frames };
  };
  const slide = (page: Page, name: string, value: string) =>
    page.locator(`#controls [name=${name}]`).fill(value);

  test("samples in binary frames are drawn, and controls and bytes reach Python", async () => {
    const watched = await open("04-custom-target");
    const { page, wire, requests } = watched;
    await slide(page, "frequency", "8");
    await slide(page, "noise", "0");
    await expectText(page, "#received", "8 Hz, noise 0");
    // Python measures the frequency of the drawing, once the whole drawing has it.
    await expect
      .poll(
        async () => {
          await page.click("[name=measure]");
          return page.locator("#received").textContent();
        },
        { interval: 300 },
      )
      .toBe("2000 samples, 8.0 Hz, RMS 0.71");
    expect(wire.sent.some((text) => text.length > (4 / 3) * 4 * 2000)).toBe(true);

    const { samples, bytes } = await counted(page);
    expect(samples).toBeGreaterThan(1000);
    // Three arrays of four bytes a number.
    expect(bytes).toBe(12 * samples);
    // A busy machine draws few frames in some seconds.
    await expect.poll(async () => (await counted(page)).frames).toBeGreaterThan(1);
    await expect.poll(() => wire.frames.length).toBeGreaterThan(20);

    await page.click("[name=pause]");
    await expectText(page, "#received", "8 Hz, noise 0, paused");
    // The page counts each second.
    let before = -1;
    await expect
      .poll(
        async () => {
          const now = (await counted(page)).samples;
          const isSame = now === before;
          before = now;
          return isSame;
        },
        { interval: 1_100 },
      )
      .toBe(true);
    // Comms alone are small: the page has neither the script tag's client nor the stock client.
    expect(requests.filter((url) => /\/(shiny-comm|output)\.js|chunks\//.test(url))).toEqual([]);
    await expectNoFaults(watched);
  });
});

describe("05-dashboard", () => {
  let watched: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    watched = await open("05-dashboard");
  });
  afterAll(() => expectNoFaults(watched));

  const howMany = async (page: Page) => {
    const text = (await page.locator("#how_many").textContent()) ?? "";
    const [chosen = Number.NaN, shown = Number.NaN] = (text.match(/\d+/g) ?? []).map(Number);
    return { chosen, shown };
  };
  const bright = (page: Page) => page.locator("#lines canvas").getAttribute("data-bright");
  /** How many bubbles are not dimmed. */
  const brightBubbles = (page: Page) =>
    page
      .locator("#figure .scatterlayer .trace")
      .first()
      .locator("path.point")
      .evaluateAll(
        (points) =>
          points.filter((point) => Number(getComputedStyle(point).fillOpacity) > 0.3).length,
      );

  /** Waits until all show one number of chosen countries, below another one, and returns it. */
  const agreed = async (page: Page, below: number): Promise<number> => {
    let before: unknown;
    let now: unknown;
    // While the box is drawn the number changes.
    await expect
      .poll(
        async () => {
          before = now;
          const { chosen } = await howMany(page);
          now = [chosen, Number(await bright(page)), await brightBubbles(page)].join();
          return (
            chosen > 0 &&
            chosen < below &&
            now === [chosen, chosen, chosen].join() &&
            now === before
          );
        },
        { interval: 150 },
      )
      .toBe(true);
    return (await howMany(page)).chosen;
  };

  test("a filter by Shiny inputs, lines or bubbles applies to all charts", async () => {
    const { page } = watched;
    await expectText(page, "#how_many", "142 of 142");
    await expect.poll(() => brightBubbles(page)).toBe(142);

    // Without the 52 countries of Africa and the 33 of Asia.
    await page.locator("#continents input[value=Africa]").uncheck();
    await page.locator("#continents input[value=Asia]").uncheck();
    await expectText(page, "#how_many", "57 of 57");
    await expect.poll(() => bright(page)).toBe("57");
    await expect.poll(() => brightBubbles(page)).toBe(57);

    // The lines that stay in the upper half.
    await drag(page, "#lines canvas", [0.3, 0.02], [0.6, 0.2], [0.7, 0.32]);
    const boxed = await agreed(page, 57);
    // Select the rich countries. plotly's bar is above.
    await drag(page, "#figure .nsewdrag", [0.7, 0.95], [0.9, 0.5], [0.98, 0.15]);
    await agreed(page, boxed);

    await page.click("#all");
    await expectText(page, "#how_many", "142 of 142");
    await expect.poll(() => brightBubbles(page)).toBe(142);
  });

  test("a click on the lines moves the year, and the country under the pointer is named", async () => {
    const { page } = watched;
    await expectText(page, "#how_many", "142 of 142");
    const before = await page.locator("#life_there").textContent();
    await drag(page, "#lines canvas", [0.1, 0.5]);
    await expect.poll(() => page.locator("#lines canvas").getAttribute("data-year")).toBe("1952");
    await expect.poll(() => page.locator("#year").inputValue()).toBe("1952");
    await expectText(page, "#life_there", "48.9");
    expect(before).not.toBe("48.9");

    // A line is near any point.
    await page.locator("#lines canvas").hover({ position: { x: 200, y: 150 } });
    const label = page.locator("#lines output");
    await expect.poll(() => label.textContent()).not.toBe("");
    const name = (await label.textContent()) ?? "";
    await expect.poll(() => page.locator("#figure .textpoint").allTextContents()).toEqual([name]);
  });

  test("the dashboard fills the page, and is dark on a dark page", async () => {
    const { page } = watched;
    await expect.poll(() => brightBubbles(page)).toBe(142);
    const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
    for (const chart of ["#lines canvas", "#figure .main-svg >> nth=0"]) {
      const size = () => page.locator(chart).boundingBox();
      await expect.poll(async () => (await size())?.width).toBeGreaterThan(width * 0.3);
      await expect.poll(async () => (await size())?.height).toBeGreaterThan(height * 0.5);
    }
    const ink = () =>
      page
        .locator("#figure .xtick text")
        .first()
        .evaluate((text) => getComputedStyle(text).fill);
    await expect.poll(ink).toBe("rgb(33, 37, 41)");
    await page.click("#mode");
    await expect.poll(ink).toBe("rgb(222, 226, 230)");
  });
});

/** The bytes of 32-bit floats. */
function floats(...values: number[]): Buffer {
  return Buffer.from(Float32Array.from(values).buffer);
}

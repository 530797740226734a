/** The cases that each host has to pass, on the page of `app.py` or `r/app.R`, in any engine. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  box,
  click,
  count,
  type Engine,
  type EnginePage,
  eventually,
  middle,
  press,
  shown,
  text,
} from "../engines/engine.js";

/** A host of the app, as the cases see it. */
export interface Host {
  /** The address of the page, to which parameters can be added. */
  readonly url: string;
  /** The requests of the page that the host has answered. Absent if the host cannot tell. */
  requests?(): readonly { readonly path: string; readonly status: number }[];
  /** The path below which all addresses of the page are, with a slash at the end. */
  readonly prefix?: string;
  /** The line between the page and the host. Absent if the host has no control of it. */
  readonly line?: Line;
  /** Moves the app to another worker, whose old path is not found from now on. */
  readonly move?: () => void;
  /** Lets the service worker of the page restart, which forgets what it knows. */
  restart?(): Promise<void>;
  /** A fault that belongs to the host rather than to the client. */
  isOwnFault?(fault: string): boolean;
  stop(): Promise<void>;
}

/** The control of a line over which a session can resume. */
export interface Line {
  /** Cuts all connections. New ones fail until `restore()`. */
  drop(): void;
  restore(): void;
  /** Holds all messages, in both directions, until `release()`. */
  hold(): void;
  release(): void;
  /** Delays each message, in both directions. */
  delay(ms: number): void;
  /** The number of messages from the app that wait for the page. */
  pending(): number;
  /** Ends the dropped sessions, as after the time limit. Resolves when Shiny has no session. */
  expire(): Promise<void>;
}

/** The client of a page: this one, this one with `shiny_comm.use()` on the server, or the one of shinywidgets. */
export type Client = "shiny-comm" | "use()" | "stock";

/** Returns the clients of a host's tests: the ones that CI needs, or all for the table of `npm run hosts`. */
export function clientsOf(...needed: Client[]): Client[] {
  return process.env.HOSTS_TABLE ? ["shiny-comm", "use()", "stock"] : needed;
}

/** Widgets that need packages of Python, which not all apps have. */
type Lackable = "map" | "plot" | "bqplot";

interface Subject {
  /** The page with all widgets, which the cases of a client share. */
  readonly page: EnginePage;
  /** Opens another page of the client; the case closes it. */
  open(parameters: Record<string, string>): Promise<EnginePage>;
  readonly host: Host;
  readonly lacks: readonly Lackable[];
  /** The faults of earlier pages, which failed a case. */
  readonly faults: readonly string[];
}

export interface Case {
  readonly name: string;
  /** Whether the case can be tried with a host; by default with each. */
  applies?(host: Host): boolean;
  run(subject: Subject): Promise<void>;
}

/** Members of the page that the cases read. */
interface Globals {
  Shiny: {
    shinyapp: {
      /** Absent until the first message of the server. */
      config?: { sessionId: string } | null;
      $socket: { close(): void } | null;
      isConnected(): boolean;
      reconnect(): void;
    };
  };
  jQuery(target: unknown): { on(event: string, run: () => void): void };
  hostConnection?: { pending: number; opened: number; channels: number };
  disconnects?: number;
}

interface ProbeElement extends HTMLElement {
  sendNumbers(count: number, batch: number, pauseMs: number): void;
  sendBytes(size: number): Promise<string>;
}

const HANDLE = "#slider :is(.noUi-handle, .ui-slider-handle)";
const NUMBERS = 200;
/** How long a large message may take. */
const LARGE_MS = 60_000;

/** The errors of the browser about a line that was cut. */
const NETWORK =
  /WebSocket connection to|WebSocket is already in CLOSING|Failed to load resource: net::ERR_|__(sockjs|token)__|NetworkError|can.t establish a connection/;

/** Shiny 1.7 sends the size of an output also when it has removed its socket. */
const SHINY =
  /^uncaught: TypeError: [^\n]*null \(reading 'readyState'\)\s+at \S+ \(\S*\/shiny-javascript-1\.7/;

const CASES: readonly Case[] = [
  {
    name: "all kinds of widget",
    async run({ page, lacks }) {
      await shown(page, HANDLE);
      // A layout reaches the page.
      await eventually(async () => (await box(page, "#slider .lm-Widget")).width).toBe(700);
      await shown(page, "#probe .probe");
      await eventually(() => text(page, "#output .jp-OutputArea-output, #output pre")).toBe(
        "printed",
      );
      if (!lacks.includes("map")) await shown(page, "#map .leaflet-marker-icon");
      if (lacks.includes("plot")) return;
      await eventually(() => count(page, "#plot .scatterlayer .trace")).toBe(1);
    },
  },
  {
    name: "an icon from a font",
    async run({ page }) {
      const isLoaded = () =>
        page.evaluate(() =>
          [...document.fonts].some(
            ({ family, status }) => /Font ?Awesome/.test(family) && status === "loaded",
          ),
        );
      await expect.poll(isLoaded).toBe(true);
    },
  },
  {
    name: "early messages",
    async run({ page }) {
      await eventually(() => text(page, "#probe .early")).toBe("0 1 2 3 4");
    },
  },
  {
    name: "a dragged slider",
    async run({ page }) {
      const from = await middle(page, HANDLE);
      await page.drag(from, { x: from.x + 200, y: from.y });
      const readout = () => text(page, "#slider .widget-readout");
      await eventually(async () => Number(await readout()) > 200).toBe(true);
      await expectSameValue(page);
      await press(page, HANDLE, "ArrowRight");
      await expectSameValue(page);
      await click(page, "#move");
      await eventually(readout).toBe("500");
      await expectSameValue(page);
    },
  },
  {
    name: "8 MB each way",
    async run({ page }) {
      await click(page, "#bytes");
      await eventually(async () => (await text(page, "#digest"))?.length).toBe(64);
      const expected = await text(page, "#digest");
      const digest = (name: string) => text(page, `#probe .${name}`);
      await expect.poll(() => digest("digest"), { timeout: LARGE_MS }).toBe(expected);
      const sent = await page.evaluate(() =>
        (document.querySelector(".probe") as ProbeElement).sendBytes(8_000_000),
      );
      await expect.poll(() => digest("uploaded"), { timeout: LARGE_MS }).toBe(sent);
    },
  },
  {
    name: "200 messages each way, in order, over a line that drops",
    async run({ page, host: { line } }) {
      const before = await sessionId(page);
      const numbers = (name: string) => text(page, `#probe .${name}`);
      const arrived = async (name: string) => Number.parseInt((await numbers(name)) ?? "", 10);
      await click(page, "#numbers");
      await page.evaluate(
        (many) => (document.querySelector(".probe") as ProbeElement).sendNumbers(many, 4, 10),
        NUMBERS,
      );
      if (line) {
        await eventually(async () => (await arrived("numbers")) > 0).toBe(true);
        line.drop();
        await eventually(async () => line.pending() > 10 && (await pagePending(page)) > 10).toBe(
          true,
        );
        line.restore();
      }
      await eventually(() => numbers("numbers")).toBe(String(NUMBERS));
      await eventually(() => numbers("received")).toBe(String(NUMBERS));
      expect(await sessionId(page)).toBe(before);
    },
  },
  {
    name: "a resumed drop that the session does not notice",
    applies: ({ line }) => line !== undefined,
    async run({ page, host: { line } }) {
      const before = await sessionId(page);
      const opened = await connections(page);
      await page.evaluate(() => {
        const globals = window as unknown as Globals;
        globals.disconnects = 0;
        globals.jQuery(document).on("shiny:disconnected", () => {
          globals.disconnects = (globals.disconnects ?? 0) + 1;
        });
      });
      line?.drop();
      await press(page, HANDLE, "ArrowRight");
      await eventually(async () => (await pagePending(page)) > 0).toBe(true);
      line?.restore();
      await eventually(() => connections(page)).toBe(opened + 1);
      await expectSameValue(page);
      expect(await sessionId(page)).toBe(before);
      expect(await page.evaluate(() => (window as unknown as Globals).disconnects)).toBe(0);
      expect(await count(page, "#shiny-disconnected-overlay")).toBe(0);
    },
  },
  {
    name: "a drag over a slow line that holds messages back",
    applies: ({ line }) => line !== undefined,
    async run({ page, host: { line } }) {
      line?.delay(30);
      const from = await middle(page, HANDLE);
      line?.hold();
      await page.drag(from, { x: from.x - 100, y: from.y });
      const dragged = await text(page, "#slider .widget-readout");
      await eventually(async () => (await pagePending(page)) > 0).toBe(true);
      line?.release();
      await expectSameValue(page);
      expect(await text(page, "#slider .widget-readout")).toBe(dragged);
      line?.delay(0);
    },
  },
  {
    name: "several apps on one connection",
    applies: ({ line }) => line !== undefined,
    async run({ page }) {
      await page.evaluate(() => {
        const frame = document.createElement("iframe");
        frame.id = "other-app";
        frame.style.cssText = "width: 1000px; height: 600px";
        const address = new URL(location.href);
        address.searchParams.set("__subapp__", "1");
        address.searchParams.set("parts", "slider");
        frame.src = address.href;
        document.body.append(frame);
      });
      const within = (selector: string) =>
        page.evaluate((sought) => {
          const frame = document.querySelector<HTMLIFrameElement>("#other-app");
          return frame?.contentDocument?.querySelector(sought)?.textContent?.trim();
        }, selector);
      await eventually(() => within("#value")).toBe("value 100");
      await page.evaluate(() => {
        const frame = document.querySelector<HTMLIFrameElement>("#other-app");
        frame?.contentDocument?.querySelector<HTMLElement>("#move")?.click();
      });
      await eventually(() => within("#slider .widget-readout")).toBe("500");
      expect(
        await page.evaluate(() => (window as unknown as Globals).hostConnection?.channels),
      ).toBe(2);
      await page.evaluate(() => document.querySelector("#other-app")?.remove());
    },
  },
  {
    name: "files below the path of the app",
    applies: ({ requests }) => requests !== undefined,
    async run({ host }) {
      const { prefix = "/" } = host;
      const all = host.requests?.() ?? [];
      expect(all.length).toBeGreaterThan(0);
      const own = all.filter(({ path }) => !path.endsWith("favicon.ico"));
      expect(own.filter(({ status }) => status >= 400)).toEqual([]);
      expect(own.filter(({ path }) => !path.startsWith(prefix))).toEqual([]);
    },
  },
  {
    name: "a new session",
    async run({ page, host }) {
      await startNewSession(page, host);
      await eventually(() => text(page, "#value")).toBe("value 100");
      await press(page, HANDLE, "ArrowRight");
      await eventually(() => text(page, "#value")).toBe("value 101");
      await expectSameValue(page);
    },
  },
  {
    name: "an empty console",
    async run({ page, host, faults }) {
      expectNoFaults([...faults, ...(await page.faults())], host);
      expect(await count(page, ".shiny-comm-error, .shiny-output-error")).toBe(0);
    },
  },
  {
    // No widget before has loaded these chunks and modules, and the page's worker is gone. This case is the last,
    // because an engine may have only one page at a time.
    name: "late code",
    async run({ open, host, lacks }) {
      const page = await open({ parts: "slider,late" });
      await shown(page, HANDLE);
      await startNewSession(page, host);
      await eventually(() => text(page, "#value")).toBe("value 100");
      await host.restart?.();
      await click(page, "#show_late");
      await shown(page, "#late button .fa-check");
      await eventually(() => text(page, "#late :is(.jp-OutputArea-output, pre)")).toBe("printed");
      await shown(page, "#late .late-module");
      if (!lacks.includes("bqplot")) await shown(page, "#late svg.svg-figure");
      expectNoFaults(await page.faults(), host);
      await page.close();
    },
  },
];

export interface HostTest {
  /** The row of the table. */
  readonly name: string;
  readonly clients: readonly Client[];
  /** Starts the host for the pages of a client. */
  start(client: Client): Promise<Host>;
  /** The engine, which the caller starts and closes. */
  engine(): Engine;
  /** The widgets that the app does not have. */
  readonly lacks?: readonly Lackable[];
  /** Names of cases that a host cannot have. */
  readonly without?: readonly string[];
  /** Cases of this host alone, after the first. */
  readonly further?: readonly Case[];
}

/** Registers the tests of a host. The cases of a client share a page, until one of them fails. */
export function testHost({
  name,
  clients,
  start,
  engine,
  lacks = [],
  without = [],
  further = [],
}: HostTest): void {
  describe(name, () => {
    for (const client of clients) {
      describe(client, () => {
        let host: Host;
        beforeAll(async () => {
          host = await start(client);
        });
        afterAll(async () => {
          await (await opened)?.close();
          await host?.stop();
        });
        let opened: Promise<EnginePage> | undefined;
        const faults: string[] = [];
        const openPage = async (parameters: Record<string, string>): Promise<EnginePage> => {
          const address = new URL(host.url);
          if (client === "stock") address.searchParams.set("client", "stock");
          for (const [key, value] of Object.entries(parameters)) {
            address.searchParams.set(key, value);
          }
          const page = await engine().open(address.href);
          await eventually(() => sessionId(page)).toMatch(/./);
          return page;
        };
        const shared = (): Promise<EnginePage> => {
          opened ??= openPage({}).then(async (page) => {
            await shown(page, HANDLE);
            await shown(page, "#probe .probe");
            return page;
          });
          return opened;
        };
        afterEach(async ({ task }) => {
          // The next case begins with a page that works.
          if (task.result?.state !== "fail") return;
          host.line?.restore();
          const page = await opened;
          opened = undefined;
          faults.push(...((await page?.faults()) ?? []));
          await page?.close();
        });
        const [first, ...others] = CASES;
        const cases = [...(first ? [first] : []), ...further, ...others];
        for (const { name: title, applies, run } of cases) {
          if (without.includes(title)) continue;
          test(title, async ({ skip }) => {
            skip(applies?.(host) === false, "the host cannot do this");
            await run({ page: await shared(), open: openPage, host, lacks, faults });
          });
        }
      });
    }
  });
}

/** Ends the session of a page, whose app moves to another worker, and waits for the next session. */
async function startNewSession(page: EnginePage, host: Host): Promise<void> {
  const before = await sessionId(page);
  if (host.line) {
    host.line.drop();
    await host.line.expire();
    host.move?.();
    host.line.restore();
  } else {
    await page.evaluate(() => (window as unknown as Globals).Shiny.shinyapp.$socket?.close());
  }
  await eventually(() => isConnected(page)).toBe(false);
  await page.evaluate(() => {
    const { shinyapp } = (window as unknown as Globals).Shiny;
    if (!shinyapp.isConnected()) shinyapp.reconnect();
  });
  await eventually(
    async () => (await isConnected(page)) && (await sessionId(page)) !== before,
  ).toBe(true);
}

function expectNoFaults(faults: readonly string[], host: Host): void {
  const isForeign = (fault: string): boolean =>
    NETWORK.test(fault) || SHINY.test(fault) || host.isOwnFault?.(fault) === true;
  const wrong = faults.filter((fault) => !isForeign(fault));
  expect(wrong).toEqual([]);
}

function sessionId(page: EnginePage): Promise<string> {
  return page.evaluate(() => (window as unknown as Globals).Shiny.shinyapp.config?.sessionId ?? "");
}

function isConnected(page: EnginePage): Promise<boolean> {
  return page.evaluate(() => (window as unknown as Globals).Shiny.shinyapp.isConnected());
}

/** The number of messages of the page that wait for the host. */
async function pagePending(page: EnginePage): Promise<number> {
  return page.evaluate(() => (window as unknown as Globals).hostConnection?.pending ?? 0);
}

async function connections(page: EnginePage): Promise<number> {
  return page.evaluate(() => (window as unknown as Globals).hostConnection?.opened ?? 0);
}

/** Waits until the app's value of the slider is the one that the page shows. */
async function expectSameValue(page: EnginePage): Promise<void> {
  await eventually(async () => {
    const shownValue = await text(page, "#slider .widget-readout");
    return (await text(page, "#value")) === `value ${shownValue}`;
  }).toBe(true);
}

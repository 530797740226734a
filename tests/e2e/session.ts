/** Sessions of a page that end and start again: helpers for the page and for the server's record. */
import { existsSync, readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { expectText, type WatchedPage } from "./page.js";

/** A line of what `apps/reconnect.py` records. */
export interface Recorded {
  readonly session: string;
  readonly event: "start" | "ended" | "received" | "made" | "count";
  readonly comm_id?: string;
  /** The session has opened a comm with this id. */
  readonly known?: boolean;
  readonly value?: unknown;
}

export function readRecord(file: string): Recorded[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Recorded);
}

interface PageGlobals {
  Shiny: {
    setInputValue(name: string, value: unknown, options: { priority: "event" }): void;
    shinyapp: {
      config: { sessionId: string };
      $socket: { readyState: number } | null;
      $pendingMessages: unknown[];
      $inputValues: Record<string, unknown>;
      isConnected(): boolean;
      reconnect(): void;
    };
  };
}

/** The id of the session that the page had last. */
export function sessionId(page: Page): Promise<string> {
  return page.evaluate(
    () => (globalThis as unknown as PageGlobals).Shiny.shinyapp.config.sessionId,
  );
}

/** Waits for the grey overlay of a lost session. */
export async function expectDisconnected(page: Page): Promise<void> {
  await page.locator("#shiny-disconnected-overlay").waitFor();
  await page.waitForFunction(
    () => !(globalThis as unknown as PageGlobals).Shiny.shinyapp.isConnected(),
  );
}

/** Starts to connect again. */
export function beginReconnect(page: Page): Promise<void> {
  return page.evaluate(() => (globalThis as unknown as PageGlobals).Shiny.shinyapp.reconnect());
}

/** Waits for a session other than `before`. @returns its id */
export async function newSession(page: Page, before: string): Promise<string> {
  await page.waitForFunction((old) => {
    const { config, $socket } = (globalThis as unknown as PageGlobals).Shiny.shinyapp;
    return config.sessionId !== old && $socket?.readyState === 1;
  }, before);
  return sessionId(page);
}

export async function reconnect(page: Page): Promise<string> {
  const before = await sessionId(page);
  await beginReconnect(page);
  return newSession(page, before);
}

export type Command = "move" | "make" | "count" | "fill" | "hold" | "allow" | "close";

/** Gives the app a command. Shiny forgets it, as it would repeat it to the next session. */
export function command(page: Page, what: Command): Promise<void> {
  return page.evaluate((value) => {
    const { Shiny } = globalThis as unknown as PageGlobals;
    Shiny.setInputValue("command", value, { priority: "event" });
    delete Shiny.shinyapp.$inputValues.command;
  }, what);
}

/** How many messages Shiny's runtime holds for the next session. */
export function heldByShiny(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { $pendingMessages, $inputValues } = (globalThis as unknown as PageGlobals).Shiny
      .shinyapp;
    const input = "shinywidgets_comm_send:shiny.password";
    // Shiny also keeps the sizes of outputs there.
    const pending = $pendingMessages.filter((message) => String(message).includes(input));
    return pending.length + (input in $inputValues ? 1 : 0);
  });
}

interface Client {
  connection: { commIds(): string[] };
  widgets: { _models: Record<string, unknown> };
}

export interface Counts {
  comms: number;
  models: number;
  /** Elements that are views, or parts of views. */
  views: number;
}

/** The numbers of comms, models and views in the client. */
export function counts(page: Page): Promise<Counts> {
  return page.evaluate(() => {
    const client = (globalThis as unknown as Record<symbol, Client>)[
      Symbol.for("shiny-comm")
    ] as Client;
    return {
      comms: client.connection.commIds().length,
      models: Object.keys(client.widgets._models).length,
      views: document.querySelectorAll(".lm-Widget").length,
    };
  });
}

/** The number of models and views in memory after garbage collections, until another one frees nothing. */
export async function alive(page: Page): Promise<number> {
  let before = Number.POSITIVE_INFINITY;
  for (;;) {
    const now = await aliveOnce(page);
    if (now >= before) return now;
    before = now;
  }
}

async function aliveOnce(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send("HeapProfiler.collectGarbage");
    // Backbone's events are on the prototypes of models and of views.
    const counted = await Promise.all(
      ["model", "view"].map(async (what) => {
        const { result } = await devtools.send("Runtime.evaluate", {
          awaitPromise: true,
          expression: `(async () => {
            const { widgets } = window[Symbol.for("shiny-comm")];
            const models = await Promise.all(Object.values(widgets._models));
            const shown = models.find(({ views }) => Object.keys(views ?? {}).length > 0);
            const [view] = await Promise.all(Object.values(shown.views));
            let prototype = ${what === "model" ? "shown" : "view"};
            while (!Object.hasOwn(prototype, "trigger")) prototype = Object.getPrototypeOf(prototype);
            return prototype;
          })()`,
        });
        const { objects } = await devtools.send("Runtime.queryObjects", {
          prototypeObjectId: result.objectId ?? "",
        });
        const { result: length } = await devtools.send("Runtime.callFunctionOn", {
          objectId: objects.objectId ?? "",
          functionDeclaration: "function () { return this.length; }",
          returnByValue: true,
        });
        return Number(length.value);
      }),
    );
    return counted.reduce((sum, count) => sum + count, 0);
  } finally {
    await devtools.detach();
  }
}

/** Waits until the slider works in both directions, and is once in its output. */
export async function expectSliderWorks(page: Page): Promise<void> {
  const handle = page.locator("#slider .noUi-handle");
  await handle.waitFor();
  await expect.poll(() => page.locator("#slider > *").count()).toBe(1);
  // The output may still show a value of an earlier session.
  const shown = await handle.getAttribute("aria-valuenow");
  await expectText(page, "#slider_value", `value ${Number(shown)}`);
  await handle.press("ArrowRight");
  await expectText(page, "#slider_value", `value ${Number(shown) + 1}`);
  await command(page, "move");
  await expectText(page, "#slider_value", "value 40");
  await expect.poll(() => handle.getAttribute("aria-valuenow")).toBe("40.0");
}

/**
 * Messages of the browser about a failing network. The second comes when Shiny reports the size of an output
 * to a closing socket.
 */
export const NETWORK =
  /^console: (WebSocket connection to|WebSocket is already in CLOSING|Failed to load resource: net::ERR_)/;

/** Faults that are not the network's. */
export function faultsOf({ faults }: WatchedPage): string[] {
  return faults.filter((fault) => !NETWORK.test(fault));
}

/** The error of a message that could not be sent: the only one in an outage. */
export const NOT_CONNECTED = /^console: \[shiny-comm\] CommError \[NOT_CONNECTED\]: /;

/** The interface of a browser engine, over any driver. */
import { expect, vi } from "vitest";

export interface Engine {
  /** Opens an address, and waits until Shiny has a session there. */
  open(url: string): Promise<EnginePage>;
  close(): Promise<void>;
}

export interface EnginePage {
  /** Runs a function in the page, to which it and its arguments go as text. */
  evaluate<A extends unknown[], R>(run: (...args: A) => R, ...args: A): Promise<Awaited<R>>;
  /** A real mouse: its button goes down at one place in view and up at the other, or there too. */
  drag(from: Point, to?: Point): Promise<void>;
  /** Real keys, to the element that has the focus. */
  keys(...keys: (Key | { text: string })[]): Promise<void>;
  /** The faults of the page since it was opened. */
  faults(): Promise<string[]>;
  /** A PNG of what is in view, in base64. */
  screenshot(): Promise<string>;
  close(): Promise<void>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Key = "ArrowRight" | "Tab" | "Enter";

/** A warning of the client, which counts as a fault. */
export const OURS = /^\[?shiny-comm/;

/** How long anything may take that a page does by itself. */
const PATIENCE_MS = 60_000;

/** Waits until a value read from the page is as expected; the failure shows what it was last. */
export function eventually<T>(read: () => Promise<T>) {
  return expect.poll(read, { timeout: PATIENCE_MS, interval: 50 });
}

/** Waits until Shiny has a session. */
export function waitForSession(page: EnginePage): Promise<void> {
  const isConnected = () => {
    const { Shiny } = window as unknown as { Shiny?: { shinyapp?: { isConnected(): boolean } } };
    return Shiny?.shinyapp?.isConnected() === true;
  };
  // Not by polling `expect`, which is for tests alone.
  return vi.waitFor(async () => expect(await page.evaluate(isConnected)).toBe(true), {
    timeout: PATIENCE_MS,
    interval: 50,
  });
}

/** The text of each element that matches, without white space at its ends. */
export function texts(page: EnginePage, selector: string): Promise<string[]> {
  return page.evaluate(
    (sought) =>
      Array.from(document.querySelectorAll(sought), ({ textContent }) => textContent.trim()),
    selector,
  );
}

/** The text of the first element that matches. */
export async function text(page: EnginePage, selector: string): Promise<string | undefined> {
  return (await texts(page, selector))[0];
}

export function count(page: EnginePage, selector: string): Promise<number> {
  return page.evaluate((sought) => document.querySelectorAll(sought).length, selector);
}

export function attribute(
  page: EnginePage,
  selector: string,
  name: string,
): Promise<string | undefined> {
  return page.evaluate(
    (sought, wanted) => document.querySelector(sought)?.getAttribute(wanted) ?? undefined,
    selector,
    name,
  );
}

/** The value of the first field that matches. */
export function value(page: EnginePage, selector: string): Promise<string | undefined> {
  return page.evaluate(
    (sought) => document.querySelector<HTMLInputElement>(sought)?.value,
    selector,
  );
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** The box of the first element that matches; without a size if no element matches or is shown. */
export function box(page: EnginePage, selector: string): Promise<Box> {
  return page.evaluate((sought) => {
    const { x, y, width, height } =
      document.querySelector(sought)?.getBoundingClientRect() ?? new DOMRect();
    return { x, y, width, height };
  }, selector);
}

/** Waits until the first element that matches has a visible size. */
export async function shown(page: EnginePage, selector: string, least = 0): Promise<void> {
  const measure = async () => {
    const { width, height } = await box(page, selector);
    return width > least && height > least ? "shown" : `${selector} is ${width} × ${height}`;
  };
  await eventually(measure).toBe("shown");
}

/** Waits for an element and scrolls to it; returns where its middle is then. */
export async function middle(page: EnginePage, selector: string): Promise<Point> {
  await shown(page, selector);
  await page.evaluate(
    (sought) =>
      document.querySelector(sought)?.scrollIntoView({ block: "center", behavior: "instant" }),
    selector,
  );
  const { x, y, width, height } = await box(page, selector);
  return { x: Math.round(x + width / 2), y: Math.round(y + height / 2) };
}

export async function click(page: EnginePage, selector: string): Promise<void> {
  await page.drag(await middle(page, selector));
}

/** Gives an element the focus and presses a key in it. */
export async function press(page: EnginePage, selector: string, key: Key): Promise<void> {
  await middle(page, selector);
  await page.evaluate((sought) => document.querySelector<HTMLElement>(sought)?.focus(), selector);
  await page.keys(key);
}

/** Replaces the text of a field by keyboard, and leaves the field. */
export async function fill(page: EnginePage, selector: string, letters: string): Promise<void> {
  await click(page, selector);
  await page.evaluate(
    (sought) => document.querySelector<HTMLInputElement>(sought)?.select(),
    selector,
  );
  await page.keys({ text: letters }, "Tab");
}

/** Sets a Shiny input, as a control of the app itself would. */
export function setInput(page: EnginePage, name: string, set: unknown): Promise<void> {
  return page.evaluate(
    (input, to) => {
      const { Shiny } = window as unknown as {
        Shiny: { setInputValue(name: string, value: unknown): void };
      };
      Shiny.setInputValue(input, to);
    },
    name,
    set,
  );
}

/** Whether the engine has WebGL, without which some packages draw nothing. */
export function hasWebGl(page: EnginePage): Promise<boolean> {
  return page.evaluate(() => document.createElement("canvas").getContext("webgl2") !== null);
}

/** How many pixels of an element on the screen are not of the colour of its corner. */
export async function painted(page: EnginePage, selector: string): Promise<number> {
  await middle(page, selector);
  return page.evaluate(
    async (sought, png) => {
      const picture = new Image();
      picture.src = `data:image/png;base64,${png}`;
      await picture.decode();
      const { x, y, width, height } =
        document.querySelector(sought)?.getBoundingClientRect() ?? new DOMRect();
      const canvas = Object.assign(document.createElement("canvas"), { width, height });
      const context = canvas.getContext("2d");
      if (!context) throw new Error("There is no canvas to read the picture from.");
      context.drawImage(picture, -x, -y);
      const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
      return pixels.filter((pixel) => pixel !== pixels[0]).length;
    },
    selector,
    await page.screenshot(),
  );
}

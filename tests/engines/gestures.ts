/** Real mice and keys, by drivers whose pages have the members of puppeteer and Playwright. */
import type { EnginePage, Key } from "./engine.js";

/** The members that both drivers have. */
interface DrivenPage {
  readonly mouse: {
    move(x: number, y: number, options?: { steps: number }): Promise<void>;
    down(): Promise<void>;
    up(): Promise<void>;
  };
  readonly keyboard: {
    press(key: Key): Promise<void>;
    type(text: string): Promise<void>;
  };
}

/** The number of moves of a drag. */
const STEPS = 10;

/** Returns the gestures of a page. */
export function gesturesOf({ mouse, keyboard }: DrivenPage): Pick<EnginePage, "drag" | "keys"> {
  return {
    async drag(from, to) {
      await mouse.move(from.x, from.y);
      await mouse.down();
      if (to) await mouse.move(to.x, to.y, { steps: STEPS });
      await mouse.up();
    },
    async keys(...keys) {
      for (const key of keys) {
        if (typeof key === "string") await keyboard.press(key);
        else await keyboard.type(key.text);
      }
    },
  };
}

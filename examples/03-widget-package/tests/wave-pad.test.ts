/** Tests the widget with the real client; the test is the server's end. */
import jQuery from "jquery";
import { classicState, createShiny, loadClient } from "shiny-comm/testing";
import { expect, test } from "vitest";
import "../src/index.js";

Object.assign(globalThis, { jQuery });
const shiny = createShiny();
shiny.install();
await loadClient("/shiny-comm.js");

const place = document.createElement("div");
place.id = "pad";
place.className = "shiny-ipywidget-output";
place.style.cssText = "width: 400px; height: 300px";
document.body.append(place);
await shiny.runtime.bindAll?.(document.body);
const session = await shiny.connect();

/** Returns the state of the Python class, with zero samples. */
const state = (samples: number) =>
  classicState(
    { module: "wave-pad", version: "^1.0.0", model: "WavePadModel", view: "WavePadView" },
    { samples: new Float32Array(samples), spectrum: new Float32Array(0) },
  );

const numbers = (value: unknown): number[] => {
  const { buffer, byteOffset, byteLength } = value as ArrayBufferView;
  return Array.from(new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength)));
};

/**
 * Presses and releases the pointer at a place of the canvas, in fractions of its width and height.
 */
async function press(x: number, y: number): Promise<void> {
  await expect.poll(() => place.querySelector("canvas")?.clientHeight ?? 0).toBeGreaterThan(100);
  const canvas = place.querySelector("canvas") as HTMLCanvasElement;
  // A synthetic event has no pointer that can be captured.
  canvas.setPointerCapture = () => undefined;
  const box = canvas.getBoundingClientRect();
  const at = { clientX: box.x + x * box.width, clientY: box.y + y * box.height, pointerId: 1 };
  canvas.dispatchEvent(new PointerEvent("pointerdown", at));
  canvas.dispatchEvent(new PointerEvent("pointerup", at));
}

test("a press sets the sample below the pointer, and the server gets all samples as bytes", async () => {
  const widget = session.open(state(4));
  session.output("pad", widget);
  // 1.1 is at the top and -1.1 at the bottom.
  await press(0.6, 0.5 / 2.2);
  await widget.until(({ samples }) => numbers(samples)[2] !== 0);
  const [first, second, third = 0, fourth] = numbers(widget.get("samples"));
  expect([first, second, fourth]).toEqual([0, 0, 0]);
  expect(third).toBeCloseTo(0.6, 1);
});

test("a wave that the server sets can be drawn over", async () => {
  const widget = session.open({ ...state(4), samples: new Float32Array([1, 1, 1, 1]) });
  session.output("pad", widget);
  widget.set({ samples: new Float32Array([-1, -1, -1, -1]) });
  await expect.poll(() => inkAt(0.5, 2.1 / 2.2)).toBe(true);
  await press(0.1, 0.5);
  await widget.until(({ samples }) => numbers(samples)[0] !== -1);
  const [first = 1, ...rest] = numbers(widget.get("samples"));
  expect(first).toBeCloseTo(0, 1);
  expect(rest).toEqual([-1, -1, -1]);
});

/**
 * Returns whether the wave is drawn at a place of the canvas, in fractions of its width and height.
 */
function inkAt(x: number, y: number): boolean {
  const canvas = place.querySelector("canvas");
  const pen = canvas?.getContext("2d");
  if (!canvas?.width || !pen) return false;
  const { data } = pen.getImageData(x * canvas.width, y * canvas.height - 3, 1, 7);
  return data.some((value, n) => n % 4 === 3 && value > 200);
}

/** The path of a `comm_open` from the socket to its model, whose length is limited. */
import { expect, test, vi } from "vitest";
import { client, openControl, shiny } from "./page.js";

/** Returns the frames of a stack in the client's sources, as `file:function`, the innermost first. */
function framesIn(stack: string): string[] {
  return stack
    .split("\n")
    .map((line) => /at (?:async )?(?:(.*) \()?\S*\/src\/(?!testing\/)(\S+?)\.ts/.exec(line))
    .flatMap((match) => (match ? `${match[2]}:${match[1] ?? ""}` : []));
}

test("a comm_open takes at most 10 function calls in 5 files from the socket to the model", async () => {
  // Shiny's queue would start a new stack.
  const queue = shiny.runtime.shinyapp?.taskQueue;
  if (!queue) throw new Error("the in-memory Shiny has no queue");
  const enqueue = vi.spyOn(queue, "enqueue").mockImplementation((task) => task());
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  let stack = "";
  const make = vi.spyOn(client.widgets, "_make_model").mockImplementationOnce((...args) => {
    stack = new Error().stack ?? "";
    make.mockRestore();
    return client.widgets._make_model(...args);
  });
  const slider = openControl("IntSlider", { value: 3 });
  await expect.poll(() => stack).not.toBe("");
  Error.stackTraceLimit = limit;
  enqueue.mockRestore();
  const frames = ["widgets/manager/widget-manager:_make_model", ...framesIn(stack)];
  expect(frames.length).toBeLessThanOrEqual(10);
  expect(new Set(frames.map((frame) => frame.split(":")[0])).size).toBeLessThanOrEqual(5);
  slider.close();
});

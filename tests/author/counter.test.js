import { anywidgetState } from "shiny-comm/testing";
import { expect, test } from "vitest";
import esm from "./counter.js?raw";
import { addOutput, shiny } from "./shiny.js";

const output = await addOutput("counter");
const session = await shiny.connect();

test("a click counts on the server", async () => {
  const counter = session.open(anywidgetState({ esm }, { count: 1 }));
  session.output("counter", counter);
  await expect.poll(() => output.textContent).toBe("count is 1");

  output.querySelector("button").click();
  await counter.until((state) => state.count === 2);
  const { content, buffers } = await counter.nextMessage();
  expect(content).toEqual({ kind: "clicked" });
  expect(buffers[0].getUint8(1)).toBe(2);
  expect(output.textContent).toBe("count is 2");
});

test("values and messages of the server are shown", async () => {
  const counter = session.open(anywidgetState({ esm }, { count: 1 }));
  session.output("counter", counter);
  await expect.poll(() => output.textContent).toBe("count is 1");

  counter.set({ count: 10 });
  counter.send({ title: "from the server" }, [new Uint8Array([7])]);
  await expect.poll(() => output.querySelector("button").title).toBe("from the server (1 buffer)");
  expect(output.textContent).toBe("count is 10");
});

test("a new session shows the widget again", async () => {
  shiny.disconnect();
  const next = await shiny.connect();
  next.output("counter", next.open(anywidgetState({ esm }, { count: 5 })));
  await expect.poll(() => output.textContent).toBe("count is 5");
});

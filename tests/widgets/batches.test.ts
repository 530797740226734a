/** Batches of opens: hundreds of models from one frame, with references, buffers and invalid messages. */
import { expect, test } from "vitest";
import {
  type BatchMessage,
  type BatchReference,
  DETACH_FROM_BYTES,
  encodeBatch,
} from "../../src/comm/frames.js";
import { HANDLERS, type JsonObject, type MessageKind } from "../../src/comm/messages.js";
import { anywidgetState, classicState } from "../../src/testing/index.js";
import { addOutput, client, find, session, shiny, takeErrors } from "./page.js";

/** Sends messages as one batch, with detached buffers. */
function sendBatch(kind: MessageKind, messages: readonly (BatchMessage | BatchReference)[]): void {
  const detached = messages
    .flatMap((message) => ("like" in message ? [] : (message.buffers ?? [])))
    .filter(({ byteLength }) => byteLength >= DETACH_FROM_BYTES)
    .map((buffer) => buffer.slice().buffer as ArrayBuffer);
  const frame = encodeBatch(kind, messages, { detachFromBytes: DETACH_FROM_BYTES });
  session.sendBinaryMessage(HANDLERS[kind], frame, detached);
}

/** Returns the open of a widget. @param buffers the values of binary traits, by their names */
function opening(
  comm_id: string,
  state: JsonObject,
  buffers: Record<string, Uint8Array> = {},
): BatchMessage {
  const buffer_paths = Object.keys(buffers).map((name) => [name]);
  const content = { comm_id, target_name: "jupyter.widget", data: { state, buffer_paths } };
  return {
    header: { content, metadata: { version: "2.1.0" } },
    buffers: Object.values(buffers),
  };
}

function control(name: string, traits: JsonObject): JsonObject {
  const module = "@jupyter-widgets/controls";
  return classicState(
    { module, version: "2.0.0", model: `${name}Model`, view: `${name}View` },
    traits,
  );
}

const LAYOUT = classicState(
  {
    module: "@jupyter-widgets/base",
    version: "2.0.0",
    model: "LayoutModel",
    view: "LayoutView",
  },
  { width: "300px" },
);

const SHOW_BYTES = `export default {
  render({ model, el }) {
    const sums = ["small", "large"].map((name) => {
      const { buffer, byteLength } = model.get(name);
      return [byteLength, buffer.byteLength, new Uint8Array(buffer).at(-1)].join();
    });
    el.textContent = sums.join(" ");
  },
}`;

async function showModel(model_id: string): Promise<HTMLElement> {
  const output = await addOutput();
  session.output(output.id, { model_id, fill: false });
  return output;
}

test("a batch of 300 opens makes 298 models, and an error for each invalid open", async () => {
  const groups = Array.from({ length: 98 }, (_, n) => n);
  const bytes = opening("bytes", anywidgetState({ esm: SHOW_BYTES }), {
    small: new Uint8Array(100).fill(1),
    large: new Uint8Array(40_000).fill(2),
  });
  const messages: (BatchMessage | BatchReference)[] = [
    opening("layout-first", LAYOUT),
    bytes,
    ...groups.flatMap((n) => [
      // The box opens before its child and its layout.
      opening(`box-${n}`, control("HBox", { children: [`IPY_MODEL_slider-${n}`] })),
      opening(`slider-${n}`, control("IntSlider", { value: n, layout: `IPY_MODEL_layout-${n}` })),
      { comm_id: `layout-${n}`, like: 0 },
    ]),
    { ...bytes, header: { ...bytes.header, content: { ...copyOf(bytes), comm_id: "more-bytes" } } },
    { comm_id: "layout-last", like: 0 },
  ];
  messages.splice(150, 0, { comm_id: "like-bytes", like: 1 });
  messages.splice(200, 0, { header: { content: { comm_id: "no-data", data: 1 } } });
  expect(messages).toHaveLength(300);
  sendBatch("comm_open", messages);
  await shiny.idle();

  expect(client.connection.commIds()).toHaveLength(298);
  const errors = takeErrors();
  expect(errors).toHaveLength(2);
  expect(errors[0]).toMatch(/^cannot decode comm_open for comm like-bytes: .*invalid reference/);
  expect(errors[1]).toMatch(/^cannot decode comm_open for comm no-data: /);

  for (const n of [0, 50, 97]) {
    const box = await showModel(`box-${n}`);
    const readout = await find(box, ".widget-readout");
    expect(readout.textContent).toBe(String(n));
    expect((await find(box, ".widget-slider")).style.width).toBe("300px");
  }
  for (const id of ["bytes", "more-bytes"]) {
    const output = await showModel(id);
    await expect.poll(() => output.textContent).toBe("100,100,1 40000,40000,2");
  }
  // Each layout is a model with a state that it shares with no other.
  const states = new Set<unknown>();
  for (const n of groups) {
    const layout = await client.widgets.get_model(`layout-${n}`);
    expect(layout.get("width")).toBe("300px");
    states.add(layout.attributes);
  }
  expect(states.size).toBe(98);

  sendBatch("comm_msg", [
    update("layout-50", { width: "200px" }),
    update("slider-97", { value: 12 }),
  ]);
  sendBatch("comm_close", [{ header: { content: { comm_id: "box-0", data: {} } } }]);
  const sliders = (): (string | undefined)[] =>
    [...document.querySelectorAll<HTMLElement>(".widget-slider")].map(({ style }) => style.width);
  await expect.poll(sliders).toEqual(["200px", "300px"]);
  await expect
    .poll(() => [...document.querySelectorAll(".widget-readout")].map((each) => each.textContent))
    .toEqual(["50", "12"]);
  expect(takeErrors()).toEqual([]);
});

function copyOf({ header }: BatchMessage): JsonObject {
  return header.content as JsonObject;
}

function update(comm_id: string, state: JsonObject): BatchMessage {
  return { header: { content: { comm_id, data: { method: "update", state } } } };
}

test("a late target, and a late listener, get the early messages of batches in order", async () => {
  const opened = (comm_id: string): BatchMessage => ({
    header: { content: { comm_id, data: {}, target_name: "late.target" } },
  });
  const said = (comm_id: string, n: number): BatchMessage => ({
    header: { content: { comm_id, data: { n } } },
  });
  sendBatch("comm_open", [opened("l1"), { comm_id: "l2", like: 0 }]);
  sendBatch("comm_msg", [said("l2", 1), said("l1", 2), said("l2", 3)]);
  await shiny.idle();
  const log: string[] = [];
  const listen: (() => void)[] = [];
  const undo = client.connection.register_target("late.target", (comm) => {
    log.push(`open ${comm.comm_id}`);
    listen.push(() => {
      comm.on_msg(({ content }) => void log.push(`${comm.comm_id}: ${String(content.data.n)}`));
    });
  });
  expect(log.splice(0)).toEqual(["open l1", "open l2"]);
  sendBatch("comm_msg", [said("l1", 4), said("l2", 5)]);
  await shiny.idle();
  expect(log).toEqual([]);
  for (const each of listen) each();
  await expect.poll(() => log).toEqual(["l1: 2", "l1: 4", "l2: 1", "l2: 3", "l2: 5"]);
  undo();
  expect(takeErrors()).toEqual([]);
});

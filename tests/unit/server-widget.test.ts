import { describe, expect, it, vi } from "vitest";
import { decode, encode } from "../../src/comm/codec.js";
import { HANDLERS, type JsonObject, SEND_INPUT } from "../../src/comm/messages.js";
import { createShiny, removeBuffers, type ServerWidgetOptions } from "../../src/testing/index.js";

async function setUp(state: JsonObject, options: Partial<ServerWidgetOptions> = {}) {
  const shiny = createShiny();
  const got: JsonObject[] = [];
  shiny.runtime.addCustomMessageHandler(HANDLERS.comm_msg, (payload) => {
    got.push(decode("comm_msg", payload).content.data);
  });
  const session = await shiny.connect();
  const widget = session.open(state, options);
  await shiny.idle();
  const say = (data: unknown, buffers?: (ArrayBuffer | ArrayBufferView)[]): Promise<void> => {
    const text = encode({ comm_id: widget.model_id, data, buffers });
    shiny.runtime.setInputValue?.(SEND_INPUT, text, { priority: "event" });
    return shiny.idle();
  };
  /** An update as a model in the browser sends it. */
  const update = (values: JsonObject) => {
    const { buffers, ...data } = removeBuffers(values);
    return say({ method: "update", ...data }, buffers);
  };
  return { shiny, session, widget, got, say, update };
}

describe("ServerWidget", () => {
  it("takes what the browser changes into its state, and tells of the traits that are new", async () => {
    const { widget, update } = await setUp({ a: 1, b: 1 });
    const onChange = vi.fn();
    const undo = widget.onChange(onChange);
    await update({ a: 2, b: 1 });
    expect(widget.state).toEqual({ a: 2, b: 1 });
    expect(onChange).toHaveBeenCalledExactlyOnceWith(["a"]);
    undo();
    await update({ a: 3 });
    expect(onChange).toHaveBeenCalledOnce();
  });

  it("puts binary values of the browser into its state as views", async () => {
    const { widget, update } = await setUp({ list: [null], n: 1 });
    await update({ list: [Uint8Array.of(7, 8)] });
    const [view] = widget.get("list") as DataView[];
    expect(view).toBeInstanceOf(DataView);
    expect(view?.getUint16(0)).toBe(0x0708);
  });

  it("answers nothing when echoes are switched off", async () => {
    const { widget, got, update } = await setUp({ a: 1 }, { echo: false });
    await update({ a: 2 });
    expect([widget.get("a"), got]).toEqual([2, []]);
  });

  it("sends in one update what set() changes, and nothing that is as it was", async () => {
    const { shiny, widget, got } = await setUp({ a: 1, b: Uint8Array.of(1), c: { d: [1] } });
    widget.set({ a: 2, b: Uint8Array.of(1), c: { d: [1] } });
    widget.set({ a: 2 });
    await shiny.idle();
    expect(got).toEqual([{ method: "update", state: { a: 2 }, buffer_paths: [] }]);
  });

  it("refuses to set a trait that it did not begin with", async () => {
    const { widget } = await setUp({ a: 1 });
    expect(() => widget.set({ b: 1 })).toThrow('has no trait "b"');
  });

  it("waits until the state is as it should be, or says for what it waited in vain", async () => {
    const { widget, update } = await setUp({ a: 1 });
    const waiting = widget.until(({ a }) => a === 3);
    await update({ a: 2 });
    await update({ a: 3 });
    expect(await waiting).toEqual({ a: 3 });
    expect(await widget.until(({ a }) => a === 3)).toEqual({ a: 3 });
    const set = widget.until(({ a }) => a === 5);
    widget.set({ a: 5 });
    expect(await set).toEqual({ a: 5 });
    await expect(widget.until(({ a }) => a === 4, { timeoutMs: 1 })).rejects.toThrow("a === 4");
  });

  it("rejects those who wait when it is closed, and when its session ends", async () => {
    const { widget } = await setUp({ a: 1 });
    const waits = [widget.until(() => false), widget.nextMessage()];
    widget.close();
    for (const wait of waits) await expect(wait).rejects.toThrow("the widget is closed");
    const other = await setUp({ a: 1 });
    const wait = other.widget.until(() => false);
    other.shiny.disconnect();
    await expect(wait).rejects.toThrow("its session has ended");
  });

  it("hands out custom messages with their buffers, to callbacks and one by one", async () => {
    const { widget, say } = await setUp({ a: 1 });
    const onMessage = vi.fn();
    widget.onMessage(onMessage);
    await say({ method: "custom", content: { k: 1 } }, [Uint8Array.of(5)]);
    const message = await widget.nextMessage();
    expect(message.content).toEqual({ k: 1 });
    expect(message.buffers[0]?.getUint8(0)).toBe(5);
    expect(onMessage).toHaveBeenCalledExactlyOnceWith({ k: 1 }, message.buffers);
  });

  it("says what is wrong with a message that is none of a widget's, and goes on", async () => {
    const { widget, say, update } = await setUp({ a: 1 });
    await expect(say({ method: "conjure" })).rejects.toThrow('unknown method "conjure"');
    const path = { method: "update", state: {}, buffer_paths: [["__proto__", "x"]] };
    await expect(say(path, [new ArrayBuffer(1)])).rejects.toThrow("forbidden key");
    await update({ a: 2 });
    expect(widget.get("a")).toBe(2);
  });
});

import { describe, expect, it, vi } from "vitest";
import { decode, encode } from "../../src/comm/codec.js";
import { HANDLERS, type JsonObject, SEND_INPUT } from "../../src/comm/messages.js";
import { createShiny, removeBuffers, type ServerWidgetOptions } from "../../src/testing/index.js";

async function setUp(state: JsonObject, options: Partial<ServerWidgetOptions> = {}) {
  const shiny = createShiny();
  const received: JsonObject[] = [];
  shiny.runtime.addCustomMessageHandler(HANDLERS.comm_msg, (payload) => {
    received.push(decode("comm_msg", payload).content.data);
  });
  const session = await shiny.connect();
  const widget = session.open(state, options);
  await shiny.idle();
  const sendText = (data: unknown, buffers?: (ArrayBuffer | ArrayBufferView)[]): Promise<void> => {
    const text = encode({ comm_id: widget.model_id, data, buffers });
    shiny.runtime.setInputValue?.(SEND_INPUT, text, { priority: "event" });
    return shiny.idle();
  };
  /** Sends an update as a model in the browser does. */
  const update = (values: JsonObject) => {
    const { buffers, ...data } = removeBuffers(values);
    return sendText({ method: "update", ...data }, buffers);
  };
  return { shiny, session, widget, received, sendText, update };
}

describe("ServerWidget", () => {
  it("a server widget applies the browser's changes to its state, and reports the changed traits", async () => {
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

  it("a server widget stores binary values from the browser as views", async () => {
    const { widget, update } = await setUp({ list: [null], n: 1 });
    await update({ list: [Uint8Array.of(7, 8)] });
    const [view] = widget.get("list") as DataView[];
    expect(view).toBeInstanceOf(DataView);
    expect(view?.getUint16(0)).toBe(0x0708);
  });

  it("a server widget sends no echo when echoes are off", async () => {
    const { widget, received, update } = await setUp({ a: 1 }, { echo: false });
    await update({ a: 2 });
    expect([widget.get("a"), received]).toEqual([2, []]);
  });

  it("a server widget sends the traits that set() changes in one update", async () => {
    const { shiny, widget, received } = await setUp({ a: 1, b: Uint8Array.of(1), c: { d: [1] } });
    widget.set({ a: 2, b: Uint8Array.of(1), c: { d: [1] } });
    widget.set({ a: 2 });
    await shiny.idle();
    expect(received).toEqual([{ method: "update", state: { a: 2 }, buffer_paths: [] }]);
  });

  it("a server widget rejects set() of an unknown trait", async () => {
    const { widget } = await setUp({ a: 1 });
    expect(() => widget.set({ b: 1 })).toThrow('has no trait "b"');
  });

  it("until() resolves when the condition holds, and its timeout error quotes the condition", async () => {
    const { widget, update } = await setUp({ a: 1 });
    const pending = widget.until(({ a }) => a === 3);
    await update({ a: 2 });
    await update({ a: 3 });
    expect(await pending).toEqual({ a: 3 });
    expect(await widget.until(({ a }) => a === 3)).toEqual({ a: 3 });
    const set = widget.until(({ a }) => a === 5);
    widget.set({ a: 5 });
    expect(await set).toEqual({ a: 5 });
    await expect(widget.until(({ a }) => a === 4, { timeoutMs: 1 })).rejects.toThrow("a === 4");
  });

  it("a server widget rejects pending promises when it closes and when its session ends", async () => {
    const { widget } = await setUp({ a: 1 });
    const promises = [widget.until(() => false), widget.nextMessage()];
    widget.close();
    for (const promise of promises) await expect(promise).rejects.toThrow("the widget is closed");
    const other = await setUp({ a: 1 });
    const promise = other.widget.until(() => false);
    other.shiny.disconnect();
    await expect(promise).rejects.toThrow("its session has ended");
  });

  it("a server widget passes custom messages with their buffers to callbacks and to nextMessage()", async () => {
    const { widget, sendText } = await setUp({ a: 1 });
    const onMessage = vi.fn();
    widget.onMessage(onMessage);
    await sendText({ method: "custom", content: { k: 1 } }, [Uint8Array.of(5)]);
    const message = await widget.nextMessage();
    expect(message.content).toEqual({ k: 1 });
    expect(message.buffers[0]?.getUint8(0)).toBe(5);
    expect(onMessage).toHaveBeenCalledExactlyOnceWith({ k: 1 }, message.buffers);
  });

  it("a server widget reports an invalid message, and handles the next", async () => {
    const { widget, sendText, update } = await setUp({ a: 1 });
    await expect(sendText({ method: "conjure" })).rejects.toThrow('unknown method "conjure"');
    const path = { method: "update", state: {}, buffer_paths: [["__proto__", "x"]] };
    await expect(sendText(path, [new ArrayBuffer(1)])).rejects.toThrow("forbidden key");
    await update({ a: 2 });
    expect(widget.get("a")).toBe(2);
  });
});

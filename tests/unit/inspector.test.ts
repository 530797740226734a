/** The inspector's counts and values. The panel is tested in a browser. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ShinyComm } from "../../src/comm/comm.js";
import { ShinyCommManager } from "../../src/comm/comm-manager.js";
import { ErrorLog } from "../../src/comm/error-log.js";
import { CommError } from "../../src/comm/errors.js";
import { encodeBatch } from "../../src/comm/frames.js";
import { Settled } from "../../src/inspector/settled.js";
import { sizeOfValue, textOfValue } from "../../src/inspector/values.js";
import { Durations, Watch } from "../../src/inspector/watch.js";
import { ModuleRegistry } from "../../src/widgets/modules/module-registry.js";

const TARGET = "a.target";

function setUp({ watched = true } = {}) {
  const errors: Error[] = [];
  let counter = 0;
  const manager = new ShinyCommManager({
    transport: {
      send: () => `m${++counter}`,
      open: () => undefined,
      close: (_message, text) => void text(),
      received(message) {
        // The real transport sets the parent header of an echo like this.
        if (message.content.data.method === "echo_update")
          message.parent_header = { msg_id: `m${counter}` };
      },
    },
    onError: (error) => void errors.push(error),
  });
  manager.register_target(TARGET, (comm) => comm.on_msg(onMsg));
  const onMsg = vi.fn<(message: unknown) => unknown>();
  const watch = new Watch();
  if (watched) manager.tap = watch;
  const open = (comm_id: string) =>
    manager.receive(
      "comm_open",
      JSON.stringify({ content: { comm_id, data: {}, target_name: TARGET } }),
    );
  const message = (comm_id: string, data: object): string => {
    const text = JSON.stringify({ content: { comm_id, data } });
    manager.receive("comm_msg", text);
    return text;
  };
  return { manager, watch, errors, onMsg, open, message };
}

describe("Watch", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("the watch counts messages and their sizes in both directions, per comm and in total", () => {
    const { manager, watch, open, message } = setUp();
    open("c1");
    open("c2");
    const text = message("c1", { method: "update", state: { a: 1 } });
    const opened = watch.of("c2").receivedSize;
    manager.get_comm("c1")?.send({ method: "custom", content: "hello" });
    expect(watch.of("c1")).toMatchObject({
      received: 2,
      receivedSize: opened + text.length,
      sent: 1,
    });
    expect(watch.of("c1").sentSize).toBeGreaterThan(20);
    expect(watch.of("c2")).toMatchObject({ received: 1, sent: 0, sentSize: 0 });
    expect(watch.all).toMatchObject({ received: 3, sent: 1, sentSize: watch.of("c1").sentSize });
  });

  it("the watch counts each message of a batch, with its part of the bytes", () => {
    const { manager, watch, errors } = setUp();
    const header = { content: { comm_id: "c1", data: {}, target_name: TARGET } };
    const invalid = { content: { comm_id: "c2", data: 1 } };
    const batch = encodeBatch("comm_open", [
      { header, buffers: [new Uint8Array(1_000)] },
      { header: invalid },
      { comm_id: "c3", like: 2 },
    ]);
    manager.receive("comm_open", batch);
    const size = JSON.stringify({ ...header, buffer_count: 1 }).length + 1_000;
    expect(watch.messages).toMatchObject([
      { kind: "comm_open", comm_id: "c1", binary: true, size, buffers: 1, malformed: false },
      { binary: true, size: JSON.stringify(invalid).length, malformed: true },
      { binary: true, malformed: true },
    ]);
    expect(watch.all.received).toBe(3);
    manager.receive("comm_open", batch.slice(0, -1));
    expect(watch.messages.at(-1)).toMatchObject({
      binary: true,
      size: batch.byteLength - 1,
      malformed: true,
    });
    expect(watch.of("c1").receivedSize).toBe(size);
    expect(errors).toHaveLength(3);
  });

  it("the watch keeps the direction, kind, method, size and buffers of a message, and no content", () => {
    const { manager, watch, open, message } = setUp();
    open("c1");
    message("c1", { method: "update", state: { secret: "secret" } });
    manager
      .get_comm("c1")
      ?.send({ method: "custom", content: "secret" }, { buffers: [new ArrayBuffer(3)] });
    expect(watch.messages).toMatchObject([
      { direction: "in", kind: "comm_open", comm_id: "c1", method: "", malformed: false },
      { direction: "in", kind: "comm_msg", comm_id: "c1", method: "update", buffers: 0 },
      { direction: "out", kind: "comm_msg", comm_id: "c1", method: "custom", buffers: 1 },
    ]);
    expect(JSON.stringify(watch.messages)).not.toContain("secret");
  });

  it("the watch counts the opens and closes that are sent from this side", () => {
    const { manager, watch } = setUp();
    const comm = manager.openComm("server.target", { buffers: [new ArrayBuffer(2)] });
    comm.close();
    const { comm_id } = comm;
    expect(watch.messages).toMatchObject([
      { direction: "out", kind: "comm_open", comm_id, buffers: 1 },
      { direction: "out", kind: "comm_close", comm_id },
    ]);
    expect(watch.all).toMatchObject({ received: 0, sent: 2 });
    expect(manager.inspect().totals).toEqual({ received: 0, sent: 2 });
  });

  it("the watch keeps the last 200 messages, and counts every message", () => {
    const { watch, open, message } = setUp();
    open("c1");
    for (let n = 0; n < 250; n += 1) message("c1", { method: "custom", content: n });
    expect(watch.messages).toHaveLength(200);
    expect(watch.messages.at(-1)?.number).toBe(251);
    expect(watch.all.received).toBe(251);
  });

  it("the watch marks a malformed message, and not the next valid one", () => {
    const { manager, watch, errors, open } = setUp();
    manager.receive("comm_msg", "{");
    open("c1");
    expect(errors).toHaveLength(1);
    expect(watch.messages.map(({ malformed, size }) => [malformed, size > 1])).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it("the watch measures the time from a message to the end of its handler", async () => {
    const { watch, onMsg, open, message } = setUp();
    onMsg.mockImplementation(() => new Promise((resolve) => setTimeout(resolve, 70)));
    open("c1");
    message("c1", { method: "custom" });
    expect(watch.of("c1").change.count).toBe(1);
    await vi.advanceTimersByTimeAsync(70);
    expect(watch.of("c1").change.count).toBe(2);
    expect(watch.of("c1").change.max).toBeGreaterThanOrEqual(70);
    expect(watch.messages.at(-1)?.ms).toBeGreaterThanOrEqual(70);
    expect(watch.all.change.max).toBe(watch.of("c1").change.max);
  });

  it("the watch measures the time from an update to its echo", async () => {
    const { manager, watch, open, message } = setUp();
    open("c1");
    manager.get_comm("c1")?.send({ method: "update", state: { a: 1 }, buffer_paths: [] });
    await vi.advanceTimersByTimeAsync(30);
    message("c1", { method: "echo_update", state: { a: 1 } });
    expect(watch.of("c1").answer.count).toBe(1);
    expect(watch.of("c1").answer.max).toBeGreaterThanOrEqual(30);
    expect(watch.messages.find(({ direction }) => direction === "out")?.ms).toBeGreaterThanOrEqual(
      30,
    );
  });

  it("the watch drops the counts of closed comms", () => {
    const { manager, watch, open } = setUp();
    open("c1");
    manager.receive("comm_close", JSON.stringify({ content: { comm_id: "c1", data: {} } }));
    watch.keepOnly(manager.inspect().comms);
    expect(watch.of("c1").received).toBe(0);
    expect(watch.all.received).toBe(2);
  });

  it("the watch counts nothing after its removal from the manager", () => {
    const { manager, watch, open, message } = setUp();
    open("c1");
    manager.tap = undefined;
    message("c1", { method: "custom" });
    expect(watch.all.received).toBe(1);
  });
});

describe("ShinyCommManager.inspect", () => {
  it("inspect() counts messages with and without a tap", () => {
    const { manager, open, message } = setUp({ watched: false });
    open("c1");
    message("c1", { method: "custom" });
    manager.receive("comm_msg", new ArrayBuffer(7));
    manager.get_comm("c1")?.send({});
    expect(manager.inspect().totals).toEqual({ received: 3, sent: 1 });
  });

  it("inspect() shows the current message, the pending messages and early messages", async () => {
    const { manager, onMsg, open, message } = setUp();
    let settle = (): void => undefined;
    onMsg.mockReturnValueOnce(
      new Promise<void>((resolve) => {
        settle = resolve;
      }),
    );
    open("c1");
    message("c1", { method: "custom", content: 1 });
    message("c1", { method: "custom", content: 2 });
    message("c2", { method: "custom" });
    const entry = manager.inspect().comms.get("c1");
    expect(entry?.comm).toBeInstanceOf(ShinyComm);
    expect(entry?.current?.content.data).toMatchObject({ content: 1 });
    expect(entry?.queue).toHaveLength(1);
    expect(manager.inspect().early.get("c2")?.messages).toHaveLength(1);
    settle();
    await expect.poll(() => entry?.current).toBeUndefined();
    expect(entry?.queue).toHaveLength(0);
    manager.closeAll();
  });
});

describe("ModuleRegistry.inspect", () => {
  it("inspect() lists the requested modules, and whether a package registered them", async () => {
    const registry = new ModuleRegistry({ bundled: async () => ({}) }, [
      { name: "my-module", version: "1.2.0", load: () => ({}) },
      { name: "my-module", version: "2.0.0", load: () => ({}) },
    ]);
    await registry.load("bundled", "^3.0.0");
    await registry.load("my-module", "^1.0.0");
    expect(registry.inspect()).toMatchObject([
      { name: "bundled", version: "^3.0.0", registered: false },
      { name: "my-module", version: "1.2.0", registered: true },
    ]);
  });
});

describe("ErrorLog", () => {
  it("the error log keeps the last 20 errors, and counts every error", () => {
    const log = new ErrorLog();
    for (let n = 0; n < 25; n += 1) log.note(new Error(`number ${n}`));
    expect(log.count).toBe(25);
    expect(log.last.map(({ message }) => message)).toEqual(
      Array.from({ length: 20 }, (_, n) => `Error: number ${n + 5}`),
    );
  });

  it("the error log keeps the comm, the message's kind, and the stacks of error and causes, as texts", () => {
    const log = new ErrorLog();
    const cause = new TypeError("the reason");
    log.note(new CommError("DECODE", "bad", { comm_id: "c1", kind: "comm_msg", cause }));
    const [entry] = log.last;
    expect(entry).toMatchObject({
      comm_id: "c1",
      kind: "comm_msg",
      message: "CommError [DECODE]: bad",
    });
    expect(entry?.stacks[0]).toMatch(/CommError \[DECODE\]: bad[\s\S]*inspector\.test/);
    expect(entry?.stacks[1]).toMatch(/TypeError: the reason[\s\S]*inspector\.test/);
    for (const value of Object.values(entry ?? {})) expect(value).not.toBeInstanceOf(Error);
  });

  it("the error log limits the length of an error", () => {
    const log = new ErrorLog();
    log.note(new Error("x".repeat(1_000_000)));
    expect(JSON.stringify(log.last).length).toBeLessThan(8_000);
  });

  it.each<[string, unknown]>([
    ["a text", "thrown text"],
    ["null", null],
    ["itself", "circle"],
  ])("the error log accepts an error whose cause is %s", (_what, cause) => {
    const log = new ErrorLog();
    const error = new CommError("WIDGET", "outer", { cause });
    if (cause === "circle") Object.defineProperty(error, "cause", { value: error });
    log.note(error);
    expect(log.last[0]?.stacks.length).toBeLessThanOrEqual(5);
  });
});

describe("Durations", () => {
  it("Durations returns the count, the maximum and the median of the last 500", () => {
    const durations = new Durations();
    for (let n = 0; n < 500; n += 1) durations.add(1_000);
    for (let n = 1; n <= 500; n += 1) durations.add(n);
    expect(durations).toMatchObject({ count: 1_000, max: 1_000 });
    expect(durations.median()).toBe(251);
    expect(new Durations().median()).toBe(0);
  });
});

describe("Settled", () => {
  it("peek() returns the values of fulfilled promises, and undefined for others", async () => {
    const settled = new Settled();
    const done = Promise.resolve(3);
    const failed = Promise.reject(new Error("rejected"));
    const pending = new Promise<number>(() => undefined);
    for (const promise of [done, failed, pending]) settled.peek(promise);
    await Promise.resolve();
    expect(settled.peek(done)).toBe(3);
    expect(settled.peek(failed)).toBeUndefined();
    expect(settled.peek(pending)).toBeUndefined();
    expect([done, failed, pending].map((promise) => settled.isPending(promise))).toEqual([
      false,
      false,
      true,
    ]);
  });
});

describe("the size of a value", () => {
  it.each<[string, unknown, number]>([
    ["text", "hello", 5],
    ["a number", 12.5, 4],
    ["null", null, 4],
    ["bytes", new DataView(new ArrayBuffer(1_000)), 1_000],
    ["a typed array", new Float64Array(10), 80],
    ["a list", [1, 2, 3], 8],
    ["an object", { a: "bc" }, 9],
    ["a model", { model_id: "abc", state_change: Promise.resolve() }, 13],
  ])("sizeOfValue approximates the size of the JSON and the bytes: %s", (_what, value, size) => {
    expect(sizeOfValue(value)).toEqual({ size });
  });

  it("sizeOfValue supports circular values, and reports when it stops early", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    expect(sizeOfValue(circle).size).toBeLessThan(10);
    expect(sizeOfValue(Array.from({ length: 1_000_000 }, () => 1)).more).toBe(true);
  });

  it("sizeOfValue and textOfValue call no getter of the value", () => {
    const getter = vi.fn(() => "called");
    const value = Object.defineProperty({}, "a", { get: getter, enumerable: true });
    sizeOfValue(value);
    textOfValue(value);
    expect(getter).not.toHaveBeenCalled();
  });
});

describe("the text of a value", () => {
  it("textOfValue returns JSON, with the lengths of bytes and the ids of models", () => {
    const model = { model_id: "abc", state_change: Promise.resolve() };
    const value = { a: [1, "x", null], b: new Uint8Array(5), c: model, d: 10n };
    expect(textOfValue(value)).toBe(
      '{"a":[1,"x",null],"b":"<5 bytes>","c":"IPY_MODEL_abc","d":"10"}',
    );
  });

  it("textOfValue returns at most 2,000 characters", () => {
    expect(textOfValue("x".repeat(5_000))).toMatch(/^"x{1999}… \(5002 characters\)$/);
  });

  it("textOfValue supports undefined and circular values", () => {
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    expect(textOfValue(undefined)).toBe("undefined");
    expect(textOfValue(circle)).toBe('{"self":"<seen above>"}');
  });

  it("textOfValue shows a key __proto__, and changes no prototype", () => {
    const value = JSON.parse('{"__proto__": {"polluted": 1}}');
    expect(textOfValue(value)).toBe('{"__proto__":{"polluted":1}}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

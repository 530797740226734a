import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type QueuedMessage, SendQueue } from "../../src/comm/send-queue.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

function setUp() {
  const sent: string[] = [];
  const state = { connected: true };
  const queue = new SendQueue(({ text }) => {
    if (state.connected) sent.push(text);
    return state.connected;
  });
  const done: string[] = [];
  let counter = 0;
  const message = (comm_id: string, text: string, rest: Partial<QueuedMessage>): QueuedMessage => {
    counter += 1;
    return {
      comm_id,
      msg_id: `m${counter}`,
      text,
      coalesceKey: undefined,
      coalescable: false,
      keys: [],
      done: undefined,
      ...rest,
    };
  };
  const update = (text: string, { comm_id = "c1", keys = ["value"] } = {}): string => {
    const queued = message(comm_id, text, {
      coalesceKey: "update",
      keys,
      done: () => done.push(text),
    });
    queue.send(queued);
    return queued.msg_id;
  };
  const custom = (text: string, comm_id = "c1") => queue.send(message(comm_id, text, {}));
  const move = (text: string, comm_id = "c1") =>
    queue.send(message(comm_id, text, { coalesceKey: "custom move", coalescable: true }));
  /** Signals the server's work on one message, as Shiny for Python does. */
  const work = (): void => {
    queue.serverBusy();
    queue.serverIdle();
    queue.serverFlushed();
  };
  return { queue, sent, done, state, update, custom, move, work };
}

describe("updates", () => {
  it("updates for one comm go one at a time, and the echo frees the next", async () => {
    const { queue, sent, done, update } = setUp();
    update("1");
    update("2");
    expect(sent).toEqual(["1"]);
    queue.echoed("c1", ["value"]);
    await settled();
    expect(done).toEqual(["1"]);
    expect(sent).toEqual(["1", "2"]);
  });

  it("updates for different comms go in parallel", () => {
    const { sent, update } = setUp();
    update("1");
    update("2", { comm_id: "c2" });
    expect(sent).toEqual(["1", "2"]);
  });

  it("updates stay pending after the server's work while an echo can follow", async () => {
    const { done, update, work } = setUp();
    update("1");
    work();
    await vi.advanceTimersByTimeAsync(200);
    expect(done).toEqual([]);
  });

  it("updates end 250 ms after the server's work without an echo, and 50 ms after the next", async () => {
    const { done, update, work } = setUp();
    update("1");
    work();
    await vi.advanceTimersByTimeAsync(250);
    expect(done).toEqual(["1"]);
    update("2");
    work();
    await vi.advanceTimersByTimeAsync(50);
    expect(done).toEqual(["1", "2"]);
  });

  it("updates get the long timeout again after a late echo", async () => {
    const { queue, done, update, work } = setUp();
    update("1");
    work();
    await vi.advanceTimersByTimeAsync(250);
    queue.echoed("c1", ["value"]);
    update("2");
    work();
    await vi.advanceTimersByTimeAsync(50);
    expect(done).toEqual(["1"]);
  });

  it("updates stay pending at the end of work that started before them", async () => {
    const { queue, done, update, work } = setUp();
    queue.serverBusy();
    update("1");
    queue.serverIdle();
    queue.serverFlushed();
    queue.serverBusy();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(done).toEqual([]);
    work();
    await vi.advanceTimersByTimeAsync(250);
    expect(done).toEqual(["1"]);
  });

  it("updates end in the order of the server's work, across comms", async () => {
    const { done, update, custom, work } = setUp();
    update("1");
    custom("click");
    update("2", { comm_id: "c2" });
    work();
    await vi.advanceTimersByTimeAsync(250);
    expect(done).toEqual(["1"]);
    work();
    await vi.advanceTimersByTimeAsync(250);
    expect(done).toEqual(["1"]);
    work();
    await vi.advanceTimersByTimeAsync(250);
    expect(done).toEqual(["1", "2"]);
  });

  it("updates end after the echo of a later update for another comm and the end of the work", async () => {
    const { queue, done, update } = setUp();
    update("1");
    update("2", { comm_id: "c2" });
    queue.serverBusy();
    queue.echoed("c2", ["value"]);
    queue.serverIdle();
    await vi.advanceTimersByTimeAsync(250);
    expect(done).toEqual(["2", "1"]);
  });

  it("updates end while another comm keeps the server busy", async () => {
    const { queue, done, update } = setUp();
    update("waiting");
    for (let n = 0; n < 4; n += 1) {
      queue.serverBusy();
      update(`other ${n}`, { comm_id: "c2" });
      await vi.advanceTimersByTimeAsync(100);
      queue.echoed("c2", ["value"]);
      queue.serverIdle();
      queue.serverFlushed();
    }
    expect(done).toContain("waiting");
  });

  it("updates wait while the server is busy, for at most a minute", async () => {
    const { queue, done, update } = setUp();
    update("1");
    queue.serverBusy();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(done).toEqual(["1"]);
  });

  it("updates wait 2 seconds without a signal, and twice that each time up to 32 seconds", async () => {
    const { done, update } = setUp();
    for (const seconds of [2, 4, 8, 16, 32, 32]) {
      update("x");
      const before = done.length;
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 1);
      expect(done.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(done.length).toBe(before + 1);
    }
  });

  it("updates end immediately without a session, and block no later update", async () => {
    const { state, done, sent, update } = setUp();
    state.connected = false;
    update("1");
    expect(done).toEqual([]);
    await settled();
    expect(done).toEqual(["1"]);
    state.connected = true;
    update("2");
    expect(sent).toEqual(["2"]);
    expect(vi.getTimerCount()).toBe(1);
  });
});

describe("custom messages", () => {
  it("custom messages go immediately while an update is pending", () => {
    const { sent, update, custom } = setUp();
    update("1");
    custom("click");
    expect(sent).toEqual(["1", "click"]);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("custom messages wait for a waiting update, and later messages wait for them", async () => {
    const { queue, sent, update, custom } = setUp();
    update("1");
    update("2");
    custom("click");
    update("3");
    custom("again");
    expect(sent).toEqual(["1"]);
    queue.echoed("c1", ["value"]);
    await settled();
    expect(sent).toEqual(["1", "2", "click"]);
    queue.echoed("c1", ["value"]);
    await settled();
    expect(sent).toEqual(["1", "2", "click", "3", "again"]);
  });

  it("throttled messages wait for their predecessor, and only the newest is kept", async () => {
    const { sent, move, work } = setUp();
    for (const text of ["1", "2", "3", "4"]) move(text);
    expect(sent).toEqual(["1"]);
    work();
    await vi.advanceTimersByTimeAsync(50);
    expect(sent).toEqual(["1", "4"]);
  });

  it("throttled messages never pass or replace an unthrottled message", async () => {
    const { sent, move, custom, work } = setUp();
    move("1");
    move("2");
    custom("down");
    move("3");
    custom("up");
    move("4");
    for (let n = 0; n < 3; n += 1) {
      work();
      await vi.advanceTimersByTimeAsync(50);
    }
    expect(sent).toEqual(["1", "down", "up", "4"]);
  });

  it("throttled messages never delay updates", () => {
    const { sent, move, update } = setUp();
    move("1");
    update("2");
    expect(sent).toEqual(["1", "2"]);
  });
});

describe("an echo", () => {
  it("an echo matches the oldest update of its traits", () => {
    const { queue, update, work } = setUp();
    const first = update("1");
    work();
    vi.advanceTimersByTime(250);
    const second = update("2");
    expect(queue.echoed("c1", ["value"])).toBe(first);
    expect(queue.echoed("c1", ["value"])).toBe(second);
    expect(queue.echoed("c1", ["value"])).toBeUndefined();
  });

  it("an echo matches an update that has some of its traits", () => {
    const { queue, update } = setUp();
    const id = update("1", { keys: ["a", "b"] });
    expect(queue.echoed("c1", ["b"])).toBe(id);
  });

  it("an echo ends an earlier update without an echo", async () => {
    const { queue, done, update, work } = setUp();
    update("no echo", { keys: ["a"] });
    work();
    vi.advanceTimersByTime(250);
    const id = update("echoed", { keys: ["b"] });
    expect(queue.echoed("c1", ["b"])).toBe(id);
    await settled();
    expect(done).toEqual(["no echo", "echoed"]);
  });

  it.each<[string, string, string[]]>([
    ["another comm", "c2", ["value"]],
    ["another trait", "c1", ["other"]],
    ["nothing", "c1", []],
  ])("an echo matches no update when it names %s", async (_of, comm_id, keys) => {
    const { queue, done, update } = setUp();
    update("1");
    expect(queue.echoed(comm_id, keys)).toBeUndefined();
    await settled();
    expect(done).toEqual([]);
  });

  it("an echo matches only the last 8 updates", () => {
    const { queue, update, work } = setUp();
    const ids = Array.from({ length: 10 }, (_, n) => {
      const id = update(String(n), { keys: [`k${n}`] });
      work();
      vi.advanceTimersByTime(250);
      return id;
    });
    expect(queue.echoed("c1", ["k1"])).toBeUndefined();
    expect(queue.echoed("c1", ["k2"])).toBe(ids[2]);
  });
});

describe("the end of a comm or session", () => {
  it("forget() drops the comm's waiting updates, without callbacks and timers", async () => {
    const { queue, sent, done, update } = setUp();
    update("1");
    update("2");
    queue.echoed("c1", ["value"]);
    queue.forget("c1");
    await vi.advanceTimersByTimeAsync(100_000);
    expect(sent).toEqual(["1"]);
    expect(done).toEqual(["1"]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("clear() calls the callbacks of all updates, and returns the comms with dropped ones", () => {
    const { queue, sent, done, update } = setUp();
    update("1");
    update("2");
    update("3", { comm_id: "c2" });
    expect(queue.inspect().get("c1")?.waiting).toHaveLength(1);
    expect(queue.clear()).toEqual(["c1"]);
    expect(done).toEqual(["1", "2", "3"]);
    expect(sent).toEqual(["1", "3"]);
    expect(vi.getTimerCount()).toBe(0);
    update("4");
    expect(sent).toEqual(["1", "3", "4"]);
  });
});

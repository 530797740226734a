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
  /** The server works on one message, as Shiny for Python tells. */
  const work = (): void => {
    queue.serverBusy();
    queue.serverIdle();
    queue.serverFlushed();
  };
  return { queue, sent, done, state, update, custom, move, work };
}

describe("updates", () => {
  it("of one comm are under way one at a time, and the echo frees the next", async () => {
    const { queue, sent, done, update } = setUp();
    update("1");
    update("2");
    expect(sent).toEqual(["1"]);
    queue.echoed("c1", ["value"]);
    await settled();
    expect(done).toEqual(["1"]);
    expect(sent).toEqual(["1", "2"]);
  });

  it("of different comms do not wait for one another", () => {
    const { sent, update } = setUp();
    update("1");
    update("2", { comm_id: "c2" });
    expect(sent).toEqual(["1", "2"]);
  });

  it("are not freed by the server's work alone while an echo may follow", async () => {
    const { done, update, work } = setUp();
    update("1");
    work();
    await vi.advanceTimersByTimeAsync(200);
    expect(done).toEqual([]);
  });

  it("are freed soon after the server's work when no echo follows, and sooner the next time", async () => {
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

  it("are waited for with patience again once an echo came after all", async () => {
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

  it("are not freed by the end of work that began before them", async () => {
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

  it("are freed in the order in which the server works on them, whichever comm they are of", async () => {
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

  it("are freed by the echo to a later one of another comm, once the server has ended its work", async () => {
    const { queue, done, update } = setUp();
    update("1");
    update("2", { comm_id: "c2" });
    queue.serverBusy();
    queue.echoed("c2", ["value"]);
    queue.serverIdle();
    await vi.advanceTimersByTimeAsync(250);
    expect(done).toEqual(["2", "1"]);
  });

  it("do not starve while another comm keeps the server at work", async () => {
    const { queue, done, update } = setUp();
    update("mine");
    for (let n = 0; n < 4; n += 1) {
      queue.serverBusy();
      update(`other ${n}`, { comm_id: "c2" });
      await vi.advanceTimersByTimeAsync(100);
      queue.echoed("c2", ["value"]);
      queue.serverIdle();
      queue.serverFlushed();
    }
    expect(done).toContain("mine");
  });

  it("wait as long as the server is busy, but no longer than a minute", async () => {
    const { queue, done, update } = setUp();
    update("1");
    queue.serverBusy();
    await vi.advanceTimersByTimeAsync(59_000);
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(done).toEqual(["1"]);
  });

  it("wait two seconds where no sign comes, and twice as long each time up to half a minute", async () => {
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

  it("without a session are over at once, and nothing waits behind them", async () => {
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
  it("go at once while an update is under way", () => {
    const { sent, update, custom } = setUp();
    update("1");
    custom("click");
    expect(sent).toEqual(["1", "click"]);
    expect(vi.getTimerCount()).toBe(1);
  });

  it("wait behind an update that waits, and what comes after them behind them", async () => {
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

  it("that are throttled: one is under way, of the others the newest waits", async () => {
    const { sent, move, work } = setUp();
    for (const text of ["1", "2", "3", "4"]) move(text);
    expect(sent).toEqual(["1"]);
    work();
    await vi.advanceTimersByTimeAsync(50);
    expect(sent).toEqual(["1", "4"]);
  });

  it("that are throttled never let one that is not be dropped or overtaken", async () => {
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

  it("that are throttled do not hold updates up", () => {
    const { sent, move, update } = setUp();
    move("1");
    update("2");
    expect(sent).toEqual(["1", "2"]);
  });
});

describe("an echo", () => {
  it("answers the oldest update of its traits", () => {
    const { queue, update, work } = setUp();
    const first = update("1");
    work();
    vi.advanceTimersByTime(250);
    const second = update("2");
    expect(queue.echoed("c1", ["value"])).toBe(first);
    expect(queue.echoed("c1", ["value"])).toBe(second);
    expect(queue.echoed("c1", ["value"])).toBeUndefined();
  });

  it("of some of an update's traits answers it", () => {
    const { queue, update } = setUp();
    const id = update("1", { keys: ["a", "b"] });
    expect(queue.echoed("c1", ["b"])).toBe(id);
  });

  it("tells that an update before it, which has no echo, is past", async () => {
    const { queue, done, update, work } = setUp();
    update("silent", { keys: ["a"] });
    work();
    vi.advanceTimersByTime(250);
    const id = update("echoed", { keys: ["b"] });
    expect(queue.echoed("c1", ["b"])).toBe(id);
    await settled();
    expect(done).toEqual(["silent", "echoed"]);
  });

  it.each<[string, string, string[]]>([
    ["another comm", "c2", ["value"]],
    ["another trait", "c1", ["other"]],
    ["nothing", "c1", []],
  ])("of %s is none of ours", async (_of, comm_id, keys) => {
    const { queue, done, update } = setUp();
    update("1");
    expect(queue.echoed(comm_id, keys)).toBeUndefined();
    await settled();
    expect(done).toEqual([]);
  });

  it("is matched with the last eight updates only", () => {
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

describe("the end", () => {
  it("of a comm drops what waits, tells nobody and leaves no timer", async () => {
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

  it("of the session tells all who wait, and names the comms that lose something", () => {
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

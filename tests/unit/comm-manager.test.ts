import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ShinyComm } from "../../src/comm/comm.js";
import {
  type CommManagerOptions,
  ShinyCommManager,
  type TargetCallback,
  type Transport,
} from "../../src/comm/comm-manager.js";
import { CommError } from "../../src/comm/errors.js";
import { type BatchMessage, type BatchReference, encodeBatch } from "../../src/comm/frames.js";
import type { CommMsgMessage, JsonObject, MessageKind } from "../../src/comm/messages.js";
import { thrownBy } from "./errors.js";

const KINDS = ["comm_open", "comm_msg", "comm_close"] as const;
const TARGET = "jupyter.widget";
const TIMEOUT_MS = 10_000;

const openText = (comm_id: string, target_name = TARGET): string =>
  JSON.stringify({ content: { comm_id, data: {}, target_name } });
const msgText = (comm_id: string, data: JsonObject): string =>
  JSON.stringify({ content: { comm_id, data } });
const closeText = (comm_id: string): string => JSON.stringify({ content: { comm_id, data: {} } });

/** Returns a promise that delays a callback, with the functions that settle it. */
function gate() {
  let open: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const passed = new Promise<void>((resolve, reject) => {
    open = resolve;
    fail = reject;
  });
  return { passed, open, fail };
}

/** Lets all microtasks run. */
const settled = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

/** A manager whose target logs each comm's deliveries. */
function setUp(
  onOpen: TargetCallback = () => undefined,
  options: Partial<CommManagerOptions> = {},
) {
  const transport = {
    send: vi.fn<Transport["send"]>(() => "msg-1"),
    received: vi.fn<NonNullable<Transport["received"]>>(),
    forget: vi.fn<NonNullable<Transport["forget"]>>(),
  };
  const errors: Error[] = [];
  const manager = new ShinyCommManager({
    transport,
    onError: (error) => void errors.push(error),
    ...options,
  });
  const log: string[] = [];
  const comms: ShinyComm[] = [];
  const target = vi.fn<TargetCallback>((comm, message) => {
    comms.push(comm);
    log.push(`open ${comm.comm_id}`);
    comm.on_msg(({ content }) => void log.push(`${comm.comm_id}: ${String(content.data.n)}`));
    comm.on_close(() => void log.push(`close ${comm.comm_id}`));
    return onOpen(comm, message);
  });
  const undo = manager.register_target(TARGET, target);
  return { manager, transport, errors, log, comms, target, undo };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("ShinyCommManager's targets", () => {
  it("the manager calls the target that the server names, with the comm and the message", () => {
    const { manager, target, comms } = setUp();
    manager.receive("comm_open", openText("c1"));
    expect(target).toHaveBeenCalledOnce();
    const [comm, message] = target.mock.calls[0] ?? [];
    expect(comm).toBe(comms[0]);
    expect(comm).toMatchObject({ comm_id: "c1", target_name: TARGET, closed: false });
    expect(message?.content.comm_id).toBe("c1");
  });

  it("the manager opens the comm before the target runs, so that the target can send", () => {
    const { manager, transport, errors } = setUp((comm) => void comm.send({ hello: 1 }));
    manager.receive("comm_open", openText("c1"));
    expect(errors).toEqual([]);
    expect(transport.send).toHaveBeenCalledOnce();
  });

  it.each(["other", "toString", "__proto__", ""])(
    "the manager reports an open for the target %j",
    async (name) => {
      const { manager, errors, target } = setUp();
      manager.receive("comm_open", openText("c1", name));
      await vi.advanceTimersByTimeAsync(9_999);
      expect(errors).toEqual([]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(target).not.toHaveBeenCalled();
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ code: "UNKNOWN_TARGET" });
      expect(errors[0]).toMatchObject({ comm_id: "c1", kind: "comm_open" });
    },
  );

  it("the manager creates no comm for an unknown target", () => {
    const { manager } = setUp();
    manager.receive("comm_open", openText("c1", "other"));
    expect(manager.commIds()).toEqual([]);
  });

  it("the manager calls the callback that was registered last", () => {
    const { manager, target } = setUp();
    const later = vi.fn();
    manager.register_target(TARGET, later);
    manager.receive("comm_open", openText("c1"));
    expect(target).not.toHaveBeenCalled();
    expect(later).toHaveBeenCalledOnce();
  });

  it("the manager restores the previous target on undo", () => {
    const { manager, target } = setUp();
    const later = vi.fn();
    manager.register_target(TARGET, later)();
    manager.receive("comm_open", openText("c1"));
    expect(later).not.toHaveBeenCalled();
    expect(target).toHaveBeenCalledOnce();
  });

  it("the manager removes a target on undo", async () => {
    const { manager, errors, undo } = setUp();
    undo();
    manager.receive("comm_open", openText("c1"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(errors[0]).toMatchObject({ code: "UNKNOWN_TARGET" });
  });

  it("the manager keeps a later target of the same name when an earlier one is undone", () => {
    const { manager, undo } = setUp();
    const later = vi.fn();
    manager.register_target(TARGET, later);
    undo();
    manager.receive("comm_open", openText("c1"));
    expect(later).toHaveBeenCalledOnce();
  });

  it("the manager removes a target on unregister_target", async () => {
    const { manager, errors } = setUp();
    manager.unregister_target(TARGET);
    manager.receive("comm_open", openText("c1"));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(errors[0]).toMatchObject({ code: "UNKNOWN_TARGET" });
  });

  it("the manager ignores unregister_target for an unknown target", () => {
    expect(() => setUp().manager.unregister_target("unknown")).not.toThrow();
  });
});

describe("an open whose target is not registered yet", () => {
  /** A manager that received an open and two messages for an unknown target. */
  function setUpEarly(name = "late.target", options: Partial<CommManagerOptions> = {}) {
    const { manager, errors } = setUp(undefined, options);
    manager.receive("comm_open", openText("c1", name));
    for (const n of [1, 2]) manager.receive("comm_msg", msgText("c1", { n }));
    const log: string[] = [];
    const target: TargetCallback = (comm) => {
      log.push(`open ${comm.comm_id}`);
      comm.on_msg(({ content }) => void log.push(`${comm.comm_id}: ${String(content.data.n)}`));
      comm.on_close(() => void log.push(`close ${comm.comm_id}`));
    };
    return { manager, errors, log, target, name };
  }

  it("an open for an unregistered target waits for the target, and later messages follow in order", async () => {
    const { manager, errors, log, target, name } = setUpEarly();
    await vi.advanceTimersByTimeAsync(9_000);
    manager.register_target(name, target);
    manager.receive("comm_msg", msgText("c1", { n: 3 }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log).toEqual(["open c1", "c1: 1", "c1: 2", "c1: 3"]);
    expect(errors).toEqual([]);
  });

  it("an open for an unregistered target adds no comm", () => {
    const { manager } = setUpEarly();
    expect(manager.commIds()).toEqual([]);
    expect(manager.get_comm("c1")).toBeUndefined();
  });

  it("a second open for an unregistered target causes a DUPLICATE_COMM error", () => {
    const { manager, errors, name } = setUpEarly();
    manager.receive("comm_open", openText("c1", name));
    expect(errors[0]).toMatchObject({ code: "DUPLICATE_COMM" });
  });

  it("a late target opens and closes a comm that the server closed in the meantime", async () => {
    const { manager, log, target, name } = setUpEarly();
    manager.receive("comm_close", closeText("c1"));
    manager.register_target(name, target);
    await settled();
    expect(log).toEqual(["open c1", "c1: 1", "c1: 2", "close c1"]);
    expect(manager.commIds()).toEqual([]);
  });

  it("each pending open reaches one target when the target registers another one", () => {
    const { manager, errors } = setUp();
    for (const id of ["c1", "c2", "c3"]) manager.receive("comm_open", openText(id, "late"));
    const opened: string[] = [];
    manager.register_target("late", (first) => {
      opened.push(`first ${first.comm_id}`);
      manager.register_target("late", (comm) => void opened.push(comm.comm_id));
    });
    expect(opened).toEqual(["first c1", "c2", "c3"]);
    expect(errors).toEqual([]);
  });

  it("pending opens that a target has not reached end with the session", () => {
    const { manager } = setUp();
    for (const id of ["c1", "c2"]) manager.receive("comm_open", openText(id, "late"));
    const opened: string[] = [];
    manager.register_target("late", ({ comm_id }) => {
      opened.push(comm_id);
      manager.closeAll();
    });
    expect(opened).toEqual(["c1"]);
    expect(manager.commIds()).toEqual([]);
  });

  it("a target that a close callback registers at the end of the session gets no open of it", () => {
    const { manager } = setUp((comm) => {
      comm.on_close(() => void manager.register_target("late", () => undefined));
    });
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_open", openText("c2", "late"));
    manager.closeAll();
    expect(manager.commIds()).toEqual([]);
  });

  it("an open for an unregistered target ends with the session", async () => {
    const { manager, errors, log, target, name } = setUpEarly();
    manager.closeAll();
    manager.register_target(name, target);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(log).toEqual([]);
    expect(errors).toEqual([]);
  });

  it("an open for an expected target waits until the session ends, and is reported once", async () => {
    const expectedTargets = new Map([["expected", "Add shiny-comm.js."]]);
    const { manager, errors, log, target, name } = setUpEarly("expected", { expectedTargets });
    manager.receive("comm_open", openText("c2", name));
    await vi.advanceTimersByTimeAsync(600_000);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "UNKNOWN_TARGET" });
    expect(errors[0]).toMatchObject({
      comm_id: "c1",
      advice: expect.stringContaining("shiny-comm.js"),
    });
    manager.register_target(name, target);
    await settled();
    expect(log).toEqual(["open c1", "c1: 1", "c1: 2", "open c2"]);
  });

  it("messages for an expected target do not count toward the limit of early messages", () => {
    const expectedTargets = new Map([["expected", ""]]);
    const { manager, errors } = setUpEarly("expected", { expectedTargets });
    for (let n = 0; n < 2_000; n += 1) manager.receive("comm_msg", msgText("c1", { n }));
    manager.receive("comm_msg", msgText("other", { n: 1 }));
    expect(errors).toEqual([]);
    expect(manager.inspect().early.get("c1")?.messages).toHaveLength(2_003);
  });
});

describe("messages for a comm without a listener", () => {
  const quietTarget = "quiet";

  /** A manager with an open comm that has no listener. */
  function setUpQuiet() {
    const all = setUp();
    const comms: ShinyComm[] = [];
    all.manager.register_target(quietTarget, (comm) => void comms.push(comm));
    all.manager.receive("comm_open", openText("q1", quietTarget));
    const [comm] = comms;
    if (!comm) throw new Error("the target was not called");
    const receive = (n: number): void => all.manager.receive("comm_msg", msgText("q1", { n }));
    const received: unknown[] = [];
    const listen = () => comm.on_msg(({ content }) => void received.push(content.data.n));
    return { ...all, comm, receive, received, listen };
  }

  it("messages for a comm without a listener wait for the first listener, in order with later messages", async () => {
    const { receive, received, listen, errors } = setUpQuiet();
    receive(1);
    receive(2);
    await vi.advanceTimersByTimeAsync(60_000);
    listen();
    expect(received).toEqual([]);
    receive(3);
    await settled();
    expect(received).toEqual([1, 2, 3]);
    expect(errors).toEqual([]);
  });

  it("messages for a comm without a listener wait again after the undo of `on_msg`", async () => {
    const { receive, received, listen } = setUpQuiet();
    const undo = listen();
    receive(1);
    undo();
    receive(2);
    await settled();
    expect(received).toEqual([1]);
    listen();
    await settled();
    expect(received).toEqual([1, 2]);
  });

  it("messages for a comm without a listener are dropped beyond 1,000, with one error", async () => {
    const { receive, received, listen, errors } = setUpQuiet();
    for (let n = 0; n < 1_010; n += 1) receive(n);
    expect(errors).toMatchObject([{ code: "OVERFLOW", comm_id: "q1", kind: "comm_msg" }]);
    listen();
    await settled();
    expect(received).toHaveLength(1_000);
    expect(received.at(-1)).toBe(999);
    receive(2_000);
    expect(received.at(-1)).toBe(2_000);
    expect(errors).toHaveLength(1);
  });

  it("messages for a comm without a listener are dropped at the server's close", () => {
    const { manager, comm, receive, received, listen } = setUpQuiet();
    const onClose = vi.fn();
    comm.on_close(onClose);
    receive(1);
    manager.receive("comm_close", closeText("q1"));
    expect(onClose).toHaveBeenCalledOnce();
    expect(comm.closed).toBe(true);
    listen();
    expect(received).toEqual([]);
    expect(manager.commIds()).toEqual([]);
  });

  it("the first listener receives each waiting message after it handled the previous one", async () => {
    const { comm, receive } = setUpQuiet();
    receive(1);
    receive(2);
    const { passed, open } = gate();
    const received: unknown[] = [];
    comm.on_msg(({ content }) => {
      received.push(content.data.n);
      return passed;
    });
    await settled();
    expect(received).toEqual([1]);
    open();
    await settled();
    expect(received).toEqual([1, 2]);
  });
});

describe("ShinyCommManager.openComm", () => {
  /** A manager whose transport supports opens and closes. */
  function setUpOpen() {
    const texts: unknown[] = [];
    const errors: Error[] = [];
    const transport: Transport = {
      send: (_message, text) => `${texts.push(JSON.parse(text))}`,
      open: (_message, text) => void texts.push(["open", JSON.parse(text)]),
      close: (_message, text) => void texts.push(["close", JSON.parse(text())]),
    };
    const manager = new ShinyCommManager({
      transport,
      onError: (error) => void errors.push(error),
    });
    return { manager, texts, errors };
  }

  it("openComm sends the open first, with an id of 32 hex digits", () => {
    const { manager, texts } = setUpOpen();
    const bytes = new Uint8Array([1, 2, 3]);
    const comm = manager.openComm("my.target", {
      data: { a: 1 },
      metadata: { b: 2 },
      buffers: [bytes],
    });
    comm.send({ n: 1 });
    expect(comm.comm_id).toMatch(/^[0-9a-f]{32}$/);
    const { comm_id } = comm;
    expect(texts).toEqual([
      [
        "open",
        {
          content: { comm_id, target_name: "my.target", data: { a: 1 } },
          metadata: { b: 2 },
          buffers: ["AQID"],
          header: {},
        },
      ],
      { content: { comm_id, data: { n: 1 } }, metadata: {}, buffers: [], header: {} },
    ]);
  });

  it("openComm returns a comm that receives the server's messages and close", () => {
    const { manager } = setUpOpen();
    const comm = manager.openComm("my.target");
    const log: unknown[] = [];
    comm.on_msg(({ content }) => void log.push(content.data));
    comm.on_close(() => void log.push("closed"));
    expect(manager.get_comm(comm.comm_id)).toBe(comm);
    manager.receive("comm_msg", msgText(comm.comm_id, { n: 1 }));
    manager.receive("comm_close", closeText(comm.comm_id));
    expect(log).toEqual([{ n: 1 }, "closed"]);
    expect(manager.commIds()).toEqual([]);
  });

  it("openComm gives each comm a unique id", () => {
    const { manager } = setUpOpen();
    const ids = Array.from({ length: 100 }, () => manager.openComm("my.target").comm_id);
    expect(new Set(ids).size).toBe(100);
  });

  it("openComm opens no comm when the message cannot be encoded", () => {
    const { manager, texts } = setUpOpen();
    expect(() => manager.openComm("my.target", { data: { n: 1n } })).toThrow(
      expect.objectContaining({ code: "ENCODE" }),
    );
    expect(texts).toEqual([]);
    expect(manager.commIds()).toEqual([]);
  });

  it("a comm from openComm passes this side's close to the transport, with its data", () => {
    const { manager, texts } = setUpOpen();
    const comm = manager.openComm("my.target");
    comm.close({ bye: true });
    comm.close();
    expect(texts.slice(1)).toEqual([
      [
        "close",
        {
          content: { comm_id: comm.comm_id, data: { bye: true } },
          metadata: {},
          buffers: [],
          header: {},
        },
      ],
    ]);
  });

  it("a comm from openComm passes no close to the transport when the server or the session's end closes it", () => {
    const { manager, texts } = setUpOpen();
    const first = manager.openComm("my.target");
    const second = manager.openComm("my.target");
    second.on_close(() => first.close());
    manager.receive("comm_close", closeText(second.comm_id));
    const third = manager.openComm("my.target");
    const fourth = manager.openComm("my.target");
    third.on_close(() => fourth.close());
    manager.closeAll();
    const closed = texts.flatMap((text) =>
      Array.isArray(text) && text[0] === "close" ? [text[1].content.comm_id] : [],
    );
    expect(closed).toEqual([first.comm_id]);
  });

  it("a comm from openComm closes even when its close cannot be encoded, and reports the error", () => {
    const { manager, errors } = setUpOpen();
    const comm = manager.openComm("my.target");
    comm.close({ n: 1n });
    expect(comm.closed).toBe(true);
    expect(manager.commIds()).toEqual([]);
    expect(errors[0]).toMatchObject({ code: "ENCODE" });
  });
});

describe("ShinyCommManager.register_comm", () => {
  it("register_comm returns the comm's id and delivers messages to the comm", () => {
    const { manager } = setUp();
    const comm = new ShinyComm("manual", TARGET, manager);
    const onMsg = vi.fn();
    comm.on_msg(onMsg);
    expect(manager.register_comm(comm)).toBe("manual");
    manager.receive("comm_msg", msgText("manual", { n: 1 }));
    expect(onMsg).toHaveBeenCalledOnce();
  });

  it("register_comm adds the comm to get_comm and commIds", () => {
    const { manager } = setUp();
    const comm = new ShinyComm("manual", TARGET, manager);
    manager.register_comm(comm);
    expect(manager.get_comm("manual")).toBe(comm);
    expect(manager.commIds()).toEqual(["manual"]);
  });

  it("register_comm accepts the same comm twice", () => {
    const { manager } = setUp();
    const comm = new ShinyComm("manual", TARGET, manager);
    manager.register_comm(comm);
    expect(manager.register_comm(comm)).toBe("manual");
    expect(manager.commIds()).toEqual(["manual"]);
  });

  it("register_comm throws a DUPLICATE_COMM error when another comm with this id is open", () => {
    const { manager } = setUp();
    const first = new ShinyComm("manual", TARGET, manager);
    manager.register_comm(first);
    const error = thrownBy("DUPLICATE_COMM", () =>
      manager.register_comm(new ShinyComm("manual", TARGET, manager)),
    );
    expect(error.comm_id).toBe("manual");
    expect(manager.get_comm("manual")).toBe(first);
  });
});

describe("ShinyCommManager.unregister_comm", () => {
  it("unregister_comm removes the comm, and calls the transport's `forget`", () => {
    const { manager, comms, transport } = setUp();
    manager.receive("comm_open", openText("c1"));
    for (const comm of comms) manager.unregister_comm(comm);
    expect(manager.get_comm("c1")).toBeUndefined();
    expect(transport.forget).toHaveBeenCalledExactlyOnceWith("c1");
  });

  it("unregister_comm drops the comm's pending messages", async () => {
    const { passed, open } = gate();
    const { manager, comms, log } = setUp(() => passed);
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    for (const comm of comms) manager.unregister_comm(comm);
    open();
    await settled();
    expect(log).toEqual(["open c1"]);
  });

  it("unregister_comm keeps another comm with the same id", () => {
    const { manager, comms, transport } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.unregister_comm(new ShinyComm("c1", TARGET, manager));
    expect(manager.get_comm("c1")).toBe(comms[0]);
    expect(transport.forget).not.toHaveBeenCalled();
  });
});

describe("the delivery of a message", () => {
  it("the delivery of a message happens synchronously when no callback is pending", () => {
    const { manager, log } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    manager.receive("comm_msg", msgText("c1", { n: 2 }));
    expect(log).toEqual(["open c1", "c1: 1", "c1: 2"]);
  });

  it("the delivery of a message reaches only the comm that the message names", () => {
    const { manager, log } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_open", openText("c2"));
    manager.receive("comm_msg", msgText("c2", { n: 1 }));
    expect(log).toEqual(["open c1", "open c2", "c2: 1"]);
  });

  it("the delivery of a message waits for the promise of the target", async () => {
    const { passed, open } = gate();
    const { manager, log } = setUp(() => passed);
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    await settled();
    expect(log).toEqual(["open c1"]);
    open();
    await settled();
    expect(log).toEqual(["open c1", "c1: 1"]);
  });

  it("the delivery of a message waits for the handler of the comm's previous message", async () => {
    const { passed, open } = gate();
    const seen: unknown[] = [];
    const { manager } = setUp((comm) => {
      comm.on_msg(({ content }) => {
        seen.push(content.data.n);
        return content.data.n === 1 ? passed : undefined;
      });
    });
    manager.receive("comm_open", openText("c1"));
    for (const n of [1, 2, 3]) manager.receive("comm_msg", msgText("c1", { n }));
    await settled();
    expect(seen).toEqual([1]);
    open();
    await settled();
    expect(seen).toEqual([1, 2, 3]);
  });

  it("the delivery of a message never waits for another comm", async () => {
    const { passed } = gate();
    const { manager, log } = setUp((comm) => (comm.comm_id === "slow" ? passed : undefined));
    manager.receive("comm_open", openText("slow"));
    manager.receive("comm_msg", msgText("slow", { n: 1 }));
    manager.receive("comm_open", openText("quick"));
    manager.receive("comm_msg", msgText("quick", { n: 1 }));
    await settled();
    expect(log).toEqual(["open slow", "open quick", "quick: 1"]);
  });

  it("a message that is received inside a callback keeps its order", () => {
    const seen: unknown[] = [];
    const { manager } = setUp((comm) => {
      comm.on_msg(({ content }) => {
        if (content.data.n === 1) manager.receive("comm_msg", msgText("c1", { n: 2 }));
        seen.push(content.data.n);
      });
    });
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    expect(seen).toEqual([1, 2]);
  });

  it("the delivery of a message happens synchronously again after a slow handler", async () => {
    const { passed, open } = gate();
    const { manager, log } = setUp(() => passed);
    manager.receive("comm_open", openText("c1"));
    open();
    await settled();
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    expect(log).toEqual(["open c1", "c1: 1"]);
  });

  it("the delivery of a message calls the transport's `received`, which can set the parent header", () => {
    const { manager, transport } = setUp((comm) => {
      comm.on_msg((message: CommMsgMessage) => {
        expect(message.parent_header).toEqual({ msg_id: "sent" });
      });
    });
    transport.received.mockImplementation((message) => {
      message.parent_header = { msg_id: "sent" };
    });
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    expect(transport.received).toHaveBeenCalledOnce();
    expect.assertions(2);
  });
});

describe("an early message, before its comm's open,", () => {
  it("an early message waits for its comm's open, and is delivered in order", () => {
    const { manager, log, errors } = setUp();
    for (const n of [1, 2]) manager.receive("comm_msg", msgText("c1", { n }));
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 3 }));
    expect(log).toEqual(["open c1", "c1: 1", "c1: 2", "c1: 3"]);
    expect(errors).toEqual([]);
  });

  it("an early message waits for the promise of the target, too", async () => {
    const { passed, open } = gate();
    const { manager, log } = setUp(() => passed);
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    manager.receive("comm_open", openText("c1"));
    await settled();
    expect(log).toEqual(["open c1"]);
    open();
    await settled();
    expect(log).toEqual(["open c1", "c1: 1"]);
  });

  it("an early message can be a close", () => {
    const { manager, log } = setUp();
    manager.receive("comm_close", closeText("c1"));
    manager.receive("comm_open", openText("c1"));
    expect(log).toEqual(["open c1", "close c1"]);
    expect(manager.commIds()).toEqual([]);
  });

  it("an early message never reaches another comm that opens", () => {
    const { manager, log } = setUp();
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    manager.receive("comm_open", openText("c2"));
    expect(log).toEqual(["open c2"]);
  });

  it("an early message causes an UNKNOWN_COMM error when the open does not arrive in time", () => {
    const { manager, errors } = setUp();
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    expect(errors).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "UNKNOWN_COMM" });
    expect(errors[0]).toMatchObject({ comm_id: "c1", kind: "comm_msg" });
  });

  it("an early message causes one error per comm, not per message", () => {
    const { manager, errors } = setUp();
    for (const n of [1, 2, 3]) manager.receive("comm_msg", msgText("c1", { n }));
    manager.receive("comm_msg", msgText("c2", { n: 1 }));
    vi.advanceTimersByTime(5 * TIMEOUT_MS);
    expect(errors.map((error) => error instanceof CommError && error.comm_id)).toEqual([
      "c1",
      "c2",
    ]);
  });

  it("an early message expires when the open arrives after the timeout", () => {
    const { manager, log } = setUp();
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    vi.advanceTimersByTime(TIMEOUT_MS);
    manager.receive("comm_open", openText("c1"));
    expect(log).toEqual(["open c1"]);
  });

  it("an early message causes no error when the open arrives in time", () => {
    const { manager, errors } = setUp();
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    vi.advanceTimersByTime(TIMEOUT_MS - 1);
    manager.receive("comm_open", openText("c1"));
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect(errors).toEqual([]);
  });

  it("an early message waits for openWaitMs", () => {
    const onError = vi.fn();
    const transport = { send: () => "" };
    const manager = new ShinyCommManager({ transport, onError, openWaitMs: 50 });
    manager.receive("comm_msg", msgText("c1", {}));
    vi.advanceTimersByTime(49);
    expect(onError).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onError).toHaveBeenCalledOnce();
  });

  it("an early message causes an error immediately when 1,000 are pending", () => {
    const { manager, errors } = setUp();
    for (let n = 0; n < 1_000; n += 1) manager.receive("comm_msg", msgText(`c${n % 10}`, { n }));
    expect(errors).toEqual([]);
    manager.receive("comm_msg", msgText("c0", { n: 1_000 }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "UNKNOWN_COMM" });
  });

  it("an early message can wait again after 1,000 pending ones were delivered", () => {
    const { manager, errors } = setUp();
    for (let n = 0; n < 1_000; n += 1) manager.receive("comm_msg", msgText("c1", { n }));
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c2", {}));
    expect(errors).toEqual([]);
  });
});

describe("a second open with the id of an open comm", () => {
  it("a second open causes a DUPLICATE_COMM error, and the first comm still receives messages", () => {
    const { manager, errors, target, log, comms } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "DUPLICATE_COMM" });
    expect(errors[0]).toMatchObject({ comm_id: "c1" });
    expect(target).toHaveBeenCalledOnce();
    expect(manager.get_comm("c1")).toBe(comms[0]);
    expect(log).toEqual(["open c1", "c1: 1"]);
  });
});

describe("a close from the server", () => {
  it("the server's close runs the close callback once, closes the comm and removes its id", () => {
    const { manager, log, comms, transport } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_close", closeText("c1"));
    expect(log).toEqual(["open c1", "close c1"]);
    expect(comms[0]?.closed).toBe(true);
    expect(manager.get_comm("c1")).toBeUndefined();
    expect(manager.commIds()).toEqual([]);
    expect(transport.forget).toHaveBeenCalledExactlyOnceWith("c1");
  });

  it("the server's close waits for earlier messages", async () => {
    const { passed, open } = gate();
    const { manager, log } = setUp(() => passed);
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    manager.receive("comm_close", closeText("c1"));
    await settled();
    expect(manager.commIds()).toEqual(["c1"]);
    open();
    await settled();
    expect(log).toEqual(["open c1", "c1: 1", "close c1"]);
  });

  it("the server's close drops pending later messages", async () => {
    const { passed, open } = gate();
    const { manager, log } = setUp(() => passed);
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_close", closeText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    open();
    await settled();
    expect(log).toEqual(["open c1", "close c1"]);
  });

  it("messages after the server's close are reported after the timeout for an open", () => {
    const { manager, log, errors } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_close", closeText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect(log).toEqual(["open c1", "close c1"]);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ code: "UNKNOWN_COMM" });
  });

  it("the server's close frees the id for another comm", () => {
    const { manager, comms, errors, log } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_close", closeText("c1"));
    manager.receive("comm_open", openText("c1"));
    expect(comms).toHaveLength(2);
    expect(manager.get_comm("c1")).toBe(comms[1]);
    expect(log).toEqual(["open c1", "close c1", "open c1"]);
    expect(errors).toEqual([]);
  });

  it("the server's close removes the id even when the close callback throws", () => {
    const { manager, errors } = setUp((comm) => {
      comm.on_close(() => {
        throw new Error("callback");
      });
    });
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_close", closeText("c1"));
    expect(manager.commIds()).toEqual([]);
    expect(errors[0]).toMatchObject({ code: "HANDLER", kind: "comm_close" });
  });
});

describe("a close on this side", () => {
  it("this side's close removes the comm and drops its pending messages", async () => {
    const { passed, open } = gate();
    const { manager, comms, log } = setUp(() => passed);
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    comms[0]?.close();
    open();
    await settled();
    expect(manager.commIds()).toEqual([]);
    expect(log).toEqual(["open c1"]);
  });

  it("this side's close drops later messages of the server without an error", () => {
    const { manager, comms, errors, log } = setUp();
    manager.receive("comm_open", openText("c1"));
    comms[0]?.close();
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    manager.receive("comm_close", closeText("c1"));
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect(errors).toEqual([]);
    expect(log).toEqual(["open c1"]);
  });

  it("this side's close frees the id for another comm, which receives its messages", () => {
    const { manager, comms, errors, log } = setUp();
    manager.receive("comm_open", openText("c1"));
    comms[0]?.close();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    expect(errors).toEqual([]);
    expect(log).toEqual(["open c1", "open c1", "c1: 1"]);
  });

  it("messages after closes of both sides are reported", () => {
    const { manager, comms, errors } = setUp();
    manager.receive("comm_open", openText("c1"));
    comms[0]?.close();
    manager.receive("comm_close", closeText("c1"));
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    vi.advanceTimersByTime(TIMEOUT_MS);
    expect(errors).toMatchObject([{ code: "UNKNOWN_COMM" }]);
  });
});

describe("ShinyCommManager.closeAll", () => {
  it("closeAll closes every comm as a close of the server does", () => {
    const { manager, log, comms } = setUp();
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_open", openText("c2"));
    manager.closeAll();
    expect(log).toEqual(["open c1", "open c2", "close c1", "close c2"]);
    expect(comms.map((comm) => comm.closed)).toEqual([true, true]);
    expect(manager.commIds()).toEqual([]);
  });

  it("closeAll drops messages that close callbacks send on other comms", () => {
    const { manager, comms, transport, errors } = setUp((comm) => {
      comm.on_close(() => {
        for (const other of comms) if (!other.closed) other.send({ n: 1 });
      });
    });
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_open", openText("c2"));
    manager.closeAll();
    expect(transport.send).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
    manager.receive("comm_open", openText("c3"));
    comms[2]?.send({ n: 2 });
    expect(transport.send).toHaveBeenCalledOnce();
  });

  it("closeAll closes every comm even when a close callback throws", () => {
    const { manager, comms, errors } = setUp((comm) => {
      comm.on_close(() => {
        throw new Error("callback");
      });
    });
    manager.receive("comm_open", openText("c1"));
    manager.receive("comm_open", openText("c2"));
    manager.closeAll();
    expect(comms.map((comm) => comm.closed)).toEqual([true, true]);
    expect(errors).toHaveLength(2);
  });

  it("closeAll drops early messages without an error", () => {
    const { manager, errors, log } = setUp();
    manager.receive("comm_msg", msgText("c1", { n: 1 }));
    manager.closeAll();
    vi.advanceTimersByTime(TIMEOUT_MS);
    manager.receive("comm_open", openText("c1"));
    expect(errors).toEqual([]);
    expect(log).toEqual(["open c1"]);
  });
});

describe("a failing callback", () => {
  it.each<[string, TargetCallback]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("broken"))],
  ])(
    "a target that %s causes a HANDLER error, and messages are still delivered",
    async (_how, fail) => {
      const { manager, errors, log } = setUp(fail);
      manager.receive("comm_open", openText("c1"));
      manager.receive("comm_msg", msgText("c1", { n: 1 }));
      await settled();
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ code: "HANDLER" });
      expect(errors[0]).toMatchObject({ comm_id: "c1", kind: "comm_open" });
      expect(errors[0]?.cause).toEqual(new Error("broken"));
      expect(log).toEqual(["open c1", "c1: 1"]);
    },
  );

  it.each<[string, (n: unknown) => unknown]>([
    [
      "throws",
      () => {
        throw new Error("broken");
      },
    ],
    ["rejects", () => Promise.reject(new Error("broken"))],
    ["throws a string", () => Promise.reject("broken")],
  ])(
    "a listener that %s causes a HANDLER error, and the next message is delivered",
    async (_how, fail) => {
      const seen: unknown[] = [];
      const { manager, errors } = setUp((comm) => {
        comm.on_msg(({ content }) => {
          seen.push(content.data.n);
          return content.data.n === 1 ? fail(1) : undefined;
        });
      });
      manager.receive("comm_open", openText("c1"));
      for (const n of [1, 2]) manager.receive("comm_msg", msgText("c1", { n }));
      await settled();
      expect(seen).toEqual([1, 2]);
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ code: "HANDLER" });
      expect(errors[0]).toMatchObject({ comm_id: "c1", kind: "comm_msg" });
      expect(errors[0]?.message).toBe("handler of comm_msg for comm c1 failed: broken");
    },
  );

  it("an error of this package in a callback reaches onError unchanged", () => {
    const thrown = new CommError("WIDGET", "manual", { comm_id: "c1" });
    const { manager, errors } = setUp(() => {
      throw thrown;
    });
    manager.receive("comm_open", openText("c1"));
    expect(errors).toEqual([thrown]);
    expect(errors[0]).toBe(thrown);
  });

  it("a returned thenable that throws causes a HANDLER error", () => {
    const { manager, errors } = setUp(() => ({
      // biome-ignore lint/suspicious/noThenProperty: a thenable is what this is about
      get then() {
        throw new Error("broken");
      },
    }));
    expect(() => manager.receive("comm_open", openText("c1"))).not.toThrow();
    expect(errors[0]).toMatchObject({ code: "HANDLER" });
  });
});

describe("onError", () => {
  it("onError can throw, and `receive` still returns", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const thrown = new Error("from onError");
    const manager = new ShinyCommManager({
      transport: { send: () => "" },
      onError: () => {
        throw thrown;
      },
    });
    expect(() => manager.receive("comm_msg", "{")).not.toThrow();
    expect(log).toHaveBeenCalledExactlyOnceWith("[shiny-comm]", thrown);
  });

  it("onError defaults to one line in the console", () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    new ShinyCommManager({ transport: { send: () => "" } }).receive("comm_msg", "{");
    expect(log).toHaveBeenCalledExactlyOnceWith(
      "[shiny-comm]",
      expect.objectContaining({ code: "DECODE" }),
    );
  });
});

describe("ShinyCommManager.send", () => {
  it("send() passes the message, its text and `onIdle` to the transport, and returns the message's id", () => {
    const { manager, transport, comms } = setUp();
    manager.receive("comm_open", openText("c1"));
    const onIdle = vi.fn();
    expect(comms[0]?.send({ a: 1 }, { onIdle })).toBe("msg-1");
    const [message, text, passedOnIdle] = transport.send.mock.calls[0] ?? [];
    expect(message).toMatchObject({ comm_id: "c1", data: { a: 1 } });
    expect(JSON.parse(text ?? "")).toMatchObject({ content: { comm_id: "c1", data: { a: 1 } } });
    expect(passedOnIdle).toBe(onIdle);
  });

  it("send() throws a COMM_CLOSED error for a comm that is not registered", () => {
    const { manager, transport } = setUp();
    const comm = new ShinyComm("manual", TARGET, manager);
    expect(thrownBy("COMM_CLOSED", () => comm.send({})).comm_id).toBe("manual");
    expect(transport.send).not.toHaveBeenCalled();
  });

  it("send() throws an ENCODE error, and sends nothing, when the data cannot be encoded", () => {
    const { manager, transport, comms } = setUp();
    manager.receive("comm_open", openText("c1"));
    expect(() => comms[0]?.send({ big: 1n })).toThrow(expect.objectContaining({ code: "ENCODE" }));
    expect(transport.send).not.toHaveBeenCalled();
  });
});

describe("ShinyCommManager.receive", () => {
  const comm_id = fc.constantFrom<unknown>("c1", "c2", "__proto__", "constructor", "", null, 1);
  const path = fc.array(
    fc.oneof(fc.constantFrom("__proto__", "constructor", "a", 0), fc.jsonValue()),
    {
      maxLength: 4,
    },
  );
  /** Mostly valid, so that the checks of inner parts run. */
  const almostMessage = fc.record(
    {
      content: fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            comm_id,
            target_name: fc.oneof(fc.constant<unknown>(TARGET), fc.jsonValue()),
            target_module: fc.jsonValue(),
            html_deps: fc.jsonValue(),
            data: fc.oneof(
              fc.jsonValue(),
              fc.record(
                {
                  state: fc.oneof(fc.jsonValue(), fc.constant<unknown>({ a: [null, { a: {} }] })),
                  buffer_paths: fc.oneof(fc.jsonValue(), fc.array(path, { maxLength: 3 })),
                },
                { requiredKeys: [] },
              ),
            ),
          },
          { requiredKeys: ["comm_id"] },
        ),
      ),
      metadata: fc.jsonValue(),
      header: fc.jsonValue(),
      buffers: fc.oneof(fc.jsonValue(), fc.array(fc.constantFrom("", "AAAA", "Zg==", "?"))),
    },
    { requiredKeys: ["content"] },
  );
  const payload = fc.oneof(
    { weight: 4, arbitrary: almostMessage },
    { weight: 4, arbitrary: almostMessage.map((value) => JSON.stringify(value)) },
    fc.jsonValue(),
    fc.json(),
    fc.string(),
    fc.anything(),
  );

  it.each(KINDS)("receive() never throws for any %s, and changes no prototype", (kind) => {
    const pristine = Object.getOwnPropertyDescriptors(Object.prototype);
    const { manager, errors } = setUp();
    fc.assert(
      fc.property(payload, (value) => {
        expect(manager.receive(kind, value)).toBeUndefined();
      }),
      { numRuns: 2_000 },
    );
    expect(Object.getOwnPropertyDescriptors(Object.prototype)).toEqual(pristine);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.every((error) => error instanceof CommError)).toBe(true);
  });

  it.each(KINDS)(
    "receive() reports a malformed %s by a DECODE error, and accepts the next message",
    (kind) => {
      const { manager, errors, log } = setUp();
      manager.receive(kind, "{");
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ code: "DECODE" });
      manager.receive("comm_open", openText("c1"));
      expect(log).toEqual(["open c1"]);
    },
  );
});

describe("a comm from register_comm", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("a comm from register_comm receives earlier messages immediately", async () => {
    const { manager } = setUp();
    manager.receive("comm_msg", msgText("early", { n: 1 }));
    manager.receive("comm_msg", msgText("early", { n: 2 }));
    const comm = new ShinyComm("early", TARGET, manager);
    const delivered: unknown[] = [];
    comm.on_msg((message) => void delivered.push(message.content.data.n));
    manager.register_comm(comm);
    await settled();
    expect(delivered).toEqual([1, 2]);
  });
});

describe("a batch", () => {
  const opening = (comm_id: string, target_name = TARGET): BatchMessage => ({
    header: { content: { comm_id, data: { state: { list: [1] } }, target_name } },
  });
  const saying = (comm_id: string, n: number): BatchMessage => ({
    header: { content: { comm_id, data: { n } } },
  });
  const like = (comm_id: string, index: number): BatchReference => ({ comm_id, like: index });
  const invalid: BatchMessage = { header: { content: { comm_id: "bad", data: 1 } } };
  const receive = (
    manager: ShinyCommManager,
    kind: MessageKind,
    messages: (BatchMessage | BatchReference)[],
  ): void => manager.receive(kind, encodeBatch(kind, messages));

  it("a batch delivers each kind of message in order", () => {
    const { manager, log, errors } = setUp();
    receive(manager, "comm_open", [opening("c1"), opening("c2")]);
    receive(manager, "comm_msg", [saying("c2", 1), saying("c1", 2), saying("c2", 3)]);
    receive(manager, "comm_close", [saying("c1", 0), like("c2", 0)]);
    expect(log).toEqual([
      ...["open c1", "open c2", "c2: 1", "c1: 2", "c2: 3", "close c1", "close c2"],
    ]);
    expect(errors).toEqual([]);
    expect(manager.inspect().totals.received).toBe(7);
  });

  it("a batch delivers the messages next to invalid ones, each of which is one error", () => {
    const { manager, log, errors } = setUp();
    const unnamed = { header: { content: 1 } };
    receive(manager, "comm_open", [opening("c1"), invalid, unnamed, like("c2", 1), like("c3", 0)]);
    receive(manager, "comm_open", [opening("c3"), opening("c4")]);
    expect(log).toEqual(["open c1", "open c3", "open c4"]);
    expect(errors).toMatchObject([
      { code: "DECODE", comm_id: "bad" },
      { code: "DECODE", comm_id: undefined },
      { code: "DECODE", comm_id: "c2" },
      { code: "DUPLICATE_COMM", comm_id: "c3" },
    ]);
  });

  it("a batch with an invalid frame is one error", () => {
    const { manager, log, errors } = setUp();
    const frame = encodeBatch("comm_open", [opening("c1"), opening("c2")]);
    manager.receive("comm_open", frame.slice(0, -1));
    expect(log).toEqual([]);
    expect(errors).toMatchObject([{ code: "DECODE", comm_id: undefined }]);
  });

  it("a target that throws or changes its message does not affect the rest of a batch", () => {
    const states: unknown[] = [];
    const { manager, errors } = setUp((_comm, { content }) => {
      const state = content.data.state as { list: number[] };
      states.push([...state.list]);
      state.list.push(2);
      throw new Error("the target failed");
    });
    receive(manager, "comm_open", [opening("c1"), like("c2", 0), like("c3", 0)]);
    expect(states).toEqual([[1], [1], [1]]);
    expect(errors.map((error) => (error as CommError).comm_id)).toEqual(["c1", "c2", "c3"]);
  });

  it("a late target gets the early messages of batches in order", () => {
    const { manager, log, errors } = setUp();
    receive(manager, "comm_open", [opening("c1", "late"), like("c2", 0), opening("c3")]);
    receive(manager, "comm_msg", [saying("c2", 1), saying("c1", 2), saying("c2", 3)]);
    expect(log).toEqual(["open c3"]);
    manager.register_target("late", (comm) => {
      log.push(`late ${comm.comm_id}`);
      comm.on_msg(({ content }) => void log.push(`${comm.comm_id}: ${String(content.data.n)}`));
    });
    expect(log.slice(1)).toEqual(["late c1", "c1: 2", "late c2", "c2: 1", "c2: 3"]);
    expect(errors).toEqual([]);
  });

  it("a late listener gets the messages of a batch in order with later ones", async () => {
    const { manager } = setUp();
    let comm: ShinyComm | undefined;
    manager.register_target("quiet", (opened) => {
      comm = opened;
    });
    receive(manager, "comm_open", [opening("q1", "quiet")]);
    receive(manager, "comm_msg", [saying("q1", 1), saying("q1", 2)]);
    manager.receive("comm_msg", msgText("q1", { n: 3 }));
    const received: unknown[] = [];
    comm?.on_msg(({ content }) => void received.push(content.data.n));
    await settled();
    expect(received).toEqual([1, 2, 3]);
  });

  it("a slow handler delays only the messages of its comm in a batch", async () => {
    const { passed, open } = gate();
    const { manager, log } = setUp(({ comm_id }) => (comm_id === "c1" ? passed : undefined));
    receive(manager, "comm_open", [opening("c1"), opening("c2")]);
    receive(manager, "comm_msg", [saying("c1", 1), saying("c2", 2)]);
    expect(log).toEqual(["open c1", "open c2", "c2: 2"]);
    open();
    await settled();
    expect(log.at(-1)).toBe("c1: 1");
  });
});

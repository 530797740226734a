/** The session object: its state, its number, the server's capabilities and its events. */
import { describe, expect, it, vi } from "vitest";
import { isCommError } from "../../src/comm/errors.js";
import type { ShinyRuntime } from "../../src/shiny/runtime.js";
import { type SessionEvent, ShinySession } from "../../src/shiny/session.js";
import { fakeShiny, settled, useFakePage } from "./fake-page.js";

const page = useFakePage();
const EVENTS: SessionEvent[] = ["reset", "open", "busy", "idle", "flushed", "closed"];

function setUp(readyState = 0) {
  const fake = fakeShiny();
  fake.socket.readyState = readyState;
  const state: { shiny: ShinyRuntime | undefined } = { shiny: fake.shiny };
  const onError = vi.fn();
  const session = new ShinySession({ runtime: () => state.shiny, onError });
  session.start();
  const log: string[] = [];
  const logAll = () => EVENTS.map((event) => session.on(event, () => void log.push(event)));
  const connect = () => {
    fake.shinyapp.$socket = fake.socket;
    fake.socket.readyState = 1;
    page().trigger("shiny:connected");
  };
  const disconnect = () => {
    fake.shinyapp.$socket = null;
    page().trigger("shiny:disconnected");
  };
  return { ...fake, state, session, log, logAll, connect, disconnect, onError };
}

const frame = (message: Record<string, unknown>) => page().trigger("shiny:message", { message });
const listenersOf = (type: string): number => page().listeners.get(type)?.size ?? 0;

describe("the state of a session", () => {
  it("the state of a session goes from connecting to open to closed, and to open again", () => {
    const { session, connect, disconnect, socket, shinyapp } = setUp();
    expect([session.state, session.epoch]).toEqual(["connecting", 0]);
    connect();
    expect([session.state, session.epoch]).toEqual(["open", 1]);
    disconnect();
    expect([session.state, session.epoch]).toEqual(["closed", 1]);
    // Shiny opens the next socket.
    shinyapp.$socket = socket;
    socket.readyState = 0;
    expect(session.state).toBe("closed");
    connect();
    expect([session.state, session.epoch]).toEqual(["open", 2]);
  });

  it("a session starts open, with number 1, for a script that loads during a session", () => {
    const { session } = setUp(1);
    expect([session.state, session.epoch]).toEqual(["open", 1]);
  });

  it("a session stays connecting after its first socket failed", () => {
    const { session, shinyapp } = setUp();
    shinyapp.$socket = null;
    expect(session.state).toBe("connecting");
  });

  it("a session starts closed without a runtime, and needs no page", () => {
    vi.stubGlobal("jQuery", undefined);
    const session = new ShinySession({ runtime: () => undefined });
    session.start();
    expect(session.state).toBe("closed");
    session.dispose();
  });
});

describe("the events of a session", () => {
  it("session events arrive in order, with a second reset at the first frame", () => {
    const { logAll, log, connect, disconnect } = setUp();
    logAll();
    connect();
    expect(log.splice(0)).toEqual(["reset", "open"]);
    frame({ values: {} });
    expect(log.splice(0)).toEqual(["flushed"]);
    frame({ config: { sessionId: "1" } });
    expect(log.splice(0)).toEqual(["reset"]);
    page().trigger("shiny:busy");
    page().trigger("shiny:idle");
    disconnect();
    expect(log).toEqual(["busy", "idle", "closed"]);
  });

  it("reset reaches the newest listener first, and open the oldest first", () => {
    const { session, connect } = setUp();
    const log: string[] = [];
    for (const n of [1, 2]) {
      session.on("reset", () => void log.push(`reset ${n}`));
      session.on("open", () => void log.push(`open ${n}`));
    }
    connect();
    expect(log).toEqual(["reset 2", "reset 1", "open 1", "open 2"]);
  });

  it("session events reach all listeners when one throws, and report the error", () => {
    const { session, connect, onError } = setUp();
    const listener = vi.fn();
    session.on("open", () => {
      throw new TypeError("broken listener");
    });
    session.on("open", listener);
    connect();
    expect(listener).toHaveBeenCalledOnce();
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(["broken listener"]);
  });

  it("events reach all listeners when one throws a value that has no text", () => {
    const { session, connect, onError } = setUp();
    const listener = vi.fn();
    session.on("open", () => {
      throw Object.create(null);
    });
    session.on("open", listener);
    connect();
    expect(listener).toHaveBeenCalledOnce();
    expect(onError).toHaveBeenCalledOnce();
  });

  it("session events reach a listener as often as it was registered, until each undo", () => {
    const { session, connect } = setUp();
    const listener = vi.fn();
    const undos = [session.on("open", listener), session.on("open", listener)];
    connect();
    expect(listener).toHaveBeenCalledTimes(2);
    for (const undo of undos) {
      undo();
      undo();
    }
    connect();
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it("session events end with dispose, which removes all listeners from the page", () => {
    const { session, connect, logAll, log } = setUp();
    logAll();
    session.dispose();
    connect();
    frame({ config: {} });
    expect(log).toEqual([]);
    for (const type of ["connected", "disconnected", "message", "busy", "idle"]) {
      expect(listenersOf(`shiny:${type}`)).toBe(0);
    }
  });
});

describe("the listener for frames", () => {
  it("the frame listener stays only until the server's capabilities are known and the first frame arrived", () => {
    const { connect, session, disconnect } = setUp();
    for (const _session of [1, 2]) {
      connect();
      expect(listenersOf("shiny:message")).toBe(1);
      session.announce({ version: 1, opens: true });
      expect(listenersOf("shiny:message")).toBe(1);
      frame({ config: {} });
      session.announce({ version: 1, opens: true });
      expect(listenersOf("shiny:message")).toBe(0);
      disconnect();
    }
  });

  it("the frame listener stays while a listener for flushed is registered", () => {
    const { connect, session } = setUp();
    connect();
    frame({ config: {} });
    frame({ busy: "idle" });
    expect(listenersOf("shiny:message")).toBe(0);
    const undo = session.on("flushed", () => undefined);
    expect(listenersOf("shiny:message")).toBe(1);
    undo();
    expect(listenersOf("shiny:message")).toBe(0);
  });

  it("the listener stays on the jQuery that Shiny uses when a script brings another", () => {
    const { connect, session, disconnect } = setUp();
    connect();
    frame({ config: {} });
    session.announce({ version: 1, opens: true });
    disconnect();
    const ignored = { on: () => undefined, off: () => undefined };
    vi.stubGlobal("jQuery", () => ignored);
    connect();
    expect(listenersOf("shiny:message")).toBe(1);
    session.dispose();
    expect(listenersOf("shiny:message")).toBe(0);
  });

  it("hasOtherMessageListeners counts only the listeners of other scripts", () => {
    const events = new Map<unknown, { handler: object }[]>();
    const on = page().jQuery;
    const jQuery = (target: unknown) => {
      const scope = on(target);
      return {
        ...scope,
        on(type: string, handler: never) {
          if (type === "shiny:message") {
            events.set(target, [...(events.get(target) ?? []), { handler }]);
          }
          scope.on(type, handler);
        },
      };
    };
    const _data = (target: unknown) => ({ events: { "shiny:message": events.get(target) } });
    vi.stubGlobal("jQuery", Object.assign(jQuery, { _data }));
    const { session } = setUp();
    expect(session.hasOtherMessageListeners()).toBe(false);
    jQuery(document).on("shiny:message", (() => undefined) as never);
    expect(session.hasOtherMessageListeners()).toBe(true);
    // Shiny does not use the jQuery that a script brings later.
    vi.stubGlobal("jQuery", Object.assign(page().jQuery, { _data: () => ({}) }));
    expect(session.hasOtherMessageListeners()).toBe(true);
  });

  it("hasOtherMessageListeners is true if jQuery does not expose its listeners", () => {
    expect(setUp().session.hasOtherMessageListeners()).toBe(true);
    vi.stubGlobal("jQuery", undefined);
    expect(setUp().session.hasOtherMessageListeners()).toBe(false);
  });
});

describe("the server's support for opens", () => {
  const startSession = ({ connect }: { connect: () => void }) => {
    connect();
    frame({ config: { sessionId: "1" } });
  };

  it("opensSupported resolves at the announcement", async () => {
    const all = setUp();
    startSession(all);
    const opens = all.session.opensSupported("a");
    all.session.announce({ version: 1, opens: true });
    await opens;
    expect(all.session.supportsOpens).toBe(true);
  });

  it.each([
    undefined,
    null,
    {},
    { version: 0, opens: true },
    { version: 1 },
    { version: "1", opens: true },
  ])("opensSupported rejects when the server announces %j", async (announcement) => {
    const all = setUp();
    startSession(all);
    all.session.announce(announcement);
    expect(all.session.supportsOpens).toBe(false);
    const failed = await all.session.opensSupported("a").catch((error: unknown) => error);
    expect(isCommError(failed, "OPEN_NOT_SUPPORTED")).toBe(true);
  });

  it("opensSupported rejects when the first work ends without an announcement, until a late one", async () => {
    const all = setUp();
    for (const _session of [1, 2]) {
      startSession(all);
      const opens = all.session.opensSupported("a").then(
        () => "supported",
        () => "unsupported",
      );
      frame({ busy: "busy" });
      await settled();
      frame({ busy: "idle" });
      expect(await opens).toBe("unsupported");
      all.session.announce({ version: 1, opens: true });
      await all.session.opensSupported("a");
    }
  });

  it("supportsOpens resets in each session", async () => {
    const all = setUp();
    startSession(all);
    all.session.announce({ version: 1, opens: true });
    all.connect();
    expect(all.session.supportsOpens).toBe(false);
    // Shiny's queue can still hold an announcement of the previous session.
    all.session.announce({ version: 1, opens: true });
    frame({ config: {} });
    expect(all.session.supportsOpens).toBe(false);
  });

  it("support ends with the session, whatever frames Shiny's queue still holds", async () => {
    const all = setUp();
    startSession(all);
    all.disconnect();
    frame({ config: { sessionId: "1" } });
    all.session.announce({ version: 1, opens: true });
    frame({ busy: "idle" });
    expect(all.session.supportsOpens).toBe(false);
    const failed = all.session.opensSupported("a").catch((error: unknown) => error);
    await settled();
    expect(isCommError(await Promise.race([failed, "pending"]), "NOT_CONNECTED")).toBe(true);
  });

  it("opensSupported rejects with NOT_CONNECTED when the session ends or is disposed", async () => {
    for (const end of ["disconnect", "dispose"] as const) {
      const all = setUp();
      const pending = all.session.opensSupported("a").catch((error: unknown) => error);
      if (end === "dispose") all.session.dispose();
      else all.disconnect();
      expect(isCommError(await pending, "NOT_CONNECTED")).toBe(true);
    }
  });
});

describe("connected", () => {
  it("connected() resolves when the socket opens", async () => {
    const { session, connect } = setUp();
    const done = vi.fn();
    void session.connected().then(done);
    await settled();
    expect(done).not.toHaveBeenCalled();
    connect();
    await settled();
    expect(done).toHaveBeenCalledOnce();
  });

  it.each([1, 2, 3, undefined])(
    "connected() resolves immediately on a socket of state %s",
    async (readyState) => {
      const { session, socket } = setUp();
      Object.assign(socket, { readyState });
      await session.connected();
    },
  );

  it("connected() resolves immediately on a page without a runtime", async () => {
    const { session, state } = setUp();
    state.shiny = undefined;
    await session.connected();
  });
});

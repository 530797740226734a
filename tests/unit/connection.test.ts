/** The page's one connection: who makes it, who shares it, what it brings and what it leaves. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Comm } from "../../src/comm/comm.js";
import { CommError, isCommError } from "../../src/comm/errors.js";
import { connect } from "../../src/connection/connect.js";
import { onError } from "../../src/connection/on-error.js";
import { PacedTransport } from "../../src/connection/paced-transport.js";
import { PAGE_KEY, sharedPage } from "../../src/connection/shared-page.js";
import type { ShinyRuntime } from "../../src/shiny/runtime.js";
import { type FakePage, fakeShiny, settled, useFakePage } from "./fake-page.js";

const codeOf = (error: unknown): string => (isCommError(error) ? error.code : String(error));

const page = useFakePage();

afterEach(() => {
  Reflect.deleteProperty(globalThis, PAGE_KEY);
});

/** A runtime with message handlers, as a server finds it. */
function fakeServer() {
  const fake = fakeShiny();
  const handlers = new Map<string, (payload: unknown) => void>();
  const runtime = fake.shiny as ShinyRuntime;
  runtime.addCustomMessageHandler = (name, handler) => void handlers.set(name, handler);
  const send = (kind: "open" | "msg" | "close", comm_id: string, content: object = {}) =>
    handlers.get(`shinywidgets_comm_${kind}`)?.(
      JSON.stringify({ content: { comm_id, data: {}, ...content } }),
    );
  const frame = (message: Record<string, unknown>) => page().trigger("shiny:message", { message });
  return {
    ...fake,
    runtime,
    handlers,
    send,
    open: (comm_id: string, target_name = "my.target") => send("open", comm_id, { target_name }),
    /** A session begins, and its server announces itself, or not. */
    begin({ opens = true, announces = true } = {}) {
      page().trigger("shiny:connected");
      frame({ config: { sessionId: "1" } });
      if (announces) handlers.get("shiny_comm_server")?.({ version: 1, opens });
      frame({ busy: "busy" });
      frame({ busy: "idle" });
    },
    end() {
      fake.shinyapp.$socket = null;
      page().trigger("shiny:disconnected");
    },
    /** The inputs that were set, with what was said in each. */
    async inputs() {
      await settled();
      return fake.setInputValue.mock.calls.flatMap(([name, text]) =>
        // The type behind the colon is for Shiny.
        name.startsWith(".") ? [] : [[name.split(":")[0], JSON.parse(text as string)] as const],
      );
    },
  };
}

function setUp() {
  const server = fakeServer();
  const connection = connect({ runtime: server.runtime });
  const comms: Comm[] = [];
  const log: string[] = [];
  const undo = connection.register_target("my.target", (comm) => {
    comms.push(comm);
    log.push(`open ${comm.comm_id}`);
    comm.on_msg(({ content }) => void log.push(`${comm.comm_id}: ${JSON.stringify(content.data)}`));
    comm.on_close(() => void log.push(`close ${comm.comm_id}`));
  });
  return { server, connection, comms, log, undo };
}

const listeners = (of: FakePage): number =>
  [...of.listeners.values()].reduce((sum, { size }) => sum + size, 0);

describe("connect", () => {
  it("hands what the server opens to the target of that name, with its messages and its close", () => {
    const { server, log, connection } = setUp();
    server.open("c1");
    server.send("msg", "c1", { data: { n: 1 } });
    expect(connection.commIds()).toEqual(["c1"]);
    expect(connection.get_comm("c1")?.target_name).toBe("my.target");
    server.send("close", "c1");
    expect(log).toEqual(["open c1", 'c1: {"n":1}', "close c1"]);
    expect(connection.commIds()).toEqual([]);
  });

  it("sends what comms send", async () => {
    const { server, comms } = setUp();
    server.open("c1");
    comms[0]?.send({ n: 1 }, { metadata: { m: 2 }, buffers: [new Uint8Array([1, 2, 3])] });
    expect(await server.inputs()).toEqual([
      [
        "shinywidgets_comm_send",
        {
          content: { comm_id: "c1", data: { n: 1 } },
          metadata: { m: 2 },
          buffers: ["AQID"],
          header: {},
        },
      ],
    ]);
  });

  it("joins the connection that is there, over a runtime and over the page's own", () => {
    const { server, log } = setUp();
    const other = connect({ runtime: server.runtime });
    other.register_target("other.target", (comm) => void log.push(`other ${comm.comm_id}`));
    server.open("c1");
    server.open("c2", "other.target");
    expect(log).toEqual(["open c1", "other c2"]);
    expect(other.commIds()).toEqual(["c1", "c2"]);
    vi.stubGlobal("Shiny", fakeServer().runtime);
    connect();
    const made = sharedPage().connection;
    connect();
    expect(sharedPage().connection).toBe(made);
  });

  it("takes the page's own runtime, when that is passed, for what it is", () => {
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    connect({ runtime: server.runtime }).register_target("my.target", () => undefined);
    expect(sharedPage().connection).toBeDefined();
    server.open("c1");
    expect(connect().commIds()).toEqual(["c1"]);
  });

  it.each(["load", "DOMContentLoaded"])(
    "waits for a Shiny that is not there yet, and registers with it at the event %s",
    (event) => {
      const opened: string[] = [];
      connect().register_target("my.target", (comm) => void opened.push(comm.comm_id));
      page().dispatch("load");
      const server = fakeServer();
      vi.stubGlobal("Shiny", server.runtime);
      expect(server.handlers.size).toBe(0);
      page().dispatch(event);
      server.begin();
      server.open("c1");
      expect(opened).toEqual(["c1"]);
      page().dispatch("load");
      expect(page().domListenerCount()).toBe(0);
    },
  );

  it("needs no page when a runtime is passed", async () => {
    vi.stubGlobal("document", undefined);
    vi.stubGlobal("jQuery", undefined);
    const { server, comms } = setUp();
    server.open("c1");
    comms[0]?.send({ n: 1 });
    expect(await server.inputs()).toHaveLength(1);
  });

  it("does nothing, and fails at nothing, where there is neither page nor runtime", () => {
    vi.stubGlobal("document", undefined);
    vi.stubGlobal("jQuery", undefined);
    const connection = connect();
    connection.register_target("my.target", () => undefined);
    expect(connection.commIds()).toEqual([]);
    connection.close();
  });

  it("closes comms when the session ends, and opens those of the next", () => {
    const { server, log } = setUp();
    server.open("c1");
    server.begin();
    expect(log).toEqual(["open c1", "close c1"]);
    server.open("c1");
    expect(log.at(-1)).toBe("open c1");
  });
});

describe("the ids of messages", () => {
  it("are of one message each, whatever the comm, the transport, the connection and the session", async () => {
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    const ids: (string | undefined)[] = [];
    const send = (comm: Comm | undefined) => {
      for (let n = 0; n < 3; n += 1) ids.push(comm?.send({ n }));
    };
    const opened: Comm[] = [];
    connect().register_target("my.target", (comm) => {
      opened.push(comm);
      comm.on_close(() => comm !== other && send(other));
    });
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const runtime = fakeServer();
    copy.connect({ runtime: runtime.runtime }).register_target("my.target", (comm) => {
      opened.push(comm);
    });
    server.open("c1");
    server.open("c2");
    runtime.open("c1");
    const [first, other, copys] = opened;
    for (const comm of [first, other, copys]) send(comm);
    const shared = sharedPage().connection;
    if (!shared) throw new Error("the page has no connection");
    const { sender, session } = shared;
    shared.setTransport(new PacedTransport({ sender, session, onError: () => undefined }));
    for (const comm of [first, other, copys]) send(comm);
    // What a close sets off is not sent, but has an id.
    server.begin();
    server.open("c1");
    send(opened.at(-1));
    expect(ids).toHaveLength(24);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("copies of the package", () => {
  it("share one connection, whichever comes first, and each other's targets", async () => {
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    const opened: string[] = [];
    connect().register_target("first", (comm) => void opened.push(`first ${comm.comm_id}`));
    vi.resetModules();
    const copy = await import("../../src/index.js");
    expect(copy.connect).not.toBe(connect);
    const second = copy.connect();
    second.register_target("second", (comm) => void opened.push(`second ${comm.comm_id}`));
    server.open("c1", "first");
    server.open("c2", "second");
    expect(opened).toEqual(["first c1", "second c2"]);
    expect(second.commIds()).toEqual(["c1", "c2"]);
    expect([...server.handlers.keys()]).toHaveLength(4);
  });

  it("go on with the connection when the one that made it has closed", async () => {
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    const first = connect();
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const opened: string[] = [];
    copy.connect().register_target("second", (comm) => void opened.push(comm.comm_id));
    first.close();
    server.open("c1", "second");
    expect(opened).toEqual(["c1"]);
  });

  it("know one another's errors for what they are", async () => {
    const { server, connection } = setUp();
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const heard: Error[] = [];
    const undo = onError(({ error }) => heard.push(error));
    connection.register_target("theirs", () => {
      throw new copy.CommError("DECODE", "of another copy", { comm_id: "c1" });
    });
    server.open("c1", "theirs");
    expect(heard).toMatchObject([{ code: "DECODE", message: "of another copy" }]);
    undo();
  });

  it("recognize the errors of another copy by class and by code", async () => {
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const error = new copy.CommError("MODULE_LOAD", "of another copy");
    expect(copy.CommError).not.toBe(CommError);
    expect(error).toBeInstanceOf(CommError);
    expect(isCommError(error)).toBe(true);
    expect(isCommError(error, "MODULE_LOAD")).toBe(true);
    expect(isCommError(error, "WIDGET")).toBe(false);
    const others = [new Error("x"), { name: "CommError" }, "CommError", null, undefined];
    expect(others.filter((other) => isCommError(other))).toEqual([]);
    expect(others.filter((other) => other instanceof CommError)).toEqual([]);
  });

  it("share modules, listeners to errors and the pacing policy", async () => {
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const heard: Error[] = [];
    copy.onError(({ error }) => void heard.push(error));
    copy.setPacing({ throttle: ["hover"] });
    const undo = copy.registerWidgetModule("mine", "1.0.0", () => ({}));
    expect(sharedPage().modules.map(({ name }) => name)).toEqual(["mine"]);
    expect(sharedPage().pacing).toEqual({ throttle: ["hover"] });
    const { server } = setUp();
    server.handlers.get("shinywidgets_comm_msg")?.("{");
    expect(heard).toMatchObject([{ code: "DECODE" }]);
    undo();
    expect(sharedPage().modules).toEqual([]);
  });

  it("of another version of the contract is refused, and left as it is", () => {
    const other = { version: 2, modules: [], errorListeners: new Set() };
    Object.assign(globalThis, { [PAGE_KEY]: other });
    expect(() => connect()).toThrow(/contract has version 2 \(expected 1\)/);
    expect(Reflect.get(globalThis, PAGE_KEY)).toBe(other);
  });
});

describe("Connection.close", () => {
  it("takes back the targets, closes their comms, and a second does nothing", async () => {
    const { server, connection, comms, log } = setUp();
    const errors: string[] = [];
    const undo = onError(({ error }) => void errors.push(codeOf(error)));
    const other = connect({ runtime: server.runtime });
    server.open("c1");
    connection.close();
    connection.close();
    expect(comms[0]?.closed).toBe(true);
    server.send("msg", "c1", { data: { n: 1 } });
    server.open("c2");
    expect(log).toEqual(["open c1"]);
    expect(other.commIds()).toEqual([]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(errors).toEqual(["UNKNOWN_TARGET"]);
    undo();
  });

  it("leaves the comms of others alone", () => {
    const { server, connection } = setUp();
    const other = connect({ runtime: server.runtime });
    other.register_target("other.target", () => undefined);
    server.open("c1", "other.target");
    connection.close();
    expect(other.commIds()).toEqual(["c1"]);
  });

  it("of the last user ends the connection: nothing is heard and nothing is kept", () => {
    const { server, connection, log } = setUp();
    const other = connect({ runtime: server.runtime });
    connection.close();
    expect(listeners(page())).toBeGreaterThan(0);
    other.close();
    expect(listeners(page())).toBe(0);
    server.open("c1");
    expect(log).toEqual([]);
  });

  it("lets another be made afterwards", () => {
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    connect().close();
    expect(sharedPage().connection).toBeUndefined();
    const opened: string[] = [];
    connect().register_target("my.target", (comm) => void opened.push(comm.comm_id));
    server.open("c1");
    expect(opened).toEqual(["c1"]);
  });

  it("before Shiny is there means that nothing is registered when it comes", () => {
    connect().close();
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    page().dispatch("DOMContentLoaded");
    expect(server.handlers.size).toBe(0);
  });

  it("makes all that would need a connection fail", async () => {
    const { connection } = setUp();
    connection.close();
    expect(() => connection.register_target("x", () => undefined)).toThrow(
      expect.objectContaining({ code: "NOT_CONNECTED" }),
    );
    await expect(connection.openComm("x")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    expect(connection.commIds()).toEqual([]);
    expect(connection.get_comm("c1")).toBeUndefined();
  });
});

describe("the undo of register_target", () => {
  it("takes the target back and leaves its open comms open", () => {
    const { server, undo, log, connection } = setUp();
    server.open("c1");
    undo();
    server.open("c2");
    server.send("msg", "c1");
    expect(log).toEqual(["open c1", "c1: {}"]);
    expect(connection.commIds()).toEqual(["c1"]);
  });
});

describe("Connection.openComm", () => {
  it("waits until the server has announced itself, then sends the open before all else", async () => {
    const { server, connection } = setUp();
    const opening = connection.openComm("theirs", {
      data: { a: 1 },
      buffers: [new Uint8Array(1)],
    });
    expect(await server.inputs()).toEqual([]);
    server.begin();
    const comm = await opening;
    comm.send({ n: 1 });
    comm.close({ bye: 1 });
    const { comm_id } = comm;
    const rest = { metadata: {}, buffers: [], header: {} };
    expect(await server.inputs()).toEqual([
      [
        "shiny_comm_open",
        { ...rest, content: { comm_id, target_name: "theirs", data: { a: 1 } }, buffers: ["AA=="] },
      ],
      ["shinywidgets_comm_send", { ...rest, content: { comm_id, data: { n: 1 } } }],
      ["shiny_comm_close", { ...rest, content: { comm_id, data: { bye: 1 } } }],
    ]);
  });

  it("gives a comm that the server's messages and close reach", async () => {
    const { server, connection, log } = setUp();
    server.begin();
    const comm = await connection.openComm("theirs");
    comm.on_msg(({ content }) => void log.push(JSON.stringify(content.data)));
    comm.on_close(() => void log.push("closed"));
    server.send("msg", comm.comm_id, { data: { n: 1 } });
    server.send("close", comm.comm_id);
    expect(log).toEqual(['{"n":1}', "closed"]);
    expect(comm.closed).toBe(true);
  });

  it.each([
    ["says nothing of itself", { announces: false }],
    ["says that it takes none", { opens: false }],
  ])("is refused, with what is missing, by a server that %s", async (_what, how) => {
    const { server, connection } = setUp();
    const opening = connection.openComm("theirs");
    server.begin(how);
    await expect(opening).rejects.toMatchObject({ code: "OPEN_NOT_SUPPORTED" });
    const refused = await connection.openComm("theirs").catch((error: unknown) => error);
    expect(refused).toMatchObject({ advice: expect.stringMatching(/shiny_comm\.use\(\).*R/) });
    expect(await server.inputs()).toEqual([]);
  });

  it("asks each session's server anew", async () => {
    const { server, connection } = setUp();
    server.begin({ announces: false });
    await expect(connection.openComm("theirs")).rejects.toThrow(
      expect.objectContaining({ code: "OPEN_NOT_SUPPORTED" }),
    );
    server.begin();
    const comm = await connection.openComm("theirs");
    expect(comm.closed).toBe(false);
    server.begin({ announces: false });
    expect(comm.closed).toBe(true);
    await expect(connection.openComm("theirs")).rejects.toThrow(
      expect.objectContaining({ code: "OPEN_NOT_SUPPORTED" }),
    );
  });

  it("waits for the next session's server, whatever the last one's took", async () => {
    const { server, connection } = setUp();
    server.begin({ announces: false });
    page().trigger("shiny:connected");
    const opening = connection.openComm("theirs");
    await settled();
    server.begin();
    expect((await opening).closed).toBe(false);
  });

  it("fails when the session is over, however long it has waited", async () => {
    const { server, connection } = setUp();
    const opening = connection.openComm("theirs");
    server.end();
    await expect(opening).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await expect(connection.openComm("theirs")).rejects.toMatchObject({ code: "NOT_CONNECTED" });
  });

  it("fails, and leaves nothing open, when the connection is closed while it waits", async () => {
    const { server, connection } = setUp();
    connect({ runtime: server.runtime });
    const opening = connection.openComm("theirs");
    connection.close();
    server.begin();
    await expect(opening).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    expect(connect({ runtime: server.runtime }).commIds()).toEqual([]);
  });

  it("fails when the message cannot be written", async () => {
    const { server, connection } = setUp();
    server.begin();
    const opening = connection.openComm("theirs", { data: { n: 1n } });
    await expect(opening).rejects.toMatchObject({ code: "ENCODE" });
  });
});

describe("a close from the browser", () => {
  it("of a comm that the server opened is told to a server that announced itself", async () => {
    const { server, comms } = setUp();
    server.begin();
    server.open("c1");
    comms[0]?.close();
    expect((await server.inputs()).map(([name]) => name)).toEqual(["shiny_comm_close"]);
  });

  it("is not told to the stock server", async () => {
    const { server, comms } = setUp();
    server.begin({ announces: false });
    server.open("c1");
    comms[0]?.close();
    expect(await server.inputs()).toEqual([]);
  });

  it("is not told when the server has closed the comm, nor when the session has ended", async () => {
    const { server } = setUp();
    server.begin();
    server.open("c1");
    server.open("c2");
    server.send("close", "c1");
    server.begin();
    expect(await server.inputs()).toEqual([]);
  });
});

describe("onError", () => {
  const log = vi.spyOn(console, "error");
  beforeEach(() => void log.mockReset().mockImplementation(() => undefined));
  const fail = () => {
    const { server } = setUp();
    server.open("c1", "unregistered");
    return vi.advanceTimersByTimeAsync(10_000);
  };

  it.each([undefined, true, false, Promise.resolve(true)])(
    "a listener gets each error once, and the console too, whatever the listener returns (%s)",
    async (returned) => {
      const codes: string[] = [];
      const undo = onError(({ error }) => {
        codes.push(codeOf(error));
        return returned as undefined;
      });
      await fail();
      expect(codes).toEqual(["UNKNOWN_TARGET"]);
      expect(log).toHaveBeenCalledOnce();
      undo();
      undo();
      await fail();
      expect(codes).toHaveLength(1);
    },
  );

  it("preventDefault keeps an error from the console, and other listeners still get it", async () => {
    const reports: [string, boolean][] = [];
    const observe = () =>
      onError(({ error, defaultPrevented }) => reports.push([codeOf(error), defaultPrevented]));
    const undos = [observe(), onError((report) => report.preventDefault()), observe()];
    await fail();
    expect(reports).toEqual([
      ["UNKNOWN_TARGET", false],
      ["UNKNOWN_TARGET", true],
    ]);
    expect(log).not.toHaveBeenCalled();
    for (const undo of undos) undo();
    await fail();
    expect(log).toHaveBeenCalledOnce();
  });

  it("an error that a listener throws goes to the console, and other listeners get the report", async () => {
    const codes: string[] = [];
    const undos = [
      onError(() => {
        throw new Error("bad listener");
      }),
      onError(({ error }) => codes.push(codeOf(error))),
    ];
    await fail();
    expect(codes).toEqual(["UNKNOWN_TARGET"]);
    expect(log.mock.calls.map(([, error]) => codeOf(error))).toEqual([
      "Error: bad listener",
      "UNKNOWN_TARGET",
    ]);
    for (const undo of undos) undo();
  });
});

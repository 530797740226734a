/** The connection of a page: creation, sharing between copies, messages and disposal. */
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

/** A runtime with message handlers, and functions that act for the server. */
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
    /** Starts a session; its server announces itself unless `announces` is false. */
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
    /** Returns the name and the decoded value of each input that was set. */
    async inputs() {
      await settled();
      return fake.setInputValue.mock.calls.flatMap(([name, text]) =>
        // Shiny reads the type after the colon.
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

const listenerCount = (of: FakePage): number =>
  [...of.listeners.values()].reduce((sum, { size }) => sum + size, 0);

describe("connect", () => {
  it("connect() passes the server's opens, messages and closes to the target with the name", () => {
    const { server, log, connection } = setUp();
    server.open("c1");
    server.send("msg", "c1", { data: { n: 1 } });
    expect(connection.commIds()).toEqual(["c1"]);
    expect(connection.get_comm("c1")?.target_name).toBe("my.target");
    server.send("close", "c1");
    expect(log).toEqual(["open c1", 'c1: {"n":1}', "close c1"]);
    expect(connection.commIds()).toEqual([]);
  });

  it("connect() sends the messages of comms", async () => {
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

  it("connect() shares the existing connection of a runtime or of the page", () => {
    const { server, log } = setUp();
    const other = connect({ runtime: server.runtime });
    other.register_target("other.target", (comm) => void log.push(`other ${comm.comm_id}`));
    server.open("c1");
    server.open("c2", "other.target");
    expect(log).toEqual(["open c1", "other c2"]);
    expect(other.commIds()).toEqual(["c1", "c2"]);
    vi.stubGlobal("Shiny", fakeServer().runtime);
    connect();
    const existing = sharedPage().connection;
    connect();
    expect(sharedPage().connection).toBe(existing);
  });

  it("connect() shares the page's connection when the page's runtime is passed", () => {
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    connect({ runtime: server.runtime }).register_target("my.target", () => undefined);
    expect(sharedPage().connection).toBeDefined();
    server.open("c1");
    expect(connect().commIds()).toEqual(["c1"]);
  });

  it.each(["load", "DOMContentLoaded"])(
    "connect() waits for Shiny, and registers handlers at the event %s",
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

  it("connect() works without a document when a runtime is passed", async () => {
    vi.stubGlobal("document", undefined);
    vi.stubGlobal("jQuery", undefined);
    const { server, comms } = setUp();
    server.open("c1");
    comms[0]?.send({ n: 1 });
    expect(await server.inputs()).toHaveLength(1);
  });

  it("connect() does nothing without a document and a runtime", () => {
    vi.stubGlobal("document", undefined);
    vi.stubGlobal("jQuery", undefined);
    const connection = connect();
    connection.register_target("my.target", () => undefined);
    expect(connection.commIds()).toEqual([]);
    connection.close();
  });

  it("connect() closes comms when the session ends, and opens the comms of the next session", () => {
    const { server, log } = setUp();
    server.open("c1");
    server.begin();
    expect(log).toEqual(["open c1", "close c1"]);
    server.open("c1");
    expect(log.at(-1)).toBe("open c1");
  });
});

describe("message ids", () => {
  it("message ids stay unique across comms, transports, connections and sessions", async () => {
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
    const [first, other, copyComm] = opened;
    for (const comm of [first, other, copyComm]) send(comm);
    const shared = sharedPage().connection;
    if (!shared) throw new Error("the page has no connection");
    const { sender, session } = shared;
    shared.setTransport(new PacedTransport({ sender, session, onError: () => undefined }));
    for (const comm of [first, other, copyComm]) send(comm);
    // A message that a close handler sends is dropped, but has an id.
    server.begin();
    server.open("c1");
    send(opened.at(-1));
    expect(ids).toHaveLength(24);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("copies of the package", () => {
  it("copies of the package share one connection and its targets", async () => {
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
    expect([...server.handlers.keys()]).toHaveLength(5);
  });

  it("copies of the package keep the connection when the copy that created it closes", async () => {
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

  it("copies of the package report the errors of another copy unchanged", async () => {
    const { server, connection } = setUp();
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const errors: Error[] = [];
    const undo = onError(({ error }) => errors.push(error));
    connection.register_target("failing", () => {
      throw new copy.CommError("DECODE", "from another copy", { comm_id: "c1" });
    });
    server.open("c1", "failing");
    expect(errors).toMatchObject([{ code: "DECODE", message: "from another copy" }]);
    undo();
  });

  it("copies of the package recognize the errors of another copy by class and by code", async () => {
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const error = new copy.CommError("MODULE_LOAD", "from another copy");
    expect(copy.CommError).not.toBe(CommError);
    expect(error).toBeInstanceOf(CommError);
    expect(isCommError(error)).toBe(true);
    expect(isCommError(error, "MODULE_LOAD")).toBe(true);
    expect(isCommError(error, "WIDGET")).toBe(false);
    const others = [new Error("x"), { name: "CommError" }, "CommError", null, undefined];
    expect(others.filter((other) => isCommError(other))).toEqual([]);
    expect(others.filter((other) => other instanceof CommError)).toEqual([]);
  });

  it("copies of the package share modules, error listeners and the pacing policy", async () => {
    vi.resetModules();
    const copy = await import("../../src/index.js");
    const errors: Error[] = [];
    copy.onError(({ error }) => void errors.push(error));
    copy.setPacing({ throttle: ["hover"] });
    const undo = copy.registerWidgetModule("my-module", "1.0.0", () => ({}));
    expect(sharedPage().modules.map(({ name }) => name)).toEqual(["my-module"]);
    expect(sharedPage().pacing).toEqual({ throttle: ["hover"] });
    const { server } = setUp();
    server.handlers.get("shinywidgets_comm_msg")?.("{");
    expect(errors).toMatchObject([{ code: "DECODE" }]);
    undo();
    expect(sharedPage().modules).toEqual([]);
  });

  it("copies of the package reject another version of the contract, and leave it unchanged", () => {
    const other = { version: 2, modules: [], errorListeners: new Set() };
    Object.assign(globalThis, { [PAGE_KEY]: other });
    expect(() => connect()).toThrow(/contract has version 2 \(expected 1\)/);
    expect(Reflect.get(globalThis, PAGE_KEY)).toBe(other);
  });
});

describe("a subclass of CommError", () => {
  it("a subclass of CommError recognizes only its instances", () => {
    class PackageError extends CommError {}
    const error = new PackageError("HANDLER", "of a package");
    expect(error).toBeInstanceOf(PackageError);
    expect(error).toBeInstanceOf(CommError);
    expect(new CommError("HANDLER", "other")).not.toBeInstanceOf(PackageError);
  });
});

describe("Connection.close", () => {
  it("close() removes the targets and closes their comms, once", async () => {
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

  it("close() keeps the comms of other connections open", () => {
    const { server, connection } = setUp();
    const other = connect({ runtime: server.runtime });
    other.register_target("other.target", () => undefined);
    server.open("c1", "other.target");
    connection.close();
    expect(other.commIds()).toEqual(["c1"]);
  });

  it("close() removes all listeners when the last user of the connection closes", () => {
    const { server, connection, log } = setUp();
    const other = connect({ runtime: server.runtime });
    connection.close();
    expect(listenerCount(page())).toBeGreaterThan(0);
    other.close();
    expect(listenerCount(page())).toBe(0);
    server.open("c1");
    expect(log).toEqual([]);
  });

  it("close() allows a new connection afterwards", () => {
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    connect().close();
    expect(sharedPage().connection).toBeUndefined();
    const opened: string[] = [];
    connect().register_target("my.target", (comm) => void opened.push(comm.comm_id));
    server.open("c1");
    expect(opened).toEqual(["c1"]);
  });

  it.each([true, false])(
    "a new connection in the same session knows whether the server supports opens (%s)",
    async (opens) => {
      const { server, connection } = setUp();
      server.begin({ opens });
      connection.close();
      const opening = connect({ runtime: server.runtime })
        .openComm("server.target")
        .then(({ closed }) => closed, codeOf);
      await settled();
      expect(await Promise.race([opening, "pending"])).toBe(opens ? false : "OPEN_NOT_SUPPORTED");
    },
  );

  it("close() cancels the registration with a Shiny that loads later", () => {
    connect().close();
    const server = fakeServer();
    vi.stubGlobal("Shiny", server.runtime);
    page().dispatch("DOMContentLoaded");
    expect(server.handlers.size).toBe(0);
  });

  it("close() removes a target that closes the connection while it gets a pending open", () => {
    const { server, log } = setUp();
    const other = connect({ runtime: server.runtime });
    server.open("c1", "late");
    other.register_target("late", ({ comm_id }) => {
      log.push(comm_id);
      other.close();
    });
    server.open("c2", "late");
    expect(log).toEqual(["c1"]);
  });

  it("close() sends the closes of its comms, also when its last user leaves", async () => {
    const { server, connection } = setUp();
    server.begin();
    server.open("c1");
    connection.close();
    expect((await server.inputs()).map(([name]) => name)).toEqual(["shiny_comm_close"]);
  });

  it("close() makes later calls throw or reject with NOT_CONNECTED", async () => {
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
  it("the undo of register_target removes the target and keeps its open comms", () => {
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
  it("openComm waits for the server's announcement, then sends the open first", async () => {
    const { server, connection } = setUp();
    const opening = connection.openComm("server.target", {
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
        {
          ...rest,
          content: { comm_id, target_name: "server.target", data: { a: 1 } },
          buffers: ["AA=="],
        },
      ],
      ["shinywidgets_comm_send", { ...rest, content: { comm_id, data: { n: 1 } } }],
      ["shiny_comm_close", { ...rest, content: { comm_id, data: { bye: 1 } } }],
    ]);
  });

  it("openComm resolves to a comm that receives the server's messages and close", async () => {
    const { server, connection, log } = setUp();
    server.begin();
    const comm = await connection.openComm("server.target");
    comm.on_msg(({ content }) => void log.push(JSON.stringify(content.data)));
    comm.on_close(() => void log.push("closed"));
    server.send("msg", comm.comm_id, { data: { n: 1 } });
    server.send("close", comm.comm_id);
    expect(log).toEqual(['{"n":1}', "closed"]);
    expect(comm.closed).toBe(true);
  });

  it.each([
    ["does not announce itself", { announces: false }],
    ["announces no support of opens", { opens: false }],
  ])("openComm rejects, with advice, on a server that %s", async (_what, how) => {
    const { server, connection } = setUp();
    const opening = connection.openComm("server.target");
    server.begin(how);
    await expect(opening).rejects.toMatchObject({ code: "OPEN_NOT_SUPPORTED" });
    const rejection = await connection.openComm("server.target").catch((error: unknown) => error);
    expect(rejection).toMatchObject({ advice: expect.stringMatching(/shiny_comm\.use\(\).*R/) });
    expect(await server.inputs()).toEqual([]);
  });

  it("openComm depends on the announcement of each session's server", async () => {
    const { server, connection } = setUp();
    server.begin({ announces: false });
    await expect(connection.openComm("server.target")).rejects.toThrow(
      expect.objectContaining({ code: "OPEN_NOT_SUPPORTED" }),
    );
    server.begin();
    const comm = await connection.openComm("server.target");
    expect(comm.closed).toBe(false);
    server.begin({ announces: false });
    expect(comm.closed).toBe(true);
    await expect(connection.openComm("server.target")).rejects.toThrow(
      expect.objectContaining({ code: "OPEN_NOT_SUPPORTED" }),
    );
  });

  it("openComm waits for the next session's announcement, without regard to the last one", async () => {
    const { server, connection } = setUp();
    server.begin({ announces: false });
    page().trigger("shiny:connected");
    const opening = connection.openComm("server.target");
    await settled();
    server.begin();
    expect((await opening).closed).toBe(false);
  });

  it("openComm rejects when the session ends, while waiting and afterwards", async () => {
    const { server, connection } = setUp();
    const opening = connection.openComm("server.target");
    server.end();
    await expect(opening).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    await expect(connection.openComm("server.target")).rejects.toMatchObject({
      code: "NOT_CONNECTED",
    });
  });

  it("openComm rejects, and leaves no comm open, when the connection closes first", async () => {
    const { server, connection } = setUp();
    connect({ runtime: server.runtime });
    const opening = connection.openComm("server.target");
    connection.close();
    server.begin();
    await expect(opening).rejects.toMatchObject({ code: "NOT_CONNECTED" });
    expect(connect({ runtime: server.runtime }).commIds()).toEqual([]);
  });

  it("openComm rejects when the message cannot be encoded", async () => {
    const { server, connection } = setUp();
    server.begin();
    const opening = connection.openComm("server.target", { data: { n: 1n } });
    await expect(opening).rejects.toMatchObject({ code: "ENCODE" });
  });
});

describe("a close by the browser", () => {
  it("a close by the browser reaches a server that announced itself, for a comm that the server opened", async () => {
    const { server, comms } = setUp();
    server.begin();
    server.open("c1");
    comms[0]?.close();
    expect((await server.inputs()).map(([name]) => name)).toEqual(["shiny_comm_close"]);
  });

  it("a close by the browser sends nothing to the stock server", async () => {
    const { server, comms } = setUp();
    server.begin({ announces: false });
    server.open("c1");
    comms[0]?.close();
    expect(await server.inputs()).toEqual([]);
  });

  it("a close by the browser sends nothing after the server's close or the end of the session", async () => {
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

/** Comms between the client and a server, connected by the in-memory Shiny alone. */
import { afterEach, expect, it } from "vitest";
import { decodeBatch } from "../../src/comm/frames.js";
import type { MessageKind } from "../../src/comm/messages.js";
import { pageConnection } from "../../src/connection/page-connection.js";
import { PAGE_KEY } from "../../src/connection/shared-page.js";
import { type Comm, type CommMsgMessage, connect, onError } from "../../src/index.js";
import { SocketInterceptor } from "../../src/shiny/socket-interceptor.js";
import { createShiny, ServerComm, type ServerOptions } from "../../src/testing/index.js";

let undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.reverse()) each();
  undo = [];
  Reflect.deleteProperty(globalThis, PAGE_KEY);
});

/** Connects as the script tag does, with intercepted frames. */
function connectAsScript(): void {
  undo.push(pageConnection((options) => new SocketInterceptor(options)).join());
}

/** A page whose client has comms and no widgets, with or without the script. */
async function setUp(options: ServerOptions = {}, { script = false } = {}) {
  const shiny = createShiny(options);
  undo.push(shiny.install());
  const errors: Error[] = [];
  undo.push(onError(({ error }) => void errors.push(error)));
  if (script) connectAsScript();
  const connection = connect({ runtime: shiny.runtime });
  undo.push(() => connection.close());
  const opened: Comm[] = [];
  const messages: CommMsgMessage[] = [];
  connection.register_target("chart", (comm) => {
    opened.push(comm);
    comm.on_msg((message) => void messages.push(message));
  });
  const session = await shiny.connect();
  const open = (comm_id = "c1") =>
    new ServerComm({
      comm_id,
      commManager: session.comms,
      target_name: "chart",
      data: { title: "Größe" },
      buffers: [Float64Array.of(1.5)],
    });
  return { shiny, session, connection, errors, opened, messages, open };
}

it.each([
  ["text", 0, { binaryFrames: false }, {}],
  ["binary frames", 1, { binaryFrames: true }, {}],
  ["binary frames off the socket", 2, { binaryFrames: true }, { script: true }],
  ["batches", 3, { binaryFrames: true, batches: true }, { script: true }],
  ["no batches", 1, { binaryFrames: true, batches: true }, {}],
  ["text without batches", 0, { batches: true }, { script: true }],
])("messages with buffers pass in both directions: %s", async (_how, version, options, page) => {
  const { shiny, session, errors, opened, messages, open } = await setUp(options, page);
  expect(session.frameVersion).toBe(version);
  const server = open();
  server.send({ n: 0.1 }, { k: "v" }, [Float64Array.of(2.5)]);
  await shiny.idle();
  expect(messages[0]).toMatchObject({ content: { data: { n: 0.1 } }, metadata: { k: "v" } });
  expect(messages[0]?.buffers[0]?.getFloat64(0, true)).toBe(2.5);
  opened[0]?.send({ zoom: 2 }, { metadata: { m: 1 }, buffers: [Float64Array.of(3.5)] });
  const message = await server.nextMessage();
  expect(message).toMatchObject({ content: { data: { zoom: 2 } }, metadata: { m: 1 } });
  expect(message.buffers[0]?.getFloat64(0, true)).toBe(3.5);
  expect(errors).toEqual([]);
});

it.each([2, 3])(
  "large buffers arrive in separate frames, in order and without a copy: version %i",
  async (version) => {
    const { shiny, session, errors, messages, open } = await setUp(
      { binaryFrames: true, batches: version === 3 },
      { script: true },
    );
    const server = open();
    const large = new Uint8Array(100_000).fill(7);
    for (const n of [1, 2, 3]) {
      server.send({ n }, {}, [large, Uint8Array.of(n), large.subarray(0, 50_000)]);
      server.send({ text: n });
    }
    large.fill(8);
    await shiny.idle();
    expect(errors).toEqual([]);
    expect(messages.map(({ content }) => content.data)).toEqual(
      [1, 2, 3].flatMap((n) => [{ n }, { text: n }]),
    );
    for (const [index, { buffers }] of messages.entries()) {
      const sizes = buffers.map(({ byteLength, buffer }) => [byteLength, buffer.byteLength]);
      expect(sizes).toEqual(index % 2 ? [] : [100_000, 1, 50_000].map((size) => [size, size]));
      if (index % 2 === 0)
        expect(buffers.map((view) => view.getUint8(0))).toEqual([7, index / 2 + 1, 7]);
    }
    expect(session.frameVersion).toBe(version);
  },
);

it("a batch has the opens of a flush, and another one successive messages of a kind", async () => {
  const { shiny, session, connection, errors, messages } = await setUp(
    { binaryFrames: true, batches: true },
    { script: true },
  );
  const frames: [string, string[]][] = [];
  const send = session.sendBinaryMessage.bind(session);
  session.sendBinaryMessage = (type, payload, detached) => {
    const kind = type.replace("shinywidgets_", "") as MessageKind;
    const ids = decodeBatch(kind, payload, detached).map(({ header }) => {
      const { content } = header as { content: { comm_id: string } };
      return content.comm_id;
    });
    frames.push([kind, ids]);
    send(type, payload, detached);
  };
  const comms = ["c1", "c2", "c3"].map(
    (comm_id) =>
      new ServerComm({
        comm_id,
        commManager: session.comms,
        target_name: "chart",
        data: { x: [1] },
      }),
  );
  for (const n of [1, 2]) for (const comm of comms) comm.send({ n });
  comms[0]?.close();
  comms[1]?.close();
  comms[2]?.send({ n: 3 });
  await shiny.idle();
  comms[2]?.send({ n: 4 });
  await shiny.idle();
  expect(frames).toEqual([
    ["comm_open", ["c1", "c2", "c3"]],
    ["comm_msg", ["c1", "c2", "c3", "c1", "c2", "c3"]],
    ["comm_close", ["c1", "c2"]],
    ["comm_msg", ["c3"]],
    ["comm_msg", ["c3"]],
  ]);
  expect(messages.map(({ content }) => [content.comm_id, content.data.n])).toEqual([
    ...[1, 2].flatMap((n) => ["c1", "c2", "c3"].map((comm_id) => [comm_id, n])),
    ["c3", 3],
    ["c3", 4],
  ]);
  expect(connection.commIds()).toEqual(["c3"]);
  expect(errors).toEqual([]);
});

it("the client's comm closes when the server closes its comm", async () => {
  const { shiny, session, connection, opened, open } = await setUp();
  const server = open();
  await shiny.idle();
  server.close();
  await shiny.idle();
  expect(opened[0]?.closed).toBe(true);
  expect([connection.commIds(), [...session.comms.comms.keys()]]).toEqual([[], []]);
});

it("a reconnect closes the comms of both sides", async () => {
  const { shiny, session, connection, opened, open, errors } = await setUp();
  open();
  await shiny.idle();
  shiny.disconnect();
  const next = await shiny.connect();
  expect(opened[0]?.closed).toBe(true);
  expect(connection.commIds()).toEqual([]);
  expect([session.comms.comms.size, next.comms.comms.size]).toEqual([0, 0]);
  expect(errors).toEqual([]);
});

it("the browser opens a comm on a server that supports it, and either side closes it", async () => {
  const { shiny, session, connection } = await setUp({ opens: true });
  const servers: ServerComm[] = [];
  const events: unknown[] = [];
  session.comms.register_target("table", (comm, { content, buffers }) => {
    servers.push(comm);
    events.push(content.data, buffers.length);
    comm.on_msg((message) => comm.send({ answer: message.content.data }));
    comm.on_close((message) => void events.push("closed", message.content.data));
  });
  const first = await connection.openComm("table", {
    data: { rows: 3 },
    buffers: [Uint8Array.of(1)],
  });
  const answers: unknown[] = [];
  first.on_msg(({ content }) => void answers.push(content.data));
  first.send({ row: 1 });
  await shiny.idle();
  first.close({ reason: "done" });
  await shiny.idle();
  expect(answers).toEqual([{ answer: { row: 1 } }]);
  expect(events).toEqual([{ rows: 3 }, 1, "closed", { reason: "done" }]);
  const second = await connection.openComm("table");
  await shiny.idle();
  servers[1]?.close();
  await shiny.idle();
  expect(second.closed).toBe(true);
  expect(session.comms.comms.size).toBe(0);
});

it.each([true, false])(
  "a client that starts during a session learns whether the server supports opens (%s)",
  async (opens) => {
    const shiny = createShiny({ opens });
    undo.push(shiny.install());
    const session = await shiny.connect();
    session.comms.register_target("table", () => undefined);
    const connection = connect();
    undo.push(() => connection.close());
    const opening = connection.openComm("table").then(
      ({ target_name }) => target_name,
      ({ code }) => code,
    );
    expect(await opening).toBe(opens ? "table" : "OPEN_NOT_SUPPORTED");
  },
);

it("openComm rejects with OPEN_NOT_SUPPORTED on a stock server", async () => {
  const { connection } = await setUp();
  await expect(connection.openComm("table")).rejects.toMatchObject({ code: "OPEN_NOT_SUPPORTED" });
});

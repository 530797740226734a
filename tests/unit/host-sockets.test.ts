/** Comms on the sockets of all hosts: order, buffers, batches, outages and sessions. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type HostPage, hostPage, waitFor } from "./host-page.js";
import { FakeWebSocket, type HostSocket, MessagePortSocket, SockJsSocket } from "./host-sockets.js";

vi.mock("../../src/shiny/native-socket.js", () => ({
  isNativeSocket: (socket: unknown) => socket instanceof FakeWebSocket,
}));

const SHAPES = [
  { shape: "a WebSocket", Socket: FakeWebSocket, version: 3, recommendsProbe: false },
  { shape: "a SockJS host", Socket: SockJsSocket, version: 0, recommendsProbe: false },
  { shape: "a MessagePort", Socket: MessagePortSocket, version: 3, recommendsProbe: true },
];

/** The frames that Shiny dispatched for comms. */
const forComms = ({ dispatched }: HostPage): unknown[] =>
  dispatched.filter((data) =>
    new TextDecoder()
      .decode(typeof data === "string" ? new TextEncoder().encode(data) : (data as ArrayBuffer))
      .includes("shinywidgets_comm_"),
  );

describe.each(SHAPES)("comms on $shape", ({ Socket, version, recommendsProbe }) => {
  let page: HostPage;
  const sockets: HostSocket[] = [];

  beforeEach(async () => {
    page = hostPage({
      recommendsProbe,
      createSocket() {
        const socket = new Socket();
        sockets.push(socket);
        return socket;
      },
    });
    await page.begun(version);
  });
  afterEach(() => {
    expect(page.errors).toEqual([]);
    for (const socket of sockets.splice(0)) {
      if (socket instanceof MessagePortSocket) socket.close();
    }
  });

  const numbers = () => page.messages.map(({ content }) => content.data.n);

  it("messages with and without buffers arrive in order, and do not pass Shiny's dispatch", async () => {
    const comms = [page.open("c1"), page.open("c2")];
    const sizes = [0, 3, 40_000, 0, 100];
    const all = Array.from({ length: 50 }, (_, n) => n);
    for (const n of all) {
      const size = sizes[n % sizes.length] ?? 0;
      comms[n % 2]?.send({ n }, {}, size ? [new Uint8Array(size).fill(n), Uint8Array.of(n)] : []);
      if (n % 10 === 9) await page.received(n);
    }
    await page.received(50);
    expect(numbers()).toEqual(all);
    for (const [n, { buffers }] of page.messages.entries()) {
      const size = sizes[n % sizes.length] ?? 0;
      expect(buffers.map(({ byteLength }) => byteLength)).toEqual(size ? [size, 1] : []);
      for (const view of buffers) {
        expect([view.byteOffset, view.buffer.byteLength]).toEqual([0, view.byteLength]);
        expect(new Uint8Array(view.buffer).every((byte) => byte === n)).toBe(true);
      }
    }
    expect(forComms(page)).toEqual([]);
  });

  it("a large buffer is not parsed as JSON", async () => {
    const comm = page.open("c1");
    const parse = vi.spyOn(JSON, "parse");
    comm.send({ n: 1 }, {}, [new Uint8Array(200_000).fill(7)]);
    await page.received(1);
    const lengths = parse.mock.calls.map(([text]) => text.length);
    parse.mockRestore();
    expect(page.messages[0]?.buffers[0]?.byteLength).toBe(200_000);
    expect(Math.max(...lengths)).toBeLessThan(1_000);
  });

  it("the opens and closes of a flush arrive", async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `c${n}`);
    const comms = ids.map((id) => page.open(id, { value: 1 }));
    await waitFor(() => expect(page.opened.map(({ comm_id }) => comm_id)).toEqual(ids));
    for (const comm of comms) comm.close();
    await waitFor(() => expect(page.closed).toEqual(ids));
    expect(forComms(page)).toEqual([]);
  });

  it("a listener of shiny:message gets each text, and the order stays", async () => {
    const seen: unknown[] = [];
    const listener = ({ message }: { message?: object }) => void seen.push(message);
    page.jQuery(document).on("shiny:message", listener);
    const comm = page.open("c1");
    for (const n of [1, 2, 3, 4]) comm.send({ n }, {}, n % 2 ? [] : [new Uint8Array(40_000)]);
    await page.received(4);
    page.jQuery(document).off("shiny:message", listener);
    comm.send({ n: 5 });
    await page.received(5);
    expect(numbers()).toEqual([1, 2, 3, 4, 5]);
    const texts = seen.filter((message) => JSON.stringify(message).includes("comm_msg"));
    // Batches and frames with buffers are bytes, for which Shiny triggers no event.
    expect(texts.length).toBe(version === 0 ? 4 : 0);
  });

  it("an outage that the host resumes is unnoticed, and nothing is lost", async () => {
    const comm = page.open("c1");
    comm.send({ n: 0 });
    await page.received(1);
    const { epoch } = page.connection.session;
    const before = page.events.length;
    page.socket.drop();
    expect([page.socket.readyState, page.connection.session.state]).toEqual([1, "open"]);
    for (const n of [1, 2, 3]) comm.send({ n }, {}, n === 2 ? [new Uint8Array(40_000)] : []);
    const up = [1, 2].map((n) => page.opened[0]?.send({ n }));
    page.socket.resume();
    await page.received(4);
    expect(numbers()).toEqual([0, 1, 2, 3]);
    expect([
      (await comm.nextMessage()).content.data,
      (await comm.nextMessage()).content.data,
    ]).toEqual([{ n: 1 }, { n: 2 }]);
    expect(up).toHaveLength(2);
    expect(page.connection.session.epoch).toBe(epoch);
    const others = page.events.slice(before).filter((type) => !/idle|busy|message/.test(type));
    expect(others).toEqual([]);
    expect(page.session.frameVersion).toBe(version);
  });

  it("a new session has its own comms and version, and no message of the one before", async () => {
    for (const id of ["c1", "c2"]) {
      const comm = page.open(id);
      comm.send({ n: 1 }, {}, [new Uint8Array(40_000)]);
      await page.received(id === "c1" ? 1 : 2);
      page.session.close();
      await waitFor(() => expect(page.app.$socket).toBeNull());
      page.events.length = 0;
      page.app.reconnect();
      await waitFor(() => expect(page.closed).toContain(id));
      await page.begun(version);
    }
    page.open("c3").send({ n: 3 });
    await page.received(3);
    expect(numbers()).toEqual([1, 1, 3]);
    expect(page.connection.commIds()).toEqual(["c3"]);
    expect(page.connection.session.epoch).toBe(3);
  });
});

/** The client's end of comms and the server's, with nothing between them but the in-memory Shiny. */
import { afterEach, expect, it, vi } from "vitest";
import {
  type CommMsgMessage,
  connectShiny,
  type ShinyComm,
  ShinyCommManager,
  ShinyTransport,
} from "../../src/index.js";
import { createShiny, ServerComm, type ServerOptions } from "../../src/testing/index.js";

let undo: (() => void)[] = [];
afterEach(() => {
  for (const each of undo.reverse()) each();
  undo = [];
});

/** A page whose client has comms and no widgets. */
async function setUp(options: ServerOptions = {}) {
  const shiny = createShiny(options);
  const onError = vi.fn();
  const runtime = () => shiny.runtime;
  undo.push(shiny.install());
  const transport = new ShinyTransport({ runtime, onError });
  const comms = new ShinyCommManager({ transport, onError });
  undo.push(transport.listen());
  const disconnect = connectShiny(shiny.runtime, {
    message: (kind, payload) => comms.receive(kind, payload),
    render: () => undefined,
    clear: () => undefined,
    sessionBegins: () => comms.close_all(),
  });
  undo.push(disconnect);
  const opened: ShinyComm[] = [];
  const messages: CommMsgMessage[] = [];
  comms.register_target("chart", (comm) => {
    opened.push(comm);
    comm.on_msg((message) => void messages.push(message));
  });
  const session = await shiny.connect();
  const open = (comm_id = "c1") =>
    new ServerComm({
      comm_id,
      comm_manager: session.comms,
      target_name: "chart",
      data: { title: "Größe" },
      buffers: [Float64Array.of(1.5)],
    });
  return { shiny, session, comms, onError, opened, messages, open };
}

it.each([false, true])("talk both ways, with buffers (binary frames: %s)", async (binaryFrames) => {
  const { shiny, session, onError, opened, messages, open } = await setUp({ binaryFrames });
  expect(session.sendsFrames).toBe(binaryFrames);
  const server = open();
  server.send({ n: 0.1 }, { k: "v" }, [Float64Array.of(2.5)]);
  await shiny.idle();
  expect(messages[0]).toMatchObject({ content: { data: { n: 0.1 } }, metadata: { k: "v" } });
  expect(messages[0]?.buffers[0]?.getFloat64(0, true)).toBe(2.5);
  opened[0]?.send({ zoom: 2 }, undefined, { m: 1 }, [Float64Array.of(3.5)]);
  const message = await server.nextMessage();
  expect(message).toMatchObject({ content: { data: { zoom: 2 } }, metadata: { m: 1 } });
  expect(message.buffers[0]?.getFloat64(0, true)).toBe(3.5);
  expect(onError).not.toHaveBeenCalled();
});

it("close together when the server closes", async () => {
  const { shiny, session, comms, opened, open } = await setUp();
  const server = open();
  await shiny.idle();
  server.close();
  await shiny.idle();
  expect(opened[0]?.closed).toBe(true);
  expect([comms.comm_ids(), [...session.comms.comms.keys()]]).toEqual([[], []]);
});

it("know nothing of one another after a reconnect", async () => {
  const { shiny, session, comms, opened, open, onError } = await setUp();
  open();
  await shiny.idle();
  shiny.disconnect();
  const next = await shiny.connect();
  expect(opened[0]?.closed).toBe(true);
  expect([comms.comm_ids(), session.comms.comms.size, next.comms.comms.size]).toEqual([[], 0, 0]);
  expect(onError).not.toHaveBeenCalled();
});

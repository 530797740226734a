/** A page that opens comms with its client, and the announcements of servers. */
import type { Page } from "playwright-core";

/** Lists the server's announcement and each `idle` that the page receives. */
export function listenToServer(page: Page): unknown[] {
  const said: unknown[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      if (typeof payload !== "string" || !payload.startsWith("{")) return;
      const message = JSON.parse(payload) as { busy?: string; custom?: Record<string, unknown> };
      if (message.busy === "idle") said.push("idle");
      if (message.custom?.shiny_comm_server) said.push(message.custom.shiny_comm_server);
    });
  });
  return said;
}

export interface Talk {
  readonly target_name: string;
  /** The first messages: data, and the bytes of one buffer. */
  readonly sends?: readonly (readonly [data: object, ...bytes: number[]])[];
  /** The number of messages and closes to wait for; then the page closes the comm. */
  readonly until: number;
}

/** @returns what came: of a message its data and buffers, of a close its data */
export function talk(
  page: Pick<Page, "evaluate">,
  talked: Talk,
): Promise<{ comm_id: string; came: unknown[] }> {
  // As text, since what compiles the tests would change the import.
  return page.evaluate(`(${TALK})(${JSON.stringify(talked)})`);
}

const TALK = `async ({ target_name, sends = [], until }) => {
  const script = document.querySelector("script[src*='shiny-comm.js']");
  const { connect } = await import(new URL("shiny-comm.module.js", script.src).href);
  const connection = connect();
  const comm = await connection.openComm(target_name, { data: { hello: target_name } });
  const came = [];
  await new Promise((resolve) => {
    const add = (...entry) => {
      if (came.push(entry) === until) resolve();
    };
    comm.on_msg(({ content, buffers }) => {
      add("msg", content.data, ...buffers.map((view) => [...new Uint8Array(view.buffer)]));
    });
    comm.on_close(({ content }) => add("close", content.data));
    for (const [data, ...bytes] of sends) {
      comm.send(data, { buffers: bytes.length > 0 ? [new Uint8Array(bytes)] : [] });
    }
  });
  connection.close();
  return { comm_id: comm.comm_id, came };
}`;

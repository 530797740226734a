/** A page that opens comms with nothing but Shiny's own calls: what servers answer, as it came over the websocket. */
import type { Page } from "playwright-core";

/** What the server said, one entry a message: `idle`, `server`, or a comm's kind with its id and data. */
export type Said = readonly [kind: string, ...of: unknown[]];

/** To be called while the page is still empty. */
export function listenToServer(page: Page): Said[] {
  const said: Said[] = [];
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => {
      if (typeof payload !== "string" || !payload.startsWith("{")) return;
      const { busy, custom } = JSON.parse(payload) as {
        busy?: string;
        custom?: Record<string, unknown>;
      };
      if (busy === "idle") said.push(["idle"]);
      for (const [name, message] of Object.entries(custom ?? {})) {
        if (name === "shiny_comm_server") said.push(["server", message]);
        const [, kind] = /^shinywidgets_comm_(msg|close)$/.exec(name) ?? [];
        if (!kind) continue;
        const { content } = JSON.parse(String(message)) as {
          content: { comm_id: string; data: unknown };
        };
        said.push([kind, content.comm_id, content.data]);
      }
    });
  });
  return said;
}

/** Sets inputs, each in a message of its own. */
export async function setTexts(
  page: Page,
  ...inputs: [name: string, content: Record<string, unknown>, ...buffers: string[]][]
): Promise<void> {
  for (const [name, content, ...buffers] of inputs) {
    const text = JSON.stringify({ content, metadata: {}, buffers, header: {} });
    await page.evaluate(
      ([input, value]) => {
        const { Shiny } = window as unknown as {
          Shiny: { setInputValue(name: string, value: string, options: object): void };
        };
        Shiny.setInputValue(input, value, { priority: "event" });
      },
      [name, text] as const,
    );
  }
}

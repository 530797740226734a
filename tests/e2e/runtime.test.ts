/** Where the Shiny runtime loses or repeats messages: each place, on the real runtime and a real server. */
import { join } from "node:path";
import { build } from "esbuild";
import type { Page } from "playwright-core";
import { beforeAll, expect, inject, test } from "vitest";
import type { encode as Encode } from "../../src/comm/codec.js";
import type { PacedTransport as Transport } from "../../src/connection/paced-transport.js";
import type { InputSender as Sender } from "../../src/shiny/input-sender.js";
import type { shinyRuntime as Runtime } from "../../src/shiny/runtime.js";
import type { ShinySession as Session } from "../../src/shiny/session.js";
import { expectText, openUrl, useBrowser } from "./page.js";

useBrowser();

/** The functions that the script below adds to the page. */
interface Wire {
  send(n: number): void;
  errors: string[];
}
type WirePage = Window & {
  wire: Wire;
  Shiny: {
    setInputValue(name: string, value: unknown, options?: object): void;
    shinyapp: { $socket: WebSocket; reconnect(): void };
  };
  jQuery: (target: unknown) => { on(name: string, handler: (event: never) => void): void };
};

/** A transport that sends numbers. */
let script: string;

beforeAll(async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { encode } from "./src/comm/codec.ts";
        import { InputSender } from "./src/shiny/input-sender.ts";
        import { shinyRuntime } from "./src/shiny/runtime.ts";
        import { ShinySession } from "./src/shiny/session.ts";
        import { PacedTransport } from "./src/connection/paced-transport.ts";
        (${installWire.toString()})({ encode, InputSender, shinyRuntime, ShinySession, PacedTransport });`,
      resolveDir: join(import.meta.dirname, "../.."),
    },
    bundle: true,
    write: false,
    format: "iife",
  });
  script = outputFiles[0]?.text ?? "";
});

interface Parts {
  readonly encode: typeof Encode;
  readonly InputSender: typeof Sender;
  readonly shinyRuntime: typeof Runtime;
  readonly ShinySession: typeof Session;
  readonly PacedTransport: typeof Transport;
}

function installWire(parts: Parts): void {
  const { encode, InputSender, shinyRuntime, ShinySession, PacedTransport } = parts;
  const errors: string[] = [];
  const onError = (error: Error): void => void errors.push(error.message);
  const session = new ShinySession({ runtime: shinyRuntime });
  const sender = new InputSender({ runtime: shinyRuntime, session, onError });
  const transport = new PacedTransport({ sender, session, onError });
  const start = (): void => session.start();
  if ((window as { jQuery?: unknown }).jQuery) start();
  else document.addEventListener("DOMContentLoaded", start);
  const send = (n: number): void => {
    const message = { comm_id: "wire", data: { n } };
    transport.send(message, encode(message), undefined);
  };
  (window as unknown as WirePage).wire = { send, errors };
}

async function openWire(name = "wire"): Promise<Page> {
  const { page } = await openUrl(`${inject("situationsUrl")}/?case=${name}`);
  await page.evaluate(script);
  return page;
}

const run = <A>(page: Page, body: (window: WirePage, argument: A) => void, argument?: A) =>
  page.evaluate(`(${body.toString()})(window, ${JSON.stringify(argument)})`);

/** Waits until the server has got these numbers, each once, in this order, and nothing else. */
async function expectReceived(page: Page, numbers: number[]): Promise<void> {
  await expectText(
    page,
    "#wire",
    JSON.stringify(numbers.map((n) => ({ n }))).replace(/([:,])/g, "$1 "),
  );
}

const errorsOf = (page: Page) => page.evaluate(() => (window as unknown as WirePage).wire.errors);

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

test("several messages in one tick all arrive, in order", async () => {
  const page = await openWire();
  await run(page, ({ wire }) => {
    for (let n = 0; n < 200; n += 1) wire.send(n);
  });
  await expectReceived(page, upTo(200));
  await page.close();
});

test("messages that an event of another message sends all arrive, in order", async () => {
  const page = await openWire();
  await run(page, ({ wire, jQuery }) => {
    jQuery(document).on(
      "shiny:inputchanged",
      ({ name, value }: { name: string; value: string }) => {
        if (name !== "shinywidgets_comm_send" || !value.includes('"n":0')) return;
        wire.send(1);
        wire.send(2);
      },
    );
    wire.send(0);
  });
  await expectReceived(page, [0, 1, 2]);
  await page.close();
});

/** Shiny evaluates conditions after each send, while it still takes itself to be sending. */
test.each([
  ["by Shiny's own call, of which this loses all but the last", false],
  ["by ours", true],
])("messages sent from inside a send of Shiny, %s", async (_by, ours) => {
  const page = await openWire();
  await run(
    page,
    ({ wire, jQuery, Shiny }, ours) => {
      jQuery(document.querySelector("[data-display-if]")).on("shown", () => {
        for (const n of [0, 1, 2]) {
          if (ours) wire.send(n);
          else {
            const text = JSON.stringify({ content: { comm_id: "wire", data: { n } } });
            Shiny.setInputValue("shinywidgets_comm_send", text, { priority: "event" });
          }
        }
      });
      Shiny.setInputValue("shown", 1, { priority: "event" });
    },
    ours,
  );
  if (!ours) {
    // Stuck until something else is sent.
    await run(page, ({ Shiny }) => Shiny.setInputValue("another", 1, { priority: "event" }));
  }
  await expectReceived(page, ours ? [0, 1, 2] : [2]);
  await page.close();
});

test("a submit button neither delays nor repeats messages", async () => {
  const page = await openWire("wire-submit");
  await run(page, ({ wire }) => {
    for (let n = 0; n < 20; n += 1) wire.send(n);
  });
  await expectReceived(page, upTo(20));
  await page.getByRole("button", { name: "Submit" }).click();
  await run(page, ({ wire }) => wire.send(20));
  await expectReceived(page, upTo(21));
  await page.close();
});

test("messages sent before the session is initialized arrive after init, in order", async () => {
  const { page } = await openUrl("about:blank", { session: false });
  await page.addInitScript(script);
  await page.addInitScript(() => {
    const { wire } = window as unknown as WirePage;
    document.addEventListener("DOMContentLoaded", () => {
      const { jQuery } = window as unknown as WirePage;
      wire.send(0);
      setTimeout(() => wire.send(1));
      jQuery(document).on("shiny:connected", () => wire.send(2));
      jQuery(document).on("shiny:sessioninitialized", () => wire.send(3));
    });
  });
  await page.goto(`${inject("situationsUrl")}/?case=wire`);
  await expectReceived(page, upTo(4));
  expect(await errorsOf(page)).toEqual([]);
  await page.close();
});

test("a new session receives no message of the old session, nor one sent in between", async () => {
  const page = await openWire();
  await run(page, ({ wire }) => wire.send(1));
  await expectReceived(page, [1]);
  for (const session of [1, 2]) {
    await run(page, ({ wire, Shiny, jQuery }) => {
      jQuery(document).on("shiny:disconnected", () => wire.send(-1));
      jQuery(document).on("shiny:connected", () => wire.send(100));
      Shiny.shinyapp.$socket.close();
      wire.send(-2);
    });
    await page.waitForFunction(
      () => (window as unknown as WirePage).Shiny.shinyapp.$socket === null,
    );
    await run(page, ({ wire, Shiny }) => {
      wire.send(-3);
      Shiny.shinyapp.reconnect();
      wire.send(-4);
    });
    await expectReceived(page, Array(session).fill(100));
  }
  const errors = await errorsOf(page);
  expect(errors).toHaveLength(2);
  expect(errors[0]).toMatch(/comm wire: no Shiny session/);
  await page.close();
});

test.each<[string, (window: WirePage) => void, string[]]>([
  [
    "a wrapper that forwards the call",
    ({ Shiny }) => {
      const set = Shiny.setInputValue;
      Shiny.setInputValue = (...all) => set.apply(Shiny, all);
    },
    [],
  ],
  [
    "a wrapper that delays the call",
    ({ Shiny }) => {
      const set = Shiny.setInputValue;
      Shiny.setInputValue = (...all) => void setTimeout(() => set.apply(Shiny, all), 20);
    },
    [],
  ],
  [
    "a wrapper that throws instead of calling",
    ({ Shiny }) => {
      let calls = 0;
      const set = Shiny.setInputValue;
      Shiny.setInputValue = (...all) => {
        calls += 1;
        if (calls === 2) throw new Error("an error of the wrapper");
        set.apply(Shiny, all);
      };
    },
    ["comm wire: Shiny failed to send: an error of the wrapper"],
  ],
  [
    "a wrapper that throws after the call",
    ({ Shiny }) => {
      let calls = 0;
      const set = Shiny.setInputValue;
      Shiny.setInputValue = (...all) => {
        calls += 1;
        set.apply(Shiny, all);
        if (calls === 2) throw new Error("an error of the wrapper");
      };
    },
    ["comm wire: Shiny failed to send: an error of the wrapper"],
  ],
])("no message is lost or repeated with %s of setInputValue", async (_how, wrap, errors) => {
  const page = await openWire();
  await run(page, wrap);
  await run(page, ({ wire }) => {
    for (let n = 0; n < 5; n += 1) wire.send(n);
  });
  await expectReceived(page, upTo(5));
  expect(await errorsOf(page)).toEqual(errors);
  await page.close();
});

test("a delayed call of setInputValue is not replayed to a new session", async () => {
  const page = await openWire();
  await run(page, ({ Shiny, wire }) => {
    const set = Shiny.setInputValue;
    Shiny.setInputValue = (...all) => void setTimeout(() => set.apply(Shiny, all), 20);
    wire.send(0);
  });
  await expectReceived(page, [0]);
  await run(page, ({ Shiny }) => Shiny.shinyapp.$socket.close());
  await page.waitForFunction(() => (window as unknown as WirePage).Shiny.shinyapp.$socket === null);
  await run(page, ({ Shiny, wire, jQuery }) => {
    jQuery(document).on("shiny:connected", () => wire.send(7));
    Shiny.shinyapp.reconnect();
  });
  await expectReceived(page, [7]);
  await page.close();
});

test("messages that arrive before the client's chunks wait for them", async () => {
  const { page } = await openUrl("about:blank", { session: false });
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(/\/chunks\/start-/, async (route) => {
    await held;
    await route.continue();
  });
  const idle = new Promise<void>((resolve) => {
    page.on("websocket", (socket) =>
      socket.on("framereceived", ({ payload }) => {
        if (String(payload).includes('"values"')) resolve();
      }),
    );
  });
  await page.goto(`${inject("situationsUrl")}/?case=slider`);
  await idle;
  expect(await page.locator("#slider .noUi-handle").count()).toBe(0);
  letGo();
  await page.locator("#slider .noUi-handle").waitFor();
  await page.close();
});

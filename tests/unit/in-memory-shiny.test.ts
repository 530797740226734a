import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ShinyEvent, shinyRuntime } from "../../src/shiny/runtime.js";
import type { FullRuntime } from "../../src/testing/in-memory-shiny.js";
import { createShiny, type InMemoryShiny, type ShinyOptions } from "../../src/testing/index.js";

type On = (target: unknown) => {
  on(type: string, handler: (event: never) => void): void;
  off(type: string, handler: (event: never) => void): void;
};

const page = () =>
  globalThis as unknown as { jQuery: On; document: { elements: Map<string, unknown> } };

let undo: (() => void)[] = [];
beforeEach(() => {
  undo = [];
});
afterEach(() => {
  for (const each of undo) each();
});

function setUp(options: ShinyOptions = {}): InMemoryShiny {
  const shiny = createShiny(options);
  undo.push(shiny.install());
  return shiny;
}

const appOf = (shiny: InMemoryShiny) => (shiny.runtime as FullRuntime).shinyapp;

function listen(type: string): ShinyEvent[] {
  const events: ShinyEvent[] = [];
  page()
    .jQuery(page().document)
    .on(type, (event: ShinyEvent) => void events.push(event));
  return events;
}

describe("install", () => {
  it("install() adds Shiny to the page, and its undo removes all globals", () => {
    const shiny = createShiny();
    const uninstall = shiny.install();
    expect(shinyRuntime()).toBe(shiny.runtime);
    uninstall();
    expect(["Shiny", "jQuery", "document"].filter((name) => name in globalThis)).toEqual([]);
  });

  it("install() keeps and uses an existing jQuery", async () => {
    const triggered: string[] = [];
    const jQuery = Object.assign(
      () => ({ trigger: ({ type }: { type: string }) => void triggered.push(type) }),
      { Event: (type: string) => ({ type, isDefaultPrevented: () => false }) },
    );
    vi.stubGlobal("jQuery", jQuery);
    await setUp().initialize();
    expect((globalThis as { jQuery?: unknown }).jQuery).toBe(jQuery);
    vi.unstubAllGlobals();
  });
});

describe("addCustomMessageHandler", () => {
  it.each([
    ["no parameter", () => undefined],
    ["two parameters", (_a: unknown, _b: unknown) => undefined],
    ["a rest parameter", (..._all: unknown[]) => undefined],
    ["a parameter with a default", (_a: unknown = 1) => undefined],
  ])("addCustomMessageHandler rejects a handler with %s", (_name, handler) => {
    expect(() => setUp().runtime.addCustomMessageHandler("m", handler)).toThrow(/one argument/);
  });

  it("addCustomMessageHandler rejects a handler that is not a function", () => {
    expect(() => setUp().runtime.addCustomMessageHandler("m", {} as never)).toThrow(
      "handler must be a function.",
    );
  });

  it("addCustomMessageHandler replaces the first handler of a name with the second", async () => {
    const shiny = setUp();
    const [first, second] = [vi.fn((_payload) => undefined), vi.fn((_payload) => undefined)];
    shiny.runtime.addCustomMessageHandler("m", first);
    shiny.runtime.addCustomMessageHandler("m", second);
    (await shiny.connect()).sendCustomMessage("m", 1);
    await shiny.idle();
    expect([first.mock.calls, second.mock.calls]).toEqual([[], [[1]]]);
  });
});

describe("messages from the server", () => {
  it("server messages without a handler are dropped", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    session.sendCustomMessage("late", 1);
    await shiny.idle();
    const late = vi.fn((_payload) => undefined);
    shiny.runtime.addCustomMessageHandler("late", late);
    session.sendCustomMessage("late", 2);
    await shiny.idle();
    expect(late.mock.calls).toEqual([[2]]);
  });

  it("server messages wait for the handlers of earlier messages", async () => {
    const shiny = setUp();
    const order: string[] = [];
    let release = (): void => undefined;
    shiny.runtime.addCustomMessageHandler("slow", async (_payload) => {
      order.push("slow begins");
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      order.push("slow ends");
    });
    shiny.runtime.addCustomMessageHandler("fast", (_payload) => void order.push("fast"));
    const session = await shiny.connect();
    session.sendCustomMessage("slow", 1);
    session.sendCustomMessage("fast", 1);
    await expect.poll(() => order.length).toBeGreaterThan(0);
    await Promise.resolve();
    expect(order).toEqual(["slow begins"]);
    release();
    await shiny.idle();
    expect(order).toEqual(["slow begins", "slow ends", "fast"]);
  });

  it("a handler that throws skips the other handlers of its frame, and the next frame is handled", async () => {
    const onError = vi.fn();
    const shiny = setUp({ onError });
    const other = vi.fn((_payload) => undefined);
    shiny.runtime.addCustomMessageHandler("bad", (_payload) => {
      throw new Error("a fault");
    });
    shiny.runtime.addCustomMessageHandler("other", other);
    const session = await shiny.connect();
    session.sendFrame({ custom: { bad: 1, other: 1 } });
    session.sendFrame({ custom: { other: 2 } });
    await shiny.idle();
    expect(other.mock.calls).toEqual([[2]]);
    expect(onError.mock.calls.map(([error]) => (error as Error).message)).toEqual(["a fault"]);
  });

  it("server messages arrive as an ArrayBuffer when binary, in order with texts", async () => {
    const shiny = setUp();
    const payloads: unknown[] = [];
    shiny.runtime.addCustomMessageHandler("m", (payload) => {
      payloads.push(payload instanceof ArrayBuffer ? [...new Uint8Array(payload)] : payload);
    });
    const session = await shiny.connect();
    session.sendCustomMessage("m", "text");
    session.sendBinaryMessage("m", Uint8Array.of(1, 2).buffer);
    session.sendCustomMessage("m", "text");
    await shiny.idle();
    expect(payloads).toEqual(["text", [1, 2], "text"]);
  });

  it("server messages appear in shiny:message, whose preventDefault keeps them from the handlers", async () => {
    const shiny = setUp();
    const handler = vi.fn((_payload) => undefined);
    shiny.runtime.addCustomMessageHandler("m", handler);
    const session = await shiny.connect();
    const seen: unknown[] = [];
    page()
      .jQuery(page().document)
      .on("shiny:message", ((event: {
        message: { custom?: { m?: unknown } };
        preventDefault(): void;
      }) => {
        seen.push(event.message);
        if (event.message.custom?.m === "no") event.preventDefault();
      }) as never);
    session.sendCustomMessage("m", "no");
    session.sendCustomMessage("m", "yes");
    await shiny.idle();
    expect(handler.mock.calls).toEqual([["yes"]]);
    expect(seen).toEqual([{ custom: { m: "no" } }, { custom: { m: "yes" } }]);
  });
});

describe("the session", () => {
  it("the runtime has setInputValue and shinyapp only after it starts", async () => {
    const shiny = setUp();
    const parts = () => {
      const { setInputValue, shinyapp, bindAll } = shiny.runtime;
      return [setInputValue, shinyapp, bindAll].filter((part) => part !== undefined).length;
    };
    expect(parts()).toBe(0);
    await shiny.initialize();
    expect(parts()).toBe(3);
  });

  it("the session starts with shiny:connected, the config, the server function and a flush", async () => {
    const order: string[] = [];
    const shiny = setUp({ onSession: (session) => void order.push(`server of ${session.id}`) });
    page()
      .jQuery(page().document)
      .on("shiny:connected", () => order.push("connected"));
    const frames = listen("shiny:message");
    const session = await shiny.connect();
    expect(order).toEqual(["connected", "server of session-1"]);
    expect(frames.map(({ message }) => Object.keys(message ?? {})[0])).toEqual([
      "config",
      "busy",
      "busy",
      "values",
    ]);
    expect(appOf(shiny)?.config?.sessionId).toBe(session.id);
    await shiny.runtime.initializedPromise;
  });

  it("the session triggers shiny:disconnected once at its end, and rejects later messages", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    const ended = vi.fn();
    session.onEnded(ended);
    const disconnected = listen("shiny:disconnected");
    shiny.disconnect();
    shiny.disconnect();
    expect(disconnected).toHaveLength(1);
    expect(ended).toHaveBeenCalledOnce();
    expect([session.ended, shiny.session, appOf(shiny)?.isConnected()]).toEqual([
      true,
      undefined,
      false,
    ]);
    expect(() => session.sendCustomMessage("m", 1)).toThrow("has ended");
    expect(() => session.output("plot", null)).toThrow("has ended");
  });

  it("the session starts again after a reconnect, with the inputs of the old session", async () => {
    const shiny = setUp();
    const first = await shiny.connect();
    shiny.runtime.setInputValue?.("kept", 1);
    shiny.runtime.setInputValue?.("deleted", 2);
    await shiny.idle();
    delete appOf(shiny)?.$inputValues.deleted;
    shiny.disconnect();
    const second = await shiny.connect();
    expect(second.id).not.toBe(first.id);
    expect([second.input("kept"), second.input("deleted")]).toEqual([1, undefined]);
  });

  it("the session receives the inputs that were set while the page was disconnected", async () => {
    const shiny = setUp();
    await shiny.connect();
    shiny.disconnect();
    shiny.runtime.setInputValue?.("late", 1, { priority: "event" });
    // Shiny sends the remembered inputs in any case; this one is in its queue only.
    delete appOf(shiny)?.$inputValues.late;
    const session = await shiny.connect();
    expect(session.input("late")).toBe(1);
  });

  it("the session rejects a second connect()", async () => {
    const shiny = setUp();
    await shiny.connect();
    await expect(shiny.connect()).rejects.toThrow("already connected");
  });

  it("the session sends busy, idle and the values for a message", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    const frames = listen("shiny:message");
    const inputs: unknown[] = [];
    session.onInput("n", (value) => void inputs.push(value, frames.length));
    shiny.runtime.setInputValue?.("n", 1, { priority: "event" });
    await shiny.idle();
    expect(frames.map(({ message }) => message?.busy ?? Object.keys(message ?? {})[0])).toEqual([
      "busy",
      "idle",
      "values",
    ]);
    expect(inputs[0]).toBe(1);
  });
});

describe("outputs of the session", () => {
  it("outputs arrive in one frame at the end of the task, each with its last content", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    const frames = listen("shiny:message");
    const widget = session.open({ a: 1 });
    session.output("a", null);
    session.outputError("b", "not yet");
    session.output("a", widget);
    session.output("b", { model_id: "m", fill: true });
    session.outputError("c", "broken");
    await shiny.idle();
    const flushes = frames.filter(({ message }) => message && "values" in message);
    expect(flushes.map(({ message }) => message)).toEqual([
      {
        values: { a: { model_id: widget.model_id, fill: false }, b: { model_id: "m", fill: true } },
        inputMessages: [],
        errors: { c: { message: "broken", call: null, type: null } },
      },
    ]);
  });

  it("the ids of widgets are unique across sessions", async () => {
    const shiny = setUp();
    const first = (await shiny.connect()).open({}).model_id;
    shiny.disconnect();
    const session = await shiny.connect();
    const ids = [first, session.open({}).model_id, session.open({}).model_id];
    expect(new Set(ids).size).toBe(3);
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  });
});

describe("inputs", () => {
  it("inputs wait for a submit button, one value per name, except names with a dot", async () => {
    const shiny = setUp();
    page().document.elements.set(".shiny-submit-button", {});
    const session = await shiny.connect();
    const sent: unknown[] = [];
    for (const name of ["n", ".n"]) session.onInput(name, (value) => void sent.push([name, value]));
    for (const value of [1, 2]) {
      shiny.runtime.setInputValue?.("n", value, { priority: "event" });
      shiny.runtime.setInputValue?.(".n", value, { priority: "event" });
    }
    await shiny.idle();
    expect(sent).toEqual([
      [".n", 1],
      [".n", 2],
    ]);
    shiny.submit();
    await shiny.idle();
    expect(sent.slice(2)).toEqual([["n", 2]]);
  });

  it("equal values of an input are sent again only as events or after forgetLastInputValue", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    const sent: unknown[] = [];
    session.onInput("n", (value) => void sent.push(value));
    const set = async (options?: { priority: "event" }) => {
      shiny.runtime.setInputValue?.("n", 1, options);
      await shiny.idle();
      return sent.length;
    };
    expect([await set(), await set(), await set({ priority: "event" })]).toEqual([1, 1, 2]);
    shiny.runtime.forgetLastInputValue?.("n");
    expect(await set()).toBe(3);
  });

  it("an input keeps only the last value that is set during a send", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    const sent: unknown[] = [];
    session.onInput("n", (value) => void sent.push(value));
    const app = appOf(shiny);
    const set = (value: number) => shiny.runtime.setInputValue?.("n", value, { priority: "event" });
    const sendInput = app?.sendInput.bind(app);
    if (!app || !sendInput) throw new Error("not initialised");
    app.sendInput = (values) => {
      app.sendInput = sendInput;
      set(2);
      set(3);
      sendInput(values);
    };
    set(1);
    await shiny.idle();
    expect(sent).toEqual([1]);
    set(4);
    await shiny.idle();
    expect(sent).toEqual([1, 4]);
  });

  it("inputs pass through listeners of shiny:inputchanged, which change or prevent them", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    page()
      .jQuery(page().document)
      .on("shiny:inputchanged", ((event: { value: number; preventDefault(): void }) => {
        event.value += 10;
        if (event.value === 12) event.preventDefault();
      }) as never);
    const sent: unknown[] = [];
    session.onInput("n", (value) => void sent.push(value));
    for (const value of [1, 2, 3]) shiny.runtime.setInputValue?.("n", value, { priority: "event" });
    await shiny.idle();
    expect(sent).toEqual([11, 13]);
  });

  it("setInputValue rejects an empty name and an unknown priority", async () => {
    const shiny = setUp();
    await shiny.initialize();
    expect(() => shiny.runtime.setInputValue?.("", 1)).toThrow("empty name");
    expect(() => shiny.runtime.setInputValue?.("n", 1, { priority: "soon" as never })).toThrow(
      "Unexpected input value mode",
    );
  });

  it("nextInput resolves with an input, and rejects at its timeout and at the end of the session", async () => {
    const shiny = setUp();
    const session = await shiny.connect();
    const next = session.nextInput("n");
    shiny.runtime.setInputValue?.("n", 5);
    expect(await next).toBe(5);
    await expect(session.nextInput("n", { timeoutMs: 1 })).rejects.toThrow("the input n");
    const pending = session.nextInput("n");
    shiny.disconnect();
    await expect(pending).rejects.toThrow("has ended");
  });
});

describe("idle", () => {
  it("idle() waits for work on both sides, also with fake timers", async () => {
    vi.useFakeTimers();
    undo.push(() => vi.useRealTimers());
    const shiny = setUp();
    const session = await shiny.connect();
    session.onInput("n", async () => {
      await Promise.resolve();
      session.sendCustomMessage("answer", 1);
    });
    const answered = vi.fn();
    shiny.runtime.addCustomMessageHandler("answer", async (payload) => {
      await Promise.resolve();
      answered(payload);
    });
    shiny.runtime.setInputValue?.("n", 1);
    await shiny.idle();
    expect(answered).toHaveBeenCalledExactlyOnceWith(1);
  });

  it("idle() rejects once with the errors of a handler and a callback", async () => {
    const shiny = setUp();
    shiny.runtime.addCustomMessageHandler("m", (_payload) => {
      throw new Error("in the browser");
    });
    const session = await shiny.connect();
    session.onInput("n", () => {
      throw new Error("on the server");
    });
    session.sendCustomMessage("m", 1);
    shiny.runtime.setInputValue?.("n", 1);
    const error = await shiny.idle().catch((thrown: unknown) => thrown);
    expect((error as AggregateError).errors.map(({ message }) => message).sort()).toEqual([
      "in the browser",
      "on the server",
    ]);
    await shiny.idle();
  });
});

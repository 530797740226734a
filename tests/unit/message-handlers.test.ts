import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { encodeFrame } from "../../src/comm/frames.js";
import { HANDLERS, type MessageKind, SERVER_HANDLER } from "../../src/comm/messages.js";
import { connectShiny, type ShinySink } from "../../src/shiny/message-handlers.js";
import { BINDING_NAME } from "../../src/shiny/output-binding.js";
import type {
  ShinyErrorValue,
  ShinyOutputBinding,
  ShinyRuntime,
  ShinySocket,
} from "../../src/shiny/runtime.js";
import type { FullRuntime } from "../../src/testing/in-memory-shiny.js";
import { createShiny } from "../../src/testing/index.js";

type Handler = (payload: unknown) => void;

/** The in-memory runtime, with what was registered laid open. */
class FakeShiny implements ShinyRuntime {
  readonly handlers = new Map<string, Handler>();
  readonly bindings: { binding: ShinyOutputBinding; name: string; priority: number }[] = [];
  readonly shownErrors: unknown[] = [];
  readonly OutputBinding: new () => ShinyOutputBinding;
  readonly outputBindings: FullRuntime["outputBindings"];
  readonly #runtime = createShiny().runtime as FullRuntime;

  constructor() {
    const { bindings, shownErrors } = this;
    this.OutputBinding = class extends this.#runtime.OutputBinding {
      // The in-memory one writes into the element; here there is none.
      override renderError(_el: HTMLElement, error: ShinyErrorValue): void {
        shownErrors.push(error);
      }
    };
    this.outputBindings = this.#runtime.outputBindings;
    const { register } = this.outputBindings;
    this.outputBindings.register = function (binding, name, priority = 0) {
      bindings.push({ binding, name, priority });
      register.call(this, binding, name, priority);
    };
  }

  addCustomMessageHandler(type: string, handler: Handler): void {
    this.#runtime.addCustomMessageHandler(type, handler);
    this.handlers.set(type, handler);
  }

  deliver(type: string, payload: unknown): unknown {
    return this.handlers.get(type)?.(payload);
  }
}

const KINDS = Object.keys(HANDLERS) as MessageKind[];

function setUp(before: (shiny: FakeShiny) => void = () => undefined) {
  const shiny = new FakeShiny();
  before(shiny);
  const sink = {
    message: vi.fn<ShinySink["message"]>(),
    render: vi.fn<ShinySink["render"]>(),
    clear: vi.fn<ShinySink["clear"]>(),
    sessionBegins: vi.fn<ShinySink["sessionBegins"]>(),
  };
  const onRival = vi.fn();
  const undo = connectShiny(shiny, sink, onRival);
  return { shiny, sink, onRival, undo };
}

/** What the stock client does when its script runs. */
function stockClient(shiny: ShinyRuntime) {
  const calls: unknown[] = [];
  for (const type of Object.values(HANDLERS)) {
    shiny.addCustomMessageHandler(type, (payload) => void calls.push(payload));
  }
  shiny.outputBindings.register(new shiny.OutputBinding(), BINDING_NAME);
  return calls;
}

const element = (): HTMLElement => ({ style: {} }) as HTMLElement;

describe("connectShiny", () => {
  it("registers exactly its four handlers, each with exactly one declared parameter", () => {
    const { shiny } = setUp();
    expect([...shiny.handlers.keys()].sort()).toEqual(
      [SERVER_HANDLER, ...Object.values(HANDLERS)].sort(),
    );
    expect([...shiny.handlers.values()].map((handler) => handler.length)).toEqual([1, 1, 1, 1]);
  });

  it.each(KINDS)(
    "hands the payload of a %s to the sink, and returns nothing to wait for",
    (kind) => {
      const { shiny, sink } = setUp();
      sink.message.mockReturnValue(Promise.resolve() as never);
      expect(shiny.deliver(HANDLERS[kind], "payload")).toBeUndefined();
      expect(sink.message).toHaveBeenCalledExactlyOnceWith(kind, "payload");
    },
  );

  it("registers one output binding, above the stock client's", () => {
    const { shiny } = setUp();
    expect(shiny.bindings.map(({ name, priority }) => [name, priority > 0])).toEqual([
      [BINDING_NAME, true],
    ]);
  });

  it("hears of no rival when there is none", () => {
    const { shiny, onRival } = setUp();
    shiny.addCustomMessageHandler("another", (_payload) => undefined);
    shiny.outputBindings.register(new shiny.OutputBinding(), "another.binding", 3);
    expect(onRival).not.toHaveBeenCalled();
  });

  it("lets other handlers and bindings be registered", () => {
    const { shiny } = setUp();
    const other = vi.fn((_payload: unknown) => undefined);
    shiny.addCustomMessageHandler("another", other);
    shiny.outputBindings.register(new shiny.OutputBinding(), "another.binding", 3);
    shiny.deliver("another", 1);
    expect(other).toHaveBeenCalledExactlyOnceWith(1);
    expect(shiny.bindings.at(-1)).toMatchObject({ name: "another.binding", priority: 3 });
  });

  it("lets Shiny's own refusal of another's handler through", () => {
    const { shiny } = setUp();
    expect(() => shiny.addCustomMessageHandler("another", () => undefined)).toThrow(/one argument/);
  });
});

describe("a rival on the page", () => {
  it("that came before loses its handlers to ours, and is heard of once", () => {
    let rivals: unknown[] = [];
    const { shiny, sink, onRival } = setUp((runtime) => {
      rivals = stockClient(runtime);
    });
    shiny.deliver(HANDLERS.comm_msg, "payload");
    expect(rivals).toEqual([]);
    expect(sink.message).toHaveBeenCalledExactlyOnceWith("comm_msg", "payload");
    expect(onRival).toHaveBeenCalledOnce();
  });

  it("that comes after cannot replace our handlers, and is heard of once", () => {
    const { shiny, sink, onRival } = setUp();
    const rivals = stockClient(shiny);
    for (const kind of KINDS) shiny.deliver(HANDLERS[kind], kind);
    expect(rivals).toEqual([]);
    expect(sink.message.mock.calls.map(([kind]) => kind)).toEqual(KINDS);
    expect(onRival).toHaveBeenCalledOnce();
  });

  it("that comes before and again after is heard of once", () => {
    const { shiny, onRival } = setUp((runtime) => void stockClient(runtime));
    stockClient(shiny);
    expect(onRival).toHaveBeenCalledOnce();
  });

  it("that comes after does not get its binding registered", () => {
    const { shiny } = setUp();
    stockClient(shiny);
    expect(shiny.bindings).toHaveLength(1);
  });

  it("is warned of in the console by default", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const shiny = new FakeShiny();
    connectShiny(shiny, {
      message: vi.fn(),
      render: vi.fn(),
      clear: vi.fn(),
      sessionBegins: vi.fn(),
    });
    stockClient(shiny);
    expect(warn).toHaveBeenCalledOnce();
    expect(String(warn.mock.calls[0]?.[0])).toContain("ipywidget-output-binding");
    warn.mockRestore();
  });
});

describe("the undo of connectShiny", () => {
  it("leaves our handlers without effect", () => {
    const { shiny, sink, undo } = setUp();
    undo();
    for (const kind of KINDS) shiny.deliver(HANDLERS[kind], "payload");
    expect(sink.message).not.toHaveBeenCalled();
  });

  it("leaves our binding without effect", () => {
    const { shiny, sink, undo } = setUp();
    undo();
    shiny.bindings[0]?.binding.renderValue(element(), {});
    shiny.bindings[0]?.binding.renderError(element(), { message: "x" });
    expect(sink.render).not.toHaveBeenCalled();
    expect(sink.clear).not.toHaveBeenCalled();
  });

  it("puts Shiny's own functions back", () => {
    const shiny = new FakeShiny();
    const add = shiny.addCustomMessageHandler;
    const { register } = shiny.outputBindings;
    connectShiny(shiny, {
      message: vi.fn(),
      render: vi.fn(),
      clear: vi.fn(),
      sessionBegins: vi.fn(),
    })();
    expect(shiny.addCustomMessageHandler).toBe(add);
    expect(shiny.outputBindings.register).toBe(register);
  });

  it("lets another client take its place, unwarned", () => {
    const { shiny, onRival, undo } = setUp();
    undo();
    const calls = stockClient(shiny);
    shiny.deliver(HANDLERS.comm_open, "payload");
    expect(calls).toEqual(["payload"]);
    expect(onRival).not.toHaveBeenCalled();
  });

  it("leaves alone what others have wrapped around our functions, and lets all pass through them", () => {
    const { shiny, undo } = setUp();
    const ours = shiny.addCustomMessageHandler;
    const wrapped: typeof ours = (type, handler) => ours.call(shiny, type, handler);
    shiny.addCustomMessageHandler = wrapped;
    undo();
    expect(shiny.addCustomMessageHandler).toBe(wrapped);
    const calls = stockClient(shiny);
    shiny.deliver(HANDLERS.comm_open, "payload");
    expect(calls).toEqual(["payload"]);
  });
});

describe("the output binding", () => {
  function binding() {
    const { shiny, sink } = setUp();
    const own = shiny.bindings[0]?.binding;
    if (!own) throw new Error("no binding was registered");
    return { shiny, sink, own };
  }

  it("hands a value on, and gives Shiny nothing to wait for", () => {
    const { sink, own } = binding();
    sink.render.mockReturnValue(Promise.resolve() as never);
    const el = element();
    expect(own.renderValue(el, { model_id: "m" })).toBeUndefined();
    expect(sink.render).toHaveBeenCalledExactlyOnceWith(el, { model_id: "m" });
  });

  it("clears the output before Shiny shows an error in it", () => {
    const { shiny, sink, own } = binding();
    const el = element();
    sink.clear.mockImplementation(() => expect(shiny.shownErrors).toEqual([]));
    own.renderError(el, { message: "broken" });
    expect(sink.clear).toHaveBeenCalledExactlyOnceWith(el);
    expect(shiny.shownErrors).toEqual([{ message: "broken" }]);
  });

  it("makes a hidden output visible for an error", () => {
    const el = element();
    el.style.visibility = "hidden";
    binding().own.renderError(el, { message: "broken" });
    expect(el.style.visibility).toBe("inherit");
  });

  describe("on a page", () => {
    const listeners: { event: string; handler: (event: object) => void }[] = [];
    const trigger = (name: string, event = {}): void => {
      for (const { event: on, handler } of [...listeners]) if (on === name) handler(event);
    };

    beforeEach(() => {
      listeners.length = 0;
      vi.stubGlobal("jQuery", (scope: unknown) => ({
        find: (selector: string) => [scope, selector],
        on: (event: string, handler: () => void) => listeners.push({ event, handler }),
        off: (event: string, handler: () => void) =>
          listeners.splice(
            listeners.findIndex((each) => each.event === event && each.handler === handler),
            1,
          ),
      }));
      vi.stubGlobal("document", { body: { name: "body" } });
    });
    afterEach(() => {
      vi.unstubAllGlobals();
    });

    it("says that a session begins when the socket opens and when the first frame comes", () => {
      const { sink } = setUp();
      trigger("shiny:connected");
      expect(sink.sessionBegins).toHaveBeenCalledTimes(1);
      trigger("shiny:message", { message: { values: {} } });
      expect(sink.sessionBegins).toHaveBeenCalledTimes(1);
      trigger("shiny:message", { message: { config: { sessionId: "1" } } });
      expect(sink.sessionBegins).toHaveBeenCalledTimes(2);
    });

    it("says nothing of sessions after the undo", () => {
      const { sink, undo } = setUp();
      undo();
      trigger("shiny:connected");
      expect(sink.sessionBegins).not.toHaveBeenCalled();
      expect(listeners).toEqual([]);
    });

    it.each([
      ["its announcement", "first", [{ version: 1, opens: true }]],
      ["nothing, when it has been idle without one", "never", [undefined]],
      [
        "its announcement alone, when that comes after the first idle",
        "late",
        [undefined, { version: 1, opens: true }],
      ],
    ])("tells of each session's server: %s", (_what, when, told) => {
      const server = vi.fn();
      const shiny = new FakeShiny();
      connectShiny(shiny, {
        message: vi.fn(),
        render: vi.fn(),
        clear: vi.fn(),
        sessionBegins: vi.fn(),
        server,
      });
      const announce = () => shiny.deliver(SERVER_HANDLER, { version: 1, opens: true });
      for (const _session of [1, 2]) {
        server.mockClear();
        trigger("shiny:connected");
        trigger("shiny:message", { message: { config: { sessionId: "1" } } });
        if (when === "first") announce();
        trigger("shiny:message", { message: { busy: "busy" } });
        expect(server).toHaveBeenCalledTimes(when === "first" ? 1 : 0);
        trigger("shiny:message", { message: { busy: "idle" } });
        trigger("shiny:message", { message: { busy: "idle" } });
        if (when === "late") announce();
        expect(server.mock.calls.map(([announcement]) => announcement)).toEqual(told);
      }
    });

    it("tells that the session ends", () => {
      const sessionEnds = vi.fn();
      const undo = connectShiny(new FakeShiny(), {
        message: vi.fn(),
        render: vi.fn(),
        clear: vi.fn(),
        sessionBegins: vi.fn(),
        sessionEnds,
      });
      trigger("shiny:disconnected");
      undo();
      trigger("shiny:disconnected");
      expect(sessionEnds).toHaveBeenCalledOnce();
    });

    it("finds the outputs of shinywidgets", () => {
      expect(binding().own.find("scope")).toEqual(["scope", ".shiny-ipywidget-output"]);
    });

    const INPUT = ".shiny_comm_frames:shiny.password";
    const socket = (): ShinySocket => ({ binaryType: "arraybuffer", onmessage: vi.fn() });

    it.each([
      ["2", socket(), { [INPUT]: 2 }],
      [
        "1, where they cannot be taken from the socket",
        { binaryType: "arraybuffer" },
        { [INPUT]: 1 },
      ],
      ["0, where the socket takes texts alone", { onmessage: vi.fn() }, { [INPUT]: 0 }],
    ])(
      "tells each session, in its initial inputs, which binary frames may come: %s",
      (_what, $socket, told) => {
        const shinyapp = { sendInput: () => undefined, $socket, $initialInput: {} };
        const { undo } = setUp((shiny: ShinyRuntime) => void Object.assign(shiny, { shinyapp }));
        for (const _session of [1, 2]) {
          // A session that is resumed has the inputs of the one before.
          shinyapp.$initialInput = { other: 1, [INPUT]: 2 };
          trigger("shiny:connected");
          expect(shinyapp.$initialInput).toEqual({ other: 1, ...told });
        }
        undo();
        expect(listeners).toHaveLength(0);
      },
    );

    it("tells a session that is open already by an input", () => {
      const setInputValue = vi.fn();
      const shinyapp = { sendInput: () => undefined, $socket: { readyState: 1, ...socket() } };
      setUp((shiny: ShinyRuntime) => void Object.assign(shiny, { shinyapp, setInputValue }));
      expect(setInputValue).toHaveBeenCalledExactlyOnceWith(INPUT, 2);
    });

    it("takes binary frames from each session's socket, in turn with Shiny's own tasks", () => {
      const tasks: (() => unknown)[] = [];
      const shinyapp = {
        sendInput: () => undefined,
        taskQueue: { enqueue: (task: () => unknown) => tasks.push(task) },
        $socket: socket(),
      };
      const { sink } = setUp((shiny: ShinyRuntime) => void Object.assign(shiny, { shinyapp }));
      // That of the outputs.
      tasks.length = 0;
      const type = "shinywidgets_comm_msg";
      const frame = encodeFrame("comm_msg", {}, [new Uint8Array(8)], { detachFromBytes: 8 });
      const data = Uint8Array.of(
        type.length,
        ...Buffer.from(type),
        ...new Uint8Array(frame),
      ).buffer;
      const send = (data: ArrayBuffer) => shinyapp.$socket.onmessage?.({ data } as MessageEvent);
      for (const _session of [1, 2]) {
        // What the session before has not finished is not of this one.
        shinyapp.$socket = socket();
        trigger("shiny:connected");
        send(data);
        send(new ArrayBuffer(8));
        send(data);
        trigger("shiny:disconnected");
        send(new ArrayBuffer(8));
      }
      expect(sink.message).not.toHaveBeenCalled();
      expect(tasks).toHaveLength(2);
      for (const task of tasks) expect(task()).toBeUndefined();
      expect(vi.mocked(sink.message).mock.calls.map(([kind, payload]) => [kind, payload])).toEqual(
        [1, 2].map(() => [
          "comm_msg",
          { frame: new Uint8Array(frame), detachedBuffers: [new ArrayBuffer(8)] },
        ]),
      );
    });

    it("takes no binary frame after the undo", () => {
      const shinyapp = { sendInput: () => undefined, $socket: { readyState: 1, ...socket() } };
      const { sink, undo } = setUp(
        (shiny: ShinyRuntime) => void Object.assign(shiny, { shinyapp }),
      );
      const type = "shinywidgets_comm_msg";
      const data = Uint8Array.of(type.length, ...Buffer.from(type), 1).buffer;
      shinyapp.$socket.onmessage?.({ data } as MessageEvent);
      undo();
      shinyapp.$socket.onmessage?.({ data } as MessageEvent);
      expect(sink.message).toHaveBeenCalledOnce();
    });

    it("has outputs bound that are there already, in turn with Shiny's own tasks", () => {
      const tasks: (() => unknown)[] = [];
      const bindAll = vi.fn();
      setUp((shiny: ShinyRuntime) => {
        shiny.bindAll = bindAll;
        shiny.shinyapp = {
          sendInput: () => undefined,
          taskQueue: { enqueue: (task) => tasks.push(task) },
        };
      });
      expect(bindAll).not.toHaveBeenCalled();
      for (const task of tasks) task();
      expect(bindAll).toHaveBeenCalledExactlyOnceWith({ name: "body" });
    });
  });
});

/** Probes of a Shiny runtime in a page, real or in memory: each answer is plain data. */

/** The parts of a page that probes use. */
interface Probed {
  Shiny: ProbedShiny;
  jQuery: (target: unknown) => {
    on(type: string, handler: (event: ProbedEvent) => void): void;
    off(type: string): void;
    find(selector: string): unknown;
  };
}

interface ProbedEvent {
  type: string;
  preventDefault(): void;
  [property: string]: unknown;
}

interface Socket {
  readyState: number;
  onmessage(event: { data: string | ArrayBuffer }): void;
  onclose(event: { code: number }): void;
  send(text: string): void;
}

interface ProbedShiny {
  addCustomMessageHandler(type: string, handler: unknown): void;
  setInputValue(name: string, value: unknown, options?: object): void;
  forgetLastInputValue(name: string): void;
  bindAll(scope: HTMLElement): Promise<void>;
  unbindAll(scope: HTMLElement): void;
  OutputBinding: new () => object;
  outputBindings: { register(binding: object, name: string, priority?: number): void };
  renderDependenciesAsync(dependencies: unknown[]): Promise<void>;
  shinyapp: {
    $socket: Socket | null;
    $inputValues: Record<string, unknown>;
    isConnected(): boolean;
    reconnect(): void;
    taskQueue: { enqueue(task: () => unknown): void };
  };
}

/** Runs in the page. Self-contained, because the function is passed as text. */
export async function probe(): Promise<Record<string, unknown>> {
  const { Shiny, jQuery } = globalThis as unknown as Probed;
  const app = Shiny.shinyapp;
  const answers: Record<string, unknown> = {};
  // Several timers, each set by its predecessor: on a busy machine one of 20 ms can end before shorter ones that another sets.
  const turn = async () => {
    for (let n = 0; n < 5; n += 1) await new Promise((resolve) => setTimeout(resolve, 6));
  };
  const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : thrown);
  const take = (frame: object) => app.$socket?.onmessage({ data: JSON.stringify(frame) });

  /** The messages to the server with inputs of the probes. */
  let sent: unknown[] = [];
  const spy = () => {
    const socket = app.$socket;
    if (socket) {
      socket.send = (text) => {
        const { method, data } = JSON.parse(text) as { method: string; data: object };
        const inputs = Object.entries(data).filter(([name]) => /^\.?probe/.test(name));
        if (method === "init" || inputs.length > 0) sent.push([method, Object.fromEntries(inputs)]);
      };
    }
  };
  spy();
  const takeSent = async () => {
    await turn();
    const messages = sent;
    sent = [];
    return messages;
  };
  const events: unknown[] = [];
  const listen = (...types: string[]) => {
    for (const type of types) jQuery(document).on(type, (event) => void events.push(event.type));
  };

  // Handlers
  answers.refusals = [
    () => undefined,
    (_a: unknown, _b: unknown) => undefined,
    (..._all: unknown[]) => undefined,
    {},
    undefined,
  ].map((handler) => {
    try {
      Shiny.addCustomMessageHandler("probe-refused", handler);
      return "accepted";
    } catch (thrown) {
      return messageOf(thrown);
    }
  });

  const log: unknown[] = [];
  const handler = (name: string, ms?: number) => async (payload: unknown) => {
    log.push(`${name} begins`, payload instanceof ArrayBuffer ? payload.byteLength : payload);
    if (ms !== undefined) await new Promise((resolve) => setTimeout(resolve, ms));
    log.push(`${name} ends`);
  };
  const takeLog = async () => {
    await turn();
    return log.splice(0);
  };
  Shiny.addCustomMessageHandler("one", handler("replaced"));
  Shiny.addCustomMessageHandler("two", handler("two"));
  Shiny.addCustomMessageHandler("one", handler("one", 5));
  take({ custom: { unregistered: 1 } });
  // The handler of the first message has been registered last.
  take({ custom: { one: 1, two: 2 } });
  take({ custom: { two: 3 } });
  answers.turns = await takeLog();

  Shiny.addCustomMessageHandler("bad", (_payload: unknown) => {
    throw new Error("a fault of the probe");
  });
  Shiny.addCustomMessageHandler("behind", handler("behind"));
  take({ custom: { bad: 1, two: 1, behind: 1 } });
  take({ custom: { behind: 2 } });
  answers.faults = await takeLog();

  const binary = new Uint8Array([3, ...new TextEncoder().encode("two"), 9, 8, 7]).buffer;
  app.$socket?.onmessage({ data: binary });
  answers.binary = await takeLog();

  jQuery(document).on("shiny:message", (event) => {
    const { custom } = event.message as { custom?: { two?: unknown } };
    if (custom?.two === "no") event.preventDefault();
    if (custom?.two === "change") event.message = { custom: { two: "changed" } };
  });
  for (const two of ["no", "change", "yes"]) take({ custom: { two } });
  answers.prevented = await takeLog();
  jQuery(document).off("shiny:message");

  app.taskQueue.enqueue(() => handler("task")("queued"));
  take({ custom: { two: 1 } });
  answers.tasks = await takeLog();

  // Busy
  listen("shiny:busy", "shiny:idle", "shiny:disconnected", "shiny:connected");
  const classes: boolean[] = [];
  for (const busy of ["busy", "idle"]) {
    take({ busy });
    await turn();
    classes.push(document.documentElement.classList.contains("shiny-busy"));
  }
  answers.busy = [classes, events.splice(0)];

  // Inputs
  const set = Shiny.setInputValue.bind(Shiny);
  const event = { priority: "event" };
  set("probe", 1);
  set("probe", 1);
  answers.batch = await takeSent();
  set("probe", 1);
  answers.same = await takeSent();
  set("probe", 1, event);
  set("probe", 2, event);
  set("probe", 3, event);
  answers.events = await takeSent();
  set("probe", 3);
  Shiny.forgetLastInputValue("probe");
  set("probe", 3);
  answers.forgotten = await takeSent();
  set("probe:type", 3);
  set("probe", 3);
  answers.types = await takeSent();
  answers.wrong = [() => set("", 1), () => set("probe", 1, { priority: "soon" })].map((call) => {
    try {
      call();
      return "accepted";
    } catch (thrown) {
      return messageOf(thrown);
    }
  });
  jQuery(document).on("shiny:inputchanged", (changed) => {
    if (changed.name !== "probe") return;
    if (changed.value === "no") changed.preventDefault();
    if (changed.value === "rename") changed.name = "probe2";
    if (changed.value === "again") set("probe-inner", 1, event);
  });
  for (const value of ["no", "rename", "again", "yes"]) set("probe", value, event);
  answers.changed = await takeSent();
  jQuery(document).off("shiny:inputchanged");
  answers.remembered = Object.fromEntries(
    Object.entries(app.$inputValues).filter(([name]) => name.startsWith("probe")),
  );

  // Outputs
  const rendered: unknown[] = [];
  class ProbeBinding extends (Shiny.OutputBinding as new () => {
    renderError(el: HTMLElement, error: object): void;
  }) {
    find(scope: unknown) {
      return jQuery(scope).find(".probe-output");
    }
    renderValue(el: HTMLElement, value: unknown) {
      rendered.push([el.id, value]);
      el.textContent = JSON.stringify(value);
    }
    override renderError(el: HTMLElement, error: object) {
      rendered.push([el.id, error]);
      super.renderError(el, error);
    }
  }
  Shiny.outputBindings.register(new ProbeBinding(), "probe.low", -1);
  Shiny.outputBindings.register(new ProbeBinding(), "probe.high", 1);
  const place = (id: string): HTMLElement => {
    const el = document.createElement("div");
    el.id = id;
    el.className = "probe-output";
    document.body.append(el);
    return el;
  };
  const [a, b] = [place("probe-a"), place("probe-b")];
  const look = (el: HTMLElement) => [
    [...el.classList].sort(),
    el.textContent,
    el.getAttribute("aria-live"),
  ];
  const bindings: unknown[] = [];
  for (const type of ["shiny:bound", "shiny:unbound", "shiny:value", "shiny:error"]) {
    jQuery(document).on(type, (bound) => {
      const { name } = (bound.binding ?? {}) as { name?: string };
      bindings.push([bound.type, name ?? bound.name, bound.bindingType ?? null]);
    });
  }
  const flush = async (values: object, errors: object) => {
    for (const name of [...Object.keys(values), ...Object.keys(errors)]) {
      take({ progress: { type: "binding", message: { id: name } } });
      take({ recalculating: { name, status: "recalculating" } });
      take({ recalculating: { name, status: "recalculated" } });
    }
    take({ values, inputMessages: [], errors });
    await turn();
    return [rendered.splice(0), look(a), look(b)];
  };
  await Shiny.bindAll(document.body);
  answers.bound = [look(a), bindings.splice(0)];
  // The first frames of an output have no message that the output is invalidated.
  for (const name of ["probe-a", "probe-b"]) {
    take({ recalculating: { name, status: "recalculating" } });
    take({ recalculating: { name, status: "recalculated" } });
  }
  take({
    values: { "probe-a": 1 },
    inputMessages: [],
    errors: { "probe-b": { message: "broken", type: null } },
  });
  await turn();
  answers.first = [rendered.splice(0), look(a), look(b), bindings.splice(0)];
  answers.equal = await flush({ "probe-a": 1 }, {});
  answers.swapped = await flush(
    { "probe-b": { x: 1 } },
    { "probe-a": { message: "typed", type: ["one", "two"] } },
  );
  answers.silent = await flush({}, { "probe-a": { message: "", type: null } });
  Shiny.unbindAll(document.body);
  bindings.length = 0;
  answers.unbound = [...(await flush({ "probe-a": "later" }, {})), bindings.splice(0)];
  await Shiny.bindAll(document.body);
  await turn();
  answers.rebound = [rendered.splice(0), look(a), bindings.splice(0)];

  // Dependencies
  const dependency = {
    name: "probe-dependency",
    version: "1.0",
    src: { href: "/probe" },
    script: [{ src: "one.js" }],
    stylesheet: [{ href: "one.css" }],
    meta: [{ name: "probe-meta", content: "1" }],
    head: "<style id='probe-head'></style>",
  };
  await Shiny.renderDependenciesAsync([dependency, { ...dependency, head: "<i id='twice'></i>" }]);
  answers.dependencies = [
    ...[...document.querySelectorAll("[src*='/probe']")].map((el) => el.getAttribute("src")),
    ...[...document.querySelectorAll("link[href*='/probe']")].map((el) => el.getAttribute("href")),
    document.querySelectorAll("[name=probe-meta]").length,
    document.querySelectorAll("#probe-head").length,
    document.querySelectorAll("#twice").length,
  ];

  // The end of a session, and the next
  const old = app.$socket;
  delete app.$inputValues.probe2;
  if (old) {
    old.readyState = 3;
    old.onclose({ code: 1000 });
  }
  answers.ended = [
    app.isConnected(),
    app.$socket,
    document.querySelectorAll("#shiny-disconnected-overlay").length,
    events.splice(0),
  ];
  set("probe", "offline", event);
  app.reconnect();
  spy();
  answers.reconnecting = [app.isConnected(), app.$socket?.readyState];
  await turn();
  answers.reconnected = [
    await takeSent(),
    document.querySelectorAll("#shiny-disconnected-overlay").length,
    events.splice(0).filter((type) => !/busy|idle/.test(type as string)),
  ];
  // After the reconnect, two message loops run.
  take({ custom: { one: 1 } });
  take({ custom: { two: 2 } });
  answers.loops = await takeLog();
  return answers;
}

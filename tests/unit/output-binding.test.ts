import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  BINDING_NAME,
  type OutputSink,
  registerOutputBinding,
} from "../../src/shiny/output-binding.js";
import type { ShinyRuntime } from "../../src/shiny/runtime.js";
import { FakeShiny, stockClient } from "./fake-shiny.js";

const warn = vi.spyOn(console, "warn");
beforeEach(() => void warn.mockReset().mockImplementation(() => undefined));
afterEach(() => vi.unstubAllGlobals());

function setUp(before: (shiny: FakeShiny) => void = () => undefined) {
  const shiny = new FakeShiny();
  before(shiny);
  const existing = shiny.bindings.length;
  const sink = { render: vi.fn<OutputSink["render"]>(), clear: vi.fn<OutputSink["clear"]>() };
  const undo = registerOutputBinding(shiny, sink);
  const registered = shiny.bindings[existing];
  if (!registered) throw new Error("no binding was registered");
  return { shiny, sink, undo, registered, binding: registered.binding };
}

const element = (): HTMLElement => ({ style: {} }) as HTMLElement;

describe("the output binding", () => {
  it("the output binding registers with a higher priority than the stock client", () => {
    const { registered } = setUp();
    expect([registered.name, registered.priority > 0]).toEqual([BINDING_NAME, true]);
  });

  it("the output binding passes a value to the sink, and returns no promise to Shiny", () => {
    const { sink, binding } = setUp();
    sink.render.mockReturnValue(Promise.resolve() as never);
    const el = element();
    expect(binding.renderValue(el, { model_id: "m" })).toBeUndefined();
    expect(sink.render).toHaveBeenCalledExactlyOnceWith(el, { model_id: "m" });
  });

  it("the output binding clears the output before Shiny shows an error in it", () => {
    const { shiny, sink, binding } = setUp();
    const el = element();
    sink.clear.mockImplementation(() => expect(shiny.shownErrors).toEqual([]));
    binding.renderError(el, { message: "broken" });
    expect(sink.clear).toHaveBeenCalledExactlyOnceWith(el);
    expect(shiny.shownErrors).toEqual([{ message: "broken" }]);
  });

  it("the output binding makes a hidden output visible for an error", () => {
    const el = element();
    el.style.visibility = "hidden";
    setUp().binding.renderError(el, { message: "broken" });
    expect(el.style.visibility).toBe("inherit");
  });

  it("the output binding finds the outputs of shinywidgets", () => {
    vi.stubGlobal("jQuery", (scope: unknown) => ({
      find: (selector: string) => [scope, selector],
    }));
    expect(setUp().binding.find("scope")).toEqual(["scope", ".shiny-ipywidget-output"]);
  });

  it("the output binding binds outputs that are on the page already, in Shiny's queue", () => {
    vi.stubGlobal("document", { body: { name: "body" } });
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

  it("the output binding allows other bindings, without a warning", () => {
    const { shiny } = setUp();
    shiny.outputBindings.register(new shiny.OutputBinding(), "another.binding", 3);
    expect(shiny.bindings.at(-1)).toMatchObject({ name: "another.binding", priority: 3 });
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("the stock client on the same page", () => {
  it("the stock client registers no binding if it loads later", () => {
    const { shiny } = setUp();
    stockClient(shiny);
    expect(shiny.bindings).toHaveLength(1);
  });

  it("the stock client causes one warning, even if it loads before and after", () => {
    const { shiny } = setUp((runtime) => void stockClient(runtime));
    expect(warn).toHaveBeenCalledOnce();
    stockClient(shiny);
    expect(warn).toHaveBeenCalledOnce();
  });
});

describe("the undo of registerOutputBinding", () => {
  it("the undo of registerOutputBinding leaves the binding without effect", () => {
    const { sink, binding, undo } = setUp();
    undo();
    binding.renderValue(element(), {});
    binding.renderError(element(), { message: "x" });
    expect(sink.render).not.toHaveBeenCalled();
    expect(sink.clear).not.toHaveBeenCalled();
  });

  it("the undo of registerOutputBinding restores Shiny's function", () => {
    const shiny = new FakeShiny();
    const { register } = shiny.outputBindings;
    registerOutputBinding(shiny, { render: vi.fn(), clear: vi.fn() })();
    expect(shiny.outputBindings.register).toBe(register);
  });

  it("the undo of registerOutputBinding allows another client's binding, without a warning", () => {
    const { shiny, undo } = setUp();
    undo();
    stockClient(shiny);
    expect(shiny.bindings.at(-1)?.priority).toBe(0);
    expect(warn).not.toHaveBeenCalled();
  });
});

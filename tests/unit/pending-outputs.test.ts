/** The outputs before the widgets' client has loaded. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { PendingOutputs } from "../../src/script/pending-outputs.js";
import { ShinySession } from "../../src/shiny/session.js";
import { fakeShiny, useFakePage } from "./fake-page.js";

const page = useFakePage();

const LOADING = "Loading widget…";
const FAILURE = "The client for widgets (shiny-comm) could not be loaded.";

/** An output whose content is a list of texts. */
class FakeOutput {
  content: string[] = [];

  querySelector(): unknown {
    return this.content.includes(LOADING) ? {} : null;
  }

  append({ textContent }: { textContent: string }): void {
    this.content.push(textContent);
  }

  replaceChildren(...content: string[]): void {
    this.content = content;
  }
}

beforeEach(() => {
  Object.assign(page().document, { createElement: () => ({ setAttribute: () => undefined }) });
});

function setUp() {
  const { shiny } = fakeShiny();
  const session = new ShinySession({ runtime: () => shiny });
  session.start();
  const outputs = new PendingOutputs(session);
  const output = new FakeOutput();
  const el = output as unknown as HTMLElement;
  const sink = { render: vi.fn(), clear: vi.fn() };
  return { outputs, output, el, sink };
}

describe("outputs before the client has loaded", () => {
  it("an output shows a placeholder, and its newest value when the client has loaded", () => {
    const { outputs, output, el, sink } = setUp();
    outputs.render(el, { model_id: "m1" });
    outputs.render(el, { model_id: "m2" });
    expect(output.content).toEqual([LOADING]);
    outputs.flushTo(sink);
    expect(sink.render.mock.calls).toEqual([[el, { model_id: "m2" }]]);
    outputs.clear(el);
    expect(sink.clear).toHaveBeenCalledExactlyOnceWith(el);
  });

  it("an error of Shiny stays when the client has loaded", () => {
    const { outputs, output, el, sink } = setUp();
    outputs.render(el, { model_id: "m1" });
    outputs.clear(el);
    expect(output.content).toEqual([]);
    // Shiny writes the error into the output after the binding's `clear`.
    output.content = ["error"];
    outputs.flushTo(sink);
    expect([sink.render, sink.clear].flatMap(({ mock }) => mock.calls)).toEqual([]);
  });

  it("an output shows a value that follows an error", () => {
    const { outputs, el, sink } = setUp();
    outputs.clear(el);
    outputs.render(el, { model_id: "m1" });
    outputs.flushTo(sink);
    expect(sink.render.mock.calls).toEqual([[el, { model_id: "m1" }]]);
    expect(sink.clear).not.toHaveBeenCalled();
  });

  it("an output loses its placeholder with the value null, which the client gets too", () => {
    const { outputs, output, el, sink } = setUp();
    outputs.render(el, { model_id: "m1" });
    outputs.render(el, null);
    expect(output.content).toEqual([]);
    outputs.flushTo(sink);
    expect(sink.render.mock.calls).toEqual([[el, null]]);
  });

  it("an output loses its value with the session", () => {
    const { outputs, el, sink } = setUp();
    outputs.render(el, { model_id: "m1" });
    page().trigger("shiny:connected");
    outputs.flushTo(sink);
    expect(sink.render).not.toHaveBeenCalled();
  });
});

describe("outputs without a client", () => {
  it("an output shows the failure, also after its session has ended, and for later values", () => {
    const { outputs, output, el } = setUp();
    outputs.render(el, { model_id: "m1" });
    page().trigger("shiny:connected");
    outputs.fail();
    expect(output.content).toEqual([FAILURE]);
    outputs.render(el, null);
    expect(output.content).toEqual([]);
    outputs.render(el, { model_id: "m2" });
    expect(output.content).toEqual([FAILURE]);
  });

  it("an output keeps an error of Shiny, and stays empty after null", () => {
    const { outputs, output, el } = setUp();
    outputs.render(el, { model_id: "m1" });
    outputs.clear(el);
    output.content = ["error"];
    const empty = new FakeOutput();
    outputs.render(empty as unknown as HTMLElement, { model_id: "m1" });
    outputs.render(empty as unknown as HTMLElement, null);
    outputs.fail();
    expect([output.content, empty.content]).toEqual([["error"], []]);
  });
});

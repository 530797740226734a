/** `AnyModel` and `AnyView`: the widget classes of all anywidgets. */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { showLoading } from "../../util/loading.js";
import type { Starting } from "../manager/model-inbox.js";
import { modelClassInternals, serialized } from "../patches/internals.js";
import { clearView } from "../views/error-view.js";
import { showHookFailure } from "./failure.js";
import { createHost } from "./host.js";
import { AnyWidgetRuntime, runtimeOf } from "./runtime.js";

/** How long a view waits for its element to be on the page, in ms. */
const ATTACH_MS = 50;

export class AnyModel extends DOMWidgetModel implements Starting {
  override initialize(attributes: never, options: never): void {
    super.initialize(attributes, options);
    const runtime = new AnyWidgetRuntime(this, createHost);
    this.once("destroy", () => runtime.dispose());
  }

  /**
   * Settles when `initialize` was called or skipped; the first messages wait until then. Some modules
   * (plotly's figures) treat trait changes as events, and listen in `initialize`. The result of
   * `initialize` is not awaited, because it may depend on later messages.
   */
  starting(): Promise<void> | undefined {
    return runtimeOf(this)?.initializeCalled;
  }

  start(): void {
    runtimeOf(this)?.skipInitialize();
  }

  get isDrawing(): boolean {
    return runtimeOf(this)?.isDrawing === true;
  }

  answer(content: unknown, buffers: readonly DataView[]): boolean {
    return runtimeOf(this)?.commands.answer(content, buffers) === true;
  }

  /** Copies traits with `structuredClone`, because the JSON copies of base lose binary data. */
  override serialize(state: Record<string, unknown>): ReturnType<DOMWidgetModel["serialize"]> {
    const { serializers = {} } = modelClassInternals(this.constructor);
    for (const [key, value] of Object.entries(state)) {
      const serialize = serializers[key]?.serialize;
      if (serialize) state[key] = serialize(value, this);
      else if (key === "layout" || key === "style") state[key] = copyAsJson(value);
      else state[key] = structuredClone(value);
      state[key] = callToJson(state[key]);
    }
    return serialized(state);
  }
}

export class AnyView extends DOMWidgetView {
  /** Settles when the module has drawn the view; never rejects. */
  drawn: Promise<void> = Promise.resolve();
  readonly #removed = new AbortController();

  override render(): void {
    // Not awaited: the module's `render` may wait for messages that follow in the queue.
    this.drawn = this.#draw();
  }

  override remove(): this {
    this.#removed.abort();
    return super.remove();
  }

  async #draw(): Promise<void> {
    const { el, model } = this;
    const { signal } = this.#removed;
    const onFailure = (error: unknown): void => {
      if (!signal.aborted) showHookFailure(model, el, error);
    };
    showLoading(el);
    try {
      await runtimeOf(model)?.createView({
        el,
        signal,
        attached: this.#waitUntilAttached(),
        prepare: () => clearView(el),
        onFailure,
      });
    } catch (error) {
      onFailure(error);
    }
  }

  /**
   * Settles when the view is on the page, so that the element has its final size. Some parents insert a
   * view's element without a message to the view, so the wait has a timeout.
   */
  #waitUntilAttached(): Promise<unknown> {
    const timeout = new Promise((resolve) => setTimeout(resolve, ATTACH_MS));
    return Promise.race([this.displayed, timeout]);
  }
}

function isFunction(value: unknown): value is () => unknown {
  return typeof value === "function";
}

function copyAsJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function callToJson(value: unknown): unknown {
  return typeof value === "object" &&
    value !== null &&
    "toJSON" in value &&
    isFunction(value.toJSON)
    ? value.toJSON()
    : value;
}

/** `AnyModel` and `AnyView`: the widget classes behind every anywidget. */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { showLoading } from "../../util/loading.js";
import type { Starting } from "../manager/model-inbox.js";
import { clearView } from "../views/error-view.js";
import { showHookFailure } from "./failure.js";
import { AnyWidgetRuntime, runtimeOf } from "./runtime.js";

export class AnyModel extends DOMWidgetModel implements Starting {
  override initialize(attributes: never, options: never): void {
    super.initialize(attributes, options);
    const runtime = new AnyWidgetRuntime(this);
    this.once("destroy", () => runtime.end());
  }

  /**
   * The first messages wait until `initialize` has been called, or will not be. Some modules take the
   * change of a trait for an event (plotly's figures do), and listen from there on. What `initialize`
   * returns is not awaited, as it may need what stands behind the messages.
   */
  starting(): Promise<void> | undefined {
    return runtimeOf(this)?.called;
  }

  start(): void {
    runtimeOf(this)?.skipCall();
  }

  get isDrawing(): boolean {
    return runtimeOf(this)?.isDrawing === true;
  }

  answer(content: unknown, buffers: readonly DataView[]): boolean {
    return runtimeOf(this)?.commands.answer(content, buffers) === true;
  }

  /** Traits may hold binary data, which the way through JSON that models take by default would lose. */
  override serialize(state: Record<string, unknown>): Record<string, never> {
    const serializers = (this.constructor as typeof AnyModel).serializers ?? {};
    for (const [key, value] of Object.entries(state)) {
      const serialize = serializers[key]?.serialize;
      if (serialize) state[key] = serialize(value, this);
      else if (key === "layout" || key === "style") state[key] = asJson(value);
      else state[key] = structuredClone(value);
      state[key] = callToJson(state[key]);
    }
    return state as Record<string, never>;
  }
}

export class AnyView extends DOMWidgetView {
  /** Settled when the module has drawn the view; never rejects. */
  drawn: Promise<void> = Promise.resolve();
  readonly #ended = new AbortController();

  override render(): void {
    // Not awaited: messages that the module's `render` may wait for come behind it in the queue.
    this.drawn = this.#draw();
  }

  override remove(): this {
    this.#ended.abort();
    return super.remove();
  }

  async #draw(): Promise<void> {
    const { el, model } = this;
    const { signal } = this.#ended;
    const failed = (error: unknown): void => {
      if (!signal.aborted) showHookFailure(model, el, error);
    };
    showLoading(el);
    try {
      await runtimeOf(model)?.createView({
        el,
        signal,
        attached: this.#attached(),
        prepare: () => clearView(el),
        failed,
      });
    } catch (error) {
      failed(error);
    }
  }

  /**
   * Settles when the view is on the page, so that the module finds its place at its final size.
   * Some parents put a view's element on the page by hand and never say so.
   */
  #attached(): Promise<unknown> {
    return Promise.race([this.displayed, new Promise((resolve) => setTimeout(resolve, 50))]);
  }
}

function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function callToJson(value: unknown): unknown {
  const { toJSON } = (value ?? {}) as { toJSON?: unknown };
  return typeof toJSON === "function" ? toJSON.call(value) : value;
}

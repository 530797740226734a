/** `AnyModel` and `AnyView`: the widget classes behind every anywidget. */
import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { WidgetError } from "../../comm/errors.js";
import { showLoading } from "../../loading.js";
import { clearView, showFailure } from "../error-view.js";
import type { ShinyWidgetManager } from "../widget-manager.js";
import { AnyWidgetRuntime, runtimeOf } from "./runtime.js";

const HOOK_ADVICE =
  "The error is in the widget's own module (_esm), in what it does to begin or to draw: see the " +
  "browser's console for where.";

type HandleCommMsg = DOMWidgetModel["_handle_comm_msg"];

export class AnyModel extends DOMWidgetModel {
  override initialize(attributes: never, options: never): void {
    super.initialize(attributes, options);
    const runtime = new AnyWidgetRuntime(this);
    this.once("destroy", () => runtime.end());
  }

  override _handle_comm_msg(message: Parameters<HandleCommMsg>[0]): Promise<void> {
    const { data } = message.content as { data?: { method?: unknown; state?: object } };
    const ready = this.#ready(data?.method, data?.state ?? {});
    if (!ready) return super._handle_comm_msg(message);
    return ready.then(() => super._handle_comm_msg(message));
  }

  #ready(method: unknown, state: object): Promise<void> | undefined {
    if (method === "custom") return runtimeOf(this)?.readyForMessages();
    // Another module ends the waiting for this one.
    return "_esm" in state ? undefined : runtimeOf(this)?.readyForUpdates();
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
    const { el } = this;
    const { signal } = this.#ended;
    const failed = (error: unknown): void => {
      if (signal.aborted) return;
      const failure = (this.model.widget_manager as ShinyWidgetManager).reportFailure(
        new WidgetError(
          `cannot show ${String(this.model.get("_anywidget_id") || "an anywidget")}`,
          {
            comm_id: this.model.model_id,
            cause: error,
            advice: HOOK_ADVICE,
          },
        ),
      );
      showFailure(el, failure);
    };
    showLoading(el);
    try {
      await runtimeOf(this.model)?.createView({
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

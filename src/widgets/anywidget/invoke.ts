/** `experimental.invoke`: a command to the widget's Python class, and the answer. */
import type { Experimental } from "@anywidget/types";
import { uuid, type WidgetModel } from "@jupyter-widgets/base";
import { isObject } from "../../util/object.js";
import { modelInternals } from "../patches/internals.js";
import { combineSignals } from "./signals.js";

/** The timeout of an answer if the caller passes no signal, in ms; the same as in anywidget. */
const ANSWER_MS = 3_000;

/** The commands of a model that wait for their answers. */
export class Commands {
  readonly #model: WidgetModel;
  readonly #closed: AbortSignal;
  readonly #pending = new Map<string, (response: unknown, buffers: DataView[]) => void>();

  /** @param closed aborted when the model is closed, after which no answer arrives */
  constructor(model: WidgetModel, closed: AbortSignal) {
    this.#model = model;
    this.#closed = closed;
  }

  /** Sends a command. @throws (rejects) the reason of the signal (by default a timeout), or of the model's end */
  readonly invoke: Experimental["invoke"] = <T>(
    name: string,
    msg?: unknown,
    options: { buffers?: DataView[]; signal?: AbortSignal } = {},
  ): Promise<[T, DataView[]]> => {
    const id = uuid();
    const signal = combineSignals(options.signal ?? AbortSignal.timeout(ANSWER_MS), this.#closed);
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        this.#pending.delete(id);
        signal.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        finish();
        reject(signal.reason);
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener("abort", onAbort);
      this.#pending.set(id, (response, buffers) => {
        finish();
        resolve([response as T, buffers]);
      });
      const command = { id, kind: "anywidget-command", name, msg };
      modelInternals(this.#model).send(command, undefined, options.buffers ?? []);
    });
  };

  /** Resolves the command that a custom message answers. @returns whether it answers one */
  answer(content: unknown, buffers: readonly DataView[]): boolean {
    if (!isObject(content) || typeof content.id !== "string") return false;
    const resolve = this.#pending.get(content.id);
    resolve?.(content.response, [...buffers]);
    return resolve !== undefined;
  }
}

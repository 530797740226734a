/** `experimental.invoke`: a command to the widget's Python class, and its answer. */
import type { Experimental } from "@anywidget/types";
import { uuid, type WidgetModel } from "@jupyter-widgets/base";
import { isObject } from "../../util/object.js";
import { modelInternals } from "../patches/internals.js";
import { anySignal } from "./signals.js";

/** Timeout of an answer if the caller passes no signal, in ms; as in anywidget. */
const ANSWER_MS = 3_000;

/** The commands of a model that wait for their answers. */
export class Commands {
  readonly #model: WidgetModel;
  readonly #ended: AbortSignal;
  readonly #pending = new Map<string, (response: unknown, buffers: DataView[]) => void>();

  /** @param ended aborted when the model is closed: no answer arrives after that */
  constructor(model: WidgetModel, ended: AbortSignal) {
    this.#model = model;
    this.#ended = ended;
  }

  /** @throws (rejects) the reason of the signal, a timeout by default, or of the model's end */
  readonly invoke: Experimental["invoke"] = <T>(
    name: string,
    msg?: unknown,
    options: { buffers?: DataView[]; signal?: AbortSignal } = {},
  ): Promise<[T, DataView[]]> => {
    const id = uuid();
    const signal = anySignal(options.signal ?? AbortSignal.timeout(ANSWER_MS), this.#ended);
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

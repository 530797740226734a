/** `experimental.invoke`: a command to the widget's Python class, and its answer. */
import type { Experimental } from "@anywidget/types";
import { uuid, type WidgetModel } from "@jupyter-widgets/base";

/** How long an answer is awaited when the caller gives no signal, in ms; as in anywidget. */
const ANSWER_MS = 3_000;

export function invokeOn(model: WidgetModel): Experimental["invoke"] {
  return <T>(
    name: string,
    msg?: unknown,
    options: { buffers?: DataView[]; signal?: AbortSignal } = {},
  ): Promise<[T, DataView[]]> => {
    const id = uuid();
    const signal = options.signal ?? AbortSignal.timeout(ANSWER_MS);
    return new Promise((resolve, reject) => {
      const finish = (): void => {
        model.off("msg:custom", onMessage);
        signal.removeEventListener("abort", onAbort);
      };
      const onAbort = (): void => {
        finish();
        reject(signal.reason);
      };
      const onMessage = (content: { id?: unknown; response?: unknown }, buffers: DataView[]) => {
        if (content?.id !== id) return;
        finish();
        resolve([content.response as T, buffers]);
      };
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      signal.addEventListener("abort", onAbort);
      model.on("msg:custom", onMessage);
      const command = { id, kind: "anywidget-command", name, msg };
      model.send(command as never, undefined, options.buffers ?? []);
    });
  };
}

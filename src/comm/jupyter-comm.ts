/** A comm in the form that `@jupyter-widgets/base` calls (`IClassicComm`), with positional arguments. */
import type { Buffers, CloseCallback, Comm, MsgCallback } from "./comm.js";
import { CommError } from "./errors.js";

/** The message by which a kernel reports that it has processed a message. */
const IDLE = {
  header: { msg_type: "status" },
  content: { execution_state: "idle" },
} as const;

/** The callbacks of a message; widget models set `iopub.status`. */
interface JupyterCallbacks {
  readonly iopub?: { readonly status?: ((message: typeof IDLE) => void) | undefined } | undefined;
}

/** The members of Jupyter's `IClassicComm`. */
export interface JupyterComm {
  readonly comm_id: string;
  readonly target_name: string;
  /**
   * Sends a first message, if data is given: the comm itself is open already.
   *
   * @returns the id of the message, or `""` without a message
   * @throws {CommError} `COMM_CLOSED` when the comm is closed
   */
  open(data?: unknown, callbacks?: JupyterCallbacks, metadata?: object, buffers?: Buffers): string;
  /** Sends a message; {@link Comm.send} explains the errors. @returns the id of the message */
  send(data: unknown, callbacks?: JupyterCallbacks, metadata?: object, buffers?: Buffers): string;
  /** Closes the comm. @returns `""`, because the server does not answer a close */
  close(data?: unknown, callbacks?: JupyterCallbacks, metadata?: object, buffers?: Buffers): string;
  /** Sets the listener for messages. */
  on_msg(callback: MsgCallback): void;
  /** Sets the listener for the close. */
  on_close(callback: CloseCallback): void;
}

/** Returns a comm in Jupyter's form. */
export function jupyterComm(comm: Comm): JupyterComm {
  const { comm_id, target_name } = comm;
  const send: JupyterComm["send"] = (data, callbacks, metadata, buffers) => {
    const status = callbacks?.iopub?.status;
    // Widgets written in JavaScript pass `null` for arguments that they leave out.
    return comm.send(data, {
      metadata: metadata ?? undefined,
      buffers: buffers ?? undefined,
      onIdle: status && (() => status(IDLE)),
    });
  };
  return {
    comm_id,
    target_name,
    open(data, callbacks, metadata, buffers) {
      if (comm.closed) {
        throw new CommError("COMM_CLOSED", `cannot open comm ${comm_id}: it is closed`, {
          comm_id,
        });
      }
      return data === undefined ? "" : send(data, callbacks, metadata, buffers);
    },
    send,
    close(data, _callbacks, metadata, buffers) {
      comm.close(data ?? undefined, {
        metadata: metadata ?? undefined,
        buffers: buffers ?? undefined,
      });
      return "";
    },
    on_msg: (callback) => void comm.on_msg(callback),
    on_close: (callback) => void comm.on_close(callback),
  };
}

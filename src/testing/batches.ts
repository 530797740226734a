/** The messages of a flush that leave a session as batches. */
import {
  type BatchMessage,
  type BatchReference,
  DETACH_FROM_BYTES,
  encodeBatch,
} from "../comm/frames.js";
import { HANDLERS, type JsonObject, type MessageKind } from "../comm/messages.js";
import type { CommSession } from "./server-comm.js";

/** Successive messages of one kind. */
interface Run {
  readonly kind: MessageKind;
  readonly messages: (BatchMessage | BatchReference)[];
  /** The indices of messages without buffers, by their texts without the comm's id. */
  readonly indices: Map<string, number>;
}

/**
 * Sends the opens of each flush as one batch, and successive messages or closes as another. Like Shiny's
 * hooks, opens leave before the values of outputs, and the others after them.
 */
export class Batches {
  readonly #session: CommSession;
  /** The runs that the next message of a phase may join. */
  readonly #last: { before?: Run | undefined; after?: Run | undefined } = {};

  constructor(session: CommSession) {
    this.#session = session;
  }

  /** Adds a message to the next flush. An equal message for another comm becomes a reference. */
  add(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[]): void {
    const { comm_id, ...content } = header.content as JsonObject;
    const run = this.#runFor(kind);
    const { messages, indices } = run;
    const text = JSON.stringify({ ...header, content });
    const like = buffers.length > 0 ? undefined : indices.get(text);
    if (like !== undefined) {
      messages.push({ comm_id: String(comm_id), like });
      return;
    }
    if (buffers.length === 0) indices.set(text, messages.length);
    // Copies, because they are sent later.
    messages.push({ header, buffers: buffers.map((buffer) => buffer.slice()) });
  }

  #runFor(kind: MessageKind): Run {
    const phase = kind === "comm_open" ? "before" : "after";
    const last = this.#last[phase];
    if (last?.kind === kind) return last;
    const run: Run = { kind, messages: [], indices: new Map() };
    this.#last[phase] = run;
    const send = (): void => {
      if (this.#last[phase] === run) this.#last[phase] = undefined;
      this.#send(run);
    };
    if (phase === "before") this.#session.onFlush(send);
    else this.#session.onFlushed(send);
    return run;
  }

  #send({ kind, messages }: Run): void {
    const options = { detachFromBytes: DETACH_FROM_BYTES };
    const detached = messages
      .flatMap((message) => ("like" in message ? [] : (message.buffers ?? [])))
      .filter(({ byteLength }) => byteLength >= DETACH_FROM_BYTES)
      .map((buffer) => buffer.slice().buffer);
    const frame = encodeBatch(kind, messages, options);
    this.#session.sendBinaryMessage(HANDLERS[kind], frame, detached);
  }
}

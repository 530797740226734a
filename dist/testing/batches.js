// src/testing/batches.ts
import {
  DETACH_FROM_BYTES,
  encodeBatch
} from "../comm/frames.js";
import { HANDLERS } from "../comm/messages.js";
var Batches = class {
  #session;
  /** The runs that the next message of a phase may join. */
  #last = {};
  constructor(session) {
    this.#session = session;
  }
  /** Adds a message to the next flush. An equal message for another comm becomes a reference. */
  add(kind, header, buffers) {
    const { comm_id, ...content } = header.content;
    const run = this.#runFor(kind);
    const { messages, indices } = run;
    const text = JSON.stringify({ ...header, content });
    const like = buffers.length > 0 ? void 0 : indices.get(text);
    if (like !== void 0) {
      messages.push({ comm_id: String(comm_id), like });
      return;
    }
    if (buffers.length === 0) indices.set(text, messages.length);
    messages.push({ header, buffers: buffers.map((buffer) => buffer.slice()) });
  }
  #runFor(kind) {
    const phase = kind === "comm_open" ? "before" : "after";
    const last = this.#last[phase];
    if (last?.kind === kind) return last;
    const run = { kind, messages: [], indices: /* @__PURE__ */ new Map() };
    this.#last[phase] = run;
    const send = () => {
      if (this.#last[phase] === run) this.#last[phase] = void 0;
      this.#send(run);
    };
    if (phase === "before") this.#session.onFlush(send);
    else this.#session.onFlushed(send);
    return run;
  }
  #send({ kind, messages }) {
    const options = { detachFromBytes: DETACH_FROM_BYTES };
    const detached = messages.flatMap((message) => "like" in message ? [] : message.buffers ?? []).filter(({ byteLength }) => byteLength >= DETACH_FROM_BYTES).map((buffer) => buffer.slice().buffer);
    const frame = encodeBatch(kind, messages, options);
    this.#session.sendBinaryMessage(HANDLERS[kind], frame, detached);
  }
};
export {
  Batches
};

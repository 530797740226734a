/**
 * Intercepts the frames of comms on the socket of a session. Shiny copies each binary frame, makes a jQuery
 * event for each text, and updates all conditional panels after each message. Interception avoids that cost.
 */
import { type BinaryMessage, detachedLengths } from "../comm/frames.js";
import { HANDLERS, type MessageKind } from "../comm/messages.js";
import type { ParsedMessage } from "../comm/parsed-message.js";
import { customMessage, isForComms } from "./custom-message.js";
import type { FrameInterceptor } from "./frame-negotiation.js";
import type { ShinyPort, ShinySocket } from "./runtime.js";

export interface SocketInterceptorOptions {
  /** The socket: a WebSocket, or a host's socket. */
  socket: ShinySocket;
  shiny: ShinyPort;
  /** Receives the payload of a comm message. */
  receive: (kind: MessageKind, payload: unknown) => void;
  /** Texts are not intercepted while another listener expects an event for each of them. */
  session: { hasOtherMessageListeners(): boolean };
  /** Called for a text that Shiny cannot have sent. Returns whether it was a binary frame. */
  bytesAsText: (isComm: boolean) => boolean;
  /** The time limit for detached buffers while other frames wait for them, in ms. */
  timeoutMs?: number;
}

/** The kinds of comm messages, by the names of their handlers. */
const KINDS = new Map<string, MessageKind>(
  (Object.keys(HANDLERS) as MessageKind[]).map((kind) => [HANDLERS[kind], kind]),
);

/** The text with which Shiny becomes busy, as Python or R writes it. */
const BUSY = /^\{"busy":\s?"busy"\}$/;

type Listener = (event: MessageEvent) => unknown;

/** A message some of whose detached buffers are pending. */
interface IncompleteMessage extends BinaryMessage {
  readonly kind: MessageKind;
  readonly lengths: readonly number[];
  readonly detachedBuffers: ArrayBuffer[];
}

/**
 * Replaces Shiny's listener on a socket. Comm messages are received in order with all other frames, which go to
 * Shiny.
 *
 * A message with detached buffers is complete when all of them have arrived; later texts wait for that. A
 * different binary frame, or a text that has waited for `timeoutMs`, ends the wait. The message is then received
 * incomplete, and the decoder rejects it.
 */
export class SocketInterceptor implements FrameInterceptor {
  readonly #options: SocketInterceptorOptions;
  #listener: Listener | undefined;
  /** The listener behind this one: Shiny's, or a wrapper of it. */
  #next: Listener | undefined;
  /** Whether the socket does not keep a listener that replaces Shiny's. */
  #isRefused = false;
  #hasReceived = false;
  /** The number of texts with which Shiny becomes busy, and has not yet. */
  #busyTexts = 0;
  /** The frames behind a blob whose bytes are not read yet. */
  #unread: MessageEvent[] = [];
  readonly #waiting: MessageEvent[] = [];
  #incomplete: IncompleteMessage | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;

  constructor(options: SocketInterceptorOptions) {
    this.#options = options;
    this.#attach();
  }

  get isAttached(): boolean {
    return this.#listener !== undefined;
  }

  get hasReceived(): boolean {
    return this.#hasReceived;
  }

  /** To be called when Shiny becomes busy, and when a listener may be new. */
  recheck(): void {
    // A wrapper of the listener may hold frames back, and then Shiny does not become busy either.
    if (this.#busyTexts > 0) this.#busyTexts -= 1;
    else if (this.#options.socket.onmessage !== this.#listener) this.#attach();
  }

  /** Ends the interception. All further frames go to Shiny. */
  end(): void {
    clearTimeout(this.#timer);
    this.#incomplete = undefined;
    this.#waiting.length = 0;
    this.#unread = [];
    this.#hasEnded = true;
  }

  /** Puts a listener in place of the present one, and before it. */
  #attach(): void {
    const { socket } = this.#options;
    const { onmessage } = socket;
    if (!onmessage || this.#isRefused || this.#hasEnded) return;
    const listener = this.#onMessage.bind(this, onmessage);
    if (Reflect.set(socket, "onmessage", listener) && socket.onmessage === listener) {
      this.#listener = listener;
      this.#next = onmessage;
    } else {
      // An accessor of a host may wrap listeners, or ignore them.
      this.#isRefused = true;
      Reflect.set(socket, "onmessage", onmessage);
    }
  }

  /** Handles the next frame when its bytes are read, then the frames that waited for it. */
  async #read(): Promise<void> {
    const unread = this.#unread;
    const [event] = unread;
    if (!event) return;
    let { data } = event;
    // Shiny reports a blob that cannot be read.
    if (isBlob(data)) data = await data.arrayBuffer().catch(() => event.data);
    if (unread !== this.#unread) return;
    unread.shift();
    try {
      this.#onMessage(this.#next, event, data, true);
    } finally {
      void this.#read();
    }
  }

  /** Receives a frame. `next` is the listener before which this one was put. */
  #onMessage(
    next: Listener | undefined,
    event: MessageEvent,
    data: unknown = event.data,
    isRead = false,
  ): void {
    // Another script may have kept an earlier listener.
    if (next !== this.#next) {
      next?.call(this.#options.socket, event);
      return;
    }
    this.#hasReceived = true;
    if (!isRead && (this.#unread.length > 0 || isBlob(data))) {
      if (this.#unread.push(event) === 1) void this.#read();
      return;
    }
    if (typeof data !== "string") {
      const bytes = bytesIn(data);
      if (bytes) this.#onBinary(event, bytes);
      else this.#toShiny(event);
      return;
    }
    if (this.#incomplete) {
      // The server sent this text between a message and its detached buffers.
      if (this.#waiting.push(event) === 1) this.#startTimer();
      return;
    }
    const [type = "", payload] = (this.#intercepts(data) && customMessage(data)) || [];
    const kind = KINDS.get(type);
    if (kind) this.#enqueue(kind, payload);
    else if (data.startsWith("{") || !this.#onBytesAsText(data)) {
      if (BUSY.test(data)) this.#busyTexts += 1;
      this.#toShiny(event);
    }
  }

  #toShiny(event: MessageEvent): void {
    this.#next?.call(this.#options.socket, event);
  }

  /** Rejects a binary frame that the socket delivers as text. Returns whether the text is one. */
  #onBytesAsText(text: string): boolean {
    const kind = KINDS.get(text.slice(1, 1 + text.charCodeAt(0)));
    if (this.#hasEnded || !this.#options.bytesAsText(kind !== undefined)) return false;
    const fault = "binary frame: the socket delivered text instead of bytes";
    if (kind) this.#enqueue(kind, { parsed: null, fault } satisfies ParsedMessage);
    return true;
  }

  #intercepts(data: string): boolean {
    const { session } = this.#options;
    return !this.#hasEnded && isForComms(data) && !session.hasOtherMessageListeners();
  }

  #onBinary(event: MessageEvent, data: ArrayBuffer): void {
    if (this.#incomplete) {
      const { lengths, detachedBuffers } = this.#incomplete;
      if (data.byteLength === lengths[detachedBuffers.length]) {
        detachedBuffers.push(data);
        if (detachedBuffers.length === lengths.length) this.#complete();
        else if (this.#waiting.length > 0) this.#startTimer();
        return;
      }
      this.#complete();
    }
    const type = typeOf(data);
    const kind = KINDS.get(type);
    if (!kind || this.#hasEnded) {
      // Shiny reads no other type of bytes.
      this.#toShiny(event.data === data ? event : new MessageEvent("message", { data }));
      return;
    }
    const frame = new Uint8Array(data, 1 + type.length);
    const lengths = detachedLengths(frame);
    const message = { kind, frame, lengths, detachedBuffers: [] };
    if (lengths.length > 0) this.#incomplete = message;
    else this.#enqueue(kind, message);
  }

  /** Passes the message on, complete or not, then the texts that waited for it. */
  #complete(): void {
    const message = this.#incomplete;
    clearTimeout(this.#timer);
    this.#incomplete = undefined;
    if (message) this.#enqueue(message.kind, message);
    for (const event of this.#waiting.splice(0)) {
      this.#onMessage(this.#next, event, event.data, true);
    }
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#complete(), this.#options.timeoutMs ?? 30_000);
  }

  /** Receives a message in order with the frames that Shiny handles. */
  #enqueue(kind: MessageKind, payload: unknown): void {
    const { shiny, receive } = this.#options;
    const queue = shiny.shinyapp?.taskQueue;
    // Shiny before 1.8 has no queue, and handles each frame immediately.
    if (queue) queue.enqueue(() => receive(kind, payload));
    else receive(kind, payload);
  }
}

/** Returns the handler name in Shiny's envelope of a binary frame, or an empty string. */
function typeOf(data: ArrayBuffer): string {
  const [length = 0] = new Uint8Array(data);
  return length < data.byteLength ? String.fromCharCode(...new Uint8Array(data, 1, length)) : "";
}

function isBlob(data: unknown): data is Blob {
  return typeof data === "object" && tagOf(data) === "[object Blob]";
}

/** Returns bytes as a buffer without other bytes, or `undefined` for other data. A host may deliver any view. */
function bytesIn(data: unknown): ArrayBuffer | undefined {
  if (isArrayBuffer(data)) return data;
  if (!ArrayBuffer.isView(data)) return undefined;
  const { buffer, byteOffset, byteLength } = data;
  if (isArrayBuffer(buffer) && byteLength === buffer.byteLength) return buffer;
  return new Uint8Array(buffer, byteOffset, byteLength).slice().buffer as ArrayBuffer;
}

function isArrayBuffer(data: unknown): data is ArrayBuffer {
  return tagOf(data) === "[object ArrayBuffer]";
}

/** Returns the name of an object's class, which a host may have taken from another window. */
function tagOf(data: unknown): string {
  return Object.prototype.toString.call(data);
}

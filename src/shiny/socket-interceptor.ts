/**
 * Intercepts the frames of comms on the socket of a session. Shiny copies each binary frame, makes a jQuery
 * event for each text, and updates all conditional panels after each message. Interception avoids that cost.
 */
import { type BinaryMessage, detachedLengths, FRAME_VERSION } from "../comm/frames.js";
import { HANDLERS, type MessageKind } from "../comm/messages.js";
import { customMessage, isForComms } from "./custom-message.js";
import type { FrameInterceptor } from "./message-handlers.js";
import type { ShinyPort, ShinySocket } from "./runtime.js";

export interface SocketInterceptorOptions {
  /** The socket, with Shiny's listener. */
  socket: ShinySocket;
  shiny: ShinyPort;
  /** Receives the payload of a comm message. */
  receive: (kind: MessageKind, payload: unknown) => void;
  /** Texts are not intercepted while another listener expects an event for each of them. */
  session: { hasOtherMessageListeners(): boolean };
  /** The time limit for detached buffers while other frames wait for them, in ms. */
  timeoutMs?: number;
}

/** The kinds of comm messages, by the names of their handlers. */
const KINDS = new Map<string, MessageKind>(
  (Object.keys(HANDLERS) as MessageKind[]).map((kind) => [HANDLERS[kind], kind]),
);

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
  /** The version of binary frames that the page supports on the socket. */
  readonly version: number;
  readonly #options: SocketInterceptorOptions;
  readonly #toShiny: (event: MessageEvent) => unknown;
  readonly #waiting: MessageEvent[] = [];
  #incomplete: IncompleteMessage | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;

  constructor(options: SocketInterceptorOptions) {
    const { socket } = options;
    const { onmessage } = socket;
    this.#options = options;
    this.version = onmessage ? FRAME_VERSION : 1;
    this.#toShiny = (event) => onmessage?.call(socket, event);
    if (onmessage) socket.onmessage = this.#onMessage;
  }

  /** Ends the interception. All further frames go to Shiny. */
  end(): void {
    clearTimeout(this.#timer);
    this.#incomplete = undefined;
    this.#waiting.length = 0;
    this.#hasEnded = true;
  }

  readonly #onMessage = (event: MessageEvent): void => {
    const { data } = event;
    if (data instanceof ArrayBuffer) {
      this.#onBinary(event, data);
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
    else this.#toShiny(event);
  };

  #intercepts(data: unknown): data is string {
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
      this.#toShiny(event);
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
    for (const event of this.#waiting.splice(0)) this.#onMessage(event);
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

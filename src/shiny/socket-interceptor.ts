/**
 * Intercepts the frames of comms on the socket of a session. Shiny copies each binary frame, makes a jQuery
 * event for each text, and updates all conditional panels after each message. Interception avoids that cost.
 */
import { type BinaryMessage, detachedLengths, FRAME_VERSION } from "../comm/frames.js";
import { customMessage, isForComms } from "./custom-message.js";
import type { FrameInterceptor, ShinyMessageHandlers } from "./message-handlers.js";
import type { ShinyPort, ShinySocket } from "./runtime.js";

export interface SocketInterceptorOptions {
  shiny: ShinyPort;
  /** The handlers of the messages to intercept, by name. */
  handlers: ShinyMessageHandlers;
  /** Texts are not intercepted while another listener expects an event for each of them. */
  session: { hasOtherMessageListeners(): boolean };
  /** The time limit for detached buffers while other frames wait for them, in ms. */
  timeoutMs?: number;
}

/** A message some of whose detached buffers are pending. */
interface IncompleteMessage extends BinaryMessage {
  readonly type: string;
  readonly lengths: readonly number[];
  readonly detachedBuffers: ArrayBuffer[];
}

/**
 * Replaces Shiny's listener on the socket of each session. Frames of comms go to their handlers, in order
 * with all other frames, which go to Shiny.
 *
 * A message with detached buffers is complete when all of them have arrived; later texts wait for that. An
 * incomplete message is delivered, so that the decoder rejects it, when a different binary frame arrives
 * or when another frame has waited for `timeoutMs`.
 */
export class SocketInterceptor implements FrameInterceptor {
  readonly #shiny: ShinyPort;
  readonly #handlers: ShinyMessageHandlers;
  readonly #session: SocketInterceptorOptions["session"];
  readonly #timeoutMs: number;
  readonly #waiting: MessageEvent[] = [];
  readonly #intercepted = new WeakSet<ShinySocket>();
  #toShiny: (event: MessageEvent) => unknown = () => undefined;
  #incomplete: IncompleteMessage | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SocketInterceptorOptions) {
    this.#shiny = options.shiny;
    this.#handlers = options.handlers;
    this.#session = options.session;
    this.#timeoutMs = options.timeoutMs ?? 30_000;
  }

  begin(socket: ShinySocket): number {
    this.end();
    if (this.#intercepted.has(socket)) return FRAME_VERSION;
    const { onmessage } = socket;
    if (!onmessage) return 1;
    this.#intercepted.add(socket);
    this.#toShiny = (event) => onmessage.call(socket, event);
    socket.onmessage = (event) => this.#receive(event);
    return FRAME_VERSION;
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#incomplete = undefined;
    this.#waiting.length = 0;
  }

  #receive(event: MessageEvent): void {
    const { data } = event;
    if (data instanceof ArrayBuffer) this.#receiveBinary(event, data);
    else if (!this.#incomplete) this.#receiveText(event);
    // The server sent this text between a message and its detached buffers.
    else if (this.#waiting.push(event) === 1) this.#startTimer();
  }

  #receiveText(event: MessageEvent): void {
    const { data } = event;
    const message =
      isForComms(data) && !this.#session.hasOtherMessageListeners()
        ? customMessage(data)
        : undefined;
    if (message && this.#handlers.has(message[0])) this.#deliver(...message);
    else this.#toShiny(event);
  }

  #receiveBinary(event: MessageEvent, data: ArrayBuffer): void {
    const incomplete = this.#incomplete;
    if (incomplete && data.byteLength === incomplete.lengths[incomplete.detachedBuffers.length]) {
      incomplete.detachedBuffers.push(data);
      if (incomplete.detachedBuffers.length === incomplete.lengths.length) this.#complete();
      else if (this.#waiting.length > 0) this.#startTimer();
      return;
    }
    if (incomplete) this.#complete();
    const type = typeOf(data);
    if (!this.#handlers.has(type)) {
      this.#toShiny(event);
      return;
    }
    const frame = new Uint8Array(data, 1 + type.length);
    const lengths = detachedLengths(frame);
    if (lengths.length > 0) this.#incomplete = { type, frame, lengths, detachedBuffers: [] };
    else this.#deliver(type, { frame, detachedBuffers: [] });
  }

  /** Delivers the message, complete or not, then the texts that waited for it. */
  #complete(): void {
    const message = this.#incomplete;
    clearTimeout(this.#timer);
    this.#incomplete = undefined;
    if (message)
      this.#deliver(message.type, {
        frame: message.frame,
        detachedBuffers: message.detachedBuffers,
      });
    for (const event of this.#waiting.splice(0)) this.#receiveText(event);
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#complete(), this.#timeoutMs);
  }

  /** Calls a handler in order with the frames that Shiny handles. */
  #deliver(type: string, payload: unknown): void {
    const handle = (): void => this.#handlers.get(type)?.(payload);
    const queue = this.#shiny.shinyapp?.taskQueue;
    // Shiny before 1.8 has no queue, and handles each frame immediately.
    if (queue) queue.enqueue(handle);
    else handle();
  }
}

/** Returns the handler name in Shiny's envelope of a binary frame, or an empty string. */
function typeOf(data: ArrayBuffer): string {
  const [length = 0] = new Uint8Array(data, 0, Math.min(1, data.byteLength));
  return length < data.byteLength ? String.fromCharCode(...new Uint8Array(data, 1, length)) : "";
}

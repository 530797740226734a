/** The server's end of a Shiny session: inputs, outputs, custom messages, flushes and comms. */
import { decodeBase64 } from "../comm/buffers.js";
import { CommError, messageOf } from "../comm/errors.js";
import { FRAME_VERSION } from "../comm/frames.js";
import {
  CLOSE_INPUT,
  FRAMES_INPUT,
  type JsonObject,
  type MessageKind,
  OPEN_INPUT,
  PROBE,
  PROBE_HANDLER,
  SEND_INPUT,
  SERVER_HANDLER,
} from "../comm/messages.js";
import type { OutputValue } from "../shiny/output-binding.js";
import { Batches } from "./batches.js";
import { Inbox, type WaitOptions } from "./inbox.js";
import {
  type CommSession,
  ServerComm,
  ServerCommManager,
  type ServerMessage,
} from "./server-comm.js";
import { ServerWidget, type ServerWidgetOptions } from "./server-widget.js";

/** A frame from the browser's runtime. */
export interface ClientFrame {
  readonly method: string;
  readonly data?: JsonObject;
}

/** Options of the server, for all sessions. */
export interface ServerOptions {
  /** Whether messages with buffers travel as binary frames, if the client supports them; `false` by default. */
  binaryFrames?: boolean;
  /**
   * Whether the opens of a flush travel as one binary frame, if the client supports it; `false` by default.
   * Successive messages, and successive closes, travel as one frame, too. Requires `binaryFrames`.
   */
  batches?: boolean;
  /** Whether the server supports comms opened by the browser; `false` by default, as on the stock server. */
  opens?: boolean;
  /** The app's server function, called with each new session, including sessions after a reconnect. */
  onSession?: (session: ServerSession) => unknown;
}

export interface SessionWiring extends ServerOptions {
  /** The number of the session, from 1. */
  readonly number: number;
  /** Sends a frame to the browser. */
  readonly send: (frame: string | ArrayBuffer) => void;
  /** Closes the connection. */
  readonly hangUp: () => void;
  readonly onError: (error: Error) => void;
}

/** The value of an output for `session.output`: a widget, the value that a renderer sends, or `null`. */
export type OutputContent = ServerWidget | OutputValue | null;

/**
 * The server's end of one session. A flush ends each task, and sends in the order of a real server:
 * opens of comms, values of outputs, messages and closes of comms.
 */
export class ServerSession implements CommSession {
  /** The id of the session, `shinyapp.config.sessionId` in the browser. */
  readonly id: string;
  /** The comms of this session. */
  readonly comms: ServerCommManager;
  readonly #wiring: SessionWiring;
  readonly #batches = new Batches(this);
  readonly #inputs = new Map<string, unknown>();
  readonly #inputListeners = new Map<string, Set<(value: unknown) => unknown>>();
  readonly #inputInboxes = new Map<string, Inbox<unknown>>();
  readonly #waiting: ClientFrame[] = [];
  readonly #onEnded = new Set<() => void>();
  /** The comms that the browser opened. */
  readonly #accepted = new Set<ServerComm>();
  #onFlush = new Set<() => void>();
  #onFlushed = new Set<() => void>();
  #values: Record<string, unknown> = {};
  #errors: Record<string, unknown> = {};
  #flushDue = false;
  #working = false;
  #ended = false;
  #widgets = 0;

  /** @internal The in-memory Shiny creates sessions. */
  constructor(wiring: SessionWiring) {
    this.id = `session-${wiring.number}`;
    this.#wiring = wiring;
    this.comms = new ServerCommManager(this);
    this.sendFrame({ config: { workerId: "", sessionId: this.id, user: null } });
  }

  /** Whether the session has ended, by {@link ServerSession.close} or by a disconnect. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The version of binary frames: 0 for text messages, and from 3 for batches. */
  get frameVersion(): number {
    const { binaryFrames = false, batches = false } = this.#wiring;
    const announced = this.#inputs.get(bare(FRAMES_INPUT));
    if (!binaryFrames || typeof announced !== "number" || !(announced >= 1)) return 0;
    return Math.min(announced, batches ? FRAME_VERSION : FRAME_VERSION - 1);
  }

  /** Whether the session handles no message and has nothing to flush. */
  get isIdle(): boolean {
    return !this.#working && !this.#flushDue && this.#waiting.length === 0;
  }

  /** Returns the last value of an input. */
  input(name: string): unknown {
    return this.#inputs.get(name);
  }

  /** Calls back with each value of an input, and awaits the returned promise. @returns the undo */
  onInput(name: string, callback: (value: unknown) => unknown): () => void {
    const listeners = this.#inputListeners.get(name) ?? new Set();
    this.#inputListeners.set(name, listeners.add(callback));
    return () => void listeners.delete(callback);
  }

  /**
   * Returns the next value of an input. Each value since the first call for this name is returned once.
   *
   * @throws (rejects) after the timeout, or when the session ends first
   */
  nextInput(name: string, options?: WaitOptions): Promise<unknown> {
    let inbox = this.#inputInboxes.get(name);
    if (!inbox) {
      inbox = new Inbox(`the input ${name}`);
      this.#inputInboxes.set(name, inbox);
      if (this.#ended) inbox.close(`session ${this.id} has ended`);
    }
    return inbox.next(options);
  }

  /**
   * Opens a widget with a state, whose binary values travel as buffers.
   *
   * @throws {CommError} `NOT_CONNECTED` when the session has ended
   */
  open(
    state: JsonObject,
    options: Omit<ServerWidgetOptions, "state" | "commManager"> = {},
  ): ServerWidget {
    this.#widgets += 1;
    const [session, widget] = [this.#wiring.number, this.#widgets].map((number) =>
      number.toString(16).padStart(16, "0"),
    );
    const model_id = options.model_id ?? `${session}${widget}`;
    return new ServerWidget({ ...options, model_id, state, commManager: this.comms });
  }

  /**
   * Shows a widget in the output with this id, or hides the output (`null`), in the next flush.
   *
   * @throws {CommError} `NOT_CONNECTED` when the session has ended
   */
  output(id: string, content: OutputContent): void {
    this.#assertAlive("show an output");
    delete this.#errors[id];
    this.#values[id] =
      content instanceof ServerWidget ? { model_id: content.model_id, fill: false } : content;
    this.#requestFlush();
  }

  /** Shows an error in the output with this id, in the next flush. */
  outputError(id: string, message: string): void {
    this.#assertAlive("show an error");
    delete this.#values[id];
    this.#errors[id] = { message, call: null, type: null };
    this.#requestFlush();
  }

  /** Sends a custom message immediately; Shiny drops a message without a handler. */
  sendCustomMessage(type: string, message: unknown): void {
    this.sendFrame({ custom: { [type]: message } });
  }

  /**
   * Sends bytes to the message handler of this name, immediately.
   *
   * @param detachedBuffers the detached buffers of a binary frame, sent after it
   */
  sendBinaryMessage(
    type: string,
    payload: ArrayBuffer,
    detachedBuffers: readonly ArrayBuffer[] = [],
  ): void {
    this.#assertAlive("send bytes");
    const name = new TextEncoder().encode(type);
    const frame = new Uint8Array(1 + name.length + payload.byteLength);
    frame[0] = name.length;
    frame.set(name, 1);
    frame.set(new Uint8Array(payload), 1 + name.length);
    for (const sent of [frame.buffer, ...detachedBuffers]) this.#wiring.send(sent);
  }

  /**
   * Sends a message in a batch with the next flush.
   *
   * @param header the object of a text message, without `buffers`
   */
  sendInBatch(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[] = []): void {
    this.#assertAlive("send a message");
    this.#batches.add(kind, header, buffers);
  }

  /** Sends a frame of Shiny's protocol (`values`, `busy`, `custom`, …), immediately. */
  sendFrame(frame: JsonObject): void {
    this.#assertAlive("send a frame");
    this.#wiring.send(JSON.stringify(frame));
  }

  /** Calls back once, before the next flush sends its values. @returns the undo */
  onFlush(callback: () => void): () => void {
    this.#onFlush.add(callback);
    this.#requestFlush();
    return () => void this.#onFlush.delete(callback);
  }

  /** Calls back once, after the next flush has sent its values. @returns the undo */
  onFlushed(callback: () => void): () => void {
    this.#onFlushed.add(callback);
    this.#requestFlush();
    return () => void this.#onFlushed.delete(callback);
  }

  /** Calls back when the session ends. @returns the undo */
  onEnded(callback: () => void): () => void {
    this.#onEnded.add(callback);
    return () => void this.#onEnded.delete(callback);
  }

  /** Flushes now, instead of at the end of the task. */
  flush(): void {
    this.#flushDue = false;
    if (this.#ended) return;
    const before = this.#onFlush;
    this.#onFlush = new Set();
    for (const callback of before) callback();
    const [values, errors] = [this.#values, this.#errors];
    this.#values = {};
    this.#errors = {};
    for (const id of [...Object.keys(values), ...Object.keys(errors)]) {
      this.sendFrame({ recalculating: { name: id, status: "recalculating" } });
      this.sendFrame({ recalculating: { name: id, status: "recalculated" } });
    }
    this.sendFrame({ values, inputMessages: [], errors });
    const after = this.#onFlushed;
    this.#onFlushed = new Set();
    for (const callback of after) callback();
  }

  /** Ends the session and its connection: closes and unregisters all comms. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting.length = 0;
    this.#onFlush.clear();
    this.#onFlushed.clear();
    for (const comm of this.#accepted) {
      if (comm.closed) continue;
      const content = { comm_id: comm.comm_id, data: {} };
      this.#try(() => comm.handle_close({ content, metadata: {}, buffers: [], header: {} }));
    }
    for (const callback of this.#onEnded) this.#try(callback);
    this.#onEnded.clear();
    for (const inbox of this.#inputInboxes.values()) inbox.close(`session ${this.id} has ended`);
    this.#wiring.hangUp();
  }

  /** Receives a frame of the browser's runtime; frames are handled one by one. */
  receive(text: string): void {
    if (this.#ended) return;
    const frame: ClientFrame = JSON.parse(text);
    this.#waiting.push(frame);
    if (this.#working) return;
    this.#working = true;
    queueMicrotask(() => void this.#work());
  }

  async #work(): Promise<void> {
    for (let frame = this.#waiting.shift(); frame; frame = this.#waiting.shift()) {
      this.sendFrame({ busy: "busy" });
      const { method, data = {} } = frame;
      const frameVersion = this.#inputs.get(bare(FRAMES_INPUT));
      for (const [name, value] of Object.entries(data)) this.#inputs.set(bare(name), value);
      if (method === "init") await this.#begin();
      // The client of a dynamic UI sets the input after the first announcement.
      else if (frameVersion !== this.#inputs.get(bare(FRAMES_INPUT))) this.#announce();
      for (const [name, value] of Object.entries(data)) await this.#take(bare(name), value);
      if (this.#ended) break;
      this.sendFrame({ busy: "idle" });
      this.flush();
    }
    this.#working = false;
  }

  async #begin(): Promise<void> {
    // A client expects the announcement before the session is idle for the first time.
    this.#announce();
    await this.#try(() => this.#wiring.onSession?.(this));
  }

  #announce(): void {
    if (this.#wiring.binaryFrames && this.#inputs.get(bare(FRAMES_INPUT)) === PROBE) {
      this.sendBinaryMessage(PROBE_HANDLER, Uint8Array.from({ length: 256 }, (_, n) => n).buffer);
    }
    if (this.#wiring.opens) this.sendCustomMessage(SERVER_HANDLER, { version: 1, opens: true });
  }

  async #take(name: string, value: unknown): Promise<void> {
    if (this.#ended) return;
    const { opens = false } = this.#wiring;
    if (name === bare(SEND_INPUT)) await this.#try(() => this.#message(value));
    else if (opens && name === bare(OPEN_INPUT)) await this.#try(() => this.#open(value));
    else if (opens && name === bare(CLOSE_INPUT)) await this.#try(() => this.#closeComm(value));
    for (const listener of this.#inputListeners.get(name) ?? []) {
      await this.#try(() => listener(value));
    }
    this.#inputInboxes.get(name)?.put(value);
  }

  /** Delivers a message. A message for an unknown comm is dropped, as on the stock server. */
  #message(value: unknown): unknown {
    const message = decodeText(value);
    return this.comms.get_comm(message.content.comm_id)?.handle_msg(message);
  }

  /** Opens a comm for its target. Without a target, or after an error of the target, closes the comm. */
  async #open(value: unknown): Promise<void> {
    const message = decodeText(value);
    const { comm_id, target_name = "" } = message.content;
    if (this.comms.get_comm(comm_id))
      throw new Error(`cannot open comm ${comm_id}: a comm with this id is already open`);
    const comm = new ServerComm({ comm_id, target_name, commManager: this.comms, open: false });
    comm.accept();
    this.#accepted.add(comm);
    const target = this.comms.getTarget(target_name);
    try {
      if (!target)
        throw new Error(`cannot open comm ${comm_id}: no target ${JSON.stringify(target_name)}`);
      await target(comm, message);
    } catch (error) {
      this.#accepted.delete(comm);
      comm.close();
      throw error;
    }
  }

  #closeComm(value: unknown): unknown {
    const message = decodeText(value);
    const comm = this.comms.get_comm(message.content.comm_id);
    // The browser can close only the comms that it opened.
    return comm && this.#accepted.delete(comm) ? comm.handle_close(message) : undefined;
  }

  /** Calls a callback, and reports its error. */
  async #try(callback: () => unknown): Promise<void> {
    try {
      await callback();
    } catch (error) {
      this.#wiring.onError(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #requestFlush(): void {
    // Each handled message ends with a flush.
    if (this.#flushDue || this.#working) return;
    this.#flushDue = true;
    queueMicrotask(() => {
      if (this.#flushDue) this.flush();
    });
  }

  #assertAlive(doing: string): void {
    if (this.#ended) {
      throw new CommError("NOT_CONNECTED", `cannot ${doing}: session ${this.id} has ended`);
    }
  }
}

/** Returns an input's name without its type. */
function bare(name: string): string {
  return name.split(":")[0] ?? name;
}

/** A comm message from the browser, if it is well-formed. */
interface ClientMessage {
  readonly content: {
    readonly comm_id: unknown;
    readonly target_name?: unknown;
    readonly data: JsonObject;
  };
  readonly metadata?: JsonObject | null;
  readonly buffers?: readonly string[] | null;
  readonly header?: JsonObject | null;
}

/**
 * Decodes a message from the browser, like shinywidgets.
 *
 * @throws {Error} when the message is malformed
 */
function decodeText(value: unknown): ServerMessage {
  try {
    if (typeof value !== "string") throw new TypeError("not a string");
    const { content, metadata, buffers, header }: ClientMessage = JSON.parse(value);
    const { comm_id, target_name, data } = content;
    if (typeof comm_id !== "string") throw new TypeError("no comm_id");
    return {
      content: {
        comm_id,
        ...(typeof target_name === "string" && { target_name }),
        data,
      },
      metadata: metadata ?? {},
      buffers: (buffers ?? []).map(decodeBase64),
      header: header ?? {},
    };
  } catch (cause) {
    throw new Error(`malformed comm message from the browser: ${messageOf(cause)}`, { cause });
  }
}

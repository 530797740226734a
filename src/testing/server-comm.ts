/** The server's ends of comms, their table, and the targets of the comms that the browser opens. */
import { bytesOf, encodeBase64 } from "../comm/buffers.js";
import { CommError, messageOf } from "../comm/errors.js";
import { DETACH_FROM_BYTES, encodeFrame } from "../comm/frames.js";
import { HANDLERS, type JsonObject, type MessageKind } from "../comm/messages.js";
import { Inbox, type WaitOptions } from "./inbox.js";
import { pythonJson } from "./python-json.js";
import { type Binary, isBinary } from "./state-buffers.js";

/** What a comm asks of its session; {@link ServerSession} has it. */
export interface CommSession {
  /** Nothing can be sent any more. */
  readonly ended: boolean;
  /** The version of binary frames in which messages with buffers go: 0 when they go as text. */
  readonly frameVersion: number;
  /** Calls back once, before the values of the next flush are sent. @returns the undo */
  onFlush(callback: () => void): () => void;
  /** Calls back once, after the values of the next flush have been sent. @returns the undo */
  onFlushed(callback: () => void): () => void;
  /** Calls back when the session ends. @returns the undo */
  onEnded(callback: () => void): () => void;
  /** Sends a custom message at once. */
  sendCustomMessage(type: string, message: unknown): void;
  /** Sends bytes to the handler of custom messages with this name, and buffers after it, at once. */
  sendBinaryMessage(
    type: string,
    payload: ArrayBuffer,
    detachedBuffers?: readonly ArrayBuffer[],
  ): void;
}

/** A message from the browser, as a comm's callbacks get it. */
export interface ServerMessage {
  /** Whom it is for, and what it says. */
  readonly content: {
    readonly comm_id: string;
    /** Of the open of a comm that the browser opens. */
    readonly target_name?: string;
    readonly data: JsonObject;
  };
  /** `{}` as a rule. */
  readonly metadata: JsonObject;
  /** Each view owns its `ArrayBuffer` and starts at offset 0. */
  readonly buffers: DataView[];
  /** `{}` as a rule. */
  readonly header: JsonObject;
}

/** What is returned is awaited before the session takes the browser's next message. */
export type ServerCallback = (message: ServerMessage) => unknown;

/** What goes with a message. */
export interface MessageParts {
  /** By default `{}`. */
  data?: unknown;
  /** By default `{}`. */
  metadata?: JsonObject | undefined;
  /** Sent beside the data, as bytes. */
  buffers?: readonly Binary[] | undefined;
}

/** What goes with an open. */
export interface OpenParts extends MessageParts {
  /** What else the open's content bears, such as `html_deps`. */
  keys?: JsonObject | undefined;
}

/** What makes a {@link ServerComm}. */
export interface ServerCommOptions extends OpenParts {
  /** 32 hex digits on a real server. */
  comm_id: string;
  /** Where it is registered while it is open. */
  commManager: ServerCommManager;
  /** Whom the browser is to open it for. */
  target_name: string;
  /** By default the manager's. */
  session?: CommSession | undefined;
  /** `false`: nothing is sent before `open()`. */
  open?: boolean;
}

/**
 * The server's end of a comm. It does what shinywidgets' Python class does, in the same order, and
 * the payloads that it sends are the same to the byte (see {@link pythonJson} for the numbers that
 * JavaScript cannot tell apart).
 *
 * Opens are sent when the session flushes, before the values of outputs; messages and closes after
 * them. What is sent is written at once: later changes of the data or of a buffer's bytes do no harm.
 */
export class ServerComm {
  /** The same at both ends. */
  readonly comm_id: string;
  /** Whom it is opened for. */
  readonly target_name: string;
  /** Where it is registered while it is open. */
  readonly commManager: ServerCommManager;
  /** Whose browser the other end is in. */
  readonly session: CommSession | undefined;
  readonly #inbox: Inbox<ServerMessage>;
  #onMsg: ServerCallback | undefined;
  #onClose: ServerCallback | undefined;
  #closed = true;
  #forgetSession: (() => void) | undefined;

  /**
   * Opens the comm, unless `open` is `false`.
   *
   * @throws as {@link ServerComm.open} does
   */
  constructor({
    comm_id,
    commManager,
    target_name,
    session = commManager.session,
    open = true,
    ...parts
  }: ServerCommOptions) {
    this.comm_id = comm_id;
    this.commManager = commManager;
    this.target_name = target_name;
    this.session = session;
    this.#inbox = new Inbox(`a message on comm ${comm_id}`);
    if (open) this.open(parts);
  }

  /** By either side, with the session, or because it was never opened. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Registers the comm and has the browser open its end. When that fails, the comm is not registered.
   *
   * @throws {CommError} `NOT_CONNECTED` without a session, or when it has ended
   * @throws {TypeError} when a buffer is not binary, or its bytes are gone
   * @throws {CommError} `ENCODE` when the data cannot be written as JSON
   */
  open({ keys, ...parts }: OpenParts = {}): void {
    this.commManager.register_comm(this);
    try {
      this.#publish("comm_open", parts, {
        target_name: this.target_name,
        target_module: null,
        ...keys,
      });
      this.#opened();
    } catch (error) {
      this.commManager.unregister_comm(this);
      throw error;
    }
  }

  /** Registers the comm as the other end of one that the browser has opened: nothing is sent. */
  accept(): void {
    this.commManager.register_comm(this);
    this.#opened();
  }

  /**
   * Sends a message. As in Python, a comm that is closed sends all the same; the browser reports a
   * message for a comm that it does not know.
   *
   * @throws as {@link ServerComm.open} does
   */
  send(data?: unknown, metadata?: JsonObject, buffers?: readonly Binary[]): void {
    this.#publish("comm_msg", { data, metadata, buffers });
  }

  /**
   * Closes both ends and unregisters this one. A second close does nothing. Without a session, or
   * when it has ended, nothing is sent, and that is no error.
   *
   * @throws {TypeError} when a buffer is not binary, or its bytes are gone
   * @throws {CommError} `ENCODE` when the data cannot be written as JSON
   */
  close(data?: unknown, metadata?: JsonObject, buffers?: readonly Binary[]): void {
    if (this.#closed) return;
    this.#end();
    if (this.session && !this.session.ended) {
      this.#publish("comm_close", { data, metadata, buffers });
    }
    this.commManager.unregister_comm(this);
  }

  /** Sets the callback for messages; `undefined` unsets it. */
  on_msg(callback: ServerCallback | undefined): void {
    this.#onMsg = callback;
  }

  /** Sets the callback for the browser's close; `undefined` unsets it. */
  on_close(callback: ServerCallback | undefined): void {
    this.#onClose = callback;
  }

  /** Delivers a message, to the callback and to {@link ServerComm.nextMessage}. */
  handle_msg(message: ServerMessage): unknown {
    this.#inbox.put(message);
    return this.#onMsg?.(message);
  }

  /** Delivers the browser's close; afterwards the comm is closed and not registered. */
  handle_close(message: ServerMessage): unknown {
    const callback = this.#onClose;
    if (!this.#closed) {
      this.#end();
      this.commManager.unregister_comm(this);
    }
    return callback?.(message);
  }

  /**
   * The next message of the browser that no call has been given yet, in order; those that are there
   * already count.
   *
   * @throws (rejects) when none comes in time, or the comm is closed first
   */
  nextMessage(options?: WaitOptions): Promise<ServerMessage> {
    return this.#inbox.next(options);
  }

  #opened(): void {
    this.#forgetSession?.();
    this.#closed = false;
    this.#inbox.reopen();
    // `close` sends nothing to a session that has ended.
    this.#forgetSession = this.session?.onEnded(() => this.close());
  }

  #end(): void {
    this.#closed = true;
    this.#forgetSession?.();
    this.#forgetSession = undefined;
    this.#inbox.close(`comm ${this.comm_id} is closed`);
  }

  #publish(kind: MessageKind, parts: MessageParts, keys: JsonObject = {}): void {
    const { comm_id, session } = this;
    const buffers = (parts.buffers ?? []).map((buffer, index) =>
      checkedBytes(buffer, `comm ${comm_id}: buffer ${index}`),
    );
    // The order of the keys is that of the Python class.
    const content = { data: parts.data ?? {}, comm_id, ...keys };
    const metadata = parts.metadata ?? {};
    const rest = { ident: `comm-${comm_id}`, parent: {} };
    if (!session) {
      throw new CommError(
        "NOT_CONNECTED",
        `comm ${comm_id}: cannot send a ${kind} outside of a Shiny session`,
        { comm_id, kind },
      );
    }
    if (session.ended) {
      throw new CommError(
        "NOT_CONNECTED",
        `comm ${comm_id}: cannot send a ${kind}, its Shiny session has ended`,
        { comm_id, kind },
      );
    }
    const type = HANDLERS[kind];
    let send: () => void;
    if (session.frameVersion > 0 && buffers.length > 0) {
      const header = JSON.parse(this.#write(kind, { content, metadata, ...rest })) as JsonObject;
      const detachFromBytes =
        session.frameVersion > 1 ? DETACH_FROM_BYTES : Number.POSITIVE_INFINITY;
      const frame = encodeFrame(kind, header, buffers, { detachFromBytes });
      // Copies: they are sent later, and become the browser's own.
      const detachedBuffers = buffers
        .filter(({ byteLength }) => byteLength >= detachFromBytes)
        .map((buffer) => buffer.slice().buffer);
      send = () => session.sendBinaryMessage(type, frame, detachedBuffers);
    } else {
      const encoded = buffers.map(encodeBase64);
      const payload = this.#write(kind, { content, metadata, buffers: encoded, ...rest });
      send = () => session.sendCustomMessage(type, payload);
    }
    if (kind === "comm_open") session.onFlush(send);
    else session.onFlushed(send);
  }

  #write(kind: MessageKind, message: JsonObject): string {
    const { comm_id } = this;
    try {
      return pythonJson(message);
    } catch (cause) {
      const what = `comm ${comm_id}: cannot send a ${kind} (${messageOf(cause)})`;
      throw new CommError("ENCODE", what, { comm_id, kind, cause });
    }
  }
}

/** Called when the browser opens a comm; what it returns is awaited. */
export type ServerTargetCallback = (comm: ServerComm, message: ServerMessage) => unknown;

/**
 * Comms by id. Shinywidgets has one for all sessions of a process; here each session has its own, and
 * further ones can be made.
 */
export class ServerCommManager {
  readonly #comms = new Map<string, ServerComm>();
  readonly #targets = new Map<string, ServerTargetCallback>();
  /** The session of comms that are given none. */
  readonly session: CommSession | undefined;

  constructor(session?: CommSession) {
    this.session = session;
  }

  /** The open comms, by id. */
  get comms(): ReadonlyMap<string, ServerComm> {
    return this.#comms;
  }

  /** Adds a comm; one with the same id loses its place, as in Python. @returns its id */
  register_comm(comm: ServerComm): string {
    this.#comms.set(comm.comm_id, comm);
    return comm.comm_id;
  }

  /** Forgets a comm. One that has lost its place to another, or was never there, does no harm. */
  unregister_comm(comm: ServerComm): ServerComm {
    if (this.#comms.get(comm.comm_id) === comm) this.#comms.delete(comm.comm_id);
    return comm;
  }

  /** The open comm with this id. */
  get_comm(comm_id: string): ServerComm | undefined {
    return this.#comms.get(comm_id);
  }

  /** Registers what is called when the browser opens a comm for `target_name`. @returns the undo */
  register_target(target_name: string, callback: ServerTargetCallback): () => void {
    this.#targets.set(target_name, callback);
    return () => {
      if (this.#targets.get(target_name) === callback) this.#targets.delete(target_name);
    };
  }

  /** Opens for this target are answered with a close again. */
  unregister_target(target_name: string): void {
    this.#targets.delete(target_name);
  }

  /** What was registered last for this target. */
  getTarget(target_name: string): ServerTargetCallback | undefined {
    return this.#targets.get(target_name);
  }
}

/**
 * The bytes of a buffer: an `ArrayBuffer`, or a view of one (typed array, `DataView`, Node's
 * `Buffer`), whose own bytes are sent and no others around them. These are always contiguous.
 *
 * @throws {TypeError} for anything else (lists of numbers, texts, `Blob`s, bare
 *   `SharedArrayBuffer`s), and for a buffer whose bytes have been transferred away
 */
function checkedBytes(buffer: unknown, name: string): Uint8Array {
  if (!isBinary(buffer)) {
    throw new TypeError(
      `${name} is not contiguous bytes: an ArrayBuffer or a view of one is needed`,
    );
  }
  try {
    // Of a detached buffer the length is 0, as of an empty one; but no view of it can be made.
    return bytesOf(buffer);
  } catch (cause) {
    throw new TypeError(`${name} has no bytes any more (${messageOf(cause)})`, { cause });
  }
}

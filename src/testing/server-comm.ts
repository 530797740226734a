/** The server's ends of comms, their table, and the targets of the comms that the browser opens. */
import { bytesOf, encodeBase64 } from "../comm/buffers.js";
import { CommError, messageOf } from "../comm/errors.js";
import { DETACH_FROM_BYTES, encodeFrame } from "../comm/frames.js";
import { HANDLERS, type JsonObject, type MessageKind } from "../comm/messages.js";
import { Inbox, type WaitOptions } from "./inbox.js";
import { pythonJson } from "./python-json.js";
import { type Binary, isBinary } from "./state-buffers.js";

/** The part of a {@link ServerSession} that its comms use. */
export interface CommSession {
  /** Whether the session has ended. */
  readonly ended: boolean;
  /** The version of binary frames: 0 for text messages, and from 3 for batches. */
  readonly frameVersion: number;
  /** Calls back once, before the session sends the values of the next flush. @returns the undo */
  onFlush(callback: () => void): () => void;
  /** Calls back once, after the session has sent the values of the next flush. @returns the undo */
  onFlushed(callback: () => void): () => void;
  /** Calls back when the session ends. @returns the undo */
  onEnded(callback: () => void): () => void;
  /** Sends a custom message immediately. */
  sendCustomMessage(type: string, message: unknown): void;
  /** Sends bytes to the message handler of this name, followed by buffers, immediately. */
  sendBinaryMessage(
    type: string,
    payload: ArrayBuffer,
    detachedBuffers?: readonly ArrayBuffer[],
  ): void;
  /** Sends a message in a batch with the next flush. Required for version 3. */
  sendInBatch?(kind: MessageKind, header: JsonObject, buffers: readonly Uint8Array[]): void;
}

/** A message from the browser, the argument of a comm's callbacks. */
export interface ServerMessage {
  /** The id of the comm, and the data. */
  readonly content: {
    readonly comm_id: string;
    /** The name of the target, in the open of a comm from the browser. */
    readonly target_name?: string;
    readonly data: JsonObject;
  };
  /** The metadata, usually `{}`. */
  readonly metadata: JsonObject;
  /** The buffers; each view owns its `ArrayBuffer` and starts at offset 0. */
  readonly buffers: DataView[];
  /** The header, usually `{}`. */
  readonly header: JsonObject;
}

/** Receives a message; the session's next message waits until the returned promise settles. */
export type ServerCallback = (message: ServerMessage) => unknown;

/** The parts of a message. */
export interface MessageParts {
  /** The data; `{}` by default. */
  data?: unknown;
  /** The metadata; `{}` by default. */
  metadata?: JsonObject | undefined;
  /** Binary buffers, sent next to the data. */
  buffers?: readonly Binary[] | undefined;
}

/** The parts of an open. */
export interface OpenParts extends MessageParts {
  /** Further keys of the open's content, such as `html_deps`. */
  keys?: JsonObject | undefined;
}

/** Options of {@link ServerComm}. */
export interface ServerCommOptions extends OpenParts {
  /** The id of the comm; 32 hex digits on a real server. */
  comm_id: string;
  /** The manager that registers the comm while it is open. */
  commManager: ServerCommManager;
  /** The name of the target in the browser. */
  target_name: string;
  /** The session; by default, the manager's session. */
  session?: CommSession | undefined;
  /** Whether to open the comm now; `true` by default. */
  open?: boolean;
}

/**
 * The server's end of a comm. It works like shinywidgets' Python class, and sends the same bytes
 * ({@link pythonJson} explains the exception for numbers).
 *
 * A flush of the session sends opens before the values of outputs, and messages and closes after them.
 * Messages are encoded immediately, so later changes of data or buffers have no effect.
 *
 * @example
 * ```ts
 * import { connect } from "shiny-comm";
 * import { createShiny, ServerComm } from "shiny-comm/testing";
 *
 * const shiny = createShiny();
 * connect({ runtime: shiny.runtime }).register_target("sum", (comm) => {
 *   comm.on_msg(({ buffers }) => comm.send({ bytes: buffers[0]?.byteLength }));
 * });
 * const session = await shiny.connect();
 * const comm = new ServerComm({ comm_id: "c1", target_name: "sum", commManager: session.comms });
 * comm.send({}, {}, [Uint8Array.of(1, 2, 3)]);
 * const { content } = await comm.nextMessage();
 * console.log(content.data.bytes); // 3
 * ```
 */
export class ServerComm {
  /** The id of the comm, equal at both ends. */
  readonly comm_id: string;
  /** The name of the target. */
  readonly target_name: string;
  /** The manager that registers the comm while it is open. */
  readonly commManager: ServerCommManager;
  /** The session of the other end. */
  readonly session: CommSession | undefined;
  readonly #inbox: Inbox<ServerMessage>;
  #onMsg: ServerCallback | undefined;
  #onClose: ServerCallback | undefined;
  #closed = true;
  #forgetSession: (() => void) | undefined;

  /**
   * Opens the comm, unless `open` is `false`.
   *
   * @throws the errors of {@link ServerComm.open}
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

  /** Whether the comm is closed: by either side, with the session, or because it was never opened. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Registers the comm and opens the browser's end. After an error, the comm is not registered.
   *
   * @throws {CommError} `NOT_CONNECTED` without a session, or after its end
   * @throws {TypeError} when a buffer is not binary, or is detached
   * @throws {CommError} `ENCODE` when JSON cannot represent the data
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

  /** Registers the comm as the other end of a comm that the browser opened. Sends nothing. */
  accept(): void {
    this.commManager.register_comm(this);
    this.#opened();
  }

  /**
   * Sends a message. As in Python, a closed comm sends messages, too; the browser reports them as messages
   * for an unknown comm.
   *
   * @throws the errors of {@link ServerComm.open}
   */
  send(data?: unknown, metadata?: JsonObject, buffers?: readonly Binary[]): void {
    this.#publish("comm_msg", { data, metadata, buffers });
  }

  /**
   * Closes both ends and unregisters this one. A second call has no effect. Without an open session, this
   * method sends nothing, without an error.
   *
   * @throws {TypeError} when a buffer is not binary, or is detached
   * @throws {CommError} `ENCODE` when JSON cannot represent the data
   */
  close(data?: unknown, metadata?: JsonObject, buffers?: readonly Binary[]): void {
    if (this.#closed) return;
    this.#end();
    if (this.session && !this.session.ended) {
      this.#publish("comm_close", { data, metadata, buffers });
    }
    this.commManager.unregister_comm(this);
  }

  /** Sets the callback for messages; `undefined` removes it. */
  on_msg(callback: ServerCallback | undefined): void {
    this.#onMsg = callback;
  }

  /** Sets the callback for the browser's close; `undefined` removes it. */
  on_close(callback: ServerCallback | undefined): void {
    this.#onClose = callback;
  }

  /** Delivers a message, to the callback and to {@link ServerComm.nextMessage}. */
  handle_msg(message: ServerMessage): unknown {
    this.#inbox.put(message);
    return this.#onMsg?.(message);
  }

  /** Delivers the browser's close, after the comm was closed and unregistered. */
  handle_close(message: ServerMessage): unknown {
    const callback = this.#onClose;
    if (!this.#closed) {
      this.#end();
      this.commManager.unregister_comm(this);
    }
    return callback?.(message);
  }

  /**
   * Returns the next message of the browser. Each message is returned once, in order, earlier messages
   * included.
   *
   * @throws (rejects) after the timeout, or when the comm is closed first
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
    // The Python class has this order of keys.
    const content = { data: parts.data ?? {}, comm_id, ...keys };
    const metadata = parts.metadata ?? {};
    const rest = { ident: `comm-${comm_id}`, parent: {} };
    if (!session) {
      throw new CommError(
        "NOT_CONNECTED",
        `cannot send a ${kind} on comm ${comm_id}: the comm has no Shiny session`,
        { comm_id, kind },
      );
    }
    if (session.ended) {
      throw new CommError(
        "NOT_CONNECTED",
        `cannot send a ${kind} on comm ${comm_id}: its Shiny session has ended`,
        { comm_id, kind },
      );
    }
    const type = HANDLERS[kind];
    if (session.frameVersion > 2 && session.sendInBatch) {
      const header: JsonObject = JSON.parse(this.#write(kind, { content, metadata }));
      session.sendInBatch(kind, header, buffers);
      return;
    }
    let send: () => void;
    if (session.frameVersion > 0 && buffers.length > 0) {
      const header: JsonObject = JSON.parse(this.#write(kind, { content, metadata, ...rest }));
      const detachFromBytes =
        session.frameVersion > 1 ? DETACH_FROM_BYTES : Number.POSITIVE_INFINITY;
      const frame = encodeFrame(kind, header, buffers, { detachFromBytes });
      // Copies, because they are sent later and the browser owns them.
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
      const what = `cannot send a ${kind} on comm ${comm_id}: ${messageOf(cause)}`;
      throw new CommError("ENCODE", what, { comm_id, kind, cause });
    }
  }
}

/** Called when the browser opens a comm; the session awaits the returned promise. */
export type ServerTargetCallback = (comm: ServerComm, message: ServerMessage) => unknown;

/**
 * A table of comms by id. Shinywidgets has one table for all sessions of a process; here, each session has
 * a table (`session.comms`).
 *
 * @example
 * ```ts
 * import { connect } from "shiny-comm";
 * import { createShiny } from "shiny-comm/testing";
 *
 * const shiny = createShiny({
 *   opens: true,
 *   onSession: (session) =>
 *     session.comms.register_target("greeter", (comm) => comm.send({ text: "hello" })),
 * });
 * const connection = connect({ runtime: shiny.runtime });
 * await shiny.connect();
 * const comm = await connection.openComm("greeter");
 * comm.on_msg(({ content }) => console.log(content.data.text)); // hello
 * await shiny.idle();
 * ```
 */
export class ServerCommManager {
  readonly #comms = new Map<string, ServerComm>();
  readonly #targets = new Map<string, ServerTargetCallback>();
  /** The default session of comms. */
  readonly session: CommSession | undefined;

  constructor(session?: CommSession) {
    this.session = session;
  }

  /** The open comms, by id. */
  get comms(): ReadonlyMap<string, ServerComm> {
    return this.#comms;
  }

  /** Adds a comm, and replaces a comm with the same id, as in Python. @returns the id */
  register_comm(comm: ServerComm): string {
    this.#comms.set(comm.comm_id, comm);
    return comm.comm_id;
  }

  /** Removes a comm, if it is registered. @returns the comm */
  unregister_comm(comm: ServerComm): ServerComm {
    if (this.#comms.get(comm.comm_id) === comm) this.#comms.delete(comm.comm_id);
    return comm;
  }

  /** Returns the open comm with this id. */
  get_comm(comm_id: string): ServerComm | undefined {
    return this.#comms.get(comm_id);
  }

  /** Registers the callback for comms that the browser opens for `target_name`. @returns the undo */
  register_target(target_name: string, callback: ServerTargetCallback): () => void {
    this.#targets.set(target_name, callback);
    return () => {
      if (this.#targets.get(target_name) === callback) this.#targets.delete(target_name);
    };
  }

  /** Removes the callback of a target; its opens are answered with a close. */
  unregister_target(target_name: string): void {
    this.#targets.delete(target_name);
  }

  /** Returns the newest callback of a target. */
  getTarget(target_name: string): ServerTargetCallback | undefined {
    return this.#targets.get(target_name);
  }
}

/**
 * Returns the bytes of an `ArrayBuffer` or of a view (typed array, `DataView`, Node's `Buffer`).
 *
 * @throws {TypeError} for other values (arrays of numbers, texts, `Blob`s, `SharedArrayBuffer`s), and for a
 *   detached buffer
 */
function checkedBytes(buffer: unknown, name: string): Uint8Array {
  if (!isBinary(buffer)) {
    throw new TypeError(`${name} is not contiguous bytes (expected an ArrayBuffer or a view)`);
  }
  try {
    // A detached buffer has the length 0, like an empty one, but a view of it throws.
    return bytesOf(buffer);
  } catch (cause) {
    throw new TypeError(`${name} is detached (${messageOf(cause)})`, { cause });
  }
}

// src/comm/comm-manager.ts
import { newId } from "../util/id.js";
import { isThenable } from "../util/promise.js";
import { shorten } from "../util/text.js";
import { decode, encode, payloadsIn } from "./codec.js";
import { ShinyComm } from "./comm.js";
import { asError, CommError, handlerError, logError } from "./errors.js";
var MAX_EARLY_MESSAGES = 1e3;
var MAX_EXPECTED_MESSAGES = 1e5;
var MAX_PENDING_MESSAGES = 1e3;
var MAX_CLOSED_HERE = 250;
var ShinyCommManager = class {
  /** The callbacks of each name, the newest last. */
  #targets = /* @__PURE__ */ new Map();
  #expectedTargets;
  #comms = /* @__PURE__ */ new Map();
  #early = /* @__PURE__ */ new Map();
  /** The numbers of early messages for expected targets, and of all others. */
  #earlyCounts = { expected: 0, other: 0 };
  /** The expected targets whose absence was reported. */
  #missing = /* @__PURE__ */ new Set();
  /** The comms that this side closed: later messages for them are dropped without an error. */
  #closedHere = /* @__PURE__ */ new Set();
  #closingAll = false;
  #transport;
  #openWaitMs;
  #totals = { received: 0, sent: 0 };
  constructor({
    transport,
    onError = logError,
    openWaitMs = 1e4,
    expectedTargets = /* @__PURE__ */ new Map()
  }) {
    this.#transport = transport;
    this.#openWaitMs = openWaitMs;
    this.#expectedTargets = expectedTargets;
    this.onError = onError;
  }
  /** Replaces the transport. */
  setTransport(transport) {
    this.#transport = transport;
  }
  /**
   * Registers the callback for comms that the server opens for `target_name`. The newest of several
   * callbacks is called. A new callback receives the opens that wait for the target, too.
   *
   * @returns the undo
   */
  register_target(target_name, callback) {
    const targets = this.#targets.get(target_name) ?? [];
    this.#targets.set(target_name, targets);
    const registered = { callback };
    targets.push(registered);
    this.#missing.delete(target_name);
    for (const [comm_id, { open }] of [...this.#early]) {
      if (open?.content.target_name !== target_name || !this.#early.has(comm_id)) continue;
      const early = this.#takeEarly(comm_id);
      this.#open(open);
      for (const message of early) if (message !== open) this.#route(message);
    }
    return () => {
      const index = targets.indexOf(registered);
      if (index >= 0) targets.splice(index, 1);
    };
  }
  /** Removes all callbacks of a target. */
  unregister_target(target_name) {
    this.#targets.delete(target_name);
  }
  /**
   * Opens a comm from the browser. Callers must check first that the server supports it.
   *
   * @throws {CommError} `ENCODE` when the open cannot be encoded
   * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
   */
  openComm(target_name, { data = {}, comm_id = newId(), metadata, buffers } = {}) {
    const message = { comm_id, target_name, data, metadata, buffers };
    const text = encode(message);
    const comm = new ShinyComm(comm_id, target_name, this);
    this.register_comm(comm);
    this.#transport.open?.(message, text);
    this.#sent("comm_open", message, text);
    return comm;
  }
  /**
   * Adds a comm, so that it receives the messages for its id.
   *
   * @returns the comm's id
   * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
   */
  register_comm(comm) {
    const { comm_id } = comm;
    if (this.#comms.get(comm_id)?.comm !== comm) void this.#drain(this.#enter(comm));
    return comm_id;
  }
  /** Removes a comm, and drops its waiting messages. */
  unregister_comm(comm) {
    const entry = this.#comms.get(comm.comm_id);
    if (entry?.comm !== comm) return;
    entry.queue.length = 0;
    this.#comms.delete(comm.comm_id);
    this.#transport.forget?.(comm.comm_id);
  }
  /** Returns the open comm with this id. */
  get_comm(comm_id) {
    return this.#comms.get(comm_id)?.comm;
  }
  /** Returns the ids of the open comms. */
  commIds() {
    return [...this.#comms.keys()];
  }
  /** Returns the current state, read-only, for the inspector. */
  inspect() {
    return { comms: this.#comms, early: this.#early, totals: this.#totals };
  }
  /** Receives a message, or a batch, in the form of a Shiny custom-message handler. Never throws. */
  receive(kind, payload) {
    for (const each of payloadsIn(kind, payload)) {
      try {
        this.#totals.received += 1;
        this.tap?.received(kind, each);
        const message = decode(kind, each);
        this.tap?.decoded(message);
        if (message.msg_type === "comm_open") this.#open(message);
        else this.#route(message);
      } catch (error) {
        this.#report(error);
      }
    }
  }
  /**
   * Closes every comm as if the server had, and drops all waiting messages. Messages sent by close
   * handlers are dropped: the old session has ended, and Shiny ends a new session that receives a
   * message before its `init`.
   */
  closeAll() {
    this.#closingAll = true;
    for (const comm_id of [...this.#early.keys()]) this.#takeEarly(comm_id);
    for (const { comm } of [...this.#comms.values()]) {
      const { comm_id } = comm;
      const message = {
        msg_type: "comm_close",
        content: { comm_id, data: {} },
        metadata: {},
        buffers: [],
        header: {}
      };
      void this.#deliver(comm, message);
    }
    this.#missing.clear();
    this.#closingAll = false;
  }
  send(message, onIdle) {
    const { comm_id } = message;
    if (!this.#comms.has(comm_id)) {
      throw new CommError("COMM_CLOSED", `cannot send on comm ${comm_id}: it is not open`, {
        comm_id
      });
    }
    if (this.#closingAll) return newId();
    const text = encode(message);
    const msg_id = this.#transport.send(message, text, onIdle);
    this.#sent("comm_msg", message, text, msg_id);
    return msg_id;
  }
  listening(comm) {
    const entry = this.#comms.get(comm.comm_id);
    if (entry?.comm !== comm) return;
    entry.overflowed = false;
    if (entry.queue.length === 0) return;
    queueMicrotask(() => {
      if (!entry.current) void this.#drain(entry);
    });
  }
  closed(comm, farewell) {
    if (farewell && !this.#closingAll && this.#comms.get(comm.comm_id)?.comm === comm) {
      try {
        this.#transport.close?.(farewell, () => {
          const text = encode(farewell);
          this.#sent("comm_close", farewell, text);
          return text;
        });
      } catch (error) {
        this.#report(error);
      }
    }
    this.unregister_comm(comm);
    const closed = this.#closedHere;
    closed.add(comm.comm_id);
    if (closed.size > MAX_CLOSED_HERE)
      for (const oldest of closed) return void closed.delete(oldest);
  }
  #sent(kind, message, text, msg_id) {
    this.#totals.sent += 1;
    this.tap?.sent(kind, message, text, msg_id);
  }
  #closedByServer(comm, message) {
    try {
      return comm.handle_close(message);
    } finally {
      this.#closedHere.delete(comm.comm_id);
    }
  }
  #open(message) {
    const { comm_id, target_name } = message.content;
    const target = this.#targets.get(target_name)?.at(-1);
    if (!target) {
      if (this.#comms.has(comm_id) || this.#early.get(comm_id)?.open) {
        throw duplicate(comm_id, "comm_open");
      }
      this.#wait(message);
      return;
    }
    const entry = this.#enter(new ShinyComm(comm_id, target_name, this), "comm_open");
    entry.queue.unshift(message);
    void this.#drain(entry, target.callback);
  }
  /** Adds a comm with its early messages. */
  #enter(comm, kind) {
    const { comm_id } = comm;
    if (this.#comms.has(comm_id)) throw duplicate(comm_id, kind);
    this.#closedHere.delete(comm_id);
    const queue = this.#takeEarly(comm_id);
    const entry = { comm, queue, current: void 0, overflowed: false };
    this.#comms.set(comm_id, entry);
    return entry;
  }
  #route(message) {
    const { comm_id } = message.content;
    const entry = this.#comms.get(comm_id);
    if (entry) {
      this.#transport.received?.(message);
      this.#enqueue(entry, message);
    } else if (!this.#closedHere.has(comm_id)) {
      this.#wait(message);
    } else if (message.msg_type === "comm_close") {
      this.#closedHere.delete(comm_id);
    }
  }
  #enqueue(entry, message) {
    const { comm, queue } = entry;
    if (message.msg_type === "comm_msg" && queue.length >= MAX_PENDING_MESSAGES && !entry.current && waitsForListener(entry)) {
      if (!entry.overflowed) this.#report(overflow(comm.comm_id));
      entry.overflowed = true;
      return;
    }
    queue.push(message);
    if (!entry.current) void this.#drain(entry);
  }
  /** Delivers the queued messages, one after the other. */
  async #drain(entry, target) {
    const { comm, queue } = entry;
    for (let next = queue[0]; next && !waitsForListener(entry); next = queue[0]) {
      const current = next;
      queue.shift();
      entry.current = current;
      const delivered = this.#deliver(comm, current, target);
      if (delivered) await delivered;
      this.tap?.delivered(current);
    }
    entry.current = void 0;
  }
  /**
   * Calls the listener of a message, and reports what it throws or rejects with.
   *
   * @returns a promise if the listener returned one
   */
  #deliver(comm, message, target) {
    const failed = (cause) => this.#report(handlerError(comm.comm_id, message.msg_type, cause));
    try {
      let returned;
      if (message.msg_type === "comm_open") returned = target?.(comm, message);
      else if (message.msg_type === "comm_msg") returned = comm.handle_msg(message);
      else returned = this.#closedByServer(comm, message);
      if (!isThenable(returned)) return void 0;
      return Promise.resolve(returned).then(() => void 0, failed);
    } catch (error) {
      failed(error);
      return void 0;
    }
  }
  /**
   * Keeps a message whose comm is not open, or an open whose target is not registered. After a
   * timeout it is dropped, with all messages behind it. Messages for an expected target are kept
   * until the end of the session.
   */
  #wait(message) {
    const { comm_id } = message.content;
    let early = this.#early.get(comm_id);
    const open = early?.open ?? (message.msg_type === "comm_open" ? message : void 0);
    const expected = this.#isExpected(open);
    const isFull = expected ? this.#earlyCounts.expected >= MAX_EXPECTED_MESSAGES : this.#earlyCounts.other >= MAX_EARLY_MESSAGES;
    if (isFull) throw this.#unexpected(message);
    if (!early) {
      const timer = setTimeout(() => this.#timedOut(comm_id, message), this.#openWaitMs);
      early = { messages: [], timer };
      this.#early.set(comm_id, early);
    }
    this.#count(early, -1);
    early.open = open;
    early.messages.push(message);
    this.#count(early, 1);
  }
  #timedOut(comm_id, first) {
    const { open } = this.#early.get(comm_id) ?? {};
    if (open && this.#isExpected(open)) {
      const { target_name } = open.content;
      if (this.#missing.has(target_name)) return;
      this.#missing.add(target_name);
    } else {
      this.#takeEarly(comm_id);
    }
    this.#report(this.#unexpected(open ?? first));
  }
  #takeEarly(comm_id) {
    const early = this.#early.get(comm_id);
    if (!early) return [];
    clearTimeout(early.timer);
    this.#early.delete(comm_id);
    this.#count(early, -1);
    return early.messages;
  }
  #count({ open, messages }, sign) {
    this.#earlyCounts[this.#isExpected(open) ? "expected" : "other"] += sign * messages.length;
  }
  #isExpected(open) {
    return open !== void 0 && this.#expectedTargets.has(open.content.target_name);
  }
  /** Returns the error for a message whose comm is not open, or whose target is not registered. */
  #unexpected(message) {
    const { comm_id } = message.content;
    const kind = message.msg_type;
    if (kind !== "comm_open") {
      return new CommError(
        "UNKNOWN_COMM",
        `cannot deliver ${kind}: comm ${shorten(comm_id, 200)} is not open`,
        { comm_id, kind, advice: UNKNOWN_COMM_ADVICE }
      );
    }
    const { target_name } = message.content;
    const name = JSON.stringify(shorten(target_name, 200));
    return new CommError(
      "UNKNOWN_TARGET",
      `cannot open comm ${shorten(comm_id, 200)}: target ${name} is not registered`,
      {
        comm_id,
        kind,
        advice: this.#expectedTargets.get(target_name) ?? UNKNOWN_TARGET_ADVICE
      }
    );
  }
  #report(error) {
    try {
      this.onError(asError(error));
    } catch (thrown) {
      logError(asError(thrown));
    }
  }
};
var UNKNOWN_COMM_ADVICE = "Look for an earlier error of this comm. Create widgets inside the server function.";
var UNKNOWN_TARGET_ADVICE = "Register the target, by this exact name, within ten seconds.";
function waitsForListener({ comm, queue }) {
  return queue[0]?.msg_type === "comm_msg" && !comm.hasListener && !queue.some(({ msg_type }) => msg_type === "comm_close");
}
function duplicate(comm_id, kind) {
  return new CommError(
    "DUPLICATE_COMM",
    `cannot open comm ${shorten(comm_id, 200)}: a comm with this id is already open`,
    { comm_id, kind }
  );
}
function overflow(comm_id) {
  return new CommError(
    "OVERFLOW",
    `comm ${comm_id}: ${MAX_PENDING_MESSAGES} messages wait for a listener; new ones are dropped`,
    { comm_id, kind: "comm_msg", advice: "Set a listener with on_msg, or close the comm." }
  );
}
export {
  ShinyCommManager
};

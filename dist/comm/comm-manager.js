// src/comm/comm-manager.ts
import { newId } from "../util/id.js";
import { isThenable } from "../util/promise.js";
import { shorten } from "../util/text.js";
import { decode, encode } from "./codec.js";
import { ShinyComm } from "./comm.js";
import { CommError, handlerError, logError } from "./errors.js";
import {
  WIDGET_TARGETS
} from "./messages.js";
var MAX_EARLY_MESSAGES = 1e3;
var MAX_EARLY_WIDGET_MESSAGES = 1e5;
var MAX_CLOSED_HERE = 250;
var ShinyCommManager = class {
  /** Of each name, the newest last. */
  #targets = /* @__PURE__ */ new Map();
  #comms = /* @__PURE__ */ new Map();
  #early = /* @__PURE__ */ new Map();
  #earlyCount = 0;
  /** Targets of widgets that were reported to be missing. */
  #missing = /* @__PURE__ */ new Set();
  /** Closed on this side: what the server goes on sending is nothing to be reported. */
  #closedHere = /* @__PURE__ */ new Set();
  #closingAll = false;
  #transport;
  #openWaitMs;
  #totals = { received: 0, sent: 0 };
  constructor({ transport, onError = logError, openWaitMs = 1e4 }) {
    this.#transport = transport;
    this.#openWaitMs = openWaitMs;
    this.onError = onError;
  }
  /** Sends by another transport from now on. */
  setTransport(transport) {
    this.#transport = transport;
  }
  /**
   * Registers what is called when the server opens a comm for `target_name`. Of several, it is the
   * one that was registered last and not undone. It gets the opens that wait for it already, too.
   *
   * @returns the undo
   */
  register_target(target_name, callback) {
    const targets = this.#targets.get(target_name) ?? [];
    this.#targets.set(target_name, targets);
    const own = (comm, message) => callback(comm, message);
    targets.push(own);
    this.#missing.delete(target_name);
    for (const [comm_id, { open }] of [...this.#early]) {
      if (open?.content.target_name !== target_name) continue;
      const early = this.#takeEarly(comm_id);
      this.#open(open);
      for (const message of early) if (message !== open) this.#route(message);
    }
    return () => {
      const index = targets.indexOf(own);
      if (index >= 0) targets.splice(index, 1);
    };
  }
  unregister_target(target_name) {
    this.#targets.delete(target_name);
  }
  /**
   * Opens a comm from this side. Whoever does knows that the server takes it.
   *
   * @throws {CommError} `ENCODE` when the open cannot be written
   */
  openComm(target_name, options = {}) {
    const { data = {}, metadata, buffers } = options;
    const comm_id = newId();
    const message = {
      comm_id,
      target_name,
      data,
      metadata,
      buffers
    };
    const text = encode(message);
    const comm = new ShinyComm(comm_id, target_name, this);
    this.register_comm(comm);
    this.#transport.open?.(message, text);
    this.#sent("comm_open", message, text);
    return comm;
  }
  /**
   * Adds a comm, so that messages for its id reach it.
   *
   * @returns the comm's id
   * @throws {CommError} `DUPLICATE_COMM` when another comm with this id is open
   */
  register_comm(comm) {
    const { comm_id } = comm;
    if (this.#comms.get(comm_id)?.comm !== comm) void this.#drain(this.#enter(comm));
    return comm_id;
  }
  /** Forgets a comm. What waits for it is dropped. */
  unregister_comm(comm) {
    const entry = this.#comms.get(comm.comm_id);
    if (entry?.comm !== comm) return;
    entry.queue.length = 0;
    this.#comms.delete(comm.comm_id);
    this.#transport.forget?.(comm.comm_id);
  }
  get_comm(comm_id) {
    return this.#comms.get(comm_id)?.comm;
  }
  /** The ids of the open comms. */
  commIds() {
    return [...this.#comms.keys()];
  }
  inspect() {
    return { comms: this.#comms, early: this.#early, totals: this.#totals };
  }
  /** Takes a message as a Shiny custom-message handler gets it. Never throws. */
  receive(kind, payload) {
    try {
      this.#totals.received += 1;
      this.tap?.received(kind, payload);
      const message = decode(kind, payload);
      this.tap?.decoded(message);
      if (message.msg_type === "comm_open") this.#open(message);
      else this.#route(message);
    } catch (error) {
      this.#report(error);
    }
  }
  /**
   * Closes every comm as if the server had, and forgets what waits. What a close sets off in others
   * (a tab that loses a page selects another) is not sent: nobody is there who would know of it,
   * and Shiny ends a new session to which anything is sent before its first message.
   */
  closeAll() {
    this.#closingAll = true;
    for (const { comm } of [...this.#comms.values()]) {
      const closing = { comm_id: comm.comm_id, data: {} };
      this.#run(
        comm.comm_id,
        "comm_close",
        () => this.#closedByServer(comm, {
          msg_type: "comm_close",
          content: closing,
          metadata: {},
          buffers: [],
          header: {}
        })
      );
    }
    for (const comm_id of [...this.#early.keys()]) this.#takeEarly(comm_id);
    this.#missing.clear();
    this.#closingAll = false;
  }
  send(message, callbacks) {
    const { comm_id } = message;
    if (!this.#comms.has(comm_id)) {
      throw new CommError("COMM_CLOSED", `cannot send on comm ${comm_id}: it is not open`, {
        comm_id
      });
    }
    if (this.#closingAll) return newId();
    const text = encode(message);
    const msg_id = this.#transport.send(message, text, callbacks);
    this.#sent("comm_msg", message, text, msg_id);
    return msg_id;
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
        throw isOpenAlready(comm_id, "comm_open");
      }
      this.#wait(message);
      return;
    }
    const entry = this.#enter(new ShinyComm(comm_id, target_name, this), "comm_open");
    entry.queue.unshift(message);
    void this.#drain(entry, target);
  }
  /** Makes a comm known, with the messages that came before it. */
  #enter(comm, kind) {
    const { comm_id } = comm;
    if (this.#comms.has(comm_id)) throw isOpenAlready(comm_id, kind);
    this.#closedHere.delete(comm_id);
    const entry = { comm, queue: this.#takeEarly(comm_id), current: void 0 };
    this.#comms.set(comm_id, entry);
    return entry;
  }
  #route(message) {
    const { comm_id } = message.content;
    const entry = this.#comms.get(comm_id);
    if (entry) {
      this.#transport.received?.(message);
      entry.queue.push(message);
      if (!entry.current) void this.#drain(entry);
    } else if (!this.#closedHere.has(comm_id)) {
      this.#wait(message);
    } else if (message.msg_type === "comm_close") {
      this.#closedHere.delete(comm_id);
    }
  }
  /** Delivers what is queued, one message after the other. */
  async #drain(entry, target) {
    const { comm, queue } = entry;
    for (let message = queue.shift(); message; message = queue.shift()) {
      const current = message;
      entry.current = current;
      const returned = this.#run(comm.comm_id, current.msg_type, () => {
        switch (current.msg_type) {
          case "comm_open":
            return target?.(comm, current);
          case "comm_msg":
            return comm.handle_msg(current);
          case "comm_close":
            return this.#closedByServer(comm, current);
          default:
            return current;
        }
      });
      if (returned) await returned;
      this.tap?.delivered(current);
    }
    entry.current = void 0;
  }
  /** Runs a callback; whatever it throws, now or later, is reported and goes no further. */
  #run(comm_id, kind, callback) {
    const failed = (cause) => this.#report(handlerError(comm_id, kind, cause));
    try {
      const returned = callback();
      if (!isThenable(returned)) return void 0;
      return Promise.resolve(returned).then(() => void 0, failed);
    } catch (error) {
      failed(error);
      return void 0;
    }
  }
  /**
   * Keeps a message whose comm is not open, or an open whose target is not registered. After a
   * while it is dropped, with all that waits behind it; but what is for the widgets' client, whose
   * script dynamic UI may bring at any time, is kept for as long as the session lasts.
   */
  #wait(message) {
    const { comm_id } = message.content;
    let early = this.#early.get(comm_id);
    const open = early?.open ?? (message.msg_type === "comm_open" ? message : void 0);
    const most = isForWidgets(open) ? MAX_EARLY_WIDGET_MESSAGES : MAX_EARLY_MESSAGES;
    if (this.#earlyCount >= most) throw notOpen(message);
    if (!early) {
      const timer = setTimeout(() => this.#waitedEnough(comm_id, message), this.#openWaitMs);
      early = { messages: [], timer };
      this.#early.set(comm_id, early);
    }
    early.open = open;
    early.messages.push(message);
    this.#earlyCount += 1;
  }
  #waitedEnough(comm_id, first) {
    const { open } = this.#early.get(comm_id) ?? {};
    if (isForWidgets(open)) {
      const { target_name } = open.content;
      if (this.#missing.has(target_name)) return;
      this.#missing.add(target_name);
    } else {
      this.#takeEarly(comm_id);
    }
    this.#report(notOpen(open ?? first));
  }
  #takeEarly(comm_id) {
    const early = this.#early.get(comm_id);
    if (!early) return [];
    clearTimeout(early.timer);
    this.#early.delete(comm_id);
    this.#earlyCount -= early.messages.length;
    return early.messages;
  }
  #report(error) {
    try {
      this.onError(error instanceof Error ? error : new CommError("HANDLER", String(error)));
    } catch (thrown) {
      logError(thrown instanceof Error ? thrown : new CommError("HANDLER", String(thrown)));
    }
  }
};
function isForWidgets(open) {
  return open !== void 0 && WIDGET_TARGETS.includes(open.content.target_name);
}
function notOpen(message) {
  const { comm_id } = message.content;
  const kind = message.msg_type;
  if (kind !== "comm_open") {
    return new CommError("UNKNOWN_COMM", `${kind} for comm ${comm_id}, which is not open`, {
      comm_id,
      kind
    });
  }
  const { target_name } = message.content;
  return new CommError(
    "UNKNOWN_TARGET",
    `comm ${comm_id}: no target ${JSON.stringify(shorten(target_name, 200))}`,
    {
      comm_id,
      kind,
      advice: isForWidgets(message) ? "The page has no client for widgets: put shiny-comm.js on it. What comes for it is kept." : "Does the script that registers this target run on the page, and within ten seconds?"
    }
  );
}
function isOpenAlready(comm_id, kind) {
  return new CommError("DUPLICATE_COMM", `comm ${comm_id} is open already`, { comm_id, kind });
}
export {
  ShinyCommManager
};

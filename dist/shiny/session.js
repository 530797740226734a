// src/shiny/session.ts
import { asError, CommError, logError } from "../comm/errors.js";
import {
  CONNECTING,
  OPEN,
  pageJQuery
} from "./runtime.js";
var knownSupport = /* @__PURE__ */ new WeakMap();
var OPENS_ADVICE = "Use shiny_comm.use() in Python or shinycomm in R, or let the server open the comm.";
var ShinySession = class {
  #runtime;
  #onError;
  #listeners = /* @__PURE__ */ new Map();
  #undos = [];
  /** The jQuery that Shiny uses; scripts may bring another one later. */
  #jQuery;
  #events;
  #openWaiters = /* @__PURE__ */ new Set();
  #epoch = 0;
  /** Whether a session was open before. */
  #wasOpen = false;
  /** Whether the first frame of the session, which carries `config`, is pending. */
  #awaitsFirstFrame = false;
  #openSupport = "unknown";
  #listensToMessages = false;
  constructor({ runtime, onError = logError }) {
    this.#runtime = runtime;
    this.#onError = onError;
  }
  get state() {
    const shiny = this.#runtime();
    if (shiny?.setInputValue && isOpen(shiny.shinyapp)) {
      this.#wasOpen = true;
      return "open";
    }
    return shiny && !this.#wasOpen ? "connecting" : "closed";
  }
  get epoch() {
    return this.#epoch;
  }
  get supportsOpens() {
    return this.#openSupport === "supported";
  }
  /** Subscribes to Shiny's events, once the runtime is on the page. */
  start() {
    this.#jQuery = pageJQuery();
    this.#events = this.#jQuery?.(document);
    this.#wasOpen = isOpen(this.#runtime()?.shinyapp);
    if (this.#wasOpen) {
      this.#epoch = 1;
      const socket = this.#runtime()?.shinyapp?.$socket;
      this.#openSupport = (socket && knownSupport.get(socket)) ?? "unknown";
    } else this.#awaitsFirstFrame = true;
    this.#subscribe("shiny:connected", () => this.#opened());
    this.#subscribe("shiny:disconnected", () => this.#closed());
    this.#subscribe("shiny:busy", () => this.#emit("busy"));
    this.#subscribe("shiny:idle", () => this.#emit("idle"));
    this.#undos.push(() => this.#listenToMessages(false));
    this.#updateMessageListener();
  }
  /** Unsubscribes from Shiny's events; pending opens fail. */
  dispose() {
    for (const undo of this.#undos.splice(0)) undo();
    this.#listeners.clear();
    this.#setOpenSupport("closed");
  }
  on(event, listener) {
    const registered = () => listener();
    const listeners = this.#listeners.get(event) ?? [];
    this.#listeners.set(event, listeners);
    if (event === "reset") listeners.unshift(registered);
    else listeners.push(registered);
    if (event === "flushed") this.#updateMessageListener();
    return () => {
      const index = listeners.indexOf(registered);
      if (index >= 0) listeners.splice(index, 1);
      if (event === "flushed") this.#updateMessageListener();
    };
  }
  /**
   * Whether another listener expects an event for each frame. jQuery keeps its listeners in a store that
   * it does not document; without that store, there may be one.
   */
  hasOtherMessageListeners() {
    const $ = this.#jQuery;
    if (!$?._data) return $ !== void 0;
    for (const target of [document, globalThis]) {
      const listeners = $._data(target).events?.["shiny:message"];
      if (listeners?.some(({ handler }) => handler !== this.#onMessage)) return true;
    }
    return false;
  }
  async connected() {
    const shiny = this.#runtime();
    const socket = shiny?.shinyapp?.$socket;
    if (!shiny || socket && socket.readyState !== CONNECTING) return;
    await new Promise((resolve) => this.on("open", resolve));
  }
  /** Reads the server's announcement of its abilities. */
  announce(announcement) {
    if (this.#openSupport === "closed") return;
    const { version, opens, language } = announcement ?? {};
    this.language = language;
    const isSupported = typeof version === "number" && version >= 1 && opens === true;
    this.#setOpenSupport(isSupported ? "supported" : "unsupported");
  }
  /**
   * Resolves when the server is known to support opens from the browser.
   *
   * @throws {CommError} `OPEN_NOT_SUPPORTED` when the server does not support them
   * @throws {CommError} `NOT_CONNECTED` when the session ends first, or has ended
   */
  async opensSupported(target_name) {
    while (this.#openSupport === "unknown") {
      await new Promise((resolve) => this.#openWaiters.add(resolve));
    }
    const failed = `cannot open a comm for ${JSON.stringify(target_name)}`;
    if (this.#openSupport === "closed") {
      throw new CommError("NOT_CONNECTED", `${failed}: there is no Shiny session`);
    }
    if (this.#openSupport === "unsupported") {
      throw new CommError(
        "OPEN_NOT_SUPPORTED",
        `${failed}: this server does not support opens from the browser`,
        { advice: OPENS_ADVICE }
      );
    }
  }
  #opened() {
    this.#wasOpen = true;
    this.#epoch += 1;
    this.#awaitsFirstFrame = true;
    this.#openSupport = "unknown";
    this.#updateMessageListener();
    this.#emit("reset");
    this.#emit("open");
  }
  #closed() {
    this.#wasOpen = true;
    this.#setOpenSupport("closed");
    this.#emit("closed");
  }
  #onMessage = ({ message }) => {
    if (!message) return;
    if ("config" in message) {
      this.#awaitsFirstFrame = false;
      if (this.#openSupport !== "closed") this.#openSupport = "unknown";
      this.#emit("reset");
    }
    if (message.busy === "idle" && this.#openSupport === "unknown") {
      this.#setOpenSupport("unsupported");
    }
    if ("values" in message) this.#emit("flushed");
    this.#updateMessageListener();
  };
  /** Subscribes to `shiny:message` only while needed: Shiny makes an event for each frame. */
  #updateMessageListener() {
    const hasStarted = this.#undos.length > 0;
    const isNeeded = this.#awaitsFirstFrame || this.#openSupport === "unknown" || (this.#listeners.get("flushed")?.length ?? 0) > 0;
    this.#listenToMessages(hasStarted && isNeeded);
  }
  #listenToMessages(listens) {
    if (this.#listensToMessages === listens) return;
    this.#listensToMessages = listens;
    if (listens) this.#events?.on("shiny:message", this.#onMessage);
    else this.#events?.off("shiny:message", this.#onMessage);
  }
  #subscribe(type, handler) {
    this.#events?.on(type, handler);
    this.#undos.push(() => this.#events?.off(type, handler));
  }
  #emit(event) {
    for (const listener of [...this.#listeners.get(event) ?? []]) {
      try {
        listener();
      } catch (thrown) {
        this.#onError(asError(thrown));
      }
    }
  }
  #setOpenSupport(support) {
    this.#openSupport = support;
    const socket = this.#runtime()?.shinyapp?.$socket;
    if (socket && support !== "closed") knownSupport.set(socket, support);
    this.#updateMessageListener();
    for (const resolve of this.#openWaiters) resolve();
    this.#openWaiters.clear();
  }
};
function isOpen(app) {
  if (!app) return false;
  const { $socket } = app;
  return $socket ? $socket.readyState === OPEN : $socket === void 0 && !!app.isConnected?.();
}
export {
  ShinySession
};

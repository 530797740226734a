/** The session of a Shiny runtime: the only file that listens to Shiny's jQuery events. */
import { asError, CommError, logError, type OnError } from "../comm/errors.js";
import {
  CONNECTING,
  OPEN,
  type PageJQuery,
  pageJQuery,
  type ShinyApp,
  type ShinyEvent,
  type ShinyPort,
  type ShinySocket,
} from "./runtime.js";

/** `closed`: the session ended, or the page has no runtime. */
export type SessionState = "connecting" | "open" | "closed";

/**
 * Events of a session, in the order in which a new session emits them.
 *
 * - `reset`: messages, comms and models of earlier sessions are void. A new session emits the event as soon
 *   as its socket is open, and again at its first frame. Until then Shiny's queue may hold messages of the
 *   earlier session. Listeners run in the reverse order of their registration.
 * - `open`: inputs can be sent. Shiny sends its own first message in the same task, after the listeners.
 * - `busy`, `idle`: the server begins and ends work.
 * - `flushed`: the server has sent the values of its outputs.
 * - `closed`: the session ended.
 */
export type SessionEvent = "reset" | "open" | "busy" | "idle" | "flushed" | "closed";

/** The state of the page's session, and its events. */
export interface Session {
  /** The present state. */
  readonly state: SessionState;
  /** The number of the session: 0 before the first one opens, then 1, 2, … */
  readonly epoch: number;
  /** Whether the server announced that it supports opens and closes from the browser. */
  readonly supportsOpens: boolean;
  /** The language that the server announced, `"R"`; the stock server announces nothing. */
  readonly language?: unknown;
  /** Resolves when the socket is not connecting any more, or the page has no runtime. */
  connected(): Promise<void>;
  /**
   * Registers a listener. A listener that throws does not keep others from being called.
   *
   * @returns the undo
   */
  on(event: SessionEvent, listener: () => void): () => void;
}

/** Whether the server supports opens from the browser; `closed` while no session exists after the first. */
type OpenSupport = "unknown" | "supported" | "unsupported" | "closed";

/** The support that each session's server announced, by socket: a connection that starts later gets no announcement. */
const knownSupport = new WeakMap<ShinySocket, OpenSupport>();

const OPENS_ADVICE =
  "Use shiny_comm.use() in Python or shinycomm in R, or let the server open the comm.";

export interface ShinySessionOptions {
  /** Returns the runtime. Read at each use: Shiny's session comes after its runtime. */
  runtime: () => ShinyPort | undefined;
  /** Reports what a listener throws. */
  onError?: OnError;
}

export class ShinySession implements Session {
  language: unknown;
  readonly #runtime: () => ShinyPort | undefined;
  readonly #onError: OnError;
  readonly #listeners = new Map<SessionEvent, (() => void)[]>();
  readonly #undos: (() => void)[] = [];
  /** The jQuery that Shiny uses; scripts may bring another one later. */
  #jQuery: PageJQuery | undefined;
  #events: ReturnType<PageJQuery> | undefined;
  readonly #openWaiters = new Set<() => void>();
  #epoch = 0;
  /** Whether a session was open before. */
  #wasOpen = false;
  /** Whether the first frame of the session, which carries `config`, is pending. */
  #awaitsFirstFrame = false;
  #openSupport: OpenSupport = "unknown";
  #listensToMessages = false;

  constructor({ runtime, onError = logError }: ShinySessionOptions) {
    this.#runtime = runtime;
    this.#onError = onError;
  }

  get state(): SessionState {
    const shiny = this.#runtime();
    if (shiny?.setInputValue && isOpen(shiny.shinyapp)) {
      this.#wasOpen = true;
      return "open";
    }
    return shiny && !this.#wasOpen ? "connecting" : "closed";
  }

  get epoch(): number {
    return this.#epoch;
  }

  get supportsOpens(): boolean {
    return this.#openSupport === "supported";
  }

  /** Subscribes to Shiny's events, once the runtime is on the page. */
  start(): void {
    this.#jQuery = pageJQuery();
    this.#events = this.#jQuery?.(document);
    // A script that dynamic UI brings starts in the middle of a session.
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
  dispose(): void {
    for (const undo of this.#undos.splice(0)) undo();
    this.#listeners.clear();
    this.#setOpenSupport("closed");
  }

  on(event: SessionEvent, listener: () => void): () => void {
    // One wrapper for each registration, so that an undo removes one registration.
    const registered = (): void => listener();
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
  hasOtherMessageListeners(): boolean {
    const $ = this.#jQuery;
    if (!$?._data) return $ !== undefined;
    for (const target of [document, globalThis]) {
      const listeners = $._data(target).events?.["shiny:message"];
      if (listeners?.some(({ handler }) => handler !== this.#onMessage)) return true;
    }
    return false;
  }

  async connected(): Promise<void> {
    const shiny = this.#runtime();
    const socket = shiny?.shinyapp?.$socket;
    // A socket that a host provides may have no state.
    if (!shiny || (socket && socket.readyState !== CONNECTING)) return;
    await new Promise<void>((resolve) => this.on("open", resolve));
  }

  /** Reads the server's announcement of its abilities. */
  announce(announcement: unknown): void {
    // Shiny's queue may hold frames of a session that has ended.
    if (this.#openSupport === "closed") return;
    const { version, opens, language } = (announcement ?? {}) as Record<string, unknown>;
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
  async opensSupported(target_name: string): Promise<void> {
    while (this.#openSupport === "unknown") {
      await new Promise<void>((resolve) => this.#openWaiters.add(resolve));
    }
    const failed = `cannot open a comm for ${JSON.stringify(target_name)}`;
    if (this.#openSupport === "closed") {
      throw new CommError("NOT_CONNECTED", `${failed}: there is no Shiny session`);
    }
    if (this.#openSupport === "unsupported") {
      throw new CommError(
        "OPEN_NOT_SUPPORTED",
        `${failed}: this server does not support opens from the browser`,
        { advice: OPENS_ADVICE },
      );
    }
  }

  #opened(): void {
    this.#wasOpen = true;
    this.#epoch += 1;
    this.#awaitsFirstFrame = true;
    this.#openSupport = "unknown";
    this.#updateMessageListener();
    this.#emit("reset");
    this.#emit("open");
  }

  #closed(): void {
    this.#wasOpen = true;
    this.#setOpenSupport("closed");
    this.#emit("closed");
  }

  readonly #onMessage = ({ message }: ShinyEvent): void => {
    if (!message) return;
    if ("config" in message) {
      this.#awaitsFirstFrame = false;
      if (this.#openSupport !== "closed") this.#openSupport = "unknown";
      this.#emit("reset");
    }
    // A server that supports opens announces that before its first work ends.
    if (message.busy === "idle" && this.#openSupport === "unknown") {
      this.#setOpenSupport("unsupported");
    }
    if ("values" in message) this.#emit("flushed");
    this.#updateMessageListener();
  };

  /** Subscribes to `shiny:message` only while needed: Shiny makes an event for each frame. */
  #updateMessageListener(): void {
    const hasStarted = this.#undos.length > 0;
    const isNeeded =
      this.#awaitsFirstFrame ||
      this.#openSupport === "unknown" ||
      (this.#listeners.get("flushed")?.length ?? 0) > 0;
    this.#listenToMessages(hasStarted && isNeeded);
  }

  #listenToMessages(listens: boolean): void {
    if (this.#listensToMessages === listens) return;
    this.#listensToMessages = listens;
    if (listens) this.#events?.on("shiny:message", this.#onMessage);
    else this.#events?.off("shiny:message", this.#onMessage);
  }

  #subscribe(type: string, handler: () => void): void {
    this.#events?.on(type, handler);
    this.#undos.push(() => this.#events?.off(type, handler));
  }

  #emit(event: SessionEvent): void {
    for (const listener of [...(this.#listeners.get(event) ?? [])]) {
      try {
        listener();
      } catch (thrown) {
        this.#onError(asError(thrown));
      }
    }
  }

  #setOpenSupport(support: OpenSupport): void {
    this.#openSupport = support;
    const socket = this.#runtime()?.shinyapp?.$socket;
    if (socket && support !== "closed") knownSupport.set(socket, support);
    this.#updateMessageListener();
    for (const resolve of this.#openWaiters) resolve();
    this.#openWaiters.clear();
  }
}

/** `isConnected` is true while the socket is still connecting; inputs sent then go to the next session. */
function isOpen(app: ShinyApp | undefined): boolean {
  if (!app) return false;
  const { $socket } = app;
  return $socket ? $socket.readyState === OPEN : $socket === undefined && !!app.isConnected?.();
}

/** The script that a SockJS host adds to the pages of its apps: Shiny's socket over a line that outlives drops. */
import SockJS from "sockjs-client";
import { NumberedLine } from "./line.js";

/** The options that the host puts into its pages. */
export interface HostOptions {
  /** The transports that are switched on. */
  transports: string[];
  /** How long the page tries to resume a session, in ms. */
  timeLimitMs: number;
}

/** A socket as Shiny expects it. Like the ones of real hosts, it has no `binaryType` and carries texts alone. */
interface Channel {
  readyState: number;
  allowReconnect: boolean;
  onopen?: (event: object) => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number; reason: string; wasClean: boolean }) => void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

interface HostWindow {
  Shiny?: { createSocket?: () => Channel };
  hostOptions: HostOptions;
  /** The connection of the page, for tests and for the apps in its frames. */
  hostConnection?: Connection;
}

const page = window as unknown as HostWindow;

const RETRY_MS = 50;
/** The close codes after which the host does not know the session. */
const isGone = (code: number): boolean => code >= 4700 && code < 4800;

/** One connection of a page with its host, for the channels of one or more apps. */
class Connection {
  readonly #options: HostOptions;
  readonly #id = crypto.randomUUID().replaceAll("-", "");
  readonly #channels = new Map<number, Channel>();
  readonly #line = new NumberedLine((message) => this.#receive(message));
  #socket: InstanceType<typeof SockJS> | undefined;
  #lostMs: number | undefined;
  #nextChannel = 0;
  /** The state of the session, which a drop does not change. */
  readyState = 0;
  /** The number of connections that were opened. */
  opened = 0;

  /** @param worker settles when the page has the address of its worker */
  constructor(options: HostOptions, worker: Promise<void>) {
    this.#options = options;
    void worker.then(() => this.#connect());
  }

  get pending(): number {
    return this.#line.pending;
  }

  get channels(): number {
    return this.#channels.size;
  }

  get transport(): string | undefined {
    return this.#socket?.transport;
  }

  /** Opens a channel. @param path the app's path, relative to the page */
  open(path: string): Channel {
    const id = this.#nextChannel;
    this.#nextChannel += 1;
    const channel: Channel = {
      readyState: 0,
      allowReconnect: true,
      send: (data) => {
        if (channel.readyState === 0) throw new Error("the channel is not open yet");
        if (channel.readyState === 1) this.#line.send(`${id} m ${data}`);
      },
      close: (code = 1000, reason = "") => {
        if (channel.readyState > 1) return;
        this.#line.send(`${id} c ${code}`);
        this.#close(id, { code, reason, wasClean: true });
      },
    };
    this.#channels.set(id, channel);
    this.#line.send(`${id} o ${path}`);
    if (this.readyState === 1) queueMicrotask(() => this.#opened(channel));
    return channel;
  }

  async #connect(): Promise<void> {
    // The base address has the path of the worker, and each connection needs a token.
    const response = await fetch(new URL("__token__", document.baseURI)).catch(() => undefined);
    if (this.readyState > 1) return;
    if (!response?.ok) {
      // An old worker is not found. A proxy has another status for a host that is down.
      if (response?.status === 404)
        this.#end({ code: 4700, reason: "the worker is gone", wasClean: true });
      else this.#retry();
      return;
    }
    const token = await response.text();
    const [, worker] = /_w_(\w+)\//.exec(document.baseURI) ?? [];
    const state = this.readyState === 0 ? "n" : "o";
    const folder = location.pathname.replace(/[^/]*$/, "");
    const url = `${folder}__sockjs__/${state}=${this.#id}/t=${token}/w=${worker}`;
    const socket = new SockJS(url, null, { transports: this.#options.transports });
    this.#socket = socket;
    socket.onopen = () => {
      this.opened += 1;
      this.#lostMs = undefined;
      this.#line.connect((frame) => socket.send(frame));
      if (this.readyState === 1) return;
      this.readyState = 1;
      for (const channel of this.#channels.values()) this.#opened(channel);
    };
    socket.onmessage = ({ data }) => this.#line.accept(String(data));
    socket.onclose = ({ code, reason, wasClean }) => {
      this.#line.disconnect();
      if (this.readyState > 1) return;
      if (isGone(code) || (wasClean && code === 1000)) this.#end({ code, reason, wasClean });
      else this.#retry();
    };
  }

  #retry(): void {
    this.#lostMs ??= Date.now();
    if (this.readyState === 1 && Date.now() - this.#lostMs > this.#options.timeLimitMs) {
      this.#end({ code: 1006, reason: "", wasClean: false });
    } else {
      setTimeout(() => void this.#connect(), RETRY_MS);
    }
  }

  #receive(message: string): void {
    const [, id, kind, text = ""] = /^(\d+) ([mc]) (.*)$/s.exec(message) ?? [];
    const channel = this.#channels.get(Number(id));
    if (kind === "m") channel?.onmessage?.({ data: text });
    else this.#close(Number(id), { code: Number(text), reason: "", wasClean: true });
  }

  #opened(channel: Channel): void {
    if (channel.readyState !== 0) return;
    channel.readyState = 1;
    channel.onopen?.({ type: "open" });
  }

  #close(id: number, event: { code: number; reason: string; wasClean: boolean }): void {
    const channel = this.#channels.get(id);
    if (!channel) return;
    this.#channels.delete(id);
    channel.readyState = 3;
    channel.onclose?.(event);
  }

  /** The session is gone. */
  #end(event: { code: number; reason: string; wasClean: boolean }): void {
    this.readyState = 3;
    for (const id of [...this.#channels.keys()]) this.#close(id, event);
  }
}

/** Moves the page to a worker of the host, below whose path all its addresses are. */
async function moveToWorker(): Promise<void> {
  const base = document.querySelector("base");
  const response = await fetch(new URL("__worker__", location.href)).catch(() => undefined);
  if (base && response?.ok) base.setAttribute("href", await response.text());
}

const inFrame = new URLSearchParams(location.search).has("__subapp__");
if (page.Shiny) {
  page.Shiny.createSocket = () => {
    // An app in a frame has a channel of the connection of the page around it.
    const outer = inFrame ? (parent as unknown as HostWindow).hostConnection : undefined;
    if (outer) {
      const channel = outer.open(location.pathname);
      addEventListener("pagehide", () => channel.close());
      return channel;
    }
    const isFirst = page.hostConnection === undefined;
    const worker = isFirst ? Promise.resolve() : moveToWorker();
    const connection = new Connection(page.hostOptions, worker);
    page.hostConnection = connection;
    return connection.open(location.pathname);
  };
}

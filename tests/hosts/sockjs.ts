/**
 * A host that carries Shiny's messages over SockJS, with the public behaviour of Shiny Server and shinyapps.io.
 * The line to the page drops, delays and holds on demand. See https://github.com/rstudio/shiny-server.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import sockjs, { type Connection } from "sockjs";
import WebSocket from "ws";
import type { Host, Line } from "./cases.js";
import type { HostOptions } from "./client.js";
import { NumberedLine } from "./line.js";

export const TRANSPORTS = ["websocket", "xhr-streaming", "eventsource", "xhr-polling"] as const;
type Transport = (typeof TRANSPORTS)[number];

export interface SockJsOptions {
  /** The address of the app, without a slash at the end. */
  target: string;
  /** The path of the app at the host, with a slash at each end. */
  prefix?: string;
  transports?: readonly Transport[];
  /** How long a session outlives its connection, in ms. */
  timeLimitMs?: number;
  /** Whether new sessions are on another worker. */
  moves?: boolean;
}

/** The close code of a session that the host does not know. */
const GONE = 4705;

/** A session of a page: its line, and a websocket to Shiny for each channel. */
class HostSession {
  readonly line = new NumberedLine((message) => this.#receive(message));
  readonly #channels = new Map<string, { socket: WebSocket; waiting: string[] }>();
  readonly #target: string;
  readonly #onBinary: () => void;
  connection: Connection | undefined;
  /** Ends the session, which has no connection. */
  expire: (() => void) | undefined;
  expiry: NodeJS.Timeout | undefined;

  constructor(target: string, onBinary: () => void) {
    this.#target = target.replace(/^http/, "ws");
    this.#onBinary = onBinary;
  }

  end(): void {
    clearTimeout(this.expiry);
    for (const { socket } of this.#channels.values()) socket.close();
    this.connection?.close(GONE, "the session is gone");
  }

  #receive(message: string): void {
    const [, id = "", kind, text = ""] = /^(\d+) ([omc]) (.*)$/s.exec(message) ?? [];
    if (kind === "o") this.#open(id);
    const channel = this.#channels.get(id);
    if (!channel) return;
    if (kind === "c") channel.socket.close();
    if (kind !== "m") return;
    if (channel.socket.readyState === WebSocket.CONNECTING) channel.waiting.push(text);
    else channel.socket.send(text);
  }

  #open(id: string): void {
    const socket = new WebSocket(`${this.#target}/websocket/`);
    const waiting: string[] = [];
    this.#channels.set(id, { socket, waiting });
    socket.onopen = () => {
      for (const text of waiting) socket.send(text);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.line.send(`${id} m ${data}`);
      else this.#onBinary();
    };
    socket.onclose = ({ code }) => {
      this.#channels.delete(id);
      this.line.send(`${id} c ${code}`);
    };
  }
}

/** Runs the host. The cases control its line. */
export class SockJsHost implements Host, Line {
  readonly #options: Required<SockJsOptions>;
  readonly #server = createServer((incoming, response) => this.#answer(incoming, response));
  readonly #script: string;
  readonly #sessions = new Map<string, HostSession>();
  readonly #tokens = new Set<string>();
  readonly #sockets = new Set<Socket>();
  /** Sockets that have carried a request of SockJS. */
  readonly #carriers = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  #isDown = false;
  #isHolding = false;
  #worker = 1;

  /** The control of the line. */
  readonly line = this;
  readonly move?: () => void;
  #delayMs = 0;
  /** How long a session outlives its connection, in ms. */
  timeLimitMs: number;
  /** Binary frames of Shiny, which the host cannot pass on. */
  binaryFrames = 0;
  readonly #requests: { path: string; status: number }[] = [];

  private constructor(options: Required<SockJsOptions>, script: string) {
    this.#options = options;
    this.#script = script;
    this.timeLimitMs = options.timeLimitMs;
    if (!options.moves) return;
    this.move = () => {
      this.#worker += 1;
    };
  }

  /** Starts a host on a free port. */
  static async start({
    prefix = "/apps/hosted/",
    transports = TRANSPORTS,
    timeLimitMs = 15_000,
    moves = false,
    target,
  }: SockJsOptions): Promise<SockJsHost> {
    const host = new SockJsHost(
      { prefix, transports, timeLimitMs, moves, target },
      await clientScript(),
    );
    host.#installSockJs();
    host.#server.on("connection", (socket) => {
      host.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        host.#sockets.delete(socket);
        host.#carriers.delete(socket);
      });
    });
    await new Promise<void>((resolve) => host.#server.listen(0, "127.0.0.1", resolve));
    return host;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The address of the app, with a slash at the end. */
  get url(): string {
    return `http://127.0.0.1:${this.port}${this.#options.prefix}`;
  }

  get prefix(): string {
    return this.#options.prefix;
  }

  /** The answered requests, except requests of SockJS. */
  requests(): readonly { readonly path: string; readonly status: number }[] {
    return this.#requests;
  }

  /** The number of messages that pages have not acknowledged. */
  pending(): number {
    return [...this.#sessions.values()].reduce((sum, { line }) => sum + line.pending, 0);
  }

  /** Style sheets of Shiny name their fonts below the path of the worker that served them. */
  isOwnFault(fault: string): boolean {
    return /_w_\d+\/lib\/bootstrap-\S*\.woff2?\b/.test(fault);
  }

  /** Cuts the connections of all pages. New ones fail until `restore()`. */
  drop(): void {
    this.#isDown = true;
    for (const socket of this.#carriers) socket.resetAndDestroy();
  }

  restore(): void {
    this.#isDown = false;
  }

  /** Ends the sessions without a connection, as after the time limit. Resolves when none is left. */
  async expire(): Promise<void> {
    const timeLimitMs = this.timeLimitMs;
    this.timeLimitMs = 0;
    for (const session of this.#sessions.values()) session.expire?.();
    while (this.#sessions.size > 0) await once(this.#server, "expired");
    this.timeLimitMs = timeLimitMs;
  }

  /** Holds all messages of the line, in both directions, until `release()`. */
  hold(): void {
    this.#isHolding = true;
  }

  release(): void {
    this.#isHolding = false;
    for (const pass of this.#held.splice(0)) pass();
  }

  /** Delays each message, in both directions. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  async stop(): Promise<void> {
    for (const session of this.#sessions.values()) session.end();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get #workerPath(): string {
    return `_w_${this.#worker}/`;
  }

  #installSockJs(): void {
    const { prefix } = this.#options;
    const line = sockjs.createServer({
      // The prefix is the source of a regular expression.
      prefix: `${prefix}__sockjs__(?:/\\w=\\w+)*`,
      websocket: this.#options.transports.includes("websocket"),
      disconnect_delay: 2_000,
      heartbeat_delay: 500,
      log: () => undefined,
    });
    line.on("connection", (connection) => this.#connect(connection));
    // SockJS handles its own paths, and leaves the others to the listeners of the server.
    line.installHandlers(this.#server);
    for (const event of ["request", "upgrade"]) {
      const [handler] = this.#server.listeners(event);
      this.#server.removeAllListeners(event);
      this.#server.on(event, (incoming: IncomingMessage, ...rest) => {
        const { socket, url = "" } = incoming;
        const ofLine = /^[^?]*\/__(sockjs|token)__/.test(url);
        if (ofLine && this.#isDown) {
          socket.resetAndDestroy();
          return;
        }
        if (ofLine) this.#carriers.add(socket);
        handler?.call(this.#server, incoming, ...rest);
      });
    }
  }

  /** Begins a session, or resumes one. */
  #connect(connection: Connection): void {
    const [, state, id = "", token = "", worker] =
      /__sockjs__\/([no])=(\w+)\/t=(\w+)\/w=(\w+)\//.exec(connection.url) ?? [];
    const known = this.#sessions.get(id);
    if (!this.#tokens.delete(token) || Number(worker) > this.#worker || (state === "o" && !known)) {
      connection.close(GONE, "the session is gone");
      return;
    }
    const session = known ?? new HostSession(this.#options.target, () => this.binaryFrames++);
    this.#sessions.set(id, session);
    clearTimeout(session.expiry);
    session.expire = undefined;
    session.connection?.close(1001, "the page has another connection");
    session.connection = connection;
    connection.on("data", (frame) => {
      this.#pass(() => {
        if (session.connection === connection) session.line.accept(frame);
      });
    });
    connection.on("close", () => {
      if (session.connection !== connection) return;
      session.connection = undefined;
      session.line.disconnect();
      session.expire = () => {
        this.#sessions.delete(id);
        session.end();
        this.#server.emit("expired");
      };
      session.expiry = setTimeout(session.expire, this.timeLimitMs);
    });
    session.line.connect((frame) => this.#pass(() => connection.write(frame)));
  }

  /** Passes a frame on when the line allows, in order. */
  #pass(pass: () => void): void {
    if (this.#isHolding) this.#held.push(pass);
    else if (this.#delayMs > 0) setTimeout(pass, this.#delayMs);
    else pass();
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): void {
    const { prefix } = this.#options;
    const { pathname: path, search } = new URL(incoming.url ?? "/", "http://host");
    response.on("finish", () => this.#requests.push({ path, status: response.statusCode }));
    const found = this.#own(path);
    if (found === undefined) {
      this.#proxy(
        incoming,
        response,
        `/${path.slice(prefix.length).replace(/^_w_\d+\//, "")}${search}`,
      );
      return;
    }
    response.writeHead(found.status, {
      "Content-Type": found.type ?? "text/plain",
      "Cache-Control": "no-store",
    });
    response.end(found.text);
  }

  /** Returns the host's own answer for a path, or `undefined` if the app has the answer. */
  #own(path: string): { status: number; text: string; type?: string } | undefined {
    const { prefix } = this.#options;
    if (!path.startsWith(prefix)) return { status: 404, text: "not below the path of the app" };
    const [, worker, below = ""] = /^(?:_w_(\d+)\/)?(.*)$/.exec(path.slice(prefix.length)) ?? [];
    if (worker !== undefined && Number(worker) !== this.#worker) {
      return { status: 404, text: "an old worker" };
    }
    if (below === "__worker__") return { status: 200, text: this.#workerPath };
    if (below === "__token__") {
      const token = crypto.randomUUID().replaceAll("-", "");
      this.#tokens.add(token);
      return { status: 200, text: token };
    }
    if (below === "__host__.js") {
      return { status: 200, text: this.#script, type: "text/javascript" };
    }
    // Without the path of a worker, only the page itself is found.
    if (worker !== undefined || below === "") return undefined;
    return { status: 404, text: "not below the path of a worker" };
  }

  #proxy(incoming: IncomingMessage, response: ServerResponse, path: string): void {
    const headers = { ...incoming.headers };
    // A page is changed, so its text must not be compressed.
    if (headers.accept?.includes("text/html")) delete headers["accept-encoding"];
    const url = new URL(path, this.#options.target);
    const outgoing = request(url, { method: incoming.method, headers }, (answer) => {
      const { "content-length": _, "transfer-encoding": __, ...kept } = answer.headers;
      if (!answer.headers["content-type"]?.includes("text/html")) {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
        return;
      }
      const chunks: Buffer[] = [];
      answer.on("data", (chunk) => chunks.push(chunk));
      answer.on("end", () => {
        response.writeHead(answer.statusCode ?? 502, kept);
        response.end(this.#withClient(Buffer.concat(chunks).toString()));
      });
    });
    outgoing.on("error", () => response.destroy());
    incoming.pipe(outgoing);
  }

  #withClient(html: string): string {
    const { transports, timeLimitMs } = this.#options;
    const options: HostOptions = { transports: [...transports], timeLimitMs };
    return html
      .replace("<head>", () => `<head><base href="${this.#workerPath}">`)
      .replace(
        "</head>",
        () =>
          `<script>window.hostOptions = ${JSON.stringify(options)};</script><script src="__host__.js"></script></head>`,
      );
  }
}

let script: Promise<string> | undefined;

/** Returns the client's script, which is built once. */
function clientScript(): Promise<string> {
  script ??= build({
    entryPoints: [join(import.meta.dirname, "client.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    define: { global: "window" },
    logLevel: "error",
  }).then(({ outputFiles: [file] }) => file?.text ?? "");
  return script;
}

/**
 * Sockets as hosts put them before Shiny: a WebSocket, the socket of a SockJS host, and a MessagePort. Each calls
 * its `on…` members as such hosts do.
 */
import type { ServerSession } from "../../src/testing/server-session.js";

type Data = string | ArrayBuffer;
type Serve = (send: (data: Data) => void, hangUp: () => void) => ServerSession;

export interface HostSocket {
  readonly readyState: number;
  onopen?: ((event: unknown) => unknown) | undefined;
  onmessage?: ((event: MessageEvent) => unknown) | null | undefined;
  onclose?: ((event: unknown) => unknown) | undefined;
  send(text: string): void;
  /** Connects to the server. */
  connect(serve: Serve): void;
  /** Drops the line. The socket stays open, and both ends keep what they send. */
  drop(): void;
  /** Restores the line. */
  resume(): void;
}

/** The two ends of a line that can drop without a loss, like that of a host with message ids. */
abstract class Line {
  readyState = 0;
  onopen: HostSocket["onopen"];
  onclose: HostSocket["onclose"];
  #session: ServerSession | undefined;
  readonly #down: Data[] = [];
  readonly #up: string[] = [];
  #isDown = false;

  /** Delivers to the page. */
  protected abstract deliver(data: Data): void;

  connect(serve: Serve): void {
    setTimeout(() => {
      this.readyState = 1;
      this.#isDown = true;
      // A session sends its first text when it is made.
      this.#session = serve(
        (data) => void (this.#isDown ? this.#down.push(data) : this.deliver(data)),
        () => this.#hangUp(),
      );
      this.onopen?.({});
      setTimeout(() => this.resume());
    });
  }

  send(text: string): void {
    if (this.readyState !== 1) throw new Error(`the socket is not open (${this.readyState})`);
    if (this.#isDown) this.#up.push(text);
    else this.#session?.receive(text);
  }

  drop(): void {
    this.#isDown = true;
  }

  resume(): void {
    this.#isDown = false;
    for (const data of this.#down.splice(0)) this.deliver(data);
    for (const text of this.#up.splice(0)) this.#session?.receive(text);
  }

  #hangUp(): void {
    this.readyState = 3;
    this.onclose?.({ code: 1000 });
  }
}

/** A socket of another kind, with a way to deliver. */
export class PlainSocket extends Line {
  onmessage: HostSocket["onmessage"];
  binaryType: string | undefined;

  protected deliver(data: Data): void {
    this.call(data);
  }

  protected call(data: unknown): void {
    this.onmessage?.({ data } as MessageEvent);
  }
}

/** The browser's WebSocket: the members are accessors, and bytes arrive as buffers. */
export class FakeWebSocket extends Line {
  binaryType = "arraybuffer";
  #listener: HostSocket["onmessage"];

  get onmessage() {
    return this.#listener;
  }

  set onmessage(listener) {
    this.#listener = listener;
  }

  protected deliver(data: Data): void {
    this.#listener?.call(this, new MessageEvent("message", { data }));
  }
}

/**
 * The socket of Shiny Server, Connect and shinyapps.io: an object before the connection, whose members the
 * connection calls. It delivers text alone, and converts bytes into text.
 */
export class SockJsSocket extends Line {
  onmessage: HostSocket["onmessage"];
  readonly #connection: { onmessage: (event: { data: unknown }) => void };

  constructor() {
    super();
    this.#connection = {
      onmessage: (event) => this.onmessage?.(event as MessageEvent),
    };
  }

  protected deliver(data: Data): void {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    this.#connection.onmessage({ data: text });
  }
}

/** Shinylive's socket: events of a MessagePort, which carries bytes as `Uint8Array`. */
export class MessagePortSocket extends Line {
  onmessage: HostSocket["onmessage"];
  readonly #events = new EventTarget();
  readonly #channel = new MessageChannel();

  constructor() {
    super();
    this.#events.addEventListener("message", (event) => this.onmessage?.(event as MessageEvent));
    this.#channel.port1.onmessage = ({ data }) =>
      void this.#events.dispatchEvent(new MessageEvent("message", { data }));
  }

  close(): void {
    this.#channel.port1.close();
  }

  protected deliver(data: Data): void {
    this.#channel.port2.postMessage(typeof data === "string" ? data : new Uint8Array(data));
  }
}

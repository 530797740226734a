/** A TCP proxy for tests: forwards to a server, and cuts, stalls or refuses as a bad network does. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** `down` is from the server to the browser. */
export type Direction = "down" | "up";

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
}

interface Limit {
  readonly direction: Direction;
  readonly bytes: number;
  readonly carried: Map<Pair, number>;
  readonly reached: () => void;
}

export class TcpProxy {
  readonly #target: number;
  readonly #pairs = new Set<Pair>();
  readonly #listener = createServer((client) => this.#accept(client));
  #limit: Limit | undefined;
  #stalled = false;

  /** When true, new connections are reset immediately. */
  refusing = false;

  private constructor(target: number) {
    this.#target = target;
  }

  /** Starts a proxy on a free port. @param target the port of the server on this machine */
  static async start(target: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#listener.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#listener.address() as AddressInfo).port}`;
  }

  /** Resets all connections. */
  cut(): void {
    for (const pair of [...this.#pairs]) this.#reset(pair);
  }

  /**
   * Resets a connection after the given number of further bytes.
   *
   * @returns settles when that has happened
   */
  cutAfter(bytes: number, direction: Direction): Promise<void> {
    return new Promise((reached) => {
      this.#limit = { bytes, direction, carried: new Map(), reached };
    });
  }

  /** From now on nothing gets through, and nothing is lost: connections stay, new ones hang. */
  stall(): void {
    this.#stalled = true;
    for (const { client, server } of this.#pairs) {
      client.pause();
      server.pause();
    }
  }

  /** Ends a stall: the held bytes continue. */
  release(): void {
    this.#stalled = false;
    for (const { client, server } of this.#pairs) {
      client.resume();
      server.resume();
    }
  }

  async stop(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.#listener.close(resolve));
  }

  #accept(client: Socket): void {
    if (this.refusing) {
      client.on("error", () => undefined);
      client.resetAndDestroy();
      return;
    }
    const pair = { client, server: connect(this.#target, "127.0.0.1") };
    this.#pairs.add(pair);
    this.#forward(pair, client, pair.server, "up");
    this.#forward(pair, pair.server, client, "down");
    if (this.#stalled) {
      client.pause();
      pair.server.pause();
    }
  }

  #forward(pair: Pair, from: Socket, to: Socket, direction: Direction): void {
    from.on("data", (chunk: Buffer) => {
      if (this.#limitReached(pair, chunk, direction)) return;
      if (to.write(chunk)) return;
      from.pause();
      to.once("drain", () => {
        if (!this.#stalled) from.resume();
      });
    });
    from.on("end", () => to.end());
    from.on("error", () => this.#reset(pair));
    from.on("close", () => {
      this.#pairs.delete(pair);
      to.destroySoon();
    });
  }

  #limitReached(pair: Pair, chunk: Buffer, direction: Direction): boolean {
    const limit = this.#limit;
    if (limit?.direction !== direction) return false;
    const carried = (limit.carried.get(pair) ?? 0) + chunk.length;
    limit.carried.set(pair, carried);
    if (carried < limit.bytes) return false;
    this.#limit = undefined;
    this.#reset(pair);
    limit.reached();
    return true;
  }

  #reset({ client, server }: Pair): void {
    client.resetAndDestroy();
    server.resetAndDestroy();
  }
}

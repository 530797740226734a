/** The parts of packages without types that the tests use. */
declare module "sockjs" {
  import type { Server as HttpServer } from "node:http";

  interface ServerOptions {
    prefix: string;
    websocket: boolean;
    disconnect_delay: number;
    heartbeat_delay: number;
    log(severity: string, line: string): void;
  }
  interface Connection {
    readonly url: string;
    write(frame: string): boolean;
    close(code?: number, reason?: string): boolean;
    on(event: "data", listener: (frame: string) => void): void;
    on(event: "close", listener: () => void): void;
  }
  interface Server {
    on(event: "connection", listener: (connection: Connection) => void): void;
    installHandlers(server: HttpServer): void;
  }
  const sockjs: { createServer(options: ServerOptions): Server };
  export default sockjs;
  export type { Connection };
}

declare module "sockjs-client" {
  export default class SockJS {
    constructor(url: string, reserved: null, options: { transports: string[] });
    readonly transport?: string;
    onopen: (() => void) | null;
    onmessage: ((event: { data: unknown }) => void) | null;
    onclose: ((event: { code: number; reason: string; wasClean: boolean }) => void) | null;
    send(frame: string): void;
    close(): void;
  }
}

declare module "ws" {
  /** A `WebSocket` for Node 20, which lacks the global one. */
  export default class WebSocketOfNode extends WebSocket {}
  export class WebSocketServer {
    constructor(options: { host: string; port: number });
    on(event: "listening", listener: () => void): void;
    address(): unknown;
    close(): void;
  }
}

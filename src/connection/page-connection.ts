/** A connection to one Shiny runtime: its session, its comms and its users. */
import type { Comm, CommTarget, OpenOptions } from "../comm/comm.js";
import { ShinyCommManager, type Transport } from "../comm/comm-manager.js";
import { WIDGET_TARGETS } from "../comm/messages.js";
import { type FrameInterceptor, negotiateFrames } from "../shiny/frame-negotiation.js";
import { InputSender } from "../shiny/input-sender.js";
import { type MessageReceiver, registerMessageHandlers } from "../shiny/message-handlers.js";
import { type ShinyPort, type ShinySocket, shinyRuntime, whenShiny } from "../shiny/runtime.js";
import { ShinySession } from "../shiny/session.js";
import { DirectTransport } from "./direct-transport.js";
import { reportError } from "./on-error.js";
import { type SharedConnection, sharedPage } from "./shared-page.js";

/** Makes the interceptor of a socket's frames. */
export type InterceptFrames = (options: {
  socket: ShinySocket;
  shiny: ShinyPort;
  session: ShinySession;
  receive: MessageReceiver["receive"];
  bytesAsText: (isComm: boolean) => boolean;
}) => FrameInterceptor;

export interface PageConnectionOptions {
  /** Returns the runtime, or `undefined` before Shiny has loaded. */
  runtime: () => ShinyPort | undefined;
  /** Calls back as soon as the runtime exists. Returns the undo. */
  whenRuntime: (callback: (shiny: ShinyPort) => void) => () => void;
  /** Called after the last user has left. */
  onEnd: () => void;
  /** Without an interceptor, all frames go through Shiny's own dispatch. */
  interceptFrames?: InterceptFrames | undefined;
}

/** The targets of widgets: dynamic UI can load `shiny-comm.js` at any time of the session. */
const EXPECTED_TARGETS = new Map<string, string>(
  WIDGET_TARGETS.map((name) => [
    name,
    "Add shiny-comm.js to the page. Messages for widgets are kept until it loads.",
  ]),
);

export class PageConnection implements SharedConnection {
  readonly session: ShinySession;
  readonly sender: InputSender;
  readonly #manager: ShinyCommManager;
  readonly #undos: (() => void)[] = [];
  readonly #onEnd: () => void;
  #users = 0;

  constructor({ runtime, whenRuntime, onEnd, interceptFrames }: PageConnectionOptions) {
    this.#onEnd = onEnd;
    const session = new ShinySession({ runtime, onError: reportError });
    this.session = session;
    this.sender = new InputSender({ runtime, session, onError: reportError });
    const transport = new DirectTransport({ sender: this.sender, session });
    const manager = new ShinyCommManager({
      transport,
      onError: reportError,
      expectedTargets: EXPECTED_TARGETS,
    });
    this.#manager = manager;
    session.on("reset", () => manager.closeAll());
    const unwait = whenRuntime((shiny) => {
      const receive = manager.receive.bind(manager);
      session.start();
      const frames = negotiateFrames(
        shiny,
        session,
        interceptFrames &&
          ((socket, bytesAsText) =>
            interceptFrames({ socket, shiny, session, receive, bytesAsText })),
      );
      const announce = (announcement: unknown): void => {
        session.announce(announcement);
        frames.announce(announcement);
      };
      this.#undos.push(
        registerMessageHandlers(shiny, { receive, announce, probe: frames.probe }),
        frames.end,
      );
    });
    this.#undos.push(
      unwait,
      () => session.dispose(),
      () => this.sender.dispose(),
    );
  }

  get debug(): ShinyCommManager {
    return this.#manager;
  }

  join(): () => void {
    let hasJoined = true;
    this.#users += 1;
    return () => {
      if (!hasJoined) return;
      hasJoined = false;
      this.#users -= 1;
      if (this.#users > 0) return;
      for (const undo of this.#undos) undo();
      this.#manager.closeAll();
      this.#onEnd();
    };
  }

  register_target(target_name: string, target: CommTarget): () => void {
    return this.#manager.register_target(target_name, target);
  }

  async openComm(target_name: string, options?: OpenOptions): Promise<Comm> {
    await this.session.opensSupported(target_name);
    return this.#manager.openComm(target_name, options);
  }

  get_comm(comm_id: string): Comm | undefined {
    return this.#manager.get_comm(comm_id);
  }

  commIds(): string[] {
    return this.#manager.commIds();
  }

  closeAll(): void {
    this.#manager.closeAll();
  }

  setTransport(transport: Transport): void {
    this.#manager.setTransport(transport);
  }
}

/** Returns the page's connection. The first call makes the connection. */
export function pageConnection(interceptFrames?: InterceptFrames): SharedConnection {
  const page = sharedPage();
  page.connection ??= new PageConnection({
    runtime: shinyRuntime,
    whenRuntime: whenShiny,
    onEnd: () => {
      page.connection = undefined;
    },
    interceptFrames,
  });
  return page.connection;
}

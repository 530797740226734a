// src/connection/page-connection.ts
import { ShinyCommManager } from "../comm/comm-manager.js";
import { WIDGET_TARGETS } from "../comm/messages.js";
import { negotiateFrames } from "../shiny/frame-negotiation.js";
import { InputSender } from "../shiny/input-sender.js";
import { registerMessageHandlers } from "../shiny/message-handlers.js";
import { shinyRuntime, whenShiny } from "../shiny/runtime.js";
import { ShinySession } from "../shiny/session.js";
import { DirectTransport } from "./direct-transport.js";
import { reportError } from "./on-error.js";
import { sharedPage } from "./shared-page.js";
var EXPECTED_TARGETS = new Map(
  WIDGET_TARGETS.map((name) => [
    name,
    "Add shiny-comm.js to the page. Messages for widgets are kept until it loads."
  ])
);
var PageConnection = class {
  #manager;
  #undos = [];
  #onEnd;
  #users = 0;
  constructor({ runtime, whenRuntime, onEnd, interceptFrames }) {
    this.#onEnd = onEnd;
    const session = new ShinySession({ runtime, onError: reportError });
    this.session = session;
    this.sender = new InputSender({ runtime, session, onError: reportError });
    const transport = new DirectTransport({ sender: this.sender, session });
    const manager = new ShinyCommManager({
      transport,
      onError: reportError,
      expectedTargets: EXPECTED_TARGETS
    });
    this.#manager = manager;
    session.on("reset", () => manager.closeAll());
    const unwait = whenRuntime((shiny) => {
      const receive = manager.receive.bind(manager);
      session.start();
      const frames = negotiateFrames(
        shiny,
        session,
        interceptFrames && ((socket, bytesAsText) => interceptFrames({ socket, shiny, session, receive, bytesAsText }))
      );
      const announce = (announcement) => {
        session.announce(announcement);
        frames.announce(announcement);
      };
      this.#undos.push(
        registerMessageHandlers(shiny, { receive, announce, probe: frames.probe }),
        frames.end
      );
    });
    this.#undos.push(
      unwait,
      () => session.dispose(),
      () => this.sender.dispose()
    );
  }
  get debug() {
    return this.#manager;
  }
  join() {
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
  register_target(target_name, target) {
    return this.#manager.register_target(target_name, target);
  }
  async openComm(target_name, options) {
    await this.session.opensSupported(target_name);
    return this.#manager.openComm(target_name, options);
  }
  get_comm(comm_id) {
    return this.#manager.get_comm(comm_id);
  }
  commIds() {
    return this.#manager.commIds();
  }
  closeAll() {
    this.#manager.closeAll();
  }
  setTransport(transport) {
    this.#manager.setTransport(transport);
  }
};
function pageConnection(interceptFrames) {
  const page = sharedPage();
  page.connection ??= new PageConnection({
    runtime: shinyRuntime,
    whenRuntime: whenShiny,
    onEnd: () => {
      page.connection = void 0;
    },
    interceptFrames
  });
  return page.connection;
}
export {
  PageConnection,
  pageConnection
};

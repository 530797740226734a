// src/connection/connect.ts
import { CommError } from "../comm/errors.js";
import { connectMessages } from "../shiny/message-handlers.js";
import { shinyRuntime, whenShiny } from "../shiny/runtime.js";
import { ShinyComms } from "./comms.js";
import { PageLink } from "./link.js";
import { reportError } from "./on-error.js";
import { sharedPage } from "./shared-page.js";
function connect(options = {}) {
  const link = options.runtime ? linkTo(options.runtime) : pageLink();
  const leave = link.join();
  const undos = /* @__PURE__ */ new Set();
  const own = /* @__PURE__ */ new WeakSet();
  let closed = false;
  const assertOpen = (doing) => {
    if (closed) throw new CommError("NOT_CONNECTED", `cannot ${doing}: this connection is closed`);
  };
  return {
    register_target(target_name, target) {
      assertOpen(`register the target ${JSON.stringify(target_name)}`);
      const undo = link.register_target(target_name, (comm, message) => {
        own.add(comm);
        return target(comm, message);
      });
      undos.add(undo);
      return () => {
        undos.delete(undo);
        undo();
      };
    },
    async openComm(target_name, openOptions) {
      const opening = `open a comm for ${JSON.stringify(target_name)}`;
      assertOpen(opening);
      const comm = await link.openComm(target_name, openOptions);
      own.add(comm);
      if (closed) comm.close();
      assertOpen(opening);
      return comm;
    },
    get_comm: (comm_id) => closed ? void 0 : link.get_comm(comm_id),
    commIds: () => closed ? [] : link.commIds(),
    close() {
      if (closed) return;
      closed = true;
      for (const undo of undos) undo();
      undos.clear();
      for (const comm_id of link.commIds()) {
        const comm = link.get_comm(comm_id);
        if (comm && own.has(comm)) comm.close();
      }
      leave();
    }
  };
}
var links = /* @__PURE__ */ new WeakMap();
function pageLink() {
  const page = sharedPage();
  page.connection ??= start(shinyRuntime, whenShiny, () => {
    page.connection = void 0;
  });
  page.connection.offer(() => new ShinyComms({ runtime: shinyRuntime, onError: reportError }));
  return page.connection;
}
function linkTo(runtime) {
  if (runtime === shinyRuntime()) return pageLink();
  let link = links.get(runtime);
  if (!link) {
    const when = (callback) => {
      callback(runtime);
      return () => void 0;
    };
    link = start(
      () => runtime,
      when,
      () => links.delete(runtime)
    );
    links.set(runtime, link);
  }
  return link;
}
function start(runtime, when, onEnd) {
  const comms = new ShinyComms({ runtime, onError: reportError });
  let disconnect = () => void 0;
  const unwait = when((shiny) => {
    disconnect = connectMessages(shiny, comms.sink);
  });
  const link = new PageLink(() => {
    unwait();
    disconnect();
    onEnd();
  });
  link.serve(comms);
  return link;
}
export {
  connect
};

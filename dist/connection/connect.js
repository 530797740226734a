// src/connection/connect.ts
import { CommError } from "../comm/errors.js";
import { shinyRuntime } from "../shiny/runtime.js";
import { PageConnection, pageConnection } from "./page-connection.js";
function connect(options = {}) {
  const shared = options.runtime ? connectionTo(options.runtime) : pageConnection();
  const leave = shared.join();
  const undos = /* @__PURE__ */ new Set();
  const comms = /* @__PURE__ */ new WeakSet();
  let isClosed = false;
  const assertOpen = (action) => {
    if (isClosed)
      throw new CommError("NOT_CONNECTED", `cannot ${action}: this connection is closed`);
  };
  return {
    register_target(target_name, target) {
      assertOpen(`register the target ${JSON.stringify(target_name)}`);
      const undo = shared.register_target(target_name, (comm, message) => {
        comms.add(comm);
        return target(comm, message);
      });
      if (isClosed) undo();
      else undos.add(undo);
      return () => {
        undos.delete(undo);
        undo();
      };
    },
    async openComm(target_name, openOptions) {
      const action = `open a comm for ${JSON.stringify(target_name)}`;
      assertOpen(action);
      const comm = await shared.openComm(target_name, openOptions);
      comms.add(comm);
      if (isClosed) comm.close();
      assertOpen(action);
      return comm;
    },
    get_comm: (comm_id) => isClosed ? void 0 : shared.get_comm(comm_id),
    commIds: () => isClosed ? [] : shared.commIds(),
    close() {
      if (isClosed) return;
      isClosed = true;
      for (const undo of undos) undo();
      undos.clear();
      for (const comm_id of shared.commIds()) {
        const comm = shared.get_comm(comm_id);
        if (comm && comms.has(comm)) comm.close();
      }
      leave();
    }
  };
}
var connections = /* @__PURE__ */ new WeakMap();
function connectionTo(runtime) {
  if (runtime === shinyRuntime()) return pageConnection();
  let connection = connections.get(runtime);
  if (!connection) {
    connection = new PageConnection({
      runtime: () => runtime,
      whenRuntime: (callback) => {
        callback(runtime);
        return () => void 0;
      },
      onEnd: () => void connections.delete(runtime)
    });
    connections.set(runtime, connection);
  }
  return connection;
}
export {
  connect
};

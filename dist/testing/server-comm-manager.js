// src/testing/server-comm-manager.ts
var ServerCommManager = class {
  #comms = /* @__PURE__ */ new Map();
  #targets = /* @__PURE__ */ new Map();
  constructor(session) {
    this.session = session;
  }
  /** The open comms, by id. */
  get comms() {
    return this.#comms;
  }
  /** Adds a comm; one with the same id loses its place, as in Python. @returns its id */
  register_comm(comm) {
    this.#comms.set(comm.comm_id, comm);
    return comm.comm_id;
  }
  /** Forgets a comm. One that has lost its place to another, or was never there, does no harm. */
  unregister_comm(comm) {
    if (this.#comms.get(comm.comm_id) === comm) this.#comms.delete(comm.comm_id);
    return comm;
  }
  /** The open comm with this id. */
  get_comm(comm_id) {
    return this.#comms.get(comm_id);
  }
  /** Registers what is called when the browser opens a comm for `target_name`. @returns the undo */
  register_target(target_name, callback) {
    this.#targets.set(target_name, callback);
    return () => {
      if (this.#targets.get(target_name) === callback) this.#targets.delete(target_name);
    };
  }
  /** Opens for this target are answered with a close again. */
  unregister_target(target_name) {
    this.#targets.delete(target_name);
  }
  /** What was registered last for this target. */
  getTarget(target_name) {
    return this.#targets.get(target_name);
  }
};
export {
  ServerCommManager
};

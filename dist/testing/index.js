// src/testing/index.ts
import {
  CommError,
  isCommError
} from "../comm/errors.js";
import {
  createShiny,
  loadClient
} from "./in-memory-shiny.js";
import { pythonJson } from "./python-json.js";
import {
  ServerComm,
  ServerCommManager
} from "./server-comm.js";
import {
  ServerWidget
} from "./server-widget.js";
import { putBuffers, removeBuffers } from "./state-buffers.js";
import {
  amdDependency,
  anywidgetState,
  classicState
} from "./states.js";
export {
  CommError,
  ServerComm,
  ServerCommManager,
  ServerWidget,
  amdDependency,
  anywidgetState,
  classicState,
  createShiny,
  isCommError,
  loadClient,
  putBuffers,
  pythonJson,
  removeBuffers
};

// src/comm/messages.ts
var HANDLERS = {
  comm_open: "shinywidgets_comm_open",
  comm_msg: "shinywidgets_comm_msg",
  comm_close: "shinywidgets_comm_close"
};
var NEVER_SAVED = "shiny.password";
var SEND_INPUT = `shinywidgets_comm_send:${NEVER_SAVED}`;
var OPEN_INPUT = `shiny_comm_open:${NEVER_SAVED}`;
var CLOSE_INPUT = `shiny_comm_close:${NEVER_SAVED}`;
var SERVER_HANDLER = "shiny_comm_server";
var FRAMES_INPUT = `.shiny_comm_frames:${NEVER_SAVED}`;
var PROBE = "probe";
var PROBE_HANDLER = "shiny_comm_probe";
var STATES = '[type$="widget-state+json"]';
var WIDGET_TARGETS = ["jupyter.widget", "ipython.widget", "jupyter.widgets"];
var MODEL_PREFIX = "IPY_MODEL_";
var ECHO_UPDATE = "echo_update";
var PROTOCOL_MAJOR = 2;
export {
  CLOSE_INPUT,
  ECHO_UPDATE,
  FRAMES_INPUT,
  HANDLERS,
  MODEL_PREFIX,
  OPEN_INPUT,
  PROBE,
  PROBE_HANDLER,
  PROTOCOL_MAJOR,
  SEND_INPUT,
  SERVER_HANDLER,
  STATES,
  WIDGET_TARGETS
};

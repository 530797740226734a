/** Checks messages and view requests for what the manager needs. */
import type { WidgetModel, WidgetView } from "@jupyter-widgets/base";
import { CommError } from "../../comm/errors.js";
import {
  type CommMsgMessage,
  type CommOpenMessage,
  ECHO_UPDATE,
  PROTOCOL_MAJOR,
} from "../../comm/messages.js";
import { isObject } from "../../util/object.js";
import { shorten } from "../../util/text.js";
import { isModel } from "../patches/internals.js";

const VERSION_ADVICE =
  "Install ipywidgets 8 on the server, which uses version 2 of the protocol, or a newer shiny-comm.";

/** Options of `create_view`. */
export interface ViewOptions {
  /** The view that contains the new one. */
  parent?: WidgetView;
}

/** Returns the error of an open whose widget cannot work, if there is one. */
export function openError(
  message: CommOpenMessage,
  state: Record<string, unknown>,
): Error | undefined {
  return versionError(message) ?? missingNames(state);
}

function versionError({ content, metadata }: CommOpenMessage): Error | undefined {
  const { comm_id } = content;
  const { version } = metadata;
  if (typeof version === "string" && version.split(".", 1)[0] === `${PROTOCOL_MAJOR}`)
    return undefined;
  return new CommError(
    "PROTOCOL_VERSION",
    `comm ${comm_id}: unsupported widget protocol version ${described(version)} (expected ${PROTOCOL_MAJOR}.x)`,
    { comm_id, kind: "comm_open", advice: VERSION_ADVICE },
  );
}

function missingNames(state: Record<string, unknown>): Error | undefined {
  const missing = ["_model_name", "_model_module", "_model_module_version"].filter(
    (key) => nameIn(state[key]) === "",
  );
  return missing.length > 0
    ? new CommError("WIDGET", `its state is missing ${missing.join(", ")}`)
    : undefined;
}

/** Returns the name of a class or module in a state, or `""`. */
export function nameIn(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** @throws {CommError} `DECODE` when models do not support a message */
export function checkMethod({ content, msg_type }: CommMsgMessage): void {
  const { comm_id, data } = content;
  const fail = (what: string) =>
    new CommError("DECODE", `cannot decode ${msg_type} for comm ${comm_id}: ${what}`, {
      comm_id,
      kind: msg_type,
    });
  switch (data.method) {
    case "update":
    case ECHO_UPDATE:
      if (!isObject(data.state)) throw fail("content.data.state is not an object");
      return;
    case "custom":
      return;
    default:
      throw fail(
        `unsupported method ${described(data.method)} (expected update, echo_update or custom)`,
      );
  }
}

/** Returns why a model can have no view in a parent, or `undefined` if it can. */
export function viewError(model: unknown, options: ViewOptions): CommError | undefined {
  const { parent } = options;
  if (!isModel(model)) return notAModel(model, parent?.model);
  for (let view = parent; view; view = view.options?.parent) {
    if (view.model === model) {
      return new CommError("WIDGET", `cannot show ${model.name} within itself`, {
        comm_id: model.model_id,
      });
    }
  }
  return undefined;
}

function notAModel(value: unknown, parent: WidgetModel | undefined): CommError {
  const whole = parent?.name ?? "an output";
  return new CommError("WIDGET", `${whole} contains ${described(value)} instead of a widget`, {
    comm_id: parent?.model_id,
  });
}

/** Returns a short description of a value. */
function described(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isObject(value)) return "an object";
  return shorten(typeof value === "string" ? JSON.stringify(value) : String(value), 100);
}

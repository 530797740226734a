/** Shows the widgets whose states are in the page, in Jupyter's format for documents. A chunk. */
import { ShinyCommManager, type Transport } from "../comm/comm-manager.js";
import { CommError, messageOf } from "../comm/errors.js";
import { jupyterComm } from "../comm/jupyter-comm.js";
import { STATES } from "../comm/messages.js";
import { reportError } from "../connection/on-error.js";
import { newId } from "../util/id.js";
import { isObject } from "../util/object.js";
import { ShinyWidgetManager } from "./manager/widget-manager.js";
import type { ModuleRegistry } from "./modules/module-registry.js";
import { OutputSlots } from "./views/output-slots.js";

const VIEWS = 'script[type="application/vnd.jupyter.widget-view+json"]';

const OUTPUT_CLASS = "shiny-ipywidget-output";

/** Drops messages: a document has no server. */
const transport: Transport = {
  send(_message, _text, onIdle) {
    if (onIdle) queueMicrotask(onIdle);
    return newId();
  },
};

/** Opens the models of all states, and replaces the scripts of views. */
export function showDocument(modules: ModuleRegistry): void {
  // The end of a Shiny session does not close these models, so they have their own managers.
  const comms = new ShinyCommManager({ transport, onError: reportError });
  const widgets = new ShinyWidgetManager({
    modules,
    onError: reportError,
    openComm: async (target_name, options) => comms.openComm(target_name, options),
  });
  const slots = new OutputSlots(widgets);
  comms.register_target("jupyter.widget", (comm, message) =>
    widgets.open(jupyterComm(comm), message),
  );
  for (const [comm_id, model] of readStates()) comms.receive("comm_open", openOf(comm_id, model));
  for (const script of document.querySelectorAll<HTMLElement>(VIEWS)) {
    const view = parse(script);
    if (!view) continue;
    slots.render(outputOf(script), {
      model_id: view.model_id,
      fill: script.dataset.fill === "true",
    });
  }
}

/** Returns the models of all states, by id; of two states of a model, the later one. */
function readStates(): Map<string, unknown> {
  const scripts = [...document.querySelectorAll<HTMLElement>(STATES)];
  return new Map(scripts.flatMap((script) => Object.entries(parse(script)?.state ?? {})));
}

/** Returns the message of the server that would open a model. */
function openOf(comm_id: string, model: unknown): object {
  const { model_name, model_module, model_module_version, state, buffers } = (
    isObject(model) ? model : {}
  ) as Record<string, unknown>;
  const parts = Array.isArray(buffers) ? buffers : [];
  return {
    content: {
      comm_id,
      target_name: "jupyter.widget",
      data: {
        state: {
          ...(state as object),
          _model_name: model_name,
          _model_module: model_module,
          _model_module_version: model_module_version,
        },
        buffer_paths: parts.map(({ path }) => path),
      },
    },
    metadata: { version: "2.1.0" },
    buffers: parts.map(({ data }) => data),
  };
}

function parse(script: HTMLElement): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(script.textContent);
    if (isObject(value)) return value;
    throw new TypeError("not an object");
  } catch (cause) {
    reportError(
      new CommError("DECODE", `invalid state or view in the document: ${messageOf(cause)}`, {
        cause,
      }),
    );
    return undefined;
  }
}

/** Returns the element around the script of a view, or an element in place of the script. */
function outputOf(script: HTMLElement): HTMLElement {
  const { parentElement } = script;
  if (parentElement?.classList.contains(OUTPUT_CLASS)) return parentElement;
  const output = document.createElement("div");
  output.className = OUTPUT_CLASS;
  script.replaceWith(output);
  return output;
}

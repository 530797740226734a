/// <reference types="vite/client" />
/** The page of the widget tests: jQuery, an in-memory Shiny, and the widgets' client from its sources. */
import "../../src/widgets/styles/index.css";
import jQuery from "jquery";
import { beforeEach, expect } from "vitest";
import type { JsonObject, ServerSession, ServerWidget } from "../../src/testing/index.js";

// The client's modules look for jQuery when they are evaluated.
Object.assign(globalThis, { jQuery, $: jQuery });

const { anywidgetState, classicState, createShiny } = await import("../../src/testing/index.js");
const { pageConnection } = await import("../../src/connection/page-connection.js");
const { onError } = await import("../../src/index.js");
const { SocketInterceptor } = await import("../../src/shiny/socket-interceptor.js");
const { registerOutputBinding } = await import("../../src/shiny/output-binding.js");
const { startWidgets } = await import("../../src/widgets/client.js");

/** Whether the server supports comms that the browser opens; read at the start of a session. */
const server = { opens: false };
export const shiny = createShiny(server);
shiny.install();

/** The widgets' client. */
export const client = startWidgets(pageConnection((options) => new SocketInterceptor(options)));
registerOutputBinding(shiny.runtime as never, client.outputs);

const errors: Error[] = [];
// Errors are kept from the console, because tests check each error.
onError((report) => {
  report.preventDefault();
  errors.push(report.error);
});

/** Returns the texts of the errors that the page has reported since the last call or the start of the test. */
export function takeErrors(): string[] {
  return errors.splice(0).map(({ message }) => message);
}

/** The session of the test. Each test starts with a new session and an empty page. */
export let session: ServerSession;

beforeEach(() => reconnect());

/** Starts a session with an empty page, which closes all models of the previous session. */
export async function reconnect(options: Partial<typeof server> = {}): Promise<void> {
  Object.assign(server, options);
  if (session) shiny.disconnect();
  document.body.replaceChildren();
  session = await shiny.connect();
  takeErrors();
}

let outputs = 0;

/** Puts an output on the page. */
export async function addOutput(id = `output${++outputs}`): Promise<HTMLElement> {
  const output = document.createElement("div");
  output.id = id;
  output.className = "shiny-ipywidget-output";
  document.body.append(output);
  await shiny.runtime.bindAll?.(document.body);
  return output;
}

/** Shows a widget in a new output. @returns the output, which can still be empty */
export async function show(widget: ServerWidget): Promise<HTMLElement> {
  const output = await addOutput();
  session.output(output.id, widget);
  return output;
}

/** Opens an anywidget. @param esm the text of its module, or its address */
export function openAnywidget(esm: string, traits: JsonObject = {}): ServerWidget {
  return session.open(anywidgetState({ esm }, traits));
}

/** Opens a control of ipywidgets 8. @param name its Python class, such as `IntSlider` */
export function openControl(name: string, traits: JsonObject = {}): ServerWidget {
  const module = "@jupyter-widgets/controls";
  return session.open(
    classicState({ module, version: "2.0.0", model: `${name}Model`, view: `${name}View` }, traits),
  );
}

/** Waits for an element within another element. */
export async function find<T extends Element = HTMLElement>(
  within: Element,
  selector: string,
): Promise<T> {
  await expect.poll(() => within.querySelector(selector)).not.toBeNull();
  return within.querySelector(selector) as T;
}

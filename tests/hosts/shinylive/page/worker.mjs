/** The worker with Python: it runs the app, and speaks ASGI with it. */

import { loadPyodide } from "/pyodide/pyodide.mjs";
import { PortSocket } from "./port-socket.mjs";

/** The app, as a function of ASGI. */
let asgi;

self.onmessage = async ({ data, ports: [port] }) => {
  if (data.type === "start") await start(data);
  if (data.type === "request") await request(data.scope, port);
  if (data.type === "socket") await socket(data.path, port);
};

async function start({ app, env }) {
  try {
    const print = (text) => self.postMessage({ type: "print", text });
    const fetched = async (path) => (await fetch(path)).arrayBuffer();
    const [python, site, companion, files, code] = await Promise.all([
      loadPyodide({ stdout: print, stderr: print, env: { HOME: "/home/pyodide", ...env } }),
      fetched("/site.tar"),
      fetched("/companion.whl"),
      fetch("/app.json").then((response) => response.json()),
      fetch("/start.py").then((response) => response.text()),
    ]);
    const extractDir = "/lib/python3.14/site-packages";
    python.unpackArchive(site, "tar", { extractDir });
    // The data of wheels, such as Jupyter's extensions, is below `sys.prefix`.
    python.FS.rename(`${extractDir}/share`, "/share");
    python.unpackArchive(companion, "zip", { extractDir });
    const folder = `/home/pyodide/${app}`;
    python.FS.mkdir(folder);
    for (const [name, text] of Object.entries(files))
      python.FS.writeFile(`${folder}/${name}`, text);
    asgi = await python.runPythonAsync(code, { locals: python.toPy({ name: app }) });
    self.postMessage({ type: "started" });
  } catch (error) {
    self.postMessage({ type: "failed", message: error.message });
  }
}

/** Messages to Python, which asks for the next one. */
class Inbox {
  #messages = [];
  #wake = () => {};

  put(message) {
    this.#messages.push(message);
    this.#wake();
  }

  take = async () => {
    while (this.#messages.length === 0) {
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#messages.shift();
  };
}

const fromPython = (event) => event.toJs({ dict_converter: Object.fromEntries });

async function request(scope, port) {
  const inbox = new Inbox();
  port.onmessage = ({ data }) => inbox.put(data);
  const text = (bytes) => new TextDecoder("latin1").decode(bytes);
  await asgi(scope, inbox.take, async (event) => {
    const message = fromPython(event);
    if (message.headers) {
      message.headers = message.headers.map(([name, value]) => [text(name), text(value)]);
    }
    port.postMessage(message);
  });
}

async function socket(path, port) {
  const connection = new PortSocket(port);
  const inbox = new Inbox();
  inbox.put({ type: "websocket.connect" });
  connection.onmessage = ({ data }) => {
    const content = typeof data === "string" ? { text: data } : { bytes: data };
    inbox.put({ type: "websocket.receive", ...content });
  };
  connection.onclose = ({ code }) => inbox.put({ type: "websocket.disconnect", code });
  const scope = {
    type: "websocket",
    asgi: { version: "3.0", spec_version: "2.1" },
    path,
    headers: [],
  };
  await asgi(scope, inbox.take, async (event) => {
    const message = fromPython(event);
    if (message.type === "websocket.accept") connection.accept();
    if (message.type === "websocket.send") connection.send(message.text ?? message.bytes);
    if (message.type === "websocket.close") connection.close(message.code, message.reason);
  });
}

/**
 * The page around the app. Python runs in a worker of the page, and the app in its frame. The page passes the
 * requests of the service worker and the sockets of the frame on to the worker.
 *
 * The address has the environment of the app, and the frame has the same query.
 */
/** Another name for each page: the service worker still knows the apps of earlier pages. */
const APP = `app_${crypto.randomUUID().replaceAll("-", "")}`;

const host = {
  /** What Python printed. */
  output: [],
  /** How often the service worker has started since the start of the app. */
  restarts: 0,
  /** Whether the page tells a restarted service worker its app. If not, requests are answered with 404. */
  answers: true,
  state: "starting",
  announce,
};
globalThis.host = host;

const worker = new Worker("/worker.mjs", { type: "module" });

function started() {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.type === "print") host.output.push(data.text);
      if (data.type === "started") resolve();
      if (data.type === "failed") reject(new Error(data.message));
    };
    worker.postMessage({
      type: "start",
      app: APP,
      env: Object.fromEntries(new URLSearchParams(location.search)),
    });
  });
}

async function controlled() {
  await navigator.serviceWorker.register("/service-worker.mjs", { type: "module" });
  if (navigator.serviceWorker.controller) return;
  await new Promise((resolve) => {
    navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true });
  });
}

/** Tells the service worker who answers the requests of the app. */
function announce() {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data, ports }) => {
    worker.postMessage({ type: "request", scope: data.scope }, ports);
  };
  navigator.serviceWorker.controller.postMessage({ type: "app", app: APP }, [port2]);
}

try {
  await Promise.all([controlled(), started()]);
  announce();
  navigator.serviceWorker.addEventListener("message", ({ data }) => {
    if (data.type !== "restarted") return;
    host.restarts += 1;
    if (host.answers) announce();
  });
  navigator.serviceWorker.startMessages();
  addEventListener("message", ({ data, ports }) => {
    if (data.type === "socket") worker.postMessage({ type: "socket", path: data.path }, ports);
  });
  document.querySelector("iframe").src = `/${APP}/${location.search}`;
  host.state = "running";
} catch (error) {
  host.state = `failed: ${error.message}`;
}

/**
 * Answers the requests of the app's frame: it asks the page, which asks Python.
 *
 * A service worker forgets its variables when it restarts, which a browser does at any time. It then tells all
 * pages, and a request waits 250 ms for the page that has the app.
 */
const WAIT_MS = 50;
const WAITS = 5;

/** The ports of the pages that have the apps. */
const apps = new Map();

self.clients.matchAll().then((clients) => {
  for (const client of clients) client.postMessage({ type: "restarted" });
});

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", ({ data, ports }) => apps.set(data.app, ports[0]));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  const [, app, path] = url.pathname.match(/\/(app_[^/]+)(\/.*)$/) ?? [];
  if (app) event.respondWith(answer(event.request, app, path));
});

async function answer(request, app, path) {
  for (let waits = 0; !apps.has(app); waits += 1) {
    if (waits === WAITS) return new Response("no page has this app", { status: 404 });
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
  const url = new URL(request.url);
  const body = await request.arrayBuffer();
  const { port1, port2 } = new MessageChannel();
  // A script does not see the headers that the browser adds, such as `Accept-Encoding`.
  const scope = {
    type: "http",
    asgi: { version: "3.0", spec_version: "2.1" },
    http_version: "1.1",
    method: request.method,
    scheme: url.protocol.slice(0, -1),
    path,
    query_string: url.search.slice(1),
    root_path: "",
    headers: [...request.headers],
  };
  apps.get(app).postMessage({ scope }, [port2]);
  port1.postMessage({ type: "http.request", body: new Uint8Array(body), more_body: false });
  return received(port1, path === "/");
}

/** Returns the answer that arrives at a port in parts. */
function received(port, isPage) {
  return new Promise((resolve) => {
    let controller;
    const stream = new ReadableStream({
      start(its) {
        controller = its;
      },
    });
    let inject = false;
    port.onmessage = ({ data }) => {
      if (data.type === "http.response.start") {
        const headers = new Headers({
          "cross-origin-embedder-policy": "credentialless",
          "cross-origin-resource-policy": "cross-origin",
        });
        for (const [name, value] of data.headers) headers.set(name, value);
        inject = isPage && /^text\/html\b/.test(headers.get("content-type"));
        if (inject) headers.delete("content-length");
        resolve(new Response(stream, { status: data.status, headers }));
        return;
      }
      if (data.body) controller.enqueue(inject ? withSocket(data.body) : data.body);
      if (data.more_body) return;
      controller.close();
      port.close();
    };
  });
}

/** Adds the script with the app's socket to a page. */
function withSocket(bytes) {
  const html = new TextDecoder().decode(bytes);
  const script = '<script type="module" src="/socket.mjs"></script>';
  return new TextEncoder().encode(html.replace("</head>", `${script}</head>`));
}

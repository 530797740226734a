/** Apps behind proxies of nginx, with a plain websocket or with SockJS. */
import type { AddressInfo } from "node:net";
import { expect } from "vitest";
import WebSocket, { WebSocketServer } from "ws";
import { startNginx } from "../../scripts/nginx.mjs";
import { useApps, useEngine } from "./apps.js";
import { type Case, clientsOf, type Host, type Line, testHost } from "./cases.js";
import { SockJsHost } from "./sockjs.js";

const engine = useEngine();
const target = useApps();

const PREFIX = "/apps/proxied/";
/** The idle limit of a proxy. The app sends pings more often, unless other load keeps it from running. */
const IDLE_SECONDS = 6;

type NginxOptions = Omit<Parameters<typeof startNginx>[0], "prefix" | "workers">;

/** Starts nginx before apps or before hosts of them. */
async function startProxy(
  urls: readonly string[],
  options: NginxOptions,
  hosts: readonly SockJsHost[] = [],
): Promise<Host> {
  const workers = Object.fromEntries(
    urls.map((url, at) => [`worker${at}`, Number(new URL(url).port)]),
  );
  const nginx = await startNginx({ prefix: PREFIX, workers, ...options });
  const line = hosts.length > 0 ? { line: lineOf(hosts) } : {};
  return {
    url: nginx.url,
    prefix: PREFIX,
    // Requests of the line fail while it is cut.
    requests: () => nginx.requests().filter(({ path }) => !/__(sockjs|token)__/.test(path)),
    ...line,
    async stop() {
      await nginx.stop();
      await Promise.all(hosts.map((host) => host.stop()));
    },
  };
}

/** Controls the lines of several hosts, on one of which the page is. */
function lineOf(hosts: readonly SockJsHost[]): Line {
  const all =
    <A extends unknown[]>(control: (host: SockJsHost, ...args: A) => void) =>
    (...args: A) => {
      for (const host of hosts) control(host, ...args);
    };
  return {
    drop: all((host) => host.drop()),
    restore: all((host) => host.restore()),
    hold: all((host) => host.hold()),
    release: all((host) => host.release()),
    delay: all((host, ms: number) => host.delay(ms)),
    pending: () => hosts.reduce((sum, host) => sum + host.pending(), 0),
    expire: async () => {
      await Promise.all(hosts.map((host) => host.expire()));
    },
  };
}

testHost({
  name: "nginx that compresses",
  clients: clientsOf("use()"),
  engine,
  start: (client) => startProxy([target(client)], { compress: true }),
});

/** The page is idle until the proxy has closed a connection that is idle too. */
const idle: Case = {
  name: "a session that is idle for longer than the limit of the proxy",
  async run({ page }) {
    const closed = () => page.evaluate(() => document.querySelector("#shiny-disconnected-overlay"));
    const silent = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    await new Promise<void>((resolve) => silent.on("listening", resolve));
    const { port } = silent.address() as AddressInfo;
    const options = { prefix: PREFIX, workers: { silent: port }, idleSeconds: IDLE_SECONDS };
    const nginx = await startNginx({ ...options, isApp: false });
    const socket = new WebSocket(nginx.url.replace("http", "ws"));
    await new Promise((resolve) => {
      socket.onclose = resolve;
    });
    expect(await closed()).toBe(null);
    await nginx.stop();
    silent.close();
  },
};

testHost({
  name: "nginx with an idle limit",
  clients: clientsOf("shiny-comm"),
  engine,
  start: (client) => startProxy([target(client)], { idleSeconds: IDLE_SECONDS }),
  further: [idle],
});

testHost({
  name: "nginx without websockets, before SockJS",
  clients: clientsOf("use()"),
  engine,
  async start(client) {
    const host = await SockJsHost.start({ target: target(client), prefix: "/" });
    return startProxy([host.url], { websockets: false }, [host]);
  },
});

testHost({
  name: "nginx with a sticky cookie, before two hosts with SockJS polling",
  clients: clientsOf("shiny-comm"),
  engine,
  async start(client) {
    const start = () =>
      SockJsHost.start({ target: target(client), prefix: "/", transports: ["xhr-polling"] });
    const hosts = await Promise.all([start(), start()]);
    return startProxy(
      hosts.map(({ url }) => url),
      { websockets: false },
      hosts,
    );
  },
});

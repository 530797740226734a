/** Apps in Pyodide, on a host with a page, a service worker and sockets as in Shinylive. */
import { afterAll, beforeAll } from "vitest";
import { clientsOf, testHost } from "../cases.js";
import { Pages } from "./pages.js";

let pages: Pages;

beforeAll(async () => {
  pages = await Pages.start();
});

afterAll(() => pages?.stop());

testHost({
  name: "Shinylive",
  clients: clientsOf("use()"),
  engine: () => pages.engine,
  lacks: ["bqplot"],
  start: async (client) => ({
    url: pages.url({ APP: "start_cases", ...(client === "use()" ? { WITH_USE: "1" } : {}) }),
    restart: () => pages.restartServiceWorker(),
    stop: async () => undefined,
  }),
});

/** Apps on a host with SockJS, with each transport, and on a plain websocket. */
import { useApps, useEngine } from "./apps.js";
import { clientsOf, testHost } from "./cases.js";
import { SockJsHost, TRANSPORTS } from "./sockjs.js";

const engine = useEngine();
const target = useApps();

if (process.env.HOSTS_TABLE) {
  testHost({
    name: "a plain websocket",
    clients: clientsOf(),
    engine,
    start: async (client) => ({ url: target(client), stop: async () => undefined }),
  });
}
for (const [index, transport] of TRANSPORTS.entries()) {
  testHost({
    name: `SockJS, ${transport}`,
    clients: clientsOf(index % 2 === 0 ? "use()" : "shiny-comm"),
    engine,
    start: (client) =>
      SockJsHost.start({ target: target(client), transports: [transport], moves: true }),
  });
}

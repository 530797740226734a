/** An app of the R package on a host with SockJS. */
import { useEngine, useRApp } from "./apps.js";
import { testHost } from "./cases.js";
import { SockJsHost } from "./sockjs.js";

const engine = useEngine();
const target = useRApp();

for (const transport of ["websocket", "xhr-polling"] as const) {
  testHost({
    name: `R on SockJS, ${transport}`,
    clients: ["shiny-comm"],
    engine,
    lacks: ["map", "plot", "bqplot"],
    start: () => SockJsHost.start({ target: target(), transports: [transport], moves: true }),
  });
}

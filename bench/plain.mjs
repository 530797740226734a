/** Measures like `server.mjs`, with a server that does not compress. */
import { fromPython } from "./server.mjs";

/** The Python code that replaces `shiny run`, which has no option for compression. */
export const run = [
  "-c",
  "import sys; from shiny import run_app; " +
    "run_app(sys.argv[-1], port=int(sys.argv[2]), ws_per_message_deflate=False)",
];

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = fromPython("plain", "Python → `change`, not compressed, binary frames");

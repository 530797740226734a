/** The module `@jupyter-widgets/output` for pages without a kernel, a chunk. */
import { linkStylesheet } from "../styles/link.js";

void linkStylesheet(() => new URL("./output.css", import.meta.url));

export { OUTPUT_WIDGET_VERSION } from "@jupyter-widgets/output";
export { OutputModel } from "./model.js";
export { OutputView } from "./view.js";

/** The module `@jupyter-widgets/output` for pages without a kernel; loaded on demand. */
import { linkStylesheet } from "../styles/link.js";

void linkStylesheet(new URL("./output.css", import.meta.url));

export { OUTPUT_WIDGET_VERSION } from "@jupyter-widgets/output";
export { OutputModel } from "./model.js";
export { OutputView } from "./view.js";

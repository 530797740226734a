/** The controls of ipywidgets 8, as a chunk, with the icons that they show. */
import { linkStylesheet } from "./styles/link.js";

export * from "@jupyter-widgets/controls";

void linkStylesheet(new URL("./icons.css", import.meta.url));

/** The controls of ipywidgets 8, all of them, as a chunk. */
import "../patches/controls/index.js";

export * from "@jupyter-widgets/controls";

/** The chunk with all controls of ipywidgets 8. */
import "../patches/controls/index.js";

export * from "@jupyter-widgets/controls";

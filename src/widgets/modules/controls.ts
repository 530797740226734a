/** The controls of ipywidgets 8, all of them, as a chunk. */
import "../patches/upstream-controls.js";
import "../patches/upstream-choices.js";
import "../patches/upstream-tags.js";

export * from "@jupyter-widgets/controls";

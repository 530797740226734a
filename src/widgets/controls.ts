/** The controls of ipywidgets 8, all of them, as a chunk. */
import "./upstream-controls.js";
import "./upstream-choices.js";
import "./upstream-tags.js";

export * from "@jupyter-widgets/controls";

/** The chunk with the controls that most pages use: a fourth of all controls, without icons. */
import "../patches/controls/core.js";

export * from "@jupyter-widgets/controls/lib/widget_box.js";
export * from "@jupyter-widgets/controls/lib/widget_description.js";
export * from "@jupyter-widgets/controls/lib/widget_float.js";
export * from "@jupyter-widgets/controls/lib/widget_int.js";
export * from "@jupyter-widgets/controls/lib/widget_link.js";
export * from "@jupyter-widgets/controls/lib/widget_string.js";

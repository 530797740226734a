/** The widget modules that are part of this package; all but base are chunks, loaded when first needed. */
import * as base from "@jupyter-widgets/base";
import type { ModuleLoader } from "./module-registry.js";

export const bundledModules: Readonly<Record<string, ModuleLoader>> = {
  "@jupyter-widgets/base": () => base,
  "@jupyter-widgets/controls": () => import("./controls.js"),
  "@jupyter-widgets/output": () => import("./output/index.js"),
  anywidget: () => import("./anywidget/index.js"),
};

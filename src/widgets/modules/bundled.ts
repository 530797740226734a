/** The widget modules that are part of this package; all but base are chunks, loaded when first needed. */
import * as base from "@jupyter-widgets/base";
import { retried } from "../../util/retry.js";
import { linkStylesheet } from "../styles/link.js";
import { CONTROLS, CORE_CONTROLS } from "./controls-parts.js";
import type { ModuleLoader } from "./module-registry.js";

export const bundledModules: Readonly<Record<string, ModuleLoader>> = {
  "@jupyter-widgets/base": () => base,
  [CONTROLS]: () => styled(() => import("./controls.js"), "controls.css", "icons.css"),
  [CORE_CONTROLS]: () => styled(() => import("./controls-core.js"), "controls.css"),
  "@jupyter-widgets/output": () => retried(() => import("../output-widget/index.js")),
  anywidget: () => retried(() => import("../anywidget/index.js")),
};

/** A module, when its style sheets are in effect; all are fetched at once. */
async function styled<T>(load: () => Promise<T>, ...sheets: string[]): Promise<T> {
  const links = sheets.map((sheet) => linkStylesheet(new URL(sheet, import.meta.url)));
  const [module] = await Promise.all([retried(load), ...links]);
  return module;
}

/** The widget modules of this package. All except base are chunks, which load when first needed. */
import * as base from "@jupyter-widgets/base";
import { linkStylesheet } from "../styles/link.js";
import { CONTROLS, CORE_CONTROLS } from "./controls-parts.js";
import type { ModuleLoader } from "./module-registry.js";

export const bundledModules: Readonly<Record<string, ModuleLoader>> = {
  "@jupyter-widgets/base": () => base,
  [CONTROLS]: () => loadStyled(() => import("./controls.js"), controlsCssUrl, iconsCssUrl),
  [CORE_CONTROLS]: () => loadStyled(() => import("./controls-core.js"), controlsCssUrl),
  "@jupyter-widgets/output": () => import("../output-widget/index.js"),
  anywidget: () => import("../anywidget/index.js"),
};

// The build replaces the addresses, and recognizes them only in this form.
const controlsCssUrl = (): URL => new URL("./controls.css", import.meta.url);
const iconsCssUrl = (): URL => new URL("./icons.css", import.meta.url);

/** Loads a module and its style sheets in parallel. */
async function loadStyled<T>(load: () => Promise<T>, ...sheets: (() => URL)[]): Promise<T> {
  const [module] = await Promise.all([load(), ...sheets.map(linkStylesheet)]);
  return module;
}

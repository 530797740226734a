/** Widget modules that packages bring along. */
import { type WidgetModuleHost } from "./shared-page.js";
/**
 * Loads a widget module: an object with the classes of models and views in it, or a promise of one.
 * Called when the first widget needs the module, and again after it failed. The host lends it the
 * page's own `@jupyter-widgets/base`, so that a package need not bring a copy.
 */
export type WidgetModuleLoader = (host: WidgetModuleHost) => object | Promise<object>;
/**
 * Registers a widget module, so that neither AMD nor a CDN is needed for it.
 *
 * Of the registered versions of a name, the highest that satisfies the semver range which a model
 * asks for (`_model_module_version`, `_view_module_version`) is taken; of two that are the same, the
 * one that was registered last. When none does, the module is sought elsewhere. The script tag's
 * client, which makes widgets, may be on the page already or come later.
 *
 * @example
 * registerWidgetModule("my-widget", "1.2.0", () => import("./widgets.js"));
 *
 * @example
 * registerWidgetModule("my-widget", "1.2.0", async ({ load }) => {
 *   const { defineWidgets } = await import("./widgets.js");
 *   return defineWidgets(await load<typeof import("@jupyter-widgets/base")>("@jupyter-widgets/base"));
 * });
 *
 * @param name as the models' `_model_module` and the views' `_view_module` have it
 * @param version of the module, as in its `package.json`
 * @returns the undo: models made later do not get the module
 */
export declare function registerWidgetModule(name: string, version: string, load: WidgetModuleLoader): () => void;

/** The registry of widget modules that packages provide. */
import { type RegisteredModule, sharedPage, type WidgetModuleHost } from "./shared-page.js";

/**
 * Loads a widget module: returns an object with the classes of models and views, or a promise of one. The loader
 * is called when the first widget needs the module, and again after a failure. The host provides the page's
 * `@jupyter-widgets/base`, so that a package needs no copy.
 */
export type WidgetModuleLoader = (host: WidgetModuleHost) => object | Promise<object>;

/**
 * Registers a widget module, so that neither AMD nor a CDN is needed for it. The script tag's client, which makes
 * widgets, may be on the page already or load later.
 *
 * A model asks for a semver range (`_model_module_version`, `_view_module_version`). The highest registered version
 * in that range is used; of two equal versions, the newest registration. Without a version in the range, the module
 * is requested from the server or a CDN.
 *
 * @example
 * ```ts
 * import { registerWidgetModule } from "shiny-comm";
 *
 * registerWidgetModule("my-widget", "1.2.0", () => import("./widgets.js"));
 * ```
 *
 * @example
 * ```ts
 * import { registerWidgetModule } from "shiny-comm";
 *
 * registerWidgetModule("my-widget", "1.2.0", async ({ load }) => {
 *   const { defineWidgets } = await import("./widgets.js");
 *   return defineWidgets(await load<typeof import("@jupyter-widgets/base")>("@jupyter-widgets/base"));
 * });
 * ```
 *
 * @param name the name of the module, as in `_model_module` and `_view_module`
 * @param version the version of the module, as in its `package.json`
 * @returns the undo: later models do not get the module
 */
export function registerWidgetModule(
  name: string,
  version: string,
  load: WidgetModuleLoader,
): () => void {
  const { modules } = sharedPage();
  const registered: RegisteredModule = { name, version, load };
  modules.push(registered);
  return () => {
    const index = modules.indexOf(registered);
    if (index >= 0) modules.splice(index, 1);
  };
}

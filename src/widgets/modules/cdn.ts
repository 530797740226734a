/** Where a module that the server did not bring may be fetched from: the page's attributes say. */

const DEFAULT_CDN = "https://cdn.jsdelivr.net/npm/";

export interface CdnSettings {
  /** The address that `<package>@<version>/dist/<file>` is put behind. */
  readonly url: string;
  /** Nothing is sought on the app's own server. */
  readonly only: boolean;
}

/**
 * Reads `data-jupyter-widgets-cdn` and `data-jupyter-widgets-cdn-only` from whichever script tag
 * bears them. That tag may come after ours, so this is read when a module is needed.
 */
export function cdnSettings(): CdnSettings {
  let url = DEFAULT_CDN;
  let only = false;
  for (const script of document.querySelectorAll<HTMLScriptElement>(
    "script[data-jupyter-widgets-cdn], script[data-jupyter-widgets-cdn-only]",
  )) {
    url = script.getAttribute("data-jupyter-widgets-cdn") || url;
    const flag = script.getAttribute("data-jupyter-widgets-cdn-only");
    only ||= flag !== null && flag.toLowerCase() !== "false";
  }
  return { url: url.endsWith("/") ? url : `${url}/`, only };
}

/** The address of a module on the CDN: `@scope/name/file` is file `file` of package `@scope/name`. */
export function cdnUrl(cdn: string, moduleName: string, version: string): string {
  const parts = moduleName.split("/");
  const packageParts = moduleName.startsWith("@") ? 2 : 1;
  const packageName = parts.slice(0, packageParts).join("/");
  const file = parts.slice(packageParts).join("/") || "index";
  return `${cdn}${packageName}@${version}/dist/${file}.js`;
}

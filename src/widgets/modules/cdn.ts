/** The CDN for modules that the server does not have, as the page's attributes configure it. */

import { CDN_ONLY_ATTRIBUTE, CDN_URL_ATTRIBUTE } from "../../util/page-names.js";

const DEFAULT_CDN = "https://cdn.jsdelivr.net/npm/";

export interface CdnSettings {
  /** The address before `<package>@<version>/dist/<file>`. */
  readonly url: string;
  /** Whether modules are never requested from the app's server. */
  readonly only: boolean;
}

/**
 * Reads the attributes from the script tag that has them. That tag may follow the client's, so callers
 * read the settings for each module.
 */
export function readCdnSettings(): CdnSettings {
  let url = DEFAULT_CDN;
  let only = false;
  for (const script of document.querySelectorAll<HTMLScriptElement>(
    `script[${CDN_URL_ATTRIBUTE}], script[${CDN_ONLY_ATTRIBUTE}]`,
  )) {
    url = script.getAttribute(CDN_URL_ATTRIBUTE) || url;
    const flag = script.getAttribute(CDN_ONLY_ATTRIBUTE);
    only ||= flag !== null && flag.toLowerCase() !== "false";
  }
  return { url: url.endsWith("/") ? url : `${url}/`, only };
}

/** Returns the address of a module on the CDN: `@scope/name/file` is file `file` of package `@scope/name`. */
export function makeCdnUrl(cdn: string, moduleName: string, version: string): string {
  const packageName = packageOf(moduleName);
  const file = moduleName.slice(packageName.length + 1) || "index";
  return `${cdn}${packageName}@${version}/dist/${file}.js`;
}

/** Returns the package of a module: `@scope/name` for `@scope/name/file`. */
export function packageOf(moduleName: string): string {
  const parts = moduleName.split("/");
  return parts.slice(0, moduleName.startsWith("@") ? 2 : 1).join("/");
}

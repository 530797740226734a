/** anywidget's front-end modules: from text or address to a module, each compiled once on a page. */

import { retried } from "../../util/retry.js";

/** What a front-end module (AFM) exports. */
export interface AnyWidgetModule {
  default?: unknown;
  /** The older convention: `export function render`. */
  render?: unknown;
  initialize?: unknown;
}

const TEXT_ADVICE =
  "Its text must be an ES module that parses and runs, and what it imports must be there. Under a " +
  "Content-Security-Policy, script-src needs blob: for modules that are sent as text.";

const RUN_ADVICE =
  "It must be an ES module that parses and runs, and what it imports must be there.";

const ADDRESS_ADVICE =
  "Does the address lead to an ES module, served as text/javascript? Under a Content-Security-Policy, " +
  "script-src must allow it.";

/** The app's author has not written such an address. */
const SERVED_ADVICE =
  "The app itself serves this module, below the address of the page: does a proxy in front of it pass " +
  "that on, to the process of this session? Under a Content-Security-Policy, script-src must allow it. " +
  "shiny_comm.use(module_urls=False) in Python, options(shiny_comm.module_urls = FALSE) in R, has " +
  "modules sent as text.";

/** What the server's companion makes of a module's text. */
const SERVED = /^\.\/shiny-comm-modules\//;

/** What Chromium, Firefox and WebKit say when a module, or one that it imports, could not be fetched. */
const NOT_FETCHED = /dynamically imported module|importing a module script/i;

const modules = new Map<string, Promise<AnyWidgetModule>>();

/** An address, rather than the text of a module. */
export function isAddress(text: string): boolean {
  return /^(https?:\/\/|blob:|data:|\/(?![/*])|\.\.?\/)\S*$/.test(text);
}

/**
 * What the app's author can do about a module that cannot be had.
 *
 * @param cause what {@link importModule} threw
 */
export function adviceFor(esm: string, cause: unknown): string {
  if (!isAddress(esm)) return TEXT_ADVICE;
  if (!isUnfetched(cause)) return RUN_ADVICE;
  return SERVED.test(esm) ? SERVED_ADVICE : ADDRESS_ADVICE;
}

/**
 * Imports a module. One that could not be fetched, or that imports what could not be, is fetched again.
 *
 * @param esm the text of an ES module, or its address
 * @throws whatever the browser says of a module that cannot be fetched, parsed or run
 */
export function importModule(esm: string): Promise<AnyWidgetModule> {
  let module = modules.get(esm);
  if (!module) {
    module = isAddress(esm) ? importUrl(new URL(esm, document.baseURI).href) : importText(esm);
    modules.set(esm, module);
    // A fetch that failed may succeed later.
    module.catch(() => modules.delete(esm));
  }
  return module;
}

async function importText(text: string): Promise<AnyWidgetModule> {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    // The network has a part in it where the text imports something.
    return await importUrl(url, /\b(import|from)\b/.test(text));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** Browsers keep what a module has thrown, and do not keep that it could not be fetched. */
function importUrl(url: string, isFetched = true): Promise<AnyWidgetModule> {
  return retried(
    () => import(/* @vite-ignore */ /* webpackIgnore: true */ url) as Promise<AnyWidgetModule>,
    (error) => isFetched && isUnfetched(error),
  );
}

function isUnfetched(error: unknown): boolean {
  return error instanceof TypeError && NOT_FETCHED.test(error.message);
}

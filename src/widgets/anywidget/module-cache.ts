/** Imports anywidget's front-end modules, from text or address, each once on a page. */

import { addressOf } from "../../util/address.js";
import { retried } from "../../util/retry.js";
import { within } from "../../util/within.js";

/** The exports of a front-end module (AFM). */
export interface AnyWidgetModule {
  default?: unknown;
  /** The older convention: `export function render`. */
  render?: unknown;
  initialize?: unknown;
}

const TEXT_ADVICE =
  "Check that the text is an ES module that parses and runs, and that its imports can be loaded. Under a " +
  "Content-Security-Policy, script-src needs blob: for modules that are sent as text.";

const RUN_ADVICE =
  "Check that it is an ES module that parses and runs, and that its imports can be loaded.";

const ADDRESS_ADVICE =
  "Check that the address leads to an ES module, served as text/javascript. Under a " +
  "Content-Security-Policy, script-src must allow it.";

/** Advice for addresses that the server's companion makes. */
const SERVED_ADVICE =
  "The app serves this module below the address of the page. Check that a proxy passes such requests to " +
  "the process of this session. Under a Content-Security-Policy, script-src must allow them. " +
  "shiny_comm.use(module_urls=False) in Python, or options(shinycomm.module_urls = FALSE) in R, sends " +
  "modules as text.";

/** Advice for addresses on a page with an opaque origin, whose requests of modules every server must allow. */
const OPAQUE_ADVICE =
  "The page has an opaque origin, because its sandbox lacks allow-same-origin. Add that, send " +
  "Access-Control-Allow-Origin: * with the module, or send the module as text.";

/** The addresses that the server's companion makes for modules. */
const SERVED = /^\.\/shiny-comm-modules\//;

/**
 * The messages of Chromium, Firefox and WebKit if a module, or one of its imports, cannot be fetched. WebKit has a
 * separate one for an answer of another type, such as a page of a proxy.
 */
const NOT_FETCHED = /dynamically imported module|importing a module script|MIME type/i;

/** Absolute addresses of such modules, without a query. */
const IN_SERVED = /\/shiny-comm-modules\/[^?]*$/;

/** How long a request may take before another one is sent: an idle connection can be dead without a sign. */
const LIMIT_MS = 20_000;

const modules = new Map<string, Promise<AnyWidgetModule>>();

/** The number of failed fetches of an address. */
const failures = new Map<string, number>();

/** Returns whether a text is an address, and not the source of a module. */
export function isAddress(text: string): boolean {
  return /^(https?:\/\/|blob:|data:|\/(?![/*])|\.\.?\/)\S*$/.test(text);
}

/**
 * Returns advice for a module that cannot be imported.
 *
 * @param cause the error of {@link importModule}
 */
export function adviceFor(esm: string, cause: unknown): string {
  if (!isAddress(esm)) return TEXT_ADVICE;
  if (!isFetchError(cause)) return RUN_ADVICE;
  if (globalThis.origin === "null") return OPAQUE_ADVICE;
  return SERVED.test(esm) ? SERVED_ADVICE : ADDRESS_ADVICE;
}

/**
 * Imports a module. After a failed fetch of the module or of an import, tries again.
 *
 * @param esm the text of an ES module, or its address
 * @throws the browser's error for a module that cannot be fetched, parsed or run
 */
export function importModule(esm: string): Promise<AnyWidgetModule> {
  let module = modules.get(esm);
  if (!module) {
    module = isAddress(esm) ? importRetried(() => addressOf(esm)) : importText(esm);
    modules.set(esm, module);
    // A later fetch may succeed.
    module.catch(() => modules.delete(esm));
  }
  return module;
}

async function importText(text: string): Promise<AnyWidgetModule> {
  const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  try {
    // The text is local; only its imports need the network.
    return await importRetried(() => url, /\b(import|from)\b/.test(text));
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * Imports an address, and tries again after a failed fetch of the module or of its imports.
 *
 * @param address called for each try: a relative address changes with the page's base
 */
function importRetried(address: () => string, usesNetwork = true): Promise<AnyWidgetModule> {
  return retried(
    () => importOnce(address()),
    (error) => usesNetwork && isFetchError(error),
  );
}

/**
 * Imports an address. After a failed fetch, the address gets another fragment, because browsers before 2026 keep
 * the failure: https://github.com/whatwg/html/issues/6768
 */
async function importOnce(url: string): Promise<AnyWidgetModule> {
  const count = failures.get(url) ?? 0;
  try {
    return await importAnswered(url, count ? `${url}#${count}` : url);
  } catch (error) {
    // A module that throws must not run again.
    if (isFetchError(error)) failures.set(url, count + 1);
    throw error;
  }
}

/**
 * Imports a module. If the companion serves the module, and sends no answer for a while, another address is imported
 * too, and the first answer is used. Other servers may reject another address.
 */
async function importAnswered(url: string, address: string): Promise<AnyWidgetModule> {
  const first: Promise<AnyWidgetModule> = import(
    /* @vite-ignore */ /* webpackIgnore: true */ address
  );
  if (!IN_SERVED.test(url)) return first;
  let isPending = true;
  const end = (): void => {
    isPending = false;
  };
  first.then(end, end);
  await within(first, LIMIT_MS);
  if (!isPending) return first;
  const again = `${url}?again`;
  return Promise.race([first, import(/* @vite-ignore */ /* webpackIgnore: true */ again)]);
}

function isFetchError(error: unknown): boolean {
  return error instanceof TypeError && NOT_FETCHED.test(error.message);
}

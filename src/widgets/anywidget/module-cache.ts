/** anywidget's front-end modules: from text or address to a module, each compiled once on a page. */

/** What a front-end module (AFM) exports. */
export interface AnyWidgetModule {
  default?: unknown;
  /** The older convention: `export function render`. */
  render?: unknown;
  initialize?: unknown;
}

const modules = new Map<string, Promise<AnyWidgetModule>>();

/** An address, rather than the text of a module. */
export function isAddress(text: string): boolean {
  return /^(https?:\/\/|blob:|data:|\/(?![/*])|\.\.?\/)\S*$/.test(text);
}

/**
 * Imports a module.
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
    return await importUrl(url);
  } finally {
    URL.revokeObjectURL(url);
  }
}

function importUrl(url: string): Promise<AnyWidgetModule> {
  return import(/* @vite-ignore */ /* webpackIgnore: true */ url) as Promise<AnyWidgetModule>;
}

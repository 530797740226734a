/** Globals of the page that other scripts define. */

interface PageGlobals {
  readonly document: Document;
  /** The `define` of RequireJS or of another AMD loader. */
  define?: unknown;
  readonly requirejs?: PageRequire;
  readonly jQuery?: unknown;
  /** The containers of labextensions, by the names of their packages. */
  readonly _JUPYTERLAB?: Readonly<Record<string, Container>>;
}

/** A container of webpack's module federation: https://webpack.js.org/concepts/module-federation/ */
export interface Container {
  init(scope: object): unknown;
  get(name: string): Promise<() => unknown>;
}

/** The used members of RequireJS. */
export interface PageRequire {
  config?(config: object): void;
  /** Loads a module. RequireJS documents that pages may replace it. */
  load?: RequireLoad;
  s?: { contexts?: Record<string, Partial<RequireContext>> };
}

export interface RequireContext {
  readonly contextName: string;
  readonly config: { paths?: Record<string, string | string[]>; pkgs?: object };
  completeLoad(name: string): void;
  onScriptError(event: Event): void;
}

export type RequireLoad = (
  this: unknown,
  context: RequireContext,
  name: string,
  url: string,
) => HTMLScriptElement | undefined;

export const page: PageGlobals = globalThis;

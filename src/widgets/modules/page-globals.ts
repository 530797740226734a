/** Globals of the page that other scripts define. */
import type { PageRequire } from "./page-require.js";

interface PageGlobals {
  readonly document: Document;
  /** RequireJS's, or that of another AMD loader. */
  define?: unknown;
  readonly requirejs?: PageRequire;
  readonly jQuery?: unknown;
}

export const page: PageGlobals = globalThis;

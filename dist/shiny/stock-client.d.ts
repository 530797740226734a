/** The warning for pages that have shinywidgets' own client too. */
import type { ShinyPort } from "./runtime.js";
/** Warns, once for each runtime, that the stock client is on the page too. */
export declare function warnOfStockClient(shiny: ShinyPort): void;

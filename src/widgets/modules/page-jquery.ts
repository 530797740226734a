/** Stands in for `jquery` in the bundle: Shiny's pages bring their own, and there must be one alone. */
export default (globalThis as unknown as { jQuery: unknown }).jQuery;

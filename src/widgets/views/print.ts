/** Prepares outputs for printing: the theme, and charts that are wider than the paper. */

/** The class of printed outputs that shrink if the paper is narrower than the screen. */
const PAPER_CLASS = "shiny-comm-paper";

/** Elements that are drawn for the width of the screen, and not again for the paper. */
const DRAWINGS = "canvas, svg, iframe, img, .forward-fill-potential > *";

/** Below this width, in px, an output fits any paper. */
const NARROW = 300;

/**
 * Prepares outputs before each printing, and restores them after it.
 *
 * @param outputs the outputs with views, read for each printing
 * @returns the undo
 */
export function watchPrinting(outputs: Iterable<HTMLElement>): () => void {
  const undos: (() => void)[] = [];
  const restore = (): void => {
    for (const undo of undos.splice(0)) undo();
  };
  const prepare = (): void => {
    restore();
    // Measures all outputs before the first change, so that the browser computes the layout once.
    const measured = Array.from(outputs, (el) => ({
      el,
      width: el.clientWidth,
      height: el.clientHeight,
    }));
    for (const { el, width, height } of measured) {
      undos.push(setLightTheme(el));
      if (width >= NARROW && el.querySelector(DRAWINGS))
        undos.push(shrinkToPaper(el, width, height));
    }
  };
  globalThis.addEventListener("beforeprint", prepare);
  globalThis.addEventListener("afterprint", restore);
  return () => {
    restore();
    globalThis.removeEventListener("beforeprint", prepare);
    globalThis.removeEventListener("afterprint", restore);
  };
}

/** Sets the light theme: browsers do not print the dark background of a page by default. */
function setLightTheme(el: HTMLElement): () => void {
  const { bsTheme } = el.dataset;
  const isDark = el.closest<HTMLElement>("[data-bs-theme]")?.dataset.bsTheme === "dark";
  if (!isDark) return () => undefined;
  el.dataset.bsTheme = "light";
  return () => {
    if (bsTheme === undefined) delete el.dataset.bsTheme;
    else el.dataset.bsTheme = bsTheme;
  };
}

/** Passes the content's size to the style sheet: scripts do not know the width of the paper. */
function shrinkToPaper(el: HTMLElement, width: number, height: number): () => void {
  el.classList.add(PAPER_CLASS);
  el.style.setProperty("--shiny-comm-width", `${width}px`);
  el.style.setProperty("--shiny-comm-height", `${height}px`);
  return () => {
    el.classList.remove(PAPER_CLASS);
    el.style.removeProperty("--shiny-comm-width");
    el.style.removeProperty("--shiny-comm-height");
  };
}

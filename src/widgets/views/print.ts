/** Prepares outputs for paper, where the style sheet alone cannot: the theme, and charts wider than the paper. */

/** On outputs, while the page is printed, that shrink when the paper is narrower than the screen. */
const PAPER_CLASS = "shiny-comm-paper";

/** What is drawn for the width that it has on the screen, and not drawn anew for that of the paper. */
const DRAWINGS = "canvas, svg, iframe, img, .forward-fill-potential > *";

/** Below this width, in px, an output fits any paper. */
const NARROW = 300;

/**
 * Follows the page's printing.
 *
 * @param outputs those with a view in them, read each time
 * @returns the undo
 */
export function watchPrinting(outputs: Iterable<HTMLElement>): () => void {
  const undos: (() => void)[] = [];
  const after = (): void => {
    for (const undo of undos.splice(0)) undo();
  };
  const before = (): void => {
    after();
    // First what needs the page's layout, then what changes it.
    const measured = Array.from(outputs, (el) => ({
      el,
      width: el.clientWidth,
      height: el.clientHeight,
    }));
    for (const { el, width, height } of measured) {
      undos.push(onLightGround(el));
      if (width >= NARROW && el.querySelector(DRAWINGS)) undos.push(shrinking(el, width, height));
    }
  };
  globalThis.addEventListener("beforeprint", before);
  globalThis.addEventListener("afterprint", after);
  return () => {
    after();
    globalThis.removeEventListener("beforeprint", before);
    globalThis.removeEventListener("afterprint", after);
  };
}

/** Paper is white, and the ground of a dark page is not printed, unless the user asks for it. */
function onLightGround(el: HTMLElement): () => void {
  const { bsTheme } = el.dataset;
  const dark = el.closest<HTMLElement>("[data-bs-theme]")?.dataset.bsTheme === "dark";
  if (!dark) return () => undefined;
  el.dataset.bsTheme = "light";
  return () => {
    if (bsTheme === undefined) delete el.dataset.bsTheme;
    else el.dataset.bsTheme = bsTheme;
  };
}

/** Scripts are not told the width of the paper: the style sheet is told that of the content, in px. */
function shrinking(el: HTMLElement, width: number, height: number): () => void {
  el.classList.add(PAPER_CLASS);
  el.style.setProperty("--shiny-comm-width", `${width}px`);
  el.style.setProperty("--shiny-comm-height", `${height}px`);
  return () => {
    el.classList.remove(PAPER_CLASS);
    el.style.removeProperty("--shiny-comm-width");
    el.style.removeProperty("--shiny-comm-height");
  };
}

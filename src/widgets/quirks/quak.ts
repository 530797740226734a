/** quak: a data table with a fixed height. */

/**
 * Removes the maximal height that quak sets within its shadow root, so that the table fills its output.
 * Neither Python nor a style sheet reaches that rule.
 *
 * @param el the view's element
 */
export function fillQuak(el: HTMLElement): void {
  for (const child of el.querySelectorAll<HTMLElement>(":scope > *")) {
    const quak = child.shadowRoot?.querySelector<HTMLElement>(".quak");
    if (!quak) continue;
    child.classList.add("html-fill-container", "html-fill-item");
    quak.style.maxHeight = "unset";
  }
}

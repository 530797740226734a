/** The placeholder in an output whose widget is loading. */

const LOADING_CLASS = "shiny-comm-loading";

/** Adds the placeholder to an element, once. The style sheet keeps a placeholder invisible for a moment. */
export function showLoading(el: HTMLElement, text = "Loading widget…"): HTMLElement {
  const existing = el.querySelector<HTMLElement>(`:scope > .${LOADING_CLASS}`);
  if (existing) return existing;
  const placeholder = document.createElement("div");
  placeholder.className = LOADING_CLASS;
  placeholder.setAttribute("role", "status");
  placeholder.textContent = text;
  el.append(placeholder);
  return placeholder;
}

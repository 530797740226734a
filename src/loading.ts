/** The sign in an output's place that its widget is on its way. */

export const LOADING_CLASS = "shiny-comm-loading";

/** Puts the sign into an element, once. The style sheet keeps it invisible for a moment. */
export function showLoading(el: HTMLElement, text = "Loading widget…"): HTMLElement {
  const there = el.querySelector<HTMLElement>(`:scope > .${LOADING_CLASS}`);
  if (there) return there;
  const sign = document.createElement("div");
  sign.className = LOADING_CLASS;
  sign.setAttribute("role", "status");
  sign.textContent = text;
  el.append(sign);
  return sign;
}

/** A short remark in place of an output that isn't shown. */

/** Replaces an element's content by a remark. */
export function showNote(element: HTMLElement, text: string): void {
  const note = document.createElement("div");
  note.className = "shiny-comm-note";
  note.textContent = text;
  element.replaceChildren(note);
}

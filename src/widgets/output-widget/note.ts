/** Notes that replace outputs. */

/** Replaces an element's content by a note. */
export function showNote(element: HTMLElement, text: string): void {
  const note = document.createElement("div");
  note.className = "shiny-comm-note";
  note.textContent = text;
  element.replaceChildren(note);
}

/** Keeps the keyboard's focus over a re-render: its counterpart in the new view gets what the old view had. */

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

/** So long a new view may take to draw the counterpart, in ms. */
const DRAW_MS = 2_000;

/** Where in an output the focus is. */
export interface Focus {
  /** Among the elements of the output that can have it. */
  readonly index: number;
  readonly kind: string;
  /** What is selected of the text in it. */
  readonly selection: readonly [start: number, end: number] | undefined;
}

/** Where the focus is in an output, or `undefined` when it is elsewhere. */
export function noteFocus(el: Element): Focus | undefined {
  const { activeElement } = document;
  if (!activeElement || !el.contains(activeElement)) return undefined;
  const index = focusable(el).indexOf(activeElement);
  if (index < 0) return undefined;
  return { index, kind: kindOf(activeElement), selection: selectionIn(activeElement) };
}

/**
 * Gives the focus to what stands in the same place and is of the same kind, as soon as it is drawn,
 * unless something else has got it meanwhile.
 */
export function giveFocus(el: Element, focus: Focus): void {
  if (give(el, focus)) return;
  const observer = new MutationObserver(() => {
    if (give(el, focus)) stop();
  });
  const stop = (): void => {
    observer.disconnect();
    clearTimeout(timer);
  };
  const timer = setTimeout(stop, DRAW_MS);
  observer.observe(el, { childList: true, subtree: true });
}

/** @returns whether there is nothing more to be done */
function give(el: Element, { index, kind, selection }: Focus): boolean {
  const { activeElement, body } = document;
  if (activeElement && activeElement !== body) return true;
  const counterpart = focusable(el)[index];
  if (!(counterpart instanceof HTMLElement) || kindOf(counterpart) !== kind) return false;
  counterpart.focus({ preventScroll: true });
  if (selection && hasText(counterpart)) counterpart.setSelectionRange(...selection);
  return true;
}

function focusable(el: Element): Element[] {
  return Array.from(el.querySelectorAll(FOCUSABLE));
}

function kindOf(element: Element): string {
  const { localName } = element;
  return [localName, element.getAttribute("type"), element.getAttribute("role")].join();
}

function selectionIn(element: Element): Focus["selection"] {
  if (!hasText(element)) return undefined;
  const { selectionStart, selectionEnd } = element;
  // Fields for numbers and dates do not tell.
  return selectionStart === null || selectionEnd === null
    ? undefined
    : [selectionStart, selectionEnd];
}

function hasText(element: Element): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

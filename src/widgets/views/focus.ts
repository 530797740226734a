/** Keeps the keyboard focus over a re-render: the corresponding element of the new view gets the focus. */

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";

/** How long a new view may take to draw the corresponding element, in ms. */
const DRAW_MS = 2_000;

/** The place of the focus in an output. */
export interface Focus {
  /** The index among the focusable elements of the output. */
  readonly index: number;
  /** The tag name, type and role of the element. */
  readonly kind: string;
  /** The selected part of the text. */
  readonly selection: readonly [start: number, end: number] | undefined;
}

/** Returns the place of the focus in an output, or `undefined` when the focus is elsewhere. */
export function noteFocus(el: Element): Focus | undefined {
  const { activeElement } = document;
  if (!activeElement || !el.contains(activeElement)) return undefined;
  const index = findFocusable(el).indexOf(activeElement);
  if (index < 0) return undefined;
  return { index, kind: kindOf(activeElement), selection: selectionOf(activeElement) };
}

/**
 * Gives the focus to the element of the same place and kind, as soon as it is drawn. Does nothing if
 * another element has got the focus meanwhile.
 */
export function giveFocus(el: Element, focus: Focus): void {
  if (tryFocus(el, focus)) return;
  const observer = new MutationObserver(() => {
    if (tryFocus(el, focus)) stop();
  });
  const stop = (): void => {
    observer.disconnect();
    clearTimeout(timer);
  };
  const timer = setTimeout(stop, DRAW_MS);
  observer.observe(el, { childList: true, subtree: true });
}

/** Gives the focus, if possible. @returns whether no further attempt is needed */
function tryFocus(el: Element, { index, kind, selection }: Focus): boolean {
  const { activeElement, body } = document;
  if (activeElement && activeElement !== body) return true;
  const element = findFocusable(el)[index];
  if (!(element instanceof HTMLElement) || kindOf(element) !== kind) return false;
  element.focus({ preventScroll: true });
  if (selection && hasText(element)) element.setSelectionRange(...selection);
  return true;
}

function findFocusable(el: Element): Element[] {
  return Array.from(el.querySelectorAll(FOCUSABLE));
}

function kindOf(element: Element): string {
  const { localName } = element;
  return [localName, element.getAttribute("type"), element.getAttribute("role")].join();
}

function selectionOf(element: Element): Focus["selection"] {
  if (!hasText(element)) return undefined;
  const { selectionStart, selectionEnd } = element;
  // Fields for numbers and dates have no selection.
  return selectionStart === null || selectionEnd === null
    ? undefined
    : [selectionStart, selectionEnd];
}

function hasText(element: Element): element is HTMLInputElement | HTMLTextAreaElement {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}

/** anywidget's `_css`: one style sheet for each widget class, in the document and in shadow roots, while it is used. */
import { addressOf } from "../../util/address.js";
import { RETRY_DELAYS_MS, retryDelay } from "../../util/retry.js";
import { isAddress } from "./module-cache.js";

interface Sheet {
  css: string;
  element: HTMLStyleElement | HTMLLinkElement;
  users: number;
}

/** The scope of a style sheet: rules of the document do not apply in a shadow root. */
type Root = Document | ShadowRoot;

const sheetsOf = new WeakMap<Root, Map<string, Sheet>>();

/** Counts one model and its views as users of the style sheets of their class. */
export class StyleShare {
  readonly #id: string;
  #css: string;
  /** The number of the model's views in each root; in the document, the model counts as one. */
  readonly #roots = new Map<Root, number>();

  /** @param id the widget class, `_anywidget_id`; if empty, models with the same text share a sheet */
  constructor(id: string, css: string) {
    this.#id = id;
    this.#css = css;
    this.#enter(document);
  }

  /**
   * Adds the sheet to the shadow root around a view's element, until the view ends.
   *
   * @returns whether the element is in a shadow root
   */
  addToShadowRoot(el: Element, signal: AbortSignal): boolean {
    const root = el.getRootNode();
    if (signal.aborted || !(root instanceof ShadowRoot)) return false;
    this.#enter(root);
    signal.addEventListener("abort", () => this.#leave(root), { once: true });
    return true;
  }

  update(css: string): void {
    if (css === this.#css) return;
    const previousKey = this.#key;
    this.#css = css;
    for (const root of this.#roots.keys()) {
      acquire(root, this.#key, css);
      release(root, previousKey);
    }
  }

  release(): void {
    for (const root of this.#roots.keys()) release(root, this.#key);
    this.#roots.clear();
  }

  get #key(): string {
    return this.#id || this.#css;
  }

  #enter(root: Root): void {
    const views = this.#roots.get(root) ?? 0;
    this.#roots.set(root, views + 1);
    if (views === 0) acquire(root, this.#key, this.#css);
  }

  #leave(root: Root): void {
    const views = this.#roots.get(root) ?? 0;
    if (views > 1) this.#roots.set(root, views - 1);
    else if (this.#roots.delete(root)) release(root, this.#key);
  }
}

function acquire(root: Root, key: string, css: string): void {
  const sheets = sheetsOf.get(root) ?? new Map<string, Sheet>();
  sheetsOf.set(root, sheets);
  const sheet = sheets.get(key);
  if (sheet) {
    sheet.users += 1;
    updateSheet(sheet, css);
  } else if (key) {
    const element = createStyleElement(css);
    (root instanceof Document ? root.head : root).append(element);
    sheets.set(key, { css, element, users: 1 });
  }
}

function release(root: Root, key: string): void {
  const sheets = sheetsOf.get(root);
  const sheet = sheets?.get(key);
  if (!sheet) return;
  sheet.users -= 1;
  if (sheet.users > 0) return;
  sheet.element.remove();
  sheets?.delete(key);
}

function updateSheet(sheet: Sheet, css: string): void {
  if (sheet.css === css) return;
  sheet.css = css;
  if (sheet.element instanceof HTMLStyleElement && !isAddress(css)) {
    sheet.element.textContent = css;
    return;
  }
  const previous = sheet.element;
  // The old sheet stays until the new one has loaded, so that content always has a style.
  const next = createStyleElement(css, () => previous.remove());
  if (next instanceof HTMLLinkElement) previous.after(next);
  else previous.replaceWith(next);
  sheet.element = next;
}

/** @param onSettled called when a sheet by address has loaded, or cannot be loaded */
function createStyleElement(
  css: string,
  onSettled = (): void => undefined,
): HTMLStyleElement | HTMLLinkElement {
  if (isAddress(css)) {
    const link = document.createElement("link");
    const delaysMs = [...RETRY_DELAYS_MS];
    link.rel = "stylesheet";
    link.href = addressOf(css);
    link.onload = onSettled;
    link.onerror = async () => {
      const delayMs = delaysMs.shift();
      if (delayMs === undefined) {
        console.warn(`[shiny-comm] The stylesheet ${css} cannot be loaded.`);
        onSettled();
      } else {
        await retryDelay(delayMs);
        link.href = addressOf(css);
        // The insertion is a new request, also of the same address.
        link.replaceWith(link);
      }
    };
    return link;
  }
  const style = document.createElement("style");
  style.textContent = css;
  return style;
}

/** anywidget's `_css`: one style sheet a widget class, there as long as a model of the class is. */
import { isAddress } from "./module-cache.js";

interface Sheet {
  css: string;
  element: HTMLStyleElement | HTMLLinkElement;
  users: number;
}

const sheets = new Map<string, Sheet>();

/** A model's share in the style sheet of its class. */
export interface StyleShare {
  update(css: string): void;
  release(): void;
}

/** @param id the widget class, `_anywidget_id`; without one the sheet is shared by its text */
export function useStyles(id: string, css: string): StyleShare {
  let key = id || css;
  acquire(key, css);
  return {
    update(next) {
      if (id) {
        const sheet = sheets.get(id);
        if (sheet) replace(sheet, next);
        else acquire(id, next);
      } else {
        acquire(next, next);
        release(key);
        key = next;
      }
    },
    release: () => release(key),
  };
}

function acquire(key: string, css: string): void {
  const sheet = sheets.get(key);
  if (sheet) {
    sheet.users += 1;
    replace(sheet, css);
  } else if (key) {
    const element = elementFor(css);
    document.head.append(element);
    sheets.set(key, { css, element, users: 1 });
  }
}

function release(key: string): void {
  const sheet = sheets.get(key);
  if (!sheet) return;
  sheet.users -= 1;
  if (sheet.users > 0) return;
  sheet.element.remove();
  sheets.delete(key);
}

function replace(sheet: Sheet, css: string): void {
  if (sheet.css === css) return;
  sheet.css = css;
  if (sheet.element instanceof HTMLStyleElement && !isAddress(css)) {
    sheet.element.textContent = css;
    return;
  }
  const next = elementFor(css);
  const previous = sheet.element;
  // The old one stays until the new one is there, so that nothing is ever shown without style.
  if (next instanceof HTMLLinkElement) {
    next.onload = next.onerror = () => previous.remove();
    previous.after(next);
  } else {
    previous.replaceWith(next);
  }
  sheet.element = next;
}

function elementFor(css: string): HTMLStyleElement | HTMLLinkElement {
  if (isAddress(css)) {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = css;
    return link;
  }
  const style = document.createElement("style");
  style.textContent = css;
  return style;
}

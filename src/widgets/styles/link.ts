/** Adds a stylesheet that only some widgets need to the page, once. */
import { RETRY_DELAYS_MS } from "../../util/retry.js";

const requested = new Map<string, Promise<void>>();

/**
 * Links a stylesheet, unless the page has it already.
 *
 * @returns settles when the sheet is in effect; also, with a warning, when it can't be had, because
 *   unstyled content is better than none
 */
export function linkStylesheet(url: URL): Promise<void> {
  const { href } = url;
  let arrived = requested.get(href);
  if (!arrived) {
    arrived = link(href, 0);
    requested.set(href, arrived);
  }
  return arrived;
}

function link(href: string, tries: number): Promise<void> {
  return new Promise<void>((resolve) => {
    const element = document.createElement("link");
    element.rel = "stylesheet";
    // For no medium until it is there: while a sheet is on its way, WebKit leaves out others that
    // come to the page, and leaflet reads the address of its icons from one of those.
    element.media = "not all";
    element.addEventListener(
      "load",
      () => {
        element.media = "all";
        resolve();
      },
      { once: true },
    );
    element.addEventListener(
      "error",
      () => {
        element.remove();
        const wait = RETRY_DELAYS_MS[tries];
        // A network that is cut for a moment must not leave the page without it for good.
        if (wait !== undefined) setTimeout(() => resolve(link(href, tries + 1)), wait);
        else {
          console.warn(`[shiny-comm] The stylesheet ${href} cannot be loaded.`);
          requested.delete(href);
          resolve();
        }
      },
      { once: true },
    );
    element.href = href;
    // Ahead of the client's own sheet and of the page's, so that their rules of the same weight win.
    const own = document.querySelector('link[href*="shiny-comm.css"]');
    if (own) own.before(element);
    else document.head.prepend(element);
  });
}

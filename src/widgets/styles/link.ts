/** Adds a style sheet that only some widgets need to the page, once. */
import { RETRY_DELAYS_MS } from "../../util/retry.js";

/** Returns the address of a sheet. */
type Address = () => URL;

const requested = new Map<string, Promise<void>>();

/**
 * Links a style sheet, once.
 *
 * @param address called for each try: it changes with the page's base
 * @returns settles when the sheet has loaded, or with a warning when it cannot be loaded, because
 *   unstyled content is better than no content
 */
export function linkStylesheet(address: Address): Promise<void> {
  const { href } = address();
  const loading = requested.get(href) ?? link(address, 0);
  requested.set(href, loading);
  return loading;
}

function link(address: Address, attempt: number): Promise<void> {
  return new Promise<void>((resolve) => {
    const { href } = address();
    const element = document.createElement("link");
    element.rel = "stylesheet";
    // For no medium until the sheet has loaded. While a sheet loads, WebKit does not apply other new sheets,
    // and Leaflet reads the address of its icons from one of them.
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
        const delayMs = RETRY_DELAYS_MS[attempt];
        // A short network failure must not leave the page without the sheet.
        if (delayMs !== undefined) setTimeout(() => resolve(link(address, attempt + 1)), delayMs);
        else {
          console.warn(`[shiny-comm] The stylesheet ${href} cannot be loaded.`);
          requested.delete(href);
          resolve();
        }
      },
      { once: true },
    );
    element.href = href;
    // Before the sheets of the client and the page, so that their rules of the same specificity win.
    const clientSheet = document.querySelector('link[href*="shiny-comm.css"]');
    if (clientSheet) clientSheet.before(element);
    else document.head.prepend(element);
  });
}

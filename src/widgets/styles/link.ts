/** Adds a style sheet that only some widgets need to the page, once. */
import { addressOf } from "../../util/address.js";
import { RETRY_DELAYS_MS, retryDelay } from "../../util/retry.js";

/** Returns the address of a sheet, which changes with the page's base. */
type Address = () => URL;

/** How long a widget waits for a sheet that the server does not answer. The sheet applies when it arrives later. */
const LIMIT_MS = 10_000;

const CLIENT_SHEET = 'link[href*="shiny-comm.css"]';

const requested = new Map<string, Promise<void>>();
/** The loaded sheets, with the addresses that they were loaded from. */
const loaded = new Map<HTMLLinkElement, [address: Address, from: string]>();

/**
 * Links a style sheet, once.
 *
 * @param address called for each try
 * @returns settles when the sheet has loaded, after a limit, or with a warning when it cannot be loaded.
 *   Unstyled content is better than no content.
 */
export function linkStylesheet(address: Address): Promise<void> {
  const { href } = address();
  const loading = requested.get(href) ?? link(address);
  requested.set(href, loading);
  return loading;
}

/**
 * Follows the page's base, which hosts change when another worker serves the page. A sheet loads its fonts when
 * they are used, from below the sheet's address, and the path of the old worker may be gone.
 *
 * @returns the function that links the sheets with a new address again, in the places of the old ones
 */
export function stylesheetsFollowBase(): () => void {
  const sheet = document.querySelector<HTMLLinkElement>(CLIENT_SHEET);
  const href = sheet?.getAttribute("href");
  if (sheet && href && document.querySelector("base[href]")) {
    const address = () => new URL(addressOf(href));
    loaded.set(sheet, [address, address().href]);
  }
  return () => {
    for (const [element, [address, from]] of [...loaded]) {
      if (address().href === from) continue;
      loaded.delete(element);
      void link(address, element);
    }
  };
}

/** @param old the element that the new one replaces when it has loaded */
function link(address: Address, old?: HTMLLinkElement, attempt = 0): Promise<void> {
  return new Promise<void>((resolve) => {
    const { href } = address();
    setTimeout(resolve, LIMIT_MS);
    const element = document.createElement("link");
    element.rel = "stylesheet";
    // For no medium until the sheet has loaded. While a sheet loads, WebKit does not apply other new sheets,
    // and Leaflet reads the address of its icons from one of them.
    element.media = "not all";
    element.addEventListener(
      "load",
      () => {
        element.media = "all";
        loaded.set(element, [address, href]);
        old?.remove();
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
        if (delayMs !== undefined)
          resolve(retryDelay(delayMs).then(() => link(address, old, attempt + 1)));
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
    const next = old ?? document.querySelector(CLIENT_SHEET);
    if (next) next.before(element);
    else document.head.prepend(element);
  });
}

/** Adds a stylesheet that only some widgets need to the page, once. */

const requested = new Map<string, Promise<void>>();

/**
 * Links a stylesheet, unless the page has it already.
 *
 * @returns settles when the sheet is in effect; also, with a warning, when it can't be had, because
 *   unstyled content is better than none
 */
export function linkStylesheet(url: URL): Promise<void> {
  const { href } = url;
  const known = requested.get(href);
  if (known) {
    return known;
  }
  const arrived = new Promise<void>((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      console.warn(`shiny-comm: can't load the stylesheet ${href}`);
      resolve();
    });
    link.href = href;
    // Ahead of the page's own sheets, so that an app's rules of the same weight win.
    document.head.prepend(link);
  });
  requested.set(href, arrived);
  return arrived;
}

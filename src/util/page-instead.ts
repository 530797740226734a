/** Recognizes HTML pages that arrive instead of scripts. */

/**
 * Returns whether a script failed because it is an HTML page. A proxy can answer with a login, and a service
 * worker that has restarted with another page.
 */
export function isOfPage(error: string | undefined): boolean {
  return error?.includes("'<'") === true;
}

/** Recognizes HTML pages that arrive instead of scripts. */

/**
 * Returns whether the error of a script is that of an HTML page. A proxy can answer with a login, and a service
 * worker that has restarted with another page.
 */
export function isOfPage(error: string | undefined): boolean {
  return error?.includes("'<'") === true;
}

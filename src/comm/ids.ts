/** The ids of comms and messages. */

/** An id that nothing else has, whoever makes one: 32 hex digits, as the server's own. */
export function newId(): string {
  // `crypto.randomUUID` is not there on pages that come by http.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

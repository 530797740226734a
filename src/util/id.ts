/** The ids of comms and messages. */

/** Returns a random id of 32 hex digits, in the form of the server's ids. */
export function newId(): string {
  // `crypto.randomUUID` exists in secure contexts only, so not on pages served by plain HTTP.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// src/connection/on-error.ts
import { logError, messageOf } from "../comm/errors.js";
import { sharedPage } from "./shared-page.js";
function onError(listener, { handles = false } = {}) {
  const { errorListeners } = sharedPage();
  const own = (error) => {
    const handled = listener(error) === true;
    return handles && handled;
  };
  errorListeners.add(own);
  return () => void errorListeners.delete(own);
}
function reportError(error) {
  let taken = false;
  for (const listener of [...sharedPage().errorListeners]) {
    try {
      if (listener(error) !== false) taken = true;
    } catch (thrown) {
      logError(thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
    }
  }
  if (!taken) logError(error);
}
export {
  onError,
  reportError
};

// src/connection/on-error.ts
import { asError, logError } from "../comm/errors.js";
import { sharedPage } from "./shared-page.js";
function onError(listener) {
  const { errorListeners } = sharedPage();
  const registered = (report) => listener(report);
  errorListeners.add(registered);
  return () => void errorListeners.delete(registered);
}
function reportError(error) {
  let isHandled = false;
  const report = {
    error,
    get defaultPrevented() {
      return isHandled;
    },
    preventDefault() {
      isHandled = true;
    }
  };
  for (const listener of [...sharedPage().errorListeners]) {
    try {
      listener(report);
    } catch (thrown) {
      logError(asError(thrown));
    }
  }
  if (!isHandled) logError(error);
}
export {
  onError,
  reportError
};

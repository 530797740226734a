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
  const report = {
    error,
    defaultPrevented: false,
    preventDefault() {
      report.defaultPrevented = true;
    }
  };
  for (const listener of [...sharedPage().errorListeners]) {
    try {
      listener(report);
    } catch (thrown) {
      logError(asError(thrown));
    }
  }
  if (!report.defaultPrevented) logError(error);
}
export {
  onError,
  reportError
};

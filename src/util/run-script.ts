/** Runs a script by a tag. */
import { addressOf } from "./address.js";

/**
 * Runs a script by a tag, which is removed afterwards.
 *
 * @returns whether the script could be fetched; it may have thrown
 */
export function runScript(
  url: string,
  script: HTMLScriptElement = document.createElement("script"),
): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isFetched: boolean): void => {
      script.remove();
      resolve(isFetched);
    };
    script.onload = () => settle(true);
    script.onerror = () => settle(false);
    script.src = addressOf(url);
    document.head.append(script);
  });
}

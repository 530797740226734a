/**
 * Opens a page without Chromium's developer tools, which get a copy of each websocket frame and
 * take time.
 */

/**
 * Playwright watches the network of its pages, but not of pages in a foreign browser context.
 *
 * @param {import("playwright-core").Browser} browser
 * @param {{ width: number, height: number }} size
 * @returns {Promise<UnwatchedPage>}
 */
export async function openUnwatched(browser, { width, height }) {
  const cdp = await browser.newBrowserCDPSession();
  const { browserContextId } = await cdp.send("Target.createBrowserContext");
  const target = { url: "about:blank", browserContextId, width, height };
  const { targetId } = await cdp.send("Target.createTarget", target);
  const { sessionId } = await cdp.send("Target.attachToTarget", { targetId, flatten: false });

  /** @type {Map<number, { resolve: (result: unknown) => void, reject: (error: Error) => void }>} */
  const waiting = new Map();
  cdp.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result, error } = JSON.parse(message);
    const call = waiting.get(id);
    waiting.delete(id);
    if (error) call?.reject(new Error(error.message));
    else call?.resolve(result);
  });
  let calls = 0;
  const send = (method, params = {}) =>
    new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject });
      const message = JSON.stringify({ id: calls, method, params });
      cdp.send("Target.sendMessageToTarget", { sessionId, message }).catch(reject);
    });

  const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
  await send("Emulation.setDeviceMetricsOverride", metrics);
  await send("Page.enable");
  return {
    send,
    async addInitScript(script, argument) {
      const source = `(${script})(${JSON.stringify(argument)})`;
      await send("Page.addScriptToEvaluateOnNewDocument", { source });
    },
    async goto(url) {
      await send("Page.navigate", { url });
    },
    async evaluate(script, argument) {
      const { result, exceptionDetails } = await send("Runtime.evaluate", {
        expression: `(${script})(${JSON.stringify(argument)})`,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
      return result.value;
    },
    async close() {
      await cdp.send("Target.disposeBrowserContext", { browserContextId });
      await cdp.detach();
    },
  };
}

/**
 * @typedef {object} UnwatchedPage
 * @property {(method: string, params?: object) => Promise<any>} send of the developer tools' protocol
 * @property {(script: (argument: any) => void, argument?: unknown) => Promise<void>} addInitScript
 * @property {(url: string) => Promise<void>} goto resolves when the page starts to load
 * @property {<T>(script: (argument: any) => T | Promise<T>, argument?: unknown) => Promise<T>} evaluate
 * @property {() => Promise<void>} close
 */

/**
 * Five outages on one page: errors in the console, messages to the next session, and remaining
 * elements.
 */

const OUTAGES = 5;

/** Messages of the browser about its sockets. */
const NETWORK = /^WebSocket connection to/;

/** @type {import("../run.mjs").Part} */
export const part = {
  title: `${OUTAGES} lost sessions, a slider moved three times without one and three times while the next is being connected`,
  async measure(harness, client) {
    const { page, errors, uncaught } = await harness.open("reconnect", client);
    const handle = page.locator(
      "#reconnect_slider .noUi-handle, #reconnect_slider .ui-slider-handle",
    );
    await handle.first().waitFor();
    await page.locator("#reconnect_box button").waitFor();
    const nodes = () => page.evaluate(() => document.querySelectorAll("*").length);
    const before = await nodes();
    errors.length = 0;
    let foreign = 0;
    for (let outage = 1; outage <= OUTAGES; outage += 1) {
      const old = await page.evaluate(() => {
        window.Shiny.shinyapp.$socket.close();
        return window.Shiny.shinyapp.config.sessionId;
      });
      await page.waitForFunction(() => !window.Shiny.shinyapp.isConnected());
      for (let press = 0; press < 3; press += 1) await handle.first().press("ArrowRight");
      await page.evaluate(() => {
        window.Shiny.shinyapp.reconnect();
        // Before the socket can open.
        const [handle] = document.querySelectorAll(
          "#reconnect_slider .noUi-handle, #reconnect_slider .ui-slider-handle",
        );
        const key = { key: "ArrowRight", keyCode: 39, which: 39, bubbles: true };
        for (let press = 0; press < 3; press += 1) {
          handle.dispatchEvent(new KeyboardEvent("keydown", key));
          handle.dispatchEvent(new KeyboardEvent("keyup", key));
        }
      });
      await page.waitForFunction((id) => window.Shiny.shinyapp.config.sessionId !== id, old);
      // The slider of the new session has its initial value.
      await page.waitForFunction(
        () => document.querySelector("#reconnect_slider .widget-readout")?.textContent === "50",
      );
      await page.locator("#reconnect_box button").waitFor();
      foreign += (await counts(page, outage)).foreign;
    }
    const figures = {
      "console errors": errors.filter((text) => !NETWORK.test(text)).length,
      "uncaught errors": uncaught.length,
      "messages of an old session that reached the next": foreign,
      "elements in the slider's output": await page.locator("#reconnect_slider > *").count(),
      "elements more on the page": (await nodes()) - before,
    };
    await page.close();
    return figures;
  },
  bars: {
    // Each outage has one error.
    "console errors": (errors) => errors === OUTAGES,
    "uncaught errors": (errors) => errors === 0,
    "messages of an old session that reached the next": (messages) => messages === 0,
    "elements in the slider's output": (elements) => elements === 1,
    "elements more on the page": (elements) => elements <= 0,
  },
};

/** Returns the counts of the session. */
async function counts(page, asked) {
  await page.evaluate((value) => {
    window.Shiny.setInputValue("reconnect_ask", value, { priority: "event" });
    delete window.Shiny.shinyapp.$inputValues.reconnect_ask;
  }, asked);
  const text = await page.waitForFunction((value) => {
    const text = document.querySelector("#reconnect_counts")?.textContent;
    return text?.includes(`"asked": ${value}}`) ? text : undefined;
  }, asked);
  return JSON.parse(await text.jsonValue());
}

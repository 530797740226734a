/**
 * Uses controls with a server that takes 100 ms for each update, and measures messages and last
 * values.
 */

/** The duration of the drag, in ms. */
const DRAG_MS = 3_000;

/** The time without messages and changes after which all work is done, in ms. */
const QUIET_MS = 1_500;

/** The stock client has the sliders of ipywidgets 7. */
const HANDLE = ".noUi-handle, .ui-slider-handle";
const TRACK = ".noUi-target, .ui-slider";

const TYPED = "The quick brown fox jumps over the lazy dog, 1234567890 times.";

/** @type {import("../run.mjs").Part} */
export const part = {
  title: "A slider dragged for 3 s, and a text typed, before a server that needs 100 ms an update",
  measure: measureDrag,
  bars: {
    "messages after release": (value) => value <= 2,
    "last value on the server after release, ms": (value) => value <= 350,
    "handle moves by itself after release": (value) => value === 0,
    "value at the server is the slider's": (value) => value === "yes",
    "updates of the dragged slider, of both": (value) => value >= 10,
    "updates of the other slider meanwhile": (value) => value >= 8,
    "characters lost at the server": (value) => value === 0,
    "characters lost in the field": (value) => value === 0,
  },
};

/**
 * @param {import("../harness.mjs").Harness} harness
 * @param {import("../harness.mjs").Client} client
 */
export async function measureDrag(harness, client) {
  const { page } = await harness.open("drag", client);
  try {
    await page.locator("#drag_text input").waitFor();
    await page.locator("#drag_two").locator(HANDLE).waitFor();
    await page.evaluate(watch, HANDLE);

    const alone = await drag(page, false);
    const both = await drag(page, true);

    const field = page.locator("#drag_text input");
    await field.click();
    await page.keyboard.type(TYPED, { delay: 30 });
    await quiet(page);
    const text = await page.evaluate(() => window.watched.done.findLast((d) => d.name === "text"));
    return {
      "messages during the drag": alone.during,
      "messages after release": alone.after,
      "last value on the server after release, ms": Math.round(alone.lastDone),
      "handle moves by itself after release": alone.jumps,
      "it moves by itself for, ms": Math.round(alone.jumping),
      "value at the server is the slider's": alone.same ? "yes" : "no",
      "updates of the dragged slider, of both": both.ofOne,
      "updates of the other slider meanwhile": both.ofTwo,
      "characters lost at the server": TYPED.length - (text?.value.length ?? 0),
      "characters lost in the field": TYPED.length - (await field.inputValue()).length,
    };
  } finally {
    await page.close();
  }
}

/** Records sent messages, completed updates and the values of the first slider. */
function watch(handle) {
  const watched = { sent: [], done: [], moves: [], released: 0 };
  window.watched = watched;
  const socket = window.Shiny.shinyapp.$socket;
  const send = socket.send;
  socket.send = function (text) {
    if (String(text).includes("shinywidgets_comm_send")) watched.sent.push(performance.now());
    return send.call(this, text);
  };
  window.Shiny.addCustomMessageHandler("done", (message) => {
    watched.done.push({ ...message, at: performance.now() });
  });
  const slider = document.querySelector("#drag_one");
  let value = "";
  new MutationObserver(() => {
    const { left } = slider.querySelector(handle).getBoundingClientRect();
    const now = `${slider.querySelector(".widget-readout").textContent} ${Math.round(left)}`;
    if (now !== value) watched.moves.push(performance.now());
    value = now;
  }).observe(slider, { subtree: true, childList: true, characterData: true, attributes: true });
  const released = () => {
    watched.released = performance.now();
  };
  document.addEventListener("pointerup", released, true);
  document.addEventListener("mouseup", released, true);
}

/** Drags the first slider up and down, and optionally moves the second by keys at the same time. */
async function drag(page, both) {
  await page.evaluate(() => {
    Object.assign(window.watched, { sent: [], done: [], moves: [] });
  });
  const box = await page.locator("#drag_one").locator(HANDLE).boundingBox();
  const track = await page.locator("#drag_one").locator(TRACK).boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width / 2, y);
  await page.mouse.down();
  if (both) {
    await page
      .locator("#drag_two")
      .locator(HANDLE)
      .evaluate((other) => {
        const key = { key: "ArrowRight", keyCode: 39, bubbles: true };
        window.pressing = setInterval(() => {
          other.dispatchEvent(new KeyboardEvent("keydown", key));
        }, 20);
      });
  }
  const start = performance.now();
  for (let elapsed = 0; elapsed < DRAG_MS; elapsed = performance.now() - start) {
    // Up and down in 1.5 s, and released in motion.
    const phase = (elapsed % 1500) / 750;
    const at = phase < 1 ? phase : 2 - phase;
    await page.mouse.move(track.x + 20 + (track.width - 40) * at, y);
    await page.waitForTimeout(8);
  }
  const ofBoth = await page.evaluate(() => {
    clearInterval(window.pressing);
    const { done } = window.watched;
    return ["one", "two"].map((name) => done.filter((d) => d.name === name).length);
  });
  await page.mouse.up();
  await quiet(page);
  const end = await page.evaluate(() => {
    const { sent, done, moves, released } = window.watched;
    const of = done.filter(({ name }) => name === "one");
    const shown = document.querySelector("#drag_one .widget-readout").textContent;
    // The release may move the handle to the last value.
    const late = moves.filter((at) => at > released + 50);
    return {
      during: sent.filter((at) => at <= released).length,
      after: sent.filter((at) => at > released).length,
      lastDone: Math.max(...of.map(({ at }) => at)) - released,
      jumps: late.length,
      jumping: late.length > 0 ? late.at(-1) - released : 0,
      same: Number(shown) === of.at(-1).value,
    };
  });
  return { ...end, ofOne: ofBoth[0], ofTwo: ofBoth[1] };
}

/** Waits until no message, update or move occurs for a while. */
async function quiet(page) {
  await page.waitForFunction(
    (ms) => {
      const { sent, done, moves } = window.watched;
      const last = Math.max(0, sent.at(-1) ?? 0, done.at(-1)?.at ?? 0, moves.at(-1) ?? 0);
      return performance.now() - last > ms;
    },
    QUIET_MS,
    { timeout: 60_000 },
  );
}

/** Buffers: down to a model as base64 and as binary frames, and up from a model to the websocket. */
import { frameEncoder } from "./frames.mjs";
import { withProbe } from "./probe.mjs";

const KIB = 1024;
const MIB = 1024 * KIB;

const rate = { unit: "MB/s", better: "higher" };

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  down("buffers-64k-base64", "64 KiB buffers down, base64", 64 * KIB, 256, 1.1, 1.3),
  down("buffers-8m-base64", "8 MiB buffers down, base64", 8 * MIB, 4, 1.1, 1.3),
  down("buffers-64k-binary", "64 KiB buffers down, binary frames", 64 * KIB, 256, 3, 4, true),
  down("buffers-8m-binary", "8 MiB buffers down, binary frames", 8 * MIB, 4, 8, 12, true),
  {
    name: "buffers-8m-up",
    runs: 5,
    figures: {
      "buffers-8m-up": {
        title: "8 MiB buffers up, `save_changes` → websocket",
        bar: 1.5,
        goal: 3,
        ...rate,
      },
    },
    measure: async (bench, client) => {
      const ms = await withProbe(bench, client, ({ page }) =>
        page.evaluate(sendUp, { size: 8 * MIB, turns: 4 }),
      );
      return { "buffers-8m-up": megabytesPerSecond(8 * MIB, ms) };
    },
  },
];

/** @returns {import("./measure.mjs").Measurement} */
function down(name, title, size, count, bar, goal, binary = false) {
  return {
    name,
    runs: 5,
    figures: {
      [name]: { title, bar, goal, ...rate },
      [`${name}-shiny`]: { title: "… of which Shiny's own dispatch", floor: true, ...rate },
    },
    measure: async (bench, client) => {
      const script = binary && client !== "stock" ? await frameEncoder() : undefined;
      const { update, dispatch } = await withProbe(bench, client, async ({ page }) => {
        if (script) await page.addScriptTag({ content: script });
        return page.evaluate(sendDown, { size, count, turns: 3, binary: script !== undefined });
      });
      return {
        [name]: megabytesPerSecond(size * count, update),
        [`${name}-shiny`]: megabytesPerSecond(size * count, dispatch),
      };
    },
  };
}

function megabytesPerSecond(bytes, ms) {
  return bytes / 1e6 / (ms / 1000);
}

/**
 * Runs in the page: gives the probe's model buffers, no two in a row alike.
 *
 * @returns the middle of several turns, in ms: until the model has had its last event, and as long
 *   as Shiny alone takes to hand the same frames to a handler that does nothing
 */
export async function sendDown({ size, count, turns, binary }) {
  const { bench, Shiny } = window;
  const { probe } = bench;
  const id = probe.get("me");

  const bytes = new Uint8Array(size);
  const words = new Uint32Array(bytes.buffer);
  for (let index = 0, word = 1; index < words.length; index += 1) {
    // Any numbers will do that base64 cannot make short work of.
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    words[index] = word;
  }
  /** A binary websocket frame as Shiny takes it: the length of the type, the type, the payload. */
  const binaryFrame = (type, payload) => {
    const name = new TextEncoder().encode(type);
    const content = ArrayBuffer.isView(payload)
      ? new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
      : new Uint8Array(payload);
    const frame = new Uint8Array(1 + name.length + content.length);
    frame[0] = name.length;
    frame.set(name, 1);
    frame.set(content, 1 + name.length);
    return frame.buffer;
  };
  const frame = (type, mark) => {
    bytes[0] = mark;
    if (binary) {
      const { buffers, ...header } = bench.update(id, {}, [["down"]], [bytes]);
      return binaryFrame(type, window.benchFrames.encodeFrame("comm_msg", header, buffers));
    }
    return bench.frame(type, bench.update(id, {}, [["down"]], [bytes.toBase64()]));
  };
  let mark = 0;
  const frames = (type) =>
    Array.from({ length: count }, () => {
      mark = (mark % 250) + 1;
      return frame(type, mark);
    });

  const update = () =>
    new Promise((resolve, reject) => {
      const texts = frames("shinywidgets_comm_msg");
      let events = 0;
      const listener = () => {
        events += 1;
        if (events < count) return;
        const ms = performance.now() - start;
        probe.off("change:down", listener);
        const view = probe.get("down");
        const whole =
          view.byteLength === size &&
          view.getUint8(0) === mark &&
          view.getUint8(size - 1) === bytes[size - 1];
        if (whole) resolve(ms);
        else reject(new Error("The buffer did not arrive whole."));
      };
      probe.on("change:down", listener);
      bench.collect();
      const start = performance.now();
      bench.feed(texts);
    });

  let handled = 0;
  let done;
  Shiny.addCustomMessageHandler("bench_nothing", (_message) => {
    handled += 1;
    if (handled === count) done();
  });
  const nothing = async () => {
    const texts = frames("bench_nothing");
    handled = 0;
    const all = new Promise((resolve) => {
      done = resolve;
    });
    bench.collect();
    const start = performance.now();
    bench.feed(texts);
    await all;
    return performance.now() - start;
  };

  // The first is for the compiler.
  await update();
  const updates = [];
  const dispatches = [];
  for (let turn = 0; turn < turns; turn += 1) {
    updates.push(await update());
    dispatches.push(await nothing());
  }
  return { update: bench.median(updates), dispatch: bench.median(dispatches) };
}

/**
 * Runs in the page: saves a buffer of the probe's model, and waits for the server to have it.
 *
 * @returns the middle of several turns, in ms from `save_changes` until the socket has the text
 */
async function sendUp({ size, turns }) {
  const { bench, Shiny } = window;
  const { probe } = bench;
  const socket = Shiny.shinyapp.$socket;
  const send = socket.send;
  let sentAt = 0;
  socket.send = function (data) {
    const returned = send.call(this, data);
    if ((data.length ?? data.byteLength) > size) sentAt = performance.now();
    return returned;
  };
  let received;
  Shiny.addCustomMessageHandler("bench_received", (length) => received(length));

  const times = [];
  for (let turn = 0; turn <= turns; turn += 1) {
    const bytes = new Uint8Array(size).fill(turn + 1);
    const length = new Promise((resolve) => {
      received = resolve;
    });
    probe.set("up", new DataView(bytes.buffer));
    bench.collect();
    const start = performance.now();
    probe.save_changes();
    if ((await length) !== size) throw new Error("The buffer did not arrive whole.");
    // The first is for the compiler.
    if (turn > 0) times.push(sentAt - start);
    await bench.until(() => !document.documentElement.classList.contains("shiny-busy"));
  }
  return bench.median(times);
}

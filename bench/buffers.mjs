/** Measures buffers: down to a model as base64 and as binary frames, and up to the websocket. */
import { frameEncoder } from "./frames.mjs";
import { withProbe } from "./probe.mjs";

const KIB = 1024;
const MIB = 1024 * KIB;

const SMALL = { size: 64 * KIB, count: 256 };
const LARGE = { size: 8 * MIB, count: 4 };

const rate = { unit: "MB/s", better: "higher" };

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  down("buffers-64k-base64", "64 KiB buffers down, base64", SMALL, { bar: 1.1, goal: 1.3 }),
  down("buffers-8m-base64", "8 MiB buffers down, base64", LARGE, { bar: 1.1, goal: 1.3 }),
  down("buffers-8m-host", "… of 8 MiB on a socket like that of Shiny Server", LARGE, {
    hosted: true,
    bar: 2,
    goal: 3,
  }),
  down("buffers-64k-binary", "64 KiB buffers down, binary frames", SMALL, {
    form: "detached",
    bar: 3,
    goal: 4,
  }),
  down("buffers-8m-binary", "8 MiB buffers down, binary frames", LARGE, {
    form: "detached",
    bar: 8,
    goal: 12,
  }),
  down("buffers-64k-whole", "… of 64 KiB, all in one frame, as R sends them", SMALL, {
    form: "inline",
  }),
  down("buffers-8m-whole", "… of 8 MiB, all in one frame, as R sends them", LARGE, {
    form: "inline",
  }),
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

/**
 * @param {string} name
 * @param {string} title
 * @param {{ size: number, count: number }} buffers
 * @param {{ form?: "text" | "detached" | "inline", hosted?: boolean, bar?: number, goal?: number }} options
 * `form` is the format for shiny-comm: base64, or binary frames with detached or inline buffers. With `hosted`,
 * Shiny's socket is not a WebSocket.
 * @returns {import("./measure.mjs").Measurement}
 */
function down(name, title, { size, count }, { form = "text", hosted = false, bar, goal }) {
  const floor = form === "text" && !hosted;
  return {
    name,
    runs: 5,
    figures: {
      [name]: { title, bar, goal, ...rate },
      // Binary frames do not pass through Shiny's dispatch.
      ...(floor && {
        [`${name}-shiny`]: { title: "… in Shiny's dispatch", floor, ...rate },
      }),
    },
    measure: async (bench, client) => {
      const sent = client === "stock" ? "text" : form;
      const script = sent === "text" ? undefined : await frameEncoder();
      const { update, dispatch } = await withProbe(
        bench,
        client,
        async ({ page }) => {
          if (script) await page.addScriptTag({ content: script });
          return page.evaluate(sendDown, { size, count, turns: 3, form: sent, floor });
        },
        { hosted },
      );
      return {
        [name]: megabytesPerSecond(size * count, update),
        ...(floor && { [`${name}-shiny`]: megabytesPerSecond(size * count, dispatch) }),
      };
    },
  };
}

function megabytesPerSecond(bytes, ms) {
  return bytes / 1e6 / (ms / 1000);
}

/**
 * Runs in the page: sends buffers to the probe's model; consecutive buffers differ.
 *
 * @returns the median of several turns, in ms: until the model's last event, and for Shiny's dispatch
 * of the frames to an empty handler
 */
export async function sendDown({ size, count, turns, form, floor }) {
  const { bench, Shiny } = window;
  const { probe } = bench;
  const id = probe.get("me");

  const bytes = new Uint8Array(size);
  const words = new Uint32Array(bytes.buffer);
  for (let index = 0, word = 1; index < words.length; index += 1) {
    // Numbers that compress badly.
    word = (Math.imul(word, 1664525) + 1013904223) >>> 0;
    words[index] = word;
  }
  /** Returns a binary websocket frame of Shiny: the length of the type, the type, the payload. */
  const binaryFrame = (type, payload) => {
    const name = new TextEncoder().encode(type);
    const frame = new Uint8Array(1 + name.length + payload.byteLength);
    frame[0] = name.length;
    frame.set(name, 1);
    frame.set(new Uint8Array(payload), 1 + name.length);
    return frame.buffer;
  };
  /** Returns the frames of one message. */
  const message = (type, mark) => {
    bytes[0] = mark;
    if (form === "text") {
      return [bench.frame(type, bench.update(id, {}, [["down"]], [bytes.toBase64()]))];
    }
    const { encodeFrame, DETACH_FROM_BYTES } = window.benchFrames;
    const { buffers, ...header } = bench.update(id, {}, [["down"]], [bytes]);
    const detachFromBytes = form === "detached" ? DETACH_FROM_BYTES : Number.POSITIVE_INFINITY;
    const frame = binaryFrame(type, encodeFrame("comm_msg", header, buffers, { detachFromBytes }));
    return size >= detachFromBytes ? [frame, bytes.slice().buffer] : [frame];
  };
  let mark = 0;
  const messages = (type) =>
    Array.from({ length: count }, () => {
      mark = (mark % 250) + 1;
      return message(type, mark);
    }).flat();

  const update = () =>
    new Promise((resolve, reject) => {
      const frames = messages("shinywidgets_comm_msg");
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
      bench.feed(frames);
    });

  let handled = 0;
  let done;
  Shiny.addCustomMessageHandler("bench_nothing", (_message) => {
    handled += 1;
    if (handled === count) done();
  });
  const nothing = async () => {
    const frames = messages("bench_nothing");
    handled = 0;
    const all = new Promise((resolve) => {
      done = resolve;
    });
    bench.collect();
    const start = performance.now();
    bench.feed(frames);
    await all;
    return performance.now() - start;
  };

  // The first turn warms up the compiler.
  await update();
  const updates = [];
  const dispatches = [];
  for (let turn = 0; turn < turns; turn += 1) {
    updates.push(await update());
    if (floor) dispatches.push(await nothing());
  }
  return { update: bench.median(updates), dispatch: floor ? bench.median(dispatches) : 0 };
}

/**
 * Runs in the page: saves a buffer of the probe's model, and waits for the server's answer.
 *
 * @returns the median of several turns, in ms from `save_changes` until the socket has the text
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
    // The first turn warms up the compiler.
    if (turn > 0) times.push(sentAt - start);
    await bench.until(() => !document.documentElement.classList.contains("shiny-busy"));
  }
  return bench.median(times);
}

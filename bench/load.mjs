/**
 * Measures loading: bytes of the client, and the time to the first widget, on loopback and a slow
 * network.
 */
import { gzipSync } from "node:zlib";
import { HANDLE, SLOW_NETWORK } from "./harness.mjs";

const SLIDER = { name: "slider", drawn: { selector: HANDLE, count: 1 } };
const ANYWIDGET = {
  name: "first_anywidget",
  drawn: { selector: ".bench-anywidget", count: 1 },
};

/**
 * Files of the client. The files of both clients have one name; the stock client also needs
 * anywidget's bundle.
 */
const CLIENT_FILE = /\/(?:ipywidget-output-binding|anywidget)-[^/]*\//;

const seconds = { unit: "ms", better: "lower" };
const bytes = { unit: "kB", better: "lower", digits: 1 };

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  {
    name: "load-bytes-slider",
    runs: 1,
    figures: {
      "load-bytes-slider": { title: "bytes to the first slider", bar: 8, goal: 10, ...bytes },
      "load-gzip-slider": { title: "… gzipped", ...bytes },
    },
    measure: async (bench, client) => named("slider", await countBytes(bench, client, SLIDER)),
  },
  {
    name: "load-bytes-anywidget",
    runs: 1,
    figures: {
      "load-bytes-anywidget": {
        title: "bytes to the first anywidget, without its own module",
        bar: 10,
        goal: 20,
        ...bytes,
      },
      "load-gzip-anywidget": { title: "… gzipped", ...bytes },
    },
    measure: async (bench, client) =>
      named("anywidget", await countBytes(bench, client, ANYWIDGET)),
  },
  cold("load-slider", "cold load to the first slider, loopback", 1.5, 2, SLIDER),
  cold("load-anywidget", "cold load to the first anywidget, loopback", 1.2, 1.6, ANYWIDGET),
  cold("load-slider-slow", "… slider, over 10 Mbit/s and 40 ms", 2.8, 3.5, {
    ...SLIDER,
    network: SLOW_NETWORK,
  }),
  cold("load-anywidget-slow", "… anywidget, over 10 Mbit/s and 40 ms", 2.8, 3.5, {
    ...ANYWIDGET,
    network: SLOW_NETWORK,
  }),
];

/** @returns {import("./measure.mjs").Measurement} */
function cold(name, title, bar, goal, visit) {
  return {
    name,
    runs: 7,
    figures: { [name]: { title, bar, goal, ...seconds } },
    measure: async (bench, client) => ({ [name]: await bench.visit({ ...visit, client }) }),
  };
}

function named(widget, { raw, gzip }) {
  return { [`load-bytes-${widget}`]: raw, [`load-gzip-${widget}`]: gzip };
}

/** Sums the client's files that the page requests until the widget is drawn, in kB. */
async function countBytes(bench, client, visit) {
  /** @type {Promise<Buffer>[]} */
  const bodies = [];
  let counting = true;
  const onResponse = (response) => {
    const { pathname } = new URL(response.url());
    if (counting && CLIENT_FILE.test(pathname)) bodies.push(response.body());
  };
  return bench.visit({ ...visit, client, onResponse }, async () => {
    counting = false;
    const files = await Promise.all(bodies);
    const sum = (size) => files.reduce((total, file) => total + size(file), 0) / 1000;
    return {
      raw: sum((file) => file.byteLength),
      gzip: sum((file) => gzipSync(file).byteLength),
    };
  });
}

/**
 * Measures the installed Python package on a slow network: the time to the first slider, above the
 * same page without any widget. Counts the client's bytes on the wire.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findPython, run as runProgram } from "../scripts/python.mjs";
import { HANDLE, SLOW_NETWORK } from "./harness.mjs";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const SLIDER = { name: "served_slider", drawn: { selector: HANDLE, count: 1 } };
const PAGE = {
  name: "no_widget",
  // The page has no widget, and so no client.
  client: /** @type {const} */ ("stock"),
  drawn: { selector: "#text:not(:empty)", count: 1 },
};

const CLIENT_FILE = /\/ipywidget-output-binding-[^/]*\//;

/** Unpacks the package's wheel, whose files are compressed, for the server. */
export async function prepare() {
  const folder = await mkdtemp(path.join(tmpdir(), "shiny-comm-bench-"));
  const python = findPython();
  const log = () => undefined;
  const wheel = ["-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, path.join(ROOT, "python")];
  await runProgram(python, wheel, log);
  const [name = ""] = (await readdir(folder)).filter((file) => file.endsWith(".whl"));
  const unpacked = path.join(folder, "unpacked");
  await runProgram(python, ["-m", "zipfile", "-e", path.join(folder, name), unpacked], log);
  return { env: { PYTHONPATH: unpacked }, remove: () => rm(folder, { recursive: true }) };
}

/** @type {import("./measure.mjs").Measurement[]} */
export const measurements = [
  {
    name: "load-slider-slow-above",
    runs: 7,
    figures: {
      "load-slider-slow-above": {
        title:
          "slider, Python package: above the page without any widget, over 10 Mbit/s and 40 ms",
        limit: 300,
        unit: "ms",
        better: "lower",
      },
      "load-page-slow": {
        title: "… the page without any widget",
        floor: true,
        unit: "ms",
        better: "lower",
      },
    },
    async measure(bench, client) {
      const network = SLOW_NETWORK;
      const page = await bench.visit({ ...PAGE, network });
      const slider = await bench.visit({ ...SLIDER, client, network });
      return { "load-slider-slow-above": slider - page, "load-page-slow": page };
    },
  },
  {
    name: "load-wire-slider",
    runs: 1,
    figures: {
      "load-wire-slider": {
        title: "bytes on the wire to the first slider, Python package",
        limit: 110,
        unit: "kB",
        better: "lower",
        digits: 1,
      },
    },
    async measure(bench, client) {
      /** @type {Promise<{ responseBodySize: number }>[]} */
      const sizes = [];
      const onResponse = (response) => {
        if (CLIENT_FILE.test(new URL(response.url()).pathname)) {
          sizes.push(response.request().sizes());
        }
      };
      return bench.visit({ ...SLIDER, client, onResponse }, async () => {
        const bodies = (await Promise.all(sizes)).map((size) => size.responseBodySize);
        return { "load-wire-slider": bodies.reduce((sum, size) => sum + size, 0) / 1000 };
      });
    },
  },
];

/** The encoder of binary frames for the page, from the sources, because the client only decodes. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @type {Promise<string> | undefined} */
let encoder;

/** @returns {Promise<string>} a script that defines `benchFrames.encodeFrame(kind, header, buffers)` */
export function frameEncoder() {
  encoder ??= build({
    entryPoints: [fileURLToPath(new URL("../src/comm/frames.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "benchFrames",
    target: "es2022",
    minify: true,
  }).then(({ outputFiles }) => outputFiles[0].text);
  return encoder;
}

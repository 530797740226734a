/** Describes the machine of the figures in one line, without identifying it. */
import os from "node:os";

/** @param {import("playwright-core").Browser} browser */
export function describeMachine(browser) {
  const cpus = os.cpus();
  const model = cpus[0]?.model.trim() || "unknown processor";
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return `${model}, ${cpus.length} cores, ${memory} GiB, ${os.type()} ${os.arch()}; Chromium ${browser.version()}, Node ${process.versions.node}`;
}

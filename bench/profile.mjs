/** Profiles pages: the functions with the most self time. */

const SHOWN = 14;

export class Profile {
  /** @type {Map<string, Map<string, number>>} ms of each function, by client */
  #self = new Map();

  /** @param {import("playwright-core").CDPSession} cdp of the page */
  async start(cdp) {
    await cdp.send("Profiler.enable");
    await cdp.send("Profiler.setSamplingInterval", { interval: 500 });
    await cdp.send("Profiler.start");
  }

  /** @param {import("playwright-core").CDPSession} cdp of the page */
  async stop(cdp, client) {
    const { profile } = await cdp.send("Profiler.stop");
    const names = new Map(
      profile.nodes.map(({ id, callFrame: { functionName, url, lineNumber, columnNumber } }) => {
        const file = url.split("/").pop()?.slice(0, 40);
        const place = url ? ` ${file}:${lineNumber + 1}:${columnNumber + 1}` : "";
        return [id, `${functionName || "(anonymous)"}${place}`];
      }),
    );
    const self = this.#self.get(client) ?? new Map();
    this.#self.set(client, self);
    profile.samples.forEach((id, index) => {
      const name = names.get(id);
      self.set(name, (self.get(name) ?? 0) + profile.timeDeltas[index] / 1000);
    });
  }

  /** Returns lines of text for each client. */
  toString() {
    const lines = [];
    for (const [client, self] of this.#self) {
      lines.push(`\n${client}, self time in ms:`);
      const most = [...self].filter(([name]) => name !== "(idle)").sort((a, b) => b[1] - a[1]);
      for (const [name, ms] of most.slice(0, SHOWN)) {
        lines.push(`${ms.toFixed(0).padStart(8)}  ${name}`);
      }
    }
    return lines.join("\n");
  }
}

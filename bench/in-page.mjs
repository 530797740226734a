/** What runs inside a measured page, from before its first script: clocks, and Shiny's socket held and fed. */

/**
 * Defines `window.bench`. Handed to the browser as text, so it uses nothing from outside itself.
 *
 * @param {{ selector: string, count: number } | null} drawn what the page is to show
 */
export function inPage(drawn) {
  /** Settles with the time, in ms since navigation, of the frame after the one with all elements in it. */
  const whenDrawn = ({ selector, count }) =>
    new Promise((resolve) => {
      const look = () => {
        if (document.querySelectorAll(selector).length < count) return requestAnimationFrame(look);
        // The next frame begins when the one that shows them has been laid out and painted.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
      };
      look();
    });

  const socket = () => window.Shiny.shinyapp.$socket;

  window.bench = {
    whenDrawn,
    drawn: drawn && whenDrawn(drawn),

    /** Settles when a condition holds; it is looked at each frame. */
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => (condition() ? resolve() : requestAnimationFrame(look));
        look();
      }),

    /** Gives texts or binary frames to Shiny's runtime as if they had come from the socket. */
    feed(frames) {
      for (const data of frames) socket().onmessage({ data });
    },

    /**
     * Keeps what comes from the server until a custom message of this name has come.
     *
     * @returns a promise of a function that lets all of it through at once
     */
    hold(name) {
      const target = socket();
      const deliver = target.onmessage;
      const held = [];
      return new Promise((resolve) => {
        target.onmessage = (event) => {
          held.push(event);
          if (typeof event.data !== "string" || !event.data.includes(`"${name}"`)) return;
          resolve(() => {
            target.onmessage = deliver;
            for (const one of held) deliver.call(target, one);
          });
        };
      });
    },

    /** A custom message of the server, as Shiny for Python writes it around shinywidgets' text. */
    frame: (type, message) => JSON.stringify({ custom: { [type]: JSON.stringify(message) } }),

    /** An update of a model. */
    update: (comm_id, state, buffer_paths = [], buffers = []) => ({
      content: { data: { method: "update", state, buffer_paths }, comm_id },
      metadata: {},
      buffers,
      ident: `comm-${comm_id}`,
      parent: {},
    }),

    /** Has the server make models; settles with those of the page, and the time from the first frame to the last model. */
    async models(count) {
      const { probe } = window.bench;
      const release = window.bench.hold("bench_done");
      window.Shiny.setInputValue("bench_make", count, { priority: "event" });
      const letThrough = await release;
      const ids = new Promise((resolve) => {
        const listener = () => {
          probe.off("change:ids", listener);
          resolve(probe.get("ids"));
        };
        probe.on("change:ids", listener);
      });
      window.bench.collect();
      const start = performance.now();
      letThrough();
      const models = await Promise.all((await ids).map((id) => probe.widget_manager.get_model(id)));
      return { models, ms: performance.now() - start };
    },

    /** Has the garbage of what was prepared collected now, and not while a clock runs. */
    collect: () => window.gc?.(),

    /** The middle of some numbers. */
    median(values) {
      const sorted = [...values].sort((a, b) => a - b);
      const middle = sorted.length >> 1;
      return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    },
  };
}

/** Defines `window.bench.opens`: when the socket had the first and the last open of a model, in ms since navigation. */
export function noteOpens() {
  const opens = { firstOpenMs: undefined, lastOpenMs: undefined };
  window.bench.opens = opens;
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", ({ data }) => {
        if (typeof data !== "string" || !data.startsWith('{"custom": {"shinywidgets_comm_open"'))
          return;
        opens.lastOpenMs = performance.now();
        opens.firstOpenMs ??= opens.lastOpenMs;
      });
    }
  };
}

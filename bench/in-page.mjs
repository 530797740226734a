/** Runs in a measured page before its first script: clocks, and control of Shiny's socket. */

/**
 * Defines `window.bench`. The browser gets the function as text, so it uses only its own variables.
 *
 * @param {{ selector: string, count: number } | null} drawn the elements of the complete page
 */
export function inPage(drawn) {
  /**
   * Resolves with the time, in ms since navigation, of the frame after all elements are in the
   * document.
   */
  const whenDrawn = ({ selector, count }) =>
    new Promise((resolve) => {
      const look = () => {
        if (document.querySelectorAll(selector).length < count) return requestAnimationFrame(look);
        // The next frame starts after the frame with the elements is laid out and painted.
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
      };
      look();
    });

  const socket = () => window.Shiny.shinyapp.$socket;

  window.bench = {
    whenDrawn,
    drawn: drawn && whenDrawn(drawn),

    /** Resolves when a condition is true, which is checked in each frame. */
    until: (condition) =>
      new Promise((resolve) => {
        const look = () => (condition() ? resolve() : requestAnimationFrame(look));
        look();
      }),

    /** Passes texts or binary frames to Shiny's runtime, like its socket. */
    feed(frames) {
      for (const data of frames) socket().onmessage({ data });
    },

    /**
     * Holds messages of the server until a custom message of this name arrives.
     *
     * @returns a promise of a function that releases the messages
     */
    hold(name) {
      const target = socket();
      const deliver = target.onmessage;
      const pending = [];
      return new Promise((resolve) => {
        target.onmessage = (event) => {
          pending.push(event);
          if (typeof event.data !== "string" || !event.data.includes(`"${name}"`)) return;
          resolve(() => {
            target.onmessage = deliver;
            for (const one of pending) deliver.call(target, one);
          });
        };
      });
    },

    /** Returns a custom message in the format of Shiny for Python and shinywidgets. */
    frame: (type, message) => JSON.stringify({ custom: { [type]: JSON.stringify(message) } }),

    /** Returns an update of a model. */
    update: (comm_id, state, buffer_paths = [], buffers = []) => ({
      content: { data: { method: "update", state, buffer_paths }, comm_id },
      metadata: {},
      buffers,
      ident: `comm-${comm_id}`,
      parent: {},
    }),

    /**
     * Creates models on the server; resolves with them, and the time from the first frame to the
     * last model.
     */
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

    /** Collects garbage before a clock starts. */
    collect: () => window.gc?.(),

    /** Returns the median. */
    median(values) {
      const sorted = [...values].sort((a, b) => a - b);
      const middle = sorted.length >> 1;
      return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    },
  };
}

/**
 * Defines `window.bench.opens`: when the socket received the first and last open of a model, in ms
 * since navigation.
 */
export function noteOpens() {
  const opens = { firstOpenMs: undefined, lastOpenMs: undefined };
  window.bench.opens = opens;
  // A derived class would not be a native socket, which gets binary frames from the start.
  window.WebSocket = new Proxy(WebSocket, {
    construct(Native, address) {
      const socket = new Native(...address);
      socket.addEventListener("message", ({ data }) => {
        // A binary frame starts with the length of the handler's name, and the name.
        const start =
          typeof data === "string"
            ? data.slice(13, 35)
            : String.fromCharCode(...new Uint8Array(data, 1, Math.min(22, data.byteLength - 1)));
        if (start !== "shinywidgets_comm_open") return;
        opens.lastOpenMs = performance.now();
        opens.firstOpenMs ??= opens.lastOpenMs;
      });
      return socket;
    },
  });
}

/**
 * Runs in a page before its first script: gives Shiny a socket for texts alone. It calls its members, like the
 * sockets of Shiny Server, Connect and shinyapps.io.
 */
export function hostSocket() {
  document.addEventListener("DOMContentLoaded", () => {
    window.Shiny.createSocket = () => {
      const websocket = new WebSocket(`ws://${location.host}/websocket/`);
      const socket = {
        get readyState() {
          return websocket.readyState;
        },
        send: (text) => websocket.send(text),
        close: () => websocket.close(),
      };
      for (const name of ["onopen", "onmessage", "onclose"]) {
        websocket[name] = (event) => socket[name]?.(event);
      }
      return socket;
    };
  });
}

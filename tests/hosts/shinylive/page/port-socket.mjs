/** A socket on a MessagePort, for both ends. It has no `binaryType`, and bytes arrive as a `Uint8Array`. */
export class PortSocket extends EventTarget {
  readyState = 0;
  #port;

  constructor(port) {
    super();
    this.#port = port;
    for (const type of ["open", "message", "close", "error"]) {
      this.addEventListener(type, (event) => this[`on${type}`]?.(event));
    }
    port.onmessage = ({ data }) => this.#receive(data);
  }

  /** Opens the socket, from the server's end. */
  accept() {
    this.readyState = 1;
    this.#port.postMessage({ type: "open" });
  }

  send(data) {
    if (this.readyState === 0) {
      throw new DOMException("The socket is not open yet.", "InvalidStateError");
    }
    // A copy: nothing is transferred.
    if (this.readyState === 1) this.#port.postMessage({ type: "message", data });
  }

  close(code, reason) {
    if (this.readyState > 1) return;
    this.#port.postMessage({ type: "close", code, reason });
    this.#close(code, reason);
  }

  #receive({ type, data, code, reason }) {
    if (type === "open") {
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    } else if (type === "message" && this.readyState === 1) {
      this.dispatchEvent(new MessageEvent("message", { data }));
    } else if (type === "close" && this.readyState < 2) {
      this.#close(code, reason);
    }
  }

  #close(code, reason) {
    this.readyState = 3;
    this.dispatchEvent(new CloseEvent("close", { code, reason }));
  }
}

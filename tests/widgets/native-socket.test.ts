/** Recognizes native sockets, on which a page announces binary frames without a probe. */
import { afterEach, expect, test } from "vitest";
import { isNativeSocket } from "../../src/shiny/native-socket.js";

const Native = WebSocket;
/** No server listens here, and no test waits for one. */
const URL = "ws://127.0.0.1:9/";

const sockets: WebSocket[] = [];
afterEach(() => {
  window.WebSocket = Native;
  for (const socket of sockets.splice(0)) socket.close();
});

function native(Class: typeof WebSocket = Native): WebSocket {
  const socket = new Class(URL);
  sockets.push(socket);
  return socket;
}

/** A class in JavaScript, with the members of a WebSocket. */
class Polyfill {
  #type = "arraybuffer";
  get binaryType() {
    return this.#type;
  }
  get onmessage() {
    return this.#type && null;
  }
}

const bound = { get: Polyfill.prototype.valueOf.bind(null), configurable: true };

test.each<[string, () => object]>([
  ["a WebSocket", () => native()],
  [
    "one that Shiny uses",
    () => Object.assign(native(), { binaryType: "arraybuffer", onmessage() {} }),
  ],
  [
    "one of another window",
    () => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const { contentWindow } = frame as unknown as { contentWindow: typeof globalThis };
      return native(contentWindow.WebSocket);
    },
  ],
  [
    "one of a function that a script put in place of WebSocket",
    () => {
      window.WebSocket = function Patched() {
        return native();
      } as never;
      return new WebSocket(URL);
    },
  ],
  ["one of a proxy in place of WebSocket", () => native(new Proxy(Native, {}))],
  ["one whose send() a script replaced", () => Object.assign(native(), { send() {} })],
])("%s is native", (_what, create) => {
  expect(isNativeSocket(create())).toBe(true);
});

test.each<[string, () => object]>([
  ["an object", () => ({ binaryType: "arraybuffer", onmessage: null })],
  ["an object without a prototype", () => Object.create(null)],
  ["a polyfill", () => new Polyfill()],
  [
    "a polyfill with bound functions",
    () => {
      const prototype = Object.defineProperties({}, { binaryType: bound, onmessage: bound });
      return Object.create(prototype);
    },
  ],
  ["a derived class", () => native(class extends Native {})],
  ["a proxy", () => new Proxy(native(), {})],
  ["an object with a socket as its prototype", () => Object.create(native())],
  ["an object with the prototype of sockets", () => Object.create(Native.prototype)],
  [
    "a socket with an own accessor for its listener",
    () => Object.defineProperty(native(), "onmessage", { get: () => null, set() {} }),
  ],
  [
    "a socket with an own type",
    () => Object.defineProperty(native(), "binaryType", { value: "arraybuffer" }),
  ],
  ["a MessagePort", () => new MessageChannel().port1],
])("%s is not native", (_what, create) => {
  expect(isNativeSocket(create())).toBe(false);
});

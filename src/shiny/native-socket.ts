/** Recognizes the browser's own sockets, whose binary frames arrive as the page asks for them. */
import type { ShinySocket } from "./runtime.js";

const NATIVE = /\{\s*\[native code\]\s*\}$/;

/**
 * Returns whether the browser made a socket, and delivers its frames. A script may put another object in
 * place of a `WebSocket`, derive a class from it, or replace its members. Then text may arrive instead of
 * bytes.
 */
export function isNativeSocket(socket: ShinySocket): boolean {
  return isNativeMember(socket, "binaryType") && isNativeMember(socket, "onmessage");
}

function isNativeMember(socket: ShinySocket, name: string): boolean {
  const { get } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(socket) ?? {}, name) ?? {};
  if (Object.hasOwn(socket, name) || get?.name !== `get ${name}`) return false;
  try {
    // A native getter throws for an object that the browser did not make.
    get.call(socket);
    return NATIVE.test(Function.prototype.toString.call(get));
  } catch {
    return false;
  }
}

/** Recognizes the browser's own sockets, whose binary frames arrive as the page asks for them. */
import type { ShinySocket } from "./runtime.js";
/**
 * Returns whether the browser made a socket, and delivers its frames. A script may put another object in
 * place of a `WebSocket`, derive a class from it, or replace its members. Then text may arrive instead of
 * bytes.
 */
export declare function isNativeSocket(socket: ShinySocket): boolean;

/** Tells the server of each session which binary frames the page supports on its socket. */
import { FRAME_VERSION } from "../comm/frames.js";
import { FRAMES_INPUT, PROBE } from "../comm/messages.js";
import { isNativeSocket } from "./native-socket.js";
import { OPEN, type ShinyPort, type ShinySocket } from "./runtime.js";
import type { Session } from "./session.js";

/** Intercepts the frames of comms on the socket of a session. */
export interface FrameInterceptor {
  /** Whether the socket has the interceptor's listener. */
  readonly isAttached: boolean;
  /** Whether the socket called the listener: a host may call the one that it read earlier. */
  readonly hasReceived: boolean;
  /** Attaches the listener again if Shiny handles frames that did not pass it. */
  recheck(): void;
  /** Ends with the session. */
  end(): void;
}

/**
 * Makes the interceptor of a socket.
 *
 * @param bytesAsText called for a text that Shiny cannot have sent; `isComm` if it begins as a frame of a
 * comm. Returns whether it was a binary frame.
 */
export type Intercept = (
  socket: ShinySocket,
  bytesAsText: (isComm: boolean) => boolean,
) => FrameInterceptor;

export interface FrameNegotiation {
  /** Reads the server's announcement of its abilities. */
  announce(announcement: unknown): void;
  /** Receives the server's probe, as Shiny delivers it. */
  probe(payload: unknown): void;
  /** Ends the negotiation, and the interceptor. */
  end(): void;
}

/**
 * Sends each session's server the version of binary frames that the page supports. Version 0 stands for none,
 * version 1 for frames through Shiny's own dispatch; higher versions need an interceptor.
 *
 * A native WebSocket delivers bytes. For another socket that has a `binaryType`, or if the server recommends
 * it, the page asks for a probe: a binary frame with each byte. The version is announced when the probe has
 * arrived unchanged. `docs/frames.md` has the details.
 */
export function negotiateFrames(
  shiny: ShinyPort,
  session: Session,
  intercept?: Intercept,
): FrameNegotiation {
  let socket: ShinySocket | undefined;
  let interceptor: FrameInterceptor | undefined;
  let isNative = false;
  /** Whether bytes arrive as bytes; `undefined` if that is unknown. */
  let passesBytes: boolean | undefined;
  let isProbing = false;
  let announced: number | string;

  const version = (): number | string => {
    if (isProbing) return PROBE;
    if (!passesBytes) return 0;
    const intercepts = interceptor?.isAttached && (isNative || interceptor.hasReceived);
    if (intercepts) return FRAME_VERSION;
    return socket?.binaryType === "arraybuffer" ? 1 : 0;
  };
  const begin = (): void => {
    interceptor?.end();
    interceptor = undefined;
    socket = shiny.shinyapp?.$socket ?? undefined;
    isNative = socket !== undefined && isNativeSocket(socket);
    passesBytes = isNative || undefined;
    isProbing = !isNative && socket?.binaryType === "arraybuffer";
    if (socket) interceptor = intercept?.(socket, bytesAsText);
  };
  /** Announces the version if it has changed. */
  const update = (): void => {
    const before = announced;
    announced = version();
    // `setInputValue` may wait for a submit button.
    if (announced !== before) shiny.shinyapp?.sendInput({ [FRAMES_INPUT]: announced });
  };
  const bytesAsText = (isComm: boolean): boolean => {
    if (!isProbing && !isComm) return false;
    isProbing = passesBytes = false;
    update();
    return true;
  };
  const recheck = (): void => {
    const present = shiny.shinyapp?.$socket;
    if (!present) return;
    // A socket that opens while it is made is not Shiny's yet at the event.
    if (present !== socket) begin();
    interceptor?.recheck();
    update();
  };

  // A session that is open has sent `init` already.
  if (shiny.shinyapp?.$socket?.readyState === OPEN) {
    begin();
    update();
  }
  const undos = [
    session.on("open", () => {
      begin();
      announced = version();
      // Shiny sends `init` with these inputs after the event.
      const initial = shiny.shinyapp?.$initialInput;
      if (initial) initial[FRAMES_INPUT] = announced;
      // Shiny may set its listener after the event.
      queueMicrotask(recheck);
    }),
    session.on("busy", recheck),
    session.on("closed", () => interceptor?.end()),
  ];
  return {
    announce(announcement) {
      const isRecommended = (announcement as { probe?: unknown } | null)?.probe === true;
      if (!isRecommended || passesBytes !== undefined || !interceptor?.hasReceived) return;
      isProbing = true;
      update();
    },
    probe(payload) {
      if (!isProbing) return;
      isProbing = false;
      passesBytes = isProbe(payload);
      update();
    },
    end() {
      for (const undo of undos) undo();
      interceptor?.end();
    },
  };
}

/** Returns whether a payload has each byte once, in order. */
function isProbe(payload: unknown): boolean {
  if (!(payload instanceof ArrayBuffer) || payload.byteLength !== 256) return false;
  return new Uint8Array(payload).every((byte, index) => byte === index);
}

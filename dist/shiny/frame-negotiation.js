// src/shiny/frame-negotiation.ts
import { FRAME_VERSION } from "../comm/frames.js";
import { FRAMES_INPUT, PROBE } from "../comm/messages.js";
import { isNativeSocket } from "./native-socket.js";
import { OPEN } from "./runtime.js";
function negotiateFrames(shiny, session, intercept) {
  let socket;
  let interceptor;
  let isNative = false;
  let passesBytes;
  let isProbing = false;
  let announced;
  const version = () => {
    if (isProbing) return PROBE;
    if (!passesBytes) return 0;
    const intercepts = interceptor?.isAttached && (isNative || interceptor.hasReceived);
    if (intercepts) return FRAME_VERSION;
    return socket?.binaryType === "arraybuffer" ? 1 : 0;
  };
  const begin = () => {
    interceptor?.end();
    interceptor = void 0;
    socket = shiny.shinyapp?.$socket ?? void 0;
    isNative = socket !== void 0 && isNativeSocket(socket);
    passesBytes = isNative || void 0;
    isProbing = !isNative && socket?.binaryType === "arraybuffer";
    if (socket) interceptor = intercept?.(socket, bytesAsText);
  };
  const update = () => {
    const before = announced;
    announced = version();
    if (announced !== before) shiny.shinyapp?.sendInput({ [FRAMES_INPUT]: announced });
  };
  const bytesAsText = (isComm) => {
    if (!isProbing && !isComm) return false;
    isProbing = passesBytes = false;
    update();
    return true;
  };
  const recheck = () => {
    const present = shiny.shinyapp?.$socket;
    if (!present) return;
    if (present !== socket) begin();
    interceptor?.recheck();
    update();
  };
  if (shiny.shinyapp?.$socket?.readyState === OPEN) {
    begin();
    update();
  }
  const undos = [
    session.on("open", () => {
      begin();
      announced = version();
      const initial = shiny.shinyapp?.$initialInput;
      if (initial) initial[FRAMES_INPUT] = announced;
      queueMicrotask(recheck);
    }),
    session.on("busy", recheck),
    session.on("closed", () => interceptor?.end())
  ];
  return {
    announce(announcement) {
      const isRecommended = announcement?.probe === true;
      if (!isRecommended || passesBytes !== void 0 || !interceptor?.hasReceived) return;
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
    }
  };
}
function isProbe(payload) {
  if (!(payload instanceof ArrayBuffer) || payload.byteLength !== 256) return false;
  return new Uint8Array(payload).every((byte, index) => byte === index);
}
export {
  negotiateFrames
};

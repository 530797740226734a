// src/shiny/socket-interceptor.ts
import { detachedLengths, FRAME_VERSION } from "../comm/frames.js";
import { customMessage, isForComms } from "./custom-message.js";
import { isFollowed } from "./runtime.js";
function socketIntake(shiny, handlers) {
  let forget;
  const deliver = (type, payload) => {
    const handle = () => handlers.get(type)?.(payload);
    const queue = shiny.shinyapp?.taskQueue;
    if (queue) queue.enqueue(handle);
    else handle();
  };
  const end = () => forget?.();
  return {
    begin(socket) {
      end();
      const isOurs = (type) => handlers.has(type);
      forget = takeSocketFrames(socket, { isOurs, isFollowed, deliver });
      return forget ? FRAME_VERSION : 1;
    },
    end
  };
}
function takeSocketFrames(socket, { isOurs, isFollowed: isFollowed2, deliver, patienceMs = 3e4 }) {
  const listener = socket.onmessage;
  if (!listener) return void 0;
  const held = [];
  let parted;
  let timer;
  const toShiny = (event) => void listener.call(socket, event);
  const pass = (event) => {
    const { data } = event;
    const message = isForComms(data) && !isFollowed2() ? customMessage(data) : void 0;
    if (message && isOurs(message[0])) deliver(...message);
    else toShiny(event);
  };
  const forget = () => {
    clearTimeout(timer);
    parted = void 0;
  };
  const finish = () => {
    const message = parted;
    forget();
    if (message)
      deliver(message.type, { frame: message.frame, detachedBuffers: message.detachedBuffers });
    for (const event of held.splice(0)) pass(event);
  };
  const waitNoLonger = () => {
    clearTimeout(timer);
    timer = setTimeout(finish, patienceMs);
  };
  const take = (event) => {
    const { data } = event;
    const isBinary = data instanceof ArrayBuffer;
    if (!isBinary) {
      if (!parted) pass(event);
      else if (held.push(event) === 1) waitNoLonger();
    } else if (parted && data.byteLength === parted.lengths[parted.detachedBuffers.length]) {
      parted.detachedBuffers.push(data);
      if (parted.detachedBuffers.length === parted.lengths.length) finish();
      else if (held.length > 0) waitNoLonger();
    } else {
      if (parted) finish();
      const type = typeOf(data);
      if (!isOurs(type)) {
        toShiny(event);
        return;
      }
      const frame = new Uint8Array(data, 1 + type.length);
      const lengths = detachedLengths(frame);
      if (lengths.length > 0) parted = { type, frame, lengths, detachedBuffers: [] };
      else deliver(type, { frame, detachedBuffers: [] });
    }
  };
  socket.onmessage = take;
  return () => {
    forget();
    held.length = 0;
  };
}
function typeOf(data) {
  const [length = 0] = new Uint8Array(data, 0, Math.min(1, data.byteLength));
  return length < data.byteLength ? String.fromCharCode(...new Uint8Array(data, 1, length)) : "";
}
export {
  socketIntake,
  takeSocketFrames
};

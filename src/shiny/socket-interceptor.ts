/**
 * The comms' frames, taken off the session's socket. Shiny would copy each binary one before it hands
 * it over, and tell jQuery's listeners of each text and look at each conditional panel after it.
 */
import { type BinaryMessage, detachedLengths, FRAME_VERSION } from "../comm/frames.js";
import { customMessage, isForComms } from "./custom-message.js";
import type { FrameIntake, Handlers } from "./message-handlers.js";
import { isFollowed, type ShinyPort, type ShinySocket } from "./runtime.js";

/** Takes frames from each session's socket, in turn with all else that Shiny deals with. */
export function socketIntake(shiny: ShinyPort, handlers: Handlers): FrameIntake {
  let forget: (() => void) | undefined;
  const deliver = (type: string, payload: unknown): void => {
    const handle = (): void => handlers.get(type)?.(payload);
    const queue = shiny.shinyapp?.taskQueue;
    // Older ones have none, and deal with each frame at once.
    if (queue) queue.enqueue(handle);
    else handle();
  };
  const end = (): void => forget?.();
  return {
    begin(socket) {
      end();
      const isOurs = (type: string): boolean => handlers.has(type);
      forget = takeSocketFrames(socket, { isOurs, isFollowed, deliver });
      return forget ? FRAME_VERSION : 1;
    },
    end,
  };
}

export interface SocketFramesOptions {
  /** Whether frames for this handler are the comms'. */
  isOurs: (type: string) => boolean;
  /** Whether somebody is to be told of each text: then all of them go by Shiny. */
  isFollowed: () => boolean;
  /** Takes what a handler takes, in turn with all else that comes. */
  deliver: (type: string, payload: unknown) => void;
  /** How long what comes otherwise is held up by buffers that don't, in ms. */
  patienceMs?: number;
}

/** A message some of whose buffers are still to come. */
interface Parted extends BinaryMessage {
  readonly type: string;
  readonly lengths: readonly number[];
  readonly detachedBuffers: ArrayBuffer[];
}

/**
 * Stands before Shiny's own listener on a socket, and takes the comms' texts and binary frames, these
 * with the buffers that come after them as frames of their own. All else goes on to Shiny, in the
 * order in which it came: what comes before a message is whole waits for it.
 *
 * A message whose buffers don't come is delivered without them when another binary frame comes in
 * their place, or when something else has waited for `patienceMs`; so it is refused as it should be.
 *
 * @returns what forgets, when the session is over, a message that is not whole and what waits for it;
 *   `undefined` when there is no listener to stand before
 */
export function takeSocketFrames(
  socket: ShinySocket,
  { isOurs, isFollowed, deliver, patienceMs = 30_000 }: SocketFramesOptions,
): (() => void) | undefined {
  const listener = socket.onmessage;
  if (!listener) return undefined;
  const held: MessageEvent[] = [];
  let parted: Parted | undefined;
  let timer: unknown;

  const toShiny = (event: MessageEvent): void => void listener.call(socket, event);
  const pass = (event: MessageEvent): void => {
    const { data } = event;
    const message = isForComms(data) && !isFollowed() ? customMessage(data) : undefined;
    if (message && isOurs(message[0])) deliver(...message);
    else toShiny(event);
  };
  const forget = (): void => {
    clearTimeout(timer as number);
    parted = undefined;
  };
  /** Delivers the message as it is, and then what waited for it. */
  const finish = (): void => {
    const message = parted;
    forget();
    if (message)
      deliver(message.type, { frame: message.frame, detachedBuffers: message.detachedBuffers });
    for (const event of held.splice(0)) pass(event);
  };
  const waitNoLonger = (): void => {
    clearTimeout(timer as number);
    timer = setTimeout(finish, patienceMs);
  };
  const take = (event: MessageEvent): void => {
    const { data } = event;
    const isBinary = data instanceof ArrayBuffer;
    if (!isBinary) {
      if (!parted) pass(event);
      // It was sent while the server was at the buffers: its turn comes after their message.
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

/** The handler that Shiny's envelope around a binary frame names; empty when it is none. */
function typeOf(data: ArrayBuffer): string {
  const [length = 0] = new Uint8Array(data, 0, Math.min(1, data.byteLength));
  return length < data.byteLength ? String.fromCharCode(...new Uint8Array(data, 1, length)) : "";
}

// src/codec.ts
import { decodeBase64, encodeBase64 } from "./comm/buffers.js";
import { decode, encode } from "./comm/codec.js";
import {
  CommError,
  isCommError
} from "./comm/errors.js";
import {
  decodeBatch,
  decodeFrame,
  encodeBatch,
  encodeFrame,
  FRAME_VERSION
} from "./comm/frames.js";
export {
  CommError,
  FRAME_VERSION,
  decode,
  decodeBase64,
  decodeBatch,
  decodeFrame,
  encode,
  encodeBase64,
  encodeBatch,
  encodeFrame,
  isCommError
};

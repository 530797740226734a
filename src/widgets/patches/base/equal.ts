/** Whether two values of a trait are plainly equal or not: asked by base before it compares in depth. */

/**
 * Compares what needs no look into depth. Base's own comparison (lodash's) reads binary data byte by
 * byte through functions for any kind of list, which takes a hundred times as long.
 *
 * @returns `undefined` when the values have to be compared in depth
 */
export function plainlyEqual(a: unknown, b: unknown): boolean | undefined {
  if (a === b) return true;
  if (a instanceof DataView && b instanceof DataView) return hasSameBytes(a, b);
  return undefined;
}

function hasSameBytes(a: DataView, b: DataView): boolean {
  const { byteLength } = a;
  if (byteLength !== b.byteLength) return false;
  let at = 0;
  // Two integers of 32 bits are faster than one of 64 bits, which would be a BigInt.
  for (; at + 8 <= byteLength; at += 8) {
    if (a.getInt32(at) !== b.getInt32(at) || a.getInt32(at + 4) !== b.getInt32(at + 4))
      return false;
  }
  for (; at < byteLength; at += 1) {
    if (a.getUint8(at) !== b.getUint8(at)) return false;
  }
  return true;
}

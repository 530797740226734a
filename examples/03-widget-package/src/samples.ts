/** Converts samples between bytes in the model and floats. */

/** Returns the 32-bit floats in bytes. */
export function floatsOf(bytes: DataView): Float32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** Returns the bytes of numbers. */
export function viewOf(samples: Float32Array): DataView {
  return new DataView(samples.buffer, samples.byteOffset, samples.byteLength);
}

/** Returns a copy of the samples with a straight line from one point to another. */
export function between(
  samples: Float32Array,
  from: { n: number; value: number },
  to: { n: number; value: number },
): Float32Array {
  const [left, right] = from.n <= to.n ? [from, to] : [to, from];
  return samples.map((sample, n) => {
    if (n < left.n || n > right.n) return sample;
    const part = right.n === left.n ? 1 : (n - left.n) / (right.n - left.n);
    // A click sets one sample, to the newer value.
    return right.n === left.n ? to.value : left.value + part * (right.value - left.value);
  });
}

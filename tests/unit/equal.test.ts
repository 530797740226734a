import { describe, expect, it } from "vitest";
import { plainlyEqual } from "../../src/widgets/patches/base/equal.js";

const view = (...bytes: number[]) => new DataView(new Uint8Array(bytes).buffer);

describe("plainlyEqual", () => {
  it("plainlyEqual returns undefined for values that need a deep comparison", () => {
    for (const [a, b] of [
      [{}, {}],
      [[1], [1]],
      [1, 2],
      [Number.NaN, Number.NaN],
      [view(1), "1"],
    ]) {
      expect(plainlyEqual(a, b)).toBeUndefined();
    }
  });

  it("plainlyEqual returns true for the same value", () => {
    const list = [1];
    for (const value of [1, "a", null, undefined, list, view(1)]) {
      expect(plainlyEqual(value, value)).toBe(true);
    }
  });

  it.each([0, 1, 4, 7, 8, 9, 16, 23])(
    "plainlyEqual compares views of %i bytes by each byte",
    (length) => {
      const bytes = Array.from({ length }, (_, index) => 255 - index);
      expect(plainlyEqual(view(...bytes), view(...bytes))).toBe(true);
      expect(plainlyEqual(view(...bytes), view(...bytes, 0))).toBe(false);
      for (let at = 0; at < length; at += 1) {
        expect(plainlyEqual(view(...bytes), view(...bytes.with(at, 1)))).toBe(false);
      }
    },
  );

  it("plainlyEqual compares the bytes in a view, not the whole buffer", () => {
    const { buffer } = new Uint8Array([9, 1, 2, 9]);
    expect(plainlyEqual(new DataView(buffer, 1, 2), view(1, 2))).toBe(true);
    expect(plainlyEqual(new DataView(buffer, 1, 2), view(2, 1))).toBe(false);
  });
});

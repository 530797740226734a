import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/util/id.js";
import { isObject, isPlainObject } from "../../src/util/object.js";
import { isThenable } from "../../src/util/promise.js";
import { shorten } from "../../src/util/text.js";

class Point {}

describe("isObject", () => {
  it.each([{}, { a: 1 }, Object.create(null), new Point()])(
    "isObject accepts the object %o",
    (value) => {
      expect(isObject(value)).toBe(true);
    },
  );

  it.each([null, undefined, [], "text", 1, () => 1])("isObject rejects %o", (value) => {
    expect(isObject(value)).toBe(false);
  });
});

describe("isPlainObject", () => {
  const otherRealm: unknown = runInContext("({})", createContext());

  it.each([{}, Object.create(null), otherRealm])(
    "isPlainObject accepts the literal %o",
    (value) => {
      expect(isPlainObject(value)).toBe(true);
    },
  );

  it.each([null, [], new Point(), new Map(), new Date(), new Uint8Array(1)])(
    "isPlainObject rejects %o",
    (value) => {
      expect(isPlainObject(value)).toBe(false);
    },
  );
});

describe("isThenable", () => {
  it("isThenable accepts promises and objects with a `then` method", () => {
    expect(isThenable(Promise.resolve())).toBe(true);
    // biome-ignore lint/suspicious/noThenProperty: this is what is tested
    expect(isThenable({ then: () => undefined })).toBe(true);
  });

  // biome-ignore lint/suspicious/noThenProperty: this is what is tested
  it.each([undefined, null, 1, "then", { then: 1 }, {}])("isThenable rejects %o", (value) => {
    expect(isThenable(value)).toBe(false);
  });
});

describe("newId", () => {
  it("newId returns 32 hex digits that differ from call to call", () => {
    expect(newId()).toMatch(/^[0-9a-f]{32}$/);
    expect(newId()).not.toBe(newId());
  });
});

describe("shorten", () => {
  it("shorten returns a short text unchanged", () => {
    expect(shorten("12345", 5)).toBe("12345");
  });

  it("shorten notes the whole length of a text that it shortens", () => {
    expect(shorten("123456", 5)).toBe("12345… (6 characters)");
  });

  it("shorten appends the given ending", () => {
    expect(shorten("123456", 5, "…")).toBe("12345…");
  });
});

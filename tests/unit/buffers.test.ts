import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bytesOf, checkBufferPaths, decodeBase64, encodeBase64 } from "../../src/comm/buffers.js";
import { thrownBy } from "./errors.js";
import {
  installNativeBase64,
  type NativeCalls,
  removeNativeBase64,
  restoreNativeBase64,
} from "./native-base64.js";

const hex = (view: DataView): string => Buffer.from(view.buffer).toString("hex");

const VALID: [what: string, text: string, bytes: string][] = [
  ["nothing", "", ""],
  ["one byte, two paddings", "Zg==", "66"],
  ["two bytes, one padding", "Zm8=", "666f"],
  ["three bytes, no padding", "Zm9v", "666f6f"],
  ["four bytes", "Zm9vYg==", "666f6f62"],
  ["both digits beyond letters and numbers", "+/+/", "fbffbf"],
  ["zeros", "AAAA", "000000"],
  ["ones", "////", "ffffff"],
  ["the greatest byte", "/w==", "ff"],
];

const INVALID: [what: string, text: string][] = [
  ["no padding where two are due", "Zg"],
  ["one padding where two are due", "Zg="],
  ["no padding where one is due", "Zm8"],
  ["a lone digit", "Z"],
  ["four paddings", "===="],
  ["three paddings", "Z==="],
  ["padding alone", "="],
  ["padding and then digits", "Zg==Zg=="],
  ["leading padding", "=AAA"],
  ["a digit after padding", "Zg=A"],
  ["padding after whole groups", "AAAA===="],
  ["one trailing bit before one padding", "Zm9="],
  ["both trailing bits before one padding", "Zm+="],
  ["one trailing bit before two paddings", "Zh=="],
  ["all trailing bits before two paddings", "Zv=="],
  ["the minus of the URL-safe alphabet", "-AAA"],
  ["the underscore of the URL-safe alphabet", "AAA_"],
  ["a line feed at the end", "Zg==\n"],
  ["a line feed instead of a digit", "AAA\n"],
  ["four trailing blanks", "AAAA    "],
  ["four leading blanks", "    AAAA"],
  ["white space alone", " \t\r\n"],
  ["white space between digits", "A A A A "],
  ["white space inside padding", "Zg= =   "],
  ["white space that makes up the length", "Zg ="],
  ["a character outside the alphabet", "AA.A"],
  ["a character beyond ASCII", "AAAÄ"],
  ["a character outside the Basic Multilingual Plane", "AA🧭"],
  ["a NUL", "AAA\0"],
];

afterEach(restoreNativeBase64);

describe.each(["the portable codec", "the engine's codec"])("base64 with %s", (which) => {
  const native = which === "the engine's codec";
  let calls: NativeCalls | undefined;

  beforeEach(() => {
    removeNativeBase64();
    calls = native ? installNativeBase64() : undefined;
  });

  it("the base64 codec uses the engine's codec if the engine has one", () => {
    encodeBase64(new Uint8Array(3));
    decodeBase64("AAAA");
    expect(calls).toEqual(native ? { fromBase64: 1, toBase64: 1 } : undefined);
  });

  it.each(VALID)("the base64 codec decodes %s: %j", (_what, text, bytes) => {
    expect(hex(decodeBase64(text))).toBe(bytes);
  });

  it.each(VALID)("the base64 codec encodes %s as %j", (_what, text, bytes) => {
    expect(encodeBase64(Uint8Array.from(Buffer.from(bytes, "hex")))).toBe(text);
  });

  it.each(INVALID)("the base64 codec rejects %s: %j", (_what, text) => {
    expect(() => decodeBase64(text)).toThrow(RangeError);
  });

  it("the base64 codec returns a view at offset 0 of a separate ArrayBuffer", () => {
    const view = decodeBase64("Zm9vYg==");
    expect(view).toBeInstanceOf(DataView);
    expect([view.byteOffset, view.byteLength, view.buffer.byteLength]).toEqual([0, 4, 4]);
  });

  it("the base64 codec shares no memory between two views of the same text", () => {
    const first = decodeBase64("AAAA");
    const second = decodeBase64("AAAA");
    first.setUint8(0, 255);
    expect(second.getUint8(0)).toBe(0);
  });

  it("the base64 codec decodes encoded bytes to the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(hex(decodeBase64(encodeBase64(bytes)))).toBe(Buffer.from(bytes).toString("hex"));
      }),
    );
  });

  it("the base64 codec encodes like Node's encoder", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      }),
    );
  });

  it("the base64 codec decodes a text exactly when encoding the bytes gives the same text", () => {
    const digits = fc.constantFrom(..."AQgwZ09+/=-_ \n");
    fc.assert(
      fc.property(fc.array(digits, { maxLength: 12 }), (characters) => {
        const text = characters.join("");
        const canonical = Buffer.from(text, "base64").toString("base64") === text;
        if (canonical) expect(encodeBase64(decodeBase64(text))).toBe(text);
        else expect(() => decodeBase64(text)).toThrow(RangeError);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("decodeBase64", () => {
  it("decodeBase64 copies bytes that the engine's codec returns inside a larger buffer", () => {
    removeNativeBase64();
    installNativeBase64({ pooled: true });
    const view = decodeBase64("Zm9v");
    expect([view.byteOffset, view.buffer.byteLength, hex(view)]).toEqual([0, 3, "666f6f"]);
  });

  it("decodeBase64 keeps the error of the engine's codec as the cause", () => {
    removeNativeBase64();
    installNativeBase64();
    const error = thrownBy(RangeError, () => decodeBase64("AA.A"));
    expect(error.cause).toBeInstanceOf(SyntaxError);
  });

  it("decodeBase64 names the length in its error when only the length is wrong", () => {
    expect(() => decodeBase64("AAAAA")).toThrow(/the length 5 is not a multiple of 4/);
  });
});

describe("bytesOf", () => {
  it("bytesOf shows all bytes of an ArrayBuffer", () => {
    expect([...bytesOf(Uint8Array.of(1, 2, 3).buffer)]).toEqual([1, 2, 3]);
  });

  it("bytesOf shows exactly the bytes of a view with an offset", () => {
    const { buffer } = Uint8Array.of(1, 2, 3, 4, 5);
    expect([...bytesOf(new DataView(buffer, 1, 3))]).toEqual([2, 3, 4]);
  });

  it("bytesOf shows bytes, not elements, of a view of wider numbers", () => {
    const wide = new Uint16Array(Uint8Array.of(0, 0, 1, 2, 3, 4).buffer, 2, 2);
    expect([...bytesOf(wide)]).toEqual([1, 2, 3, 4]);
  });

  it("bytesOf shares memory with the view", () => {
    const bytes = Uint8Array.of(1, 2);
    bytesOf(bytes)[0] = 9;
    expect(bytes[0]).toBe(9);
  });
});

describe("checkBufferPaths", () => {
  const state = { key: 1, list: [null, { inner: [null] }], nothing: null };

  it.each<[string, unknown[]]>([
    ["no path", []],
    ["an absent key at the end of a path", [["absent"]]],
    ["an existing key", [["key"]]],
    ["an index in a list", [["list", 0]]],
    ["a key in an object in a list", [["list", 1, "new"]]],
    ["an index in a nested list", [["list", 1, "inner", 0]]],
    ["two paths", [["a"], ["list", 0]]],
  ])("checkBufferPaths accepts %s", (_what, paths) => {
    expect(() => checkBufferPaths(state, paths, 2)).not.toThrow();
  });

  it.each<[string, unknown, RegExp]>([
    ["paths that are not a list", { 0: ["a"] }, /not an array/],
    ["paths that are a string", "a", /not an array/],
    ["a path that is a string", ["a"], /not a non-empty array of keys/],
    ["a path that is null", [null], /not a non-empty array of keys/],
    ["an empty path", [[]], /not a non-empty array of keys/],
    ["a key that is null", [[null]], /the key .* is not a string/],
    ["a key that is an object", [[{}]], /the key .* is not a string/],
    ["a number instead of a key", [[0]], /the key .* is not a string/],
    ["an absent key inside a path", [["absent", "x"]], /no key "absent"/],
    ["an inherited key inside a path", [["toString", "x"]], /no key "toString"/],
    ["an index beyond the list", [["list", 2]], /no index 2 in an array of 2/],
    ["a negative index", [["list", -1]], /no index -1/],
    ["a fractional index", [["list", 0.5]], /no index 0.5/],
    ["an index written as a string", [["list", "0"]], /no index "0"/],
    ["the length of a list", [["list", "length"]], /no index "length"/],
    ["a path through a number", [["key", "x"]], /primitive value/],
    ["a path through null", [["nothing", "x"]], /primitive value/],
    ["a path through an empty slot", [["list", 0, "x"]], /primitive value/],
    ["a valid path before an invalid one", [["a"], []], /not a non-empty array of keys/],
    [
      "more paths than buffers",
      [["a"], ["b"], ["c"]],
      /too many buffer paths \(expected at most 2, got 3\)/,
    ],
  ])("checkBufferPaths rejects %s", (_what, paths, complaint) => {
    const error = thrownBy(RangeError, () => checkBufferPaths(state, paths, 2));
    expect(error.message).toMatch(complaint);
  });

  it.each(["__proto__", "constructor", "prototype"])(
    "checkBufferPaths rejects %s anywhere in a path",
    (key) => {
      const nested: unknown = JSON.parse(`{"a": {"${key}": {"b": {}}}, "${key}": {"a": 1}}`);
      for (const path of [[key], [key, "a"], ["a", key], ["a", key, "b"], ["a", key, "b", "c"]]) {
        expect(() => checkBufferPaths(nested, [path], 1)).toThrow(/forbidden key/);
      }
    },
  );

  it.each([undefined, null, 1, "text"])(
    "checkBufferPaths rejects a path into a state that is %j",
    (nothing) => {
      expect(() => checkBufferPaths(nothing, [["a"]], 1)).toThrow(/primitive value/);
    },
  );
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../../src/comm/codec.js";
import type { CommError } from "../../src/comm/errors.js";
import type { JsonObject, MessageKind } from "../../src/comm/messages.js";
import { thrownBy } from "./errors.js";

const KINDS = ["comm_open", "comm_msg", "comm_close"] as const;

/** A valid message of a kind; `content` and the rest replace or add fields. */
function message(
  kind: MessageKind,
  content: JsonObject = {},
  rest: JsonObject = {},
): { content: JsonObject; metadata: unknown; buffers: unknown } & JsonObject {
  const required =
    kind === "comm_open" ? { target_name: "jupyter.widget", target_module: null } : {};
  return {
    content: { comm_id: "c1", data: {}, ...required, ...content },
    metadata: {},
    buffers: [],
    ident: "comm-c1",
    parent: {},
    ...rest,
  };
}

const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

const failure = (kind: MessageKind, payload: unknown): CommError =>
  thrownBy("DECODE", () => decode(kind, payload));

describe.each(KINDS)("decode of a %s", (kind) => {
  it.each<[string, JsonObject, JsonObject]>([
    ["the required fields alone", {}, {}],
    ["absent data", { data: undefined }, {}],
    ["null as data", { data: null }, {}],
    ["absent metadata", {}, { metadata: undefined }],
    ["null as metadata", {}, { metadata: null }],
    ["absent buffers", {}, { buffers: undefined }],
    ["null as buffers", {}, { buffers: null }],
    ["a header that is not an object", {}, { header: "none" }],
    ["unknown fields", { future: 1 }, { future: { a: [] } }],
  ])("decode accepts a message with %s", (_what, content, rest) => {
    const decoded = decode(kind, JSON.stringify(message(kind, content, rest)));
    expect(decoded).toMatchObject({
      msg_type: kind,
      content: { comm_id: "c1", data: {} },
      metadata: {},
      buffers: [],
      header: { msg_type: kind },
    });
  });

  it.each<[string, unknown, RegExp]>([
    ["an empty text", "", /invalid JSON/],
    ["text that is not JSON", "{", /invalid JSON/],
    ["JSON with trailing text", "{} {}", /invalid JSON/],
    ["Python's NaN", '{"content": {"comm_id": "c1", "data": {"a": NaN}}}', /invalid JSON/],
    ["JSON null", "null", /message is not an object/],
    ["a JSON number", "1", /message is not an object/],
    ["a JSON list", "[]", /message is not an object/],
    ["JSON inside JSON inside JSON", '"{}"', /message is not an object/],
    ["nothing", undefined, /message is not an object/],
    ["null", null, /message is not an object/],
    ["a number", 7, /message is not an object/],
    ["a list", [], /message is not an object/],
    [
      "bytes that are not a frame",
      new ArrayBuffer(4),
      /binary frame: too short \(expected at least 16 bytes, got 4\)/,
    ],
    ["an object that cannot be copied", { content: () => 1 }, /invalid JSON/],
    ["a message without content", "{}", /content is not an object/],
    ["content that is null", { content: null }, /content is not an object/],
    ["content that is a list", { content: [] }, /content is not an object/],
    ["content that is text", { content: "c1" }, /content is not an object/],
  ])("decode rejects %s", (_what, payload, complaint) => {
    const error = failure(kind, payload);
    expect(error.message).toMatch(complaint);
    expect(error).toMatchObject({ code: "DECODE", kind, comm_id: undefined });
  });

  it.each<[string, unknown]>([
    ["absent", undefined],
    ["null", null],
    ["empty", ""],
    ["a number", 1],
    ["a list", ["c1"]],
  ])("decode rejects a comm_id that is %s", (_what, comm_id) => {
    const error = failure(kind, JSON.stringify(message(kind, { comm_id })));
    expect(error.message).toMatch(/comm_id is not a non-empty string/);
    expect(error.comm_id).toBeUndefined();
  });

  it.each<[string, JsonObject, JsonObject, RegExp]>([
    ["a list as data", { data: [] }, {}, /content.data is not an object/],
    ["text as data", { data: "{}" }, {}, /content.data is not an object/],
    ["false as data", { data: false }, {}, /content.data is not an object/],
    ["a list as metadata", {}, { metadata: [] }, /metadata is not an object/],
    ["text as metadata", {}, { metadata: "2.1.0" }, /metadata is not an object/],
    ["an object as buffers", {}, { buffers: {} }, /buffers is not an array/],
    ["text as buffers", {}, { buffers: "AAAA" }, /buffers is not an array/],
    ["a buffer that is null", {}, { buffers: [null] }, /buffer 0 is not a string/],
    ["a second buffer that is a number", {}, { buffers: ["", 1] }, /buffer 1 is not a string/],
    ["a buffer that is not base64", {}, { buffers: ["AAAA", "A"] }, /buffer 1: invalid base64/],
    ["a buffer with white space", {}, { buffers: ["AAAA    "] }, /buffer 0: invalid base64/],
    [
      "more paths than buffers",
      { data: { state: {}, buffer_paths: [["a"], ["b"]] } },
      { buffers: [""] },
      /too many buffer paths \(expected at most 1, got 2\)/,
    ],
    [
      "paths that are not a list",
      { data: { state: {}, buffer_paths: { 0: ["a"] } } },
      { buffers: [""] },
      /buffer_paths is not an array/,
    ],
    [
      "an index out of range",
      { data: { state: { list: [null] }, buffer_paths: [["list", 1]] } },
      { buffers: [""] },
      /no index 1 in an array of 1/,
    ],
    [
      "a path through another buffer",
      { data: { state: { a: { b: {} } }, buffer_paths: [["a"], ["a", "b", "c"]] } },
      { buffers: ["", ""] },
      /leads through another buffer/,
    ],
    [
      "a path without a state",
      { data: { buffer_paths: [["a"]] } },
      { buffers: [""] },
      /primitive value/,
    ],
  ])("decode rejects %s", (_what, content, rest, complaint) => {
    const error = failure(kind, JSON.stringify(message(kind, content, rest)));
    expect(error.message).toMatch(complaint);
  });

  it.each(["__proto__", "constructor", "prototype"])("decode rejects the buffer path %s", (key) => {
    const state = `{"${key}": {"x": null}, "a": {"${key}": {}}}`;
    for (const path of [[key], [key, "x"], ["a", key], ["a", key, "x"]]) {
      const data = `{"state": ${state}, "buffer_paths": ${JSON.stringify([path])}}`;
      const content = `{"comm_id": "c1", "target_name": "t", "data": ${data}}`;
      const error = failure(kind, `{"content": ${content}, "buffers": [""]}`);
      expect(error.message).toMatch(/forbidden key/);
    }
  });

  it("decode names the comm and the kind in an error", () => {
    const error = failure(kind, JSON.stringify(message(kind, { data: [] })));
    expect(error).toMatchObject({ code: "DECODE", comm_id: "c1", kind });
    expect(error.message).toContain(`${kind} for comm c1`);
  });

  it("decode keeps the parser's error as the cause", () => {
    expect(failure(kind, "{").cause).toBeInstanceOf(SyntaxError);
  });

  it("decode converts each buffer to a view of a separate ArrayBuffer at offset 0", () => {
    const { buffers } = decode(kind, JSON.stringify(message(kind, {}, { buffers: ["AQI=", ""] })));
    expect(buffers.map((b) => [b.byteOffset, b.byteLength, b.buffer.byteLength])).toEqual([
      [0, 2, 2],
      [0, 0, 0],
    ]);
    expect(buffers[0]?.getUint16(0)).toBe(0x0102);
  });

  it("decode accepts more buffers than paths", () => {
    const data = { state: {}, buffer_paths: [["a"]] };
    const text = JSON.stringify(message(kind, { data }, { buffers: ["AQ==", "Ag==", "Aw=="] }));
    expect(decode(kind, text).buffers.map((b) => b.getUint8(0))).toEqual([1, 2, 3]);
  });

  it("decode accepts paths to keys and to list items", () => {
    const data = {
      state: { list: [null, { deep: {} }] },
      buffer_paths: [["a"], ["list", 0], ["list", 1, "deep", "b"]],
    };
    const text = JSON.stringify(message(kind, { data }, { buffers: ["", "", ""] }));
    expect(decode(kind, text).content.data).toEqual(data);
  });

  it.each([undefined, null])("decode accepts %s as buffer_paths", (buffer_paths) => {
    const text = JSON.stringify(message(kind, { data: { buffer_paths } }));
    expect(decode(kind, text).buffers).toEqual([]);
  });

  it("decode sets the header's msg_type to the kind, and keeps the header's other fields", () => {
    const header = { msg_type: "something else", msg_id: "m1" };
    const { header: decoded } = decode(kind, message(kind, {}, { header }));
    expect(decoded).toEqual({ msg_type: kind, msg_id: "m1" });
  });

  it("decode returns the same message for an object and its JSON text", () => {
    const object = message(kind, { data: { a: [1, "ü"] } }, { buffers: ["AAAA"] });
    expect(decode(kind, object)).toEqual(decode(kind, JSON.stringify(object)));
  });

  it("decode does not change the payload", () => {
    const object = message(kind, { data: { state: { a: [null] }, buffer_paths: [["a", 0]] } });
    object.buffers = ["AAAA"];
    const before = structuredClone(object);
    decode(kind, object);
    expect(object).toEqual(before);
  });

  it("decode returns copies of data and metadata", () => {
    const object = message(kind, { data: { state: { a: { b: 1 } } } }, { metadata: { m: 1 } });
    const before = structuredClone(object);
    const decoded = decode(kind, object);
    (decoded.content.data.state as JsonObject).a = "changed";
    decoded.metadata.m = "changed";
    expect(object).toEqual(before);
  });

  it.each([
    '{"__proto__": 1}',
    '{"state": {"__proto__": {"polluted": 1}}}',
    '{"state": {"a": [[{"\\u005f_proto__": null}]]}}',
  ])("decode rejects data with a key __proto__: %s", (data) => {
    const error = failure(
      kind,
      `{"content": {"comm_id": "c1", "target_name": "t", "data": ${data}}}`,
    );
    expect(error.message).toMatch(/contains the key __proto__/);
    expect(error.comm_id).toBe("c1");
  });

  it("decode accepts data with keys that objects inherit, and the text __proto__", () => {
    const data = { constructor: { prototype: 1 }, toString: "__proto__", hasOwnProperty: null };
    const decoded = decode(kind, JSON.stringify(message(kind, { data: { state: data } })));
    expect(decoded.content.data.state).toEqual(data);
  });

  it("decode accepts data nested 500 levels deep, and rejects deeper data", () => {
    const nested = (depth: number) =>
      JSON.stringify(message(kind, { data: { x: 0 } })).replace(
        '"x":0',
        `"x":${"[".repeat(depth)}${"]".repeat(depth)}`,
      );
    expect(decode(kind, nested(500)).content.data).toHaveProperty("x");
    for (const depth of [501, 100_000]) {
      expect(failure(kind, nested(depth)).message).toMatch(/nested more than 500 levels deep/);
    }
  });

  it("decode throws errors of at most 5,000 characters for messages of any length", () => {
    const long = "x".repeat(100_000);
    for (const broken of [{ comm_id: long, data: 7 }, { data: { buffer_paths: [long] } }]) {
      const error = failure(kind, message(kind, broken as JsonObject, { buffers: [""] }));
      expect(error.message.length).toBeLessThan(5_000);
    }
  });

  it("decode changes no prototype through a key named __proto__", () => {
    const inner = '{"__proto__": {"polluted": 1}}';
    const content = '{"comm_id": "c1", "target_name": "t", "data": {}}';
    const decoded = decode(
      kind,
      `{"content": ${content}, "metadata": ${inner}, "header": ${inner}}`,
    );
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(decoded.header.polluted).toBeUndefined();
  });

  it("decode throws only DECODE errors for any payload", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.json(), fc.string()), (payload) => {
        try {
          decode(kind, payload);
        } catch (error) {
          expect(error).toMatchObject({ code: "DECODE" });
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("decode of a comm_open", () => {
  it("decode returns every field of an open", () => {
    const html_deps = [{ name: "x", version: "1" }];
    const content = { data: { state: { v: 1 } }, target_module: "m", html_deps };
    const text = JSON.stringify(message("comm_open", content, { metadata: { version: "2.1.0" } }));
    expect(decode("comm_open", text)).toEqual({
      msg_type: "comm_open",
      content: { comm_id: "c1", target_name: "jupyter.widget", ...content },
      metadata: { version: "2.1.0" },
      buffers: [],
      header: { msg_type: "comm_open" },
    });
  });

  it.each<[string, unknown]>([
    ["absent", undefined],
    ["null", null],
    ["a number", 1],
    ["a list", ["jupyter.widget"]],
  ])("decode rejects a target_name that is %s", (_what, target_name) => {
    const error = failure("comm_open", JSON.stringify(message("comm_open", { target_name })));
    expect(error.message).toMatch(/target_name is not a string/);
    expect(error.comm_id).toBe("c1");
  });

  it.each<[string, unknown]>([
    ["a number", 1],
    ["an object", {}],
    ["false", false],
  ])("decode rejects a target_module that is %s", (_what, target_module) => {
    const error = failure("comm_open", JSON.stringify(message("comm_open", { target_module })));
    expect(error.message).toMatch(/target_module is neither null nor a string/);
  });

  it("decode reads an absent target_module as null", () => {
    const content = without(message("comm_open").content, "target_module");
    expect(decode("comm_open", { content }).content.target_module).toBeNull();
  });

  it.each([undefined, null])("decode reads %s as html_deps as an empty list", (html_deps) => {
    const text = JSON.stringify(message("comm_open", { html_deps }));
    expect(decode("comm_open", text).content.html_deps).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["an object", {}],
    ["text", "ipyleaflet"],
    ["a number", 0],
  ])("decode rejects %s as html_deps", (_what, html_deps) => {
    const error = failure("comm_open", JSON.stringify(message("comm_open", { html_deps })));
    expect(error.message).toMatch(/html_deps is not an array/);
  });
});

describe("decode of an unknown kind", () => {
  it("decode throws an error that names the kind", () => {
    const kind = "comm_info" as MessageKind;
    const error = failure(kind, JSON.stringify(message("comm_msg")));
    expect(error.message).toMatch(/unknown kind of message comm_info/);
  });
});

describe("encode", () => {
  const fields = (text: string): JsonObject => JSON.parse(text) as JsonObject;

  it("encode writes the four fields that the server reads", () => {
    const data = { method: "update", state: { value: 1 }, buffer_paths: [] };
    expect(fields(encode({ comm_id: "c1", data }))).toEqual({
      content: { comm_id: "c1", data },
      metadata: {},
      buffers: [],
      header: {},
    });
  });

  it("encode writes metadata", () => {
    const text = encode({ comm_id: "c1", data: {}, metadata: { version: "2.1.0" } });
    expect(fields(text).metadata).toEqual({ version: "2.1.0" });
  });

  const { buffer } = Uint8Array.of(1, 2, 3, 4, 5, 6);
  it.each<[string, ArrayBuffer | ArrayBufferView, number[]]>([
    ["an ArrayBuffer", buffer, [1, 2, 3, 4, 5, 6]],
    ["a DataView with an offset", new DataView(buffer, 1, 2), [2, 3]],
    ["a Uint8Array with an offset", new Uint8Array(buffer, 4), [5, 6]],
    ["a view of wider numbers with an offset", new Uint16Array(buffer, 2, 1), [3, 4]],
    ["an empty view", new Uint8Array(buffer, 3, 0), []],
  ])("encode writes exactly the bytes of %s", (_what, one, bytes) => {
    const text = encode({ comm_id: "c1", data: {}, buffers: [one] });
    expect(fields(text).buffers).toEqual([Buffer.from(bytes).toString("base64")]);
  });

  it("encode keeps the order of buffers", () => {
    const buffers = [Uint8Array.of(2), Uint8Array.of(1), new Uint8Array(0)];
    expect(fields(encode({ comm_id: "c1", data: {}, buffers })).buffers).toEqual([
      "Ag==",
      "AQ==",
      "",
    ]);
  });

  it("encode keeps characters beyond ASCII", () => {
    const data = { text: 'Größe 🧭 \u2028 \0 "\\' };
    expect(fields(encode({ comm_id: "c1", data })).content).toEqual({ comm_id: "c1", data });
  });

  it("encode accepts null as buffers and metadata, which JavaScript widgets pass", () => {
    const text = encode({ comm_id: "c1", data: 1, metadata: null, buffers: null } as never);
    expect(JSON.parse(text)).toMatchObject({ metadata: {}, buffers: [] });
  });

  const circular: JsonObject = {};
  circular.self = circular;
  const detached = new ArrayBuffer(8);
  const detachedView = new Uint8Array(detached);
  structuredClone(detached, { transfer: [detached] });

  it.each<[string, JsonObject]>([
    ["circular data", { data: circular }],
    ["a BigInt in the data", { data: { state: { value: 1n } } }],
    ["circular metadata", { data: {}, metadata: circular }],
    ["a toJSON that throws", { data: { toJSON: () => JSON.parse("{") } }],
    ["a detached ArrayBuffer", { data: {}, buffers: [detached] }],
    ["a view of a detached ArrayBuffer", { data: {}, buffers: [detachedView] }],
  ])("encode rejects %s with an ENCODE error that names the comm", (_what, rest) => {
    const error = thrownBy("ENCODE", () => encode({ comm_id: "c1", data: {}, ...rest }));
    expect(error).toMatchObject({ code: "ENCODE", comm_id: "c1" });
    expect(error.message).toContain("comm c1");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("encode writes texts that decode to the same message", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.uint8Array({ maxLength: 40 })), (value, buffers) => {
        // `decode` rejects this key.
        fc.pre(!JSON.stringify(value).includes('"__proto__":'));
        const text = encode({ comm_id: "c1", data: { value }, buffers });
        const decoded = decode("comm_msg", text);
        // JSON knows no -0 and no prototypes; compare as JSON does.
        expect(JSON.stringify(decoded.content.data)).toBe(JSON.stringify({ value }));
        expect(decoded.buffers.map((b) => [...new Uint8Array(b.buffer)])).toEqual(
          buffers.map((b) => [...b]),
        );
      }),
    );
  });
});

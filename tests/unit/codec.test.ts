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
  const own = kind === "comm_open" ? { target_name: "jupyter.widget", target_module: null } : {};
  return {
    content: { comm_id: "c1", data: {}, ...own, ...content },
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
    ["nothing but what must be there", {}, {}],
    ["data that is absent", { data: undefined }, {}],
    ["data that is null", { data: null }, {}],
    ["metadata that are absent", {}, { metadata: undefined }],
    ["metadata that are null", {}, { metadata: null }],
    ["buffers that are absent", {}, { buffers: undefined }],
    ["buffers that are null", {}, { buffers: null }],
    ["a header that is no object", {}, { header: "none" }],
    ["fields that nobody knows", { future: 1 }, { future: { a: [] } }],
  ])("takes a message with %s", (_what, content, rest) => {
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
    ["JSON with something behind it", "{} {}", /invalid JSON/],
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
      "bytes that are no frame",
      new ArrayBuffer(4),
      /binary frame: too short \(expected at least 16 bytes, got 4\)/,
    ],
    ["an object that cannot be copied", { content: () => 1 }, /invalid JSON/],
    ["a message without content", "{}", /content is not an object/],
    ["content that is null", { content: null }, /content is not an object/],
    ["content that is a list", { content: [] }, /content is not an object/],
    ["content that is text", { content: "c1" }, /content is not an object/],
  ])("refuses %s", (_what, payload, complaint) => {
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
  ])("refuses a comm_id that is %s", (_what, comm_id) => {
    const error = failure(kind, JSON.stringify(message(kind, { comm_id })));
    expect(error.message).toMatch(/comm_id is not a non-empty string/);
    expect(error.comm_id).toBeUndefined();
  });

  it.each<[string, JsonObject, JsonObject, RegExp]>([
    ["data that are a list", { data: [] }, {}, /content.data is not an object/],
    ["data that are text", { data: "{}" }, {}, /content.data is not an object/],
    ["data that are false", { data: false }, {}, /content.data is not an object/],
    ["metadata that are a list", {}, { metadata: [] }, /metadata is not an object/],
    ["metadata that are text", {}, { metadata: "2.1.0" }, /metadata is not an object/],
    ["buffers that are an object", {}, { buffers: {} }, /buffers is not an array/],
    ["buffers that are one text", {}, { buffers: "AAAA" }, /buffers is not an array/],
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
      "paths that are no list",
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
      "a path through another buffer's place",
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
  ])("refuses %s", (_what, content, rest, complaint) => {
    const error = failure(kind, JSON.stringify(message(kind, content, rest)));
    expect(error.message).toMatch(complaint);
  });

  it.each(["__proto__", "constructor", "prototype"])("refuses the buffer path %s", (key) => {
    const state = `{"${key}": {"x": null}, "a": {"${key}": {}}}`;
    for (const path of [[key], [key, "x"], ["a", key], ["a", key, "x"]]) {
      const data = `{"state": ${state}, "buffer_paths": ${JSON.stringify([path])}}`;
      const content = `{"comm_id": "c1", "target_name": "t", "data": ${data}}`;
      const error = failure(kind, `{"content": ${content}, "buffers": [""]}`);
      expect(error.message).toMatch(/forbidden key/);
    }
  });

  it("names the comm and the kind in an error", () => {
    const error = failure(kind, JSON.stringify(message(kind, { data: [] })));
    expect(error).toMatchObject({ code: "DECODE", comm_id: "c1", kind });
    expect(error.message).toContain(`${kind} for comm c1`);
  });

  it("keeps the parser's error as the cause", () => {
    expect(failure(kind, "{").cause).toBeInstanceOf(SyntaxError);
  });

  it("decodes each buffer into a view that owns its bytes at offset 0", () => {
    const { buffers } = decode(kind, JSON.stringify(message(kind, {}, { buffers: ["AQI=", ""] })));
    expect(buffers.map((b) => [b.byteOffset, b.byteLength, b.buffer.byteLength])).toEqual([
      [0, 2, 2],
      [0, 0, 0],
    ]);
    expect(buffers[0]?.getUint16(0)).toBe(0x0102);
  });

  it("takes more buffers than there are paths", () => {
    const data = { state: {}, buffer_paths: [["a"]] };
    const text = JSON.stringify(message(kind, { data }, { buffers: ["AQ==", "Ag==", "Aw=="] }));
    expect(decode(kind, text).buffers.map((b) => b.getUint8(0))).toEqual([1, 2, 3]);
  });

  it("takes paths to keys and to slots of lists", () => {
    const data = {
      state: { list: [null, { deep: {} }] },
      buffer_paths: [["a"], ["list", 0], ["list", 1, "deep", "b"]],
    };
    const text = JSON.stringify(message(kind, { data }, { buffers: ["", "", ""] }));
    expect(decode(kind, text).content.data).toEqual(data);
  });

  it.each([undefined, null])("takes buffer_paths that are %s", (buffer_paths) => {
    const text = JSON.stringify(message(kind, { data: { buffer_paths } }));
    expect(decode(kind, text).buffers).toEqual([]);
  });

  it("gives the header the message's kind, and keeps its other fields", () => {
    const header = { msg_type: "something else", msg_id: "m1" };
    const { header: decoded } = decode(kind, message(kind, {}, { header }));
    expect(decoded).toEqual({ msg_type: kind, msg_id: "m1" });
  });

  it("decodes an object as it decodes the text of it", () => {
    const object = message(kind, { data: { a: [1, "ü"] } }, { buffers: ["AAAA"] });
    expect(decode(kind, object)).toEqual(decode(kind, JSON.stringify(object)));
  });

  it("does not change an object that it is given", () => {
    const object = message(kind, { data: { state: { a: [null] }, buffer_paths: [["a", 0]] } });
    object.buffers = ["AAAA"];
    const before = structuredClone(object);
    decode(kind, object);
    expect(object).toEqual(before);
  });

  it("returns data that are the receiver's to change", () => {
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
  ])("refuses data with a key __proto__: %s", (data) => {
    const error = failure(
      kind,
      `{"content": {"comm_id": "c1", "target_name": "t", "data": ${data}}}`,
    );
    expect(error.message).toMatch(/contains the key __proto__/);
    expect(error.comm_id).toBe("c1");
  });

  it("takes data with keys that objects inherit, and text that says __proto__", () => {
    const data = { constructor: { prototype: 1 }, toString: "__proto__", hasOwnProperty: null };
    const decoded = decode(kind, JSON.stringify(message(kind, { data: { state: data } })));
    expect(decoded.content.data.state).toEqual(data);
  });

  it("takes data nested 500 deep, and refuses what is deeper, however deep", () => {
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

  it("says no more than 5,000 characters of a message, however long its parts are", () => {
    const long = "x".repeat(100_000);
    for (const broken of [{ comm_id: long, data: 7 }, { data: { buffer_paths: [long] } }]) {
      const error = failure(kind, message(kind, broken as JsonObject, { buffers: [""] }));
      expect(error.message.length).toBeLessThan(5_000);
    }
  });

  it("reaches no prototype through a key named __proto__", () => {
    const inner = '{"__proto__": {"polluted": 1}}';
    const content = '{"comm_id": "c1", "target_name": "t", "data": {}}';
    const decoded = decode(
      kind,
      `{"content": ${content}, "metadata": ${inner}, "header": ${inner}}`,
    );
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(decoded.header.polluted).toBeUndefined();
  });

  it("throws a DECODE error and nothing else, whatever it is given", () => {
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
  it("gives all that an open bears", () => {
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
  ])("refuses a target_name that is %s", (_what, target_name) => {
    const error = failure("comm_open", JSON.stringify(message("comm_open", { target_name })));
    expect(error.message).toMatch(/target_name is not a string/);
    expect(error.comm_id).toBe("c1");
  });

  it.each<[string, unknown]>([
    ["a number", 1],
    ["an object", {}],
    ["false", false],
  ])("refuses a target_module that is %s", (_what, target_module) => {
    const error = failure("comm_open", JSON.stringify(message("comm_open", { target_module })));
    expect(error.message).toMatch(/target_module is neither null nor a string/);
  });

  it("takes an absent target_module for null", () => {
    const content = without(message("comm_open").content, "target_module");
    expect(decode("comm_open", { content }).content.target_module).toBeNull();
  });

  it.each([undefined, null])("takes html_deps that are %s for an empty list", (html_deps) => {
    const text = JSON.stringify(message("comm_open", { html_deps }));
    expect(decode("comm_open", text).content.html_deps).toEqual([]);
  });

  it.each<[string, unknown]>([
    ["an object", {}],
    ["text", "ipyleaflet"],
    ["a number", 0],
  ])("refuses html_deps that are %s", (_what, html_deps) => {
    const error = failure("comm_open", JSON.stringify(message("comm_open", { html_deps })));
    expect(error.message).toMatch(/html_deps is not an array/);
  });
});

describe("decode of another kind", () => {
  it("refuses a kind that it does not know", () => {
    const kind = "comm_info" as MessageKind;
    const error = failure(kind, JSON.stringify(message("comm_msg")));
    expect(error.message).toMatch(/unknown kind of message comm_info/);
  });
});

describe("encode", () => {
  const fields = (text: string): JsonObject => JSON.parse(text) as JsonObject;

  it("writes the four fields that the server reads", () => {
    const data = { method: "update", state: { value: 1 }, buffer_paths: [] };
    expect(fields(encode({ comm_id: "c1", data }))).toEqual({
      content: { comm_id: "c1", data },
      metadata: {},
      buffers: [],
      header: {},
    });
  });

  it("writes metadata", () => {
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
  ])("writes of %s exactly its bytes", (_what, one, bytes) => {
    const text = encode({ comm_id: "c1", data: {}, buffers: [one] });
    expect(fields(text).buffers).toEqual([Buffer.from(bytes).toString("base64")]);
  });

  it("keeps the order of buffers", () => {
    const buffers = [Uint8Array.of(2), Uint8Array.of(1), new Uint8Array(0)];
    expect(fields(encode({ comm_id: "c1", data: {}, buffers })).buffers).toEqual([
      "Ag==",
      "AQ==",
      "",
    ]);
  });

  it("keeps text beyond ASCII", () => {
    const data = { text: 'Größe 🧭 \u2028 \0 "\\' };
    expect(fields(encode({ comm_id: "c1", data })).content).toEqual({ comm_id: "c1", data });
  });

  it("takes null for no buffers and no metadata, as JavaScript widgets pass it", () => {
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
  ])("refuses %s with an ENCODE error that names the comm", (_what, rest) => {
    const error = thrownBy("ENCODE", () => encode({ comm_id: "c1", data: {}, ...rest }));
    expect(error).toMatchObject({ code: "ENCODE", comm_id: "c1" });
    expect(error.message).toContain("comm c1");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("writes what decode reads back", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.array(fc.uint8Array({ maxLength: 40 })), (value, buffers) => {
        // Which decode refuses.
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

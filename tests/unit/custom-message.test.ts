import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/comm/buffers.js";
import { decode } from "../../src/comm/codec.js";
import type { JsonObject } from "../../src/comm/messages.js";
import { isParsed } from "../../src/comm/parsed-message.js";
import { customMessage, isForComms } from "../../src/shiny/custom-message.js";
import { pythonJson } from "../../src/testing/python-json.js";

const TYPE = "shinywidgets_comm_msg";
/** Base64 that makes a text long enough for its buffers to be cut out. */
const LONG = "QUJD".repeat(2_500);

const message = (buffers: unknown, more: JsonObject = {}): JsonObject => ({
  content: { data: { method: "update", state: {}, buffer_paths: [] }, comm_id: "c1" },
  metadata: {},
  buffers,
  ident: "comm-c1",
  parent: {},
  ...more,
});

const WRITERS: [who: string, write: (value: unknown) => string][] = [
  ["Python", pythonJson],
  ["R", JSON.stringify],
];

/** Returns the decoded message, or the error text. */
function outcome(payload: unknown): unknown {
  try {
    const { buffers, ...rest } = decode("comm_msg", payload);
    return { ...rest, buffers: buffers.map(encodeBase64) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** Decodes a whole text, parsed as Shiny does. */
function byPlainParsing(text: string): unknown {
  try {
    const { custom, ...others } = JSON.parse(text) as { custom: JsonObject };
    const entries = Object.entries(custom);
    if (entries.length !== 1 || Object.keys(others).length > 0) return "Shiny's";
    return [entries[0]?.[0], outcome(entries[0]?.[1])];
  } catch {
    return "Shiny's";
  }
}

/** Decodes a whole text, parsed by `customMessage`. */
function byCustomMessage(text: string): unknown {
  const custom = customMessage(text);
  return custom ? [custom[0], outcome(custom[1])] : "Shiny's";
}

describe.each(WRITERS)("a text written by %s", (_who, write) => {
  const frame = (body: unknown, type = TYPE): string => write({ custom: { [type]: write(body) } });

  it("isForComms looks at the beginning of a text", () => {
    expect(isForComms(frame(message([])))).toBe(true);
    expect(isForComms(frame(message([]), "other"))).toBe(false);
    expect(isForComms(write({ values: {} }))).toBe(false);
  });

  it("a short text keeps its message unparsed", () => {
    expect(customMessage(frame(message(["QUJD"])))).toEqual([TYPE, write(message(["QUJD"]))]);
  });

  it.each([
    ["one buffer", [LONG]],
    ["several, some of them empty", ["", LONG, "QUJD", ""]],
    ["one that is not base64", [`${LONG}-`]],
    ["one with white space", [`${LONG} QUJD`]],
  ])("a long text has its buffers cut out: %s", (_what, buffers) => {
    const text = frame(message(buffers));
    const [type, payload] = customMessage(text) ?? [];
    expect(type).toBe(TYPE);
    expect(payload).toEqual({ parsed: message(buffers), size: text.length });
    expect(byCustomMessage(text)).toEqual(byPlainParsing(text));
  });

  it.each<[string, JsonObject]>([
    ["no buffers", message([], { pad: LONG })],
    ["a buffer that JSON escapes", message([`${LONG}"`])],
    ["a buffer with a backslash", message([`${LONG}\\`, LONG])],
    ["a number instead of a buffer", message([LONG, 1, LONG])],
    ["a list instead of a buffer", message([[LONG]])],
    ["an object instead of the list of buffers", message({ 0: LONG })],
    ["a text instead of the list of buffers", message(LONG)],
    ["no field for buffers", { ...message(undefined), pad: LONG }],
    [
      "another field named buffers before the list",
      message(["QUJD"], { content: { buffers: [LONG] } }),
    ],
    [
      "another field named buffers, and an empty list",
      message([], { content: { buffers: [LONG] } }),
    ],
    ["a buffer equal to the placeholder", message(["(buffers)"], { content: { buffers: [LONG] } })],
    ["no message around the buffers", { buffers: [LONG] }],
  ])("a long text decodes as by plain parsing with %s", (_what, body) => {
    const text = frame(body);
    expect(byCustomMessage(text)).toEqual(byPlainParsing(text));
    const payload = customMessage(text)?.[1];
    expect(!isParsed(payload) || !("content" in body)).toBe(true);
  });

  it("an object instead of the text is returned unchanged", () => {
    const text = write({ custom: { [TYPE]: message([LONG]) } });
    expect(customMessage(text)).toEqual([TYPE, message([LONG])]);
  });
});

it.each([
  ["ends in a buffer", (text: string) => text.slice(0, 8_300)],
  ["has another message next to it", (text: string) => text.replace(/\}\}$/, ', "other": 1}}')],
  ["has another field next to it", (text: string) => text.replace(/\}$/, ', "values": {}}')],
  ["is not JSON outside the message", (text: string) => text.replace(/\}$/, "")],
  ["is not JSON inside the message", (text: string) => text.replace("content", 'content\\"')],
  ["has a quote in a buffer", (text: string) => text.replace("QUJDQUJD", 'QUJD"QUJD')],
  [
    "has a message cut off in a buffer",
    (text: string) => text.replace("QUJDQUJD", 'QUJD", "b": "'),
  ],
])("a long text decodes as by plain parsing when it %s", (_what, change) => {
  const text = pythonJson({ custom: { [TYPE]: pythonJson(message([LONG])) } });
  expect(change(text)).not.toBe(text);
  expect(byCustomMessage(change(text))).toEqual(byPlainParsing(change(text)));
});

describe("random long texts", () => {
  const buffer = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("base64")),
    fc.constantFrom(LONG, LONG, "", "(buffers)", "A", "=", '"', "\\", "/", "\n", "é", '"]', ","),
  );
  const value: fc.Arbitrary<unknown> = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.record({ buffers: fc.array(buffer, { maxLength: 3 }) }),
    fc.constantFrom('"buffers": ["', '\\"buffers\\": [\\"(buffers)\\"]'),
  );
  const body = fc
    .record({ state: value, buffers: fc.oneof(fc.array(buffer, { maxLength: 4 }), value) })
    .map(({ state, buffers }) =>
      message(buffers, { content: { comm_id: "c1", data: { state } }, pad: LONG }),
    );
  const write = fc.constantFrom(...WRITERS.map(([, write]) => write));
  const text = fc
    .tuple(body, write)
    .map(([body, write]) => write({ custom: { [TYPE]: write(body) } }));

  it("random long texts decode as by plain parsing", () => {
    fc.assert(
      fc.property(text, (text) => {
        expect(byCustomMessage(text)).toEqual(byPlainParsing(text));
      }),
      { numRuns: 1_500 },
    );
  });

  it("random long texts decode as by plain parsing after changes near their buffers", () => {
    const change = fc.record({
      at: fc.integer({ min: -40, max: 120 }),
      take: fc.integer({ min: 0, max: 6 }),
      put: fc.constantFrom(
        "",
        '"',
        '\\"',
        "\\",
        "\\\\",
        "[",
        "]",
        "{",
        "}",
        ",",
        ", ",
        '\\"(buffers)\\"',
        "A",
      ),
    });
    fc.assert(
      fc.property(text, fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        let changed = text;
        for (const { at, take, put } of changes) {
          const place = Math.max(0, changed.indexOf("buffers") + at);
          changed = changed.slice(0, place) + put + changed.slice(place + take);
        }
        if (isForComms(changed)) expect(byCustomMessage(changed)).toEqual(byPlainParsing(changed));
      }),
      { numRuns: 2_500 },
    );
  });
});

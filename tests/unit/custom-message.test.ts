import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeBase64 } from "../../src/comm/buffers.js";
import { decode } from "../../src/comm/codec.js";
import type { JsonObject } from "../../src/comm/messages.js";
import { parsedIn } from "../../src/comm/parsed-text.js";
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

/** What becomes of a payload in the end: the message, or what is wrong with it. */
function outcome(payload: unknown): unknown {
  try {
    const { buffers, ...rest } = decode("comm_msg", payload);
    return { ...rest, buffers: buffers.map(encodeBase64) };
  } catch (error) {
    return (error as Error).message;
  }
}

/** The same for a whole text, which is parsed as Shiny does it. */
function plainly(text: string): unknown {
  try {
    const { custom, ...others } = JSON.parse(text) as { custom: JsonObject };
    const entries = Object.entries(custom);
    if (entries.length !== 1 || Object.keys(others).length > 0) return "Shiny's";
    return [entries[0]?.[0], outcome(entries[0]?.[1])];
  } catch {
    return "Shiny's";
  }
}

function apart(text: string): unknown {
  const custom = customMessage(text);
  return custom ? [custom[0], outcome(custom[1])] : "Shiny's";
}

describe.each(WRITERS)("a text as %s writes it", (_who, write) => {
  const frame = (body: unknown, type = TYPE): string => write({ custom: { [type]: write(body) } });

  it("is for comms where it begins like that", () => {
    expect(isForComms(frame(message([])))).toBe(true);
    expect(isForComms(frame(message([]), "other"))).toBe(false);
    expect(isForComms(write({ values: {} }))).toBe(false);
    expect(isForComms(new ArrayBuffer(8))).toBe(false);
  });

  it("that is short is not parsed further", () => {
    expect(customMessage(frame(message(["QUJD"])))).toEqual([TYPE, write(message(["QUJD"]))]);
  });

  it.each([
    ["one buffer", [LONG]],
    ["some, and empty ones", ["", LONG, "QUJD", ""]],
    ["one that is no base64", [`${LONG}-`]],
    ["one that has white space", [`${LONG} QUJD`]],
  ])("that is long has its buffers cut out: %s", (_what, buffers) => {
    const text = frame(message(buffers));
    const [type, payload] = customMessage(text) ?? [];
    expect(type).toBe(TYPE);
    expect(parsedIn(payload)).toEqual({ parsed: message(buffers), size: text.length });
    expect(apart(text)).toEqual(plainly(text));
  });

  it.each<[string, JsonObject]>([
    ["none", message([], { pad: LONG })],
    ["one that has to be escaped", message([`${LONG}"`])],
    ["one with a backslash", message([`${LONG}\\`, LONG])],
    ["what is no text among them", message([LONG, 1, LONG])],
    ["a list among them", message([[LONG]])],
    ["no list of them", message({ 0: LONG })],
    ["a text in the place of the list", message(LONG)],
    ["no buffers at all", { ...message(undefined), pad: LONG }],
    ["others of that name before them", message(["QUJD"], { content: { buffers: [LONG] } })],
    ["others, and none of its own", message([], { content: { buffers: [LONG] } })],
    ["what stands for them", message(["(buffers)"], { content: { buffers: [LONG] } })],
    ["no message around them", { buffers: [LONG] }],
  ])("that is long has what it has where there is %s", (_what, body) => {
    const text = frame(body);
    expect(apart(text)).toEqual(plainly(text));
    expect(parsedIn(customMessage(text)?.[1])?.parsed).toSatisfy(
      (parsed) => parsed === undefined || !("content" in body),
    );
  });

  it("that has an object in the place of the text is not parsed further", () => {
    const text = write({ custom: { [TYPE]: message([LONG]) } });
    expect(customMessage(text)).toEqual([TYPE, message([LONG])]);
  });
});

it.each([
  ["ends in a buffer", (text: string) => text.slice(0, 8_300)],
  ["has another message beside it", (text: string) => text.replace(/\}\}$/, ', "other": 1}}')],
  ["has something else beside it", (text: string) => text.replace(/\}$/, ', "values": {}}')],
  ["is no JSON around the message", (text: string) => text.replace(/\}$/, "")],
  ["is no JSON in the message", (text: string) => text.replace("content", 'content\\"')],
  ["has a quote in a buffer", (text: string) => text.replace("QUJDQUJD", 'QUJD"QUJD')],
  [
    "has a message cut off in a buffer",
    (text: string) => text.replace("QUJDQUJD", 'QUJD", "b": "'),
  ],
])("a long text is dealt with as before when it %s", (_what, change) => {
  const text = pythonJson({ custom: { [TYPE]: pythonJson(message([LONG])) } });
  expect(change(text)).not.toBe(text);
  expect(apart(change(text))).toEqual(plainly(change(text)));
});

describe("long texts at random", () => {
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

  it("come to the same as by plain parsing", () => {
    fc.assert(
      fc.property(text, (text) => {
        expect(apart(text)).toEqual(plainly(text));
      }),
      { numRuns: 1_500 },
    );
  });

  it("come to the same with something changed near their buffers", () => {
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
        if (isForComms(changed)) expect(apart(changed)).toEqual(plainly(changed));
      }),
      { numRuns: 2_500 },
    );
  });
});

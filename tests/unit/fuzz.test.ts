/** Property-based fuzzing: no message in any order makes the client throw, lose, reorder or pollute. */
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { decodeBase64, encodeBase64 } from "../../src/comm/buffers.js";
import { decode, encode, payloadsIn } from "../../src/comm/codec.js";
import { ShinyCommManager } from "../../src/comm/comm-manager.js";
import { CommError } from "../../src/comm/errors.js";
import {
  type BatchMessage,
  type BatchReference,
  encodeBatch,
  encodeFrame,
} from "../../src/comm/frames.js";
import type { JsonObject, MessageKind } from "../../src/comm/messages.js";
import { isObject } from "../../src/util/object.js";
import { installNativeBase64, removeNativeBase64, restoreNativeBase64 } from "./native-base64.js";

/** Cases of all properties together: 100,000. `FUZZ_FACTOR` multiplies them. */
const FACTOR = Number(process.env.FUZZ_FACTOR ?? 1);
const CASES = {
  decodeAnything: 20_000,
  decodeMutated: 20_000,
  batches: 5_000,
  bufferPaths: 20_000,
  base64: 10_000,
  base64Text: 10_000,
  roundTrip: 5_000,
  routing: 10_000,
};
const runs = (name: keyof typeof CASES) => ({ numRuns: CASES[name] * FACTOR });

const KINDS = ["comm_open", "comm_msg", "comm_close"] as const;
const anyKind = fc.constantFrom<MessageKind>(...KINDS);
const TARGET = "jupyter.widget";

/** Keys that matter, more often than by chance. */
const key = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("a", "b", "list", "state", "method") },
  fc.constantFrom(
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "then",
    "",
  ),
  fc.string({ maxLength: 4 }),
);
const tree = fc.letrec<{ node: unknown; record: Record<string, unknown> }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e300, "", "x", "IPY_MODEL_c1", "AAAA"),
    fc.array(tie("node"), { maxLength: 4 }),
    tie("record"),
  ),
  // As in the results of JSON.parse, `__proto__` is an own property.
  record: fc.array(fc.tuple(key, tie("node")), { maxLength: 4 }).map((entries) => {
    const record: Record<string, unknown> = {};
    for (const [name, value] of entries) {
      Object.defineProperty(record, name, {
        value,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
    return record;
  }),
}));

/** A valid message. */
const message = (kind: MessageKind, comm_id: string, data: JsonObject = {}): JsonObject => ({
  content: { comm_id, data, ...(kind === "comm_open" ? { target_name: TARGET } : {}) },
  metadata: { version: "2.1.0" },
  buffers: [],
});

/** Mostly valid values, now and then any value. */
const mostly = <T>(good: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: good }, tree.node);

/** A valid message with some parts replaced or removed. */
const mutated = fc
  .tuple(
    anyKind,
    fc.record(
      {
        content: mostly(
          fc.record(
            {
              comm_id: mostly(fc.constant("c1")),
              target_name: mostly(fc.constant(TARGET)),
              target_module: mostly(fc.constant(null)),
              html_deps: mostly(fc.constantFrom([], [{ name: "x", version: "1" }])),
              data: mostly(
                fc.record(
                  { state: tree.record, buffer_paths: mostly(fc.constant([])) },
                  { requiredKeys: ["state"] },
                ),
              ),
            },
            { requiredKeys: ["comm_id", "target_name"] },
          ),
        ),
        metadata: mostly(fc.constant({ version: "2.1.0" })),
        buffers: mostly(fc.array(fc.constantFrom("", "AAAA", "AA==", "AA", "!"), { maxLength: 2 })),
        header: tree.node,
      },
      { requiredKeys: ["content"] },
    ),
    fc.boolean(),
  )
  .map(([kind, parts, asText]) => ({ kind, payload: asText ? JSON.stringify(parts) : parts }));

/** Paths: many lead to places in `PLACES`, some out of it. */
const path = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom<string | number>("a", "b", "list", 0, 1) },
    {
      weight: 4,
      arbitrary: fc.constantFrom<string | number>(
        "__proto__",
        "constructor",
        "prototype",
        "length",
        -1,
      ),
    },
    fc.oneof(key, fc.integer(), tree.node) as fc.Arbitrary<string | number>,
  ),
  { minLength: 1, maxLength: 4 },
);
const PLACES = () => ({
  a: { a: {}, b: { list: [null, {}] } },
  b: "text",
  list: [{ a: {} }, null],
});

const PROTOTYPES = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  String.prototype,
  Number.prototype,
  Map.prototype,
  Set.prototype,
  Promise.prototype,
  Error.prototype,
  DataView.prototype,
  ArrayBuffer.prototype,
  Uint8Array.prototype,
];
const namesOf = (): string =>
  PROTOTYPES.map((each) => Reflect.ownKeys(each).map(String).join()).join(";");
let namesBefore = "";

beforeAll(() => {
  namesBefore = namesOf();
});
afterEach(() => {
  restoreNativeBase64();
  vi.useRealTimers();
});

/** Fails if a case changed a prototype. */
const assertClean = (): void => {
  if ("polluted" in {} || "state" in {} || "0" in {})
    throw new Error("Object.prototype is polluted");
};

afterAll(() => {
  expect(namesOf()).toBe(namesBefore);
});

/** Decodes; the property fails on any error except a DECODE error that names the readable comm. */
function decodeSafely(kind: MessageKind, payload: unknown) {
  try {
    return decode(kind, payload);
  } catch (error) {
    expect(error).toMatchObject({ code: "DECODE" });
    const readable = readableId(payload);
    expect((error as CommError).comm_id).toBe(readable);
    return undefined;
  } finally {
    assertClean();
  }
}

/** Returns the comm id in the payload, if it is readable. */
function readableId(payload: unknown): string | undefined {
  let parsed = payload;
  if (typeof payload === "string") {
    try {
      parsed = JSON.parse(payload);
    } catch {
      return undefined;
    }
  }
  const content = propertyOf(parsed, "content");
  const comm_id =
    Array.isArray(content) || Array.isArray(parsed) ? undefined : propertyOf(content, "comm_id");
  return typeof comm_id === "string" && comm_id !== "" ? comm_id : undefined;
}

const propertyOf = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;

describe("decode", () => {
  it("decode throws only DECODE errors for any payload", () => {
    const anything = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true, withTypedArray: true }),
      fc.json(),
      fc.string({ unit: "binary" }),
      tree.node,
      tree.node.map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(anyKind, anything, (kind, payload) => {
        try {
          decode(kind, payload);
        } catch (error) {
          expect(error).toMatchObject({ code: "DECODE" });
        }
        assertClean();
      }),
      runs("decodeAnything"),
    );
  }, 120_000);

  it("decode names the comm of a malformed message if the id is readable, and returns only valid parts", () => {
    fc.assert(
      fc.property(mutated, ({ kind, payload }) => {
        const decoded = decodeSafely(kind, payload);
        if (!decoded) return;
        expect(decoded.content.comm_id).toBe(readableId(payload));
        expect(decoded.buffers.every((buffer) => buffer instanceof DataView)).toBe(true);
        for (const part of [decoded.metadata, decoded.header, decoded.content.data]) {
          expect(Object.prototype.toString.call(part)).toBe("[object Object]");
        }
        expect(JSON.stringify(decoded.content.data)).not.toContain('"__proto__":');
      }),
      runs("decodeMutated"),
    );
  }, 120_000);

  it("decode accepts only buffer paths that lead to a place within the state", () => {
    fc.assert(
      fc.property(fc.array(path, { minLength: 1, maxLength: 2 }), (buffer_paths) => {
        const state = PLACES();
        const decoded = decodeSafely("comm_msg", {
          content: { comm_id: "c1", data: { method: "update", state, buffer_paths } },
          buffers: ["AAAA", "AAAA"],
        });
        if (!decoded) return;
        // As `@jupyter-widgets/base` inserts buffers.
        const target = decoded.content.data.state as Record<string, unknown>;
        buffer_paths.forEach((keys, index) => {
          let place = target;
          for (const step of keys.slice(0, -1)) {
            place = place[step] as typeof place;
          }
          // Within the state: not a function, not a prototype, not a buffer of another path.
          expect(Array.isArray(place) || Object.getPrototypeOf(place) === Object.prototype).toBe(
            true,
          );
          expect(PROTOTYPES).not.toContain(place);
          place[keys.at(-1) ?? ""] = decoded.buffers[index];
        });
        assertClean();
        for (const each of [target, target.a, target.list]) {
          const prototype: unknown = Object.getPrototypeOf(each);
          expect([Object.prototype, Array.prototype, DataView.prototype]).toContain(prototype);
        }
      }),
      runs("bufferPaths"),
    );
  }, 120_000);
});

describe("a batch", () => {
  /** A message, mostly valid, or a reference, mostly to an earlier message. */
  const part: fc.Arbitrary<BatchMessage | BatchReference> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        header: mutated.map(({ payload }): JsonObject => {
          const parts = typeof payload === "string" ? JSON.parse(payload) : payload;
          // A frame has the buffers next to the header, as its encoder requires.
          const { buffers: _, like: __, buffer_count: ___, ...header } = parts;
          return header;
        }),
        buffers: fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 2 }),
      }),
    },
    fc.record({ comm_id: fc.constantFrom("r1", "__proto__", ""), like: fc.nat(4) }),
  );
  const faults = fc.array(fc.record({ at: fc.nat(10_000), value: fc.nat(255) }), { maxLength: 3 });
  const outcome = (read: () => unknown): unknown => {
    try {
      return read();
    } catch (error) {
      expect(error).toMatchObject({ code: "DECODE" });
      return (error as CommError).comm_id;
    }
  };

  it("each message of a batch decodes as it does alone, and changed bytes cause only DECODE errors", () => {
    fc.assert(
      fc.property(
        anyKind,
        fc.array(part, { maxLength: 5 }),
        fc.constantFrom(0, 6, 100),
        faults,
        (kind, parts, detachFromBytes, changes) => {
          const frame = new Uint8Array(encodeBatch(kind, parts, { detachFromBytes }));
          const arrived = parts.flatMap((each) => ("like" in each ? [] : (each.buffers ?? [])));
          const detached = () =>
            arrived
              .filter(({ byteLength }) => byteLength >= detachFromBytes)
              .map((buffer) => buffer.slice().buffer as ArrayBuffer);
          const alone = parts.map((each) =>
            outcome(() =>
              "like" in each
                ? undefined
                : decode(kind, encodeFrame(kind, each.header, each.buffers ?? [])),
            ),
          );
          const messages = payloadsIn(kind, { frame, detachedBuffers: detached() });
          expect(messages).toHaveLength(parts.length);
          for (const [index, each] of parts.entries()) {
            const result = outcome(() => decode(kind, messages[index]));
            if (!("like" in each)) {
              expect(result).toEqual(alone[index]);
              continue;
            }
            const { comm_id, like } = each;
            const original = parts[like];
            const { header, buffers = [] } =
              original && !("like" in original) && like < index ? original : { header: {} };
            const { content } = header;
            if (isObject(content) && buffers.length === 0) {
              const copy = { ...header, content: { ...content, comm_id } };
              expect(result).toEqual(outcome(() => decode(kind, encodeFrame(kind, copy, []))));
            } else {
              expect(result).toBe(comm_id || undefined);
            }
          }
          for (const { at, value } of changes) frame[at % frame.length] = value;
          for (const each of payloadsIn(kind, { frame, detachedBuffers: detached() })) {
            outcome(() => decode(kind, each));
          }
          assertClean();
        },
      ),
      runs("batches"),
    );
  }, 120_000);
});

describe("base64", () => {
  it("the base64 codec round-trips bytes, with the same text from the engine's codec and the portable codec", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const expected = Buffer.from(bytes).toString("base64");
        for (const install of [installNativeBase64, removeNativeBase64]) {
          install();
          expect(encodeBase64(bytes)).toBe(expected);
          const view = decodeBase64(expected);
          expect(Buffer.from(view.buffer).equals(Buffer.from(bytes))).toBe(true);
        }
      }),
      runs("base64"),
    );
  }, 120_000);

  it("the base64 codec rejects the same texts with a RangeError in the engine's codec and the portable codec", () => {
    const alphabet = fc.constantFrom(..."AQgwZ+/-_= \n!é".split(""));
    const texts = fc.oneof(
      fc.string({ unit: alphabet, maxLength: 12 }),
      fc.base64String({ maxLength: 40 }),
      fc.string({ maxLength: 12 }),
    );
    const result = (text: string): string => {
      try {
        return Buffer.from(decodeBase64(text).buffer).toString("hex");
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        return "rejected";
      }
    };
    fc.assert(
      fc.property(texts, (text) => {
        installNativeBase64();
        const native = result(text);
        removeNativeBase64();
        expect(result(text)).toBe(native);
      }),
      runs("base64Text"),
    );
  }, 120_000);
});

describe("encode", () => {
  it("encode writes texts that the server's JSON and base64 decoders read back", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 3 }),
        fc.nat(5),
        (data, contents, offset) => {
          // Views into larger buffers: only the bytes of the view are sent.
          const buffers = contents.map((bytes) => {
            const large = new Uint8Array(bytes.length + offset + 3);
            large.set(bytes, offset);
            return large.subarray(offset, offset + bytes.length);
          });
          const text = encode({ comm_id: "c1", data, buffers });
          const read = JSON.parse(text);
          expect(read.content).toEqual(JSON.parse(JSON.stringify({ comm_id: "c1", data })));
          expect(read.buffers.map((each: string) => [...Buffer.from(each, "base64")])).toEqual(
            contents.map((bytes) => [...bytes]),
          );
        },
      ),
      runs("roundTrip"),
    );
  }, 120_000);
});

type Step =
  | { does: "open" | "close"; id: string }
  | { does: "msg"; id: string; slow: boolean; fails: boolean }
  | { does: "garbage"; kind: MessageKind; payload: unknown };

const ids = fc.constantFrom("c1", "c2", "__proto__", "constructor");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constant("open" as const), id: ids }),
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant("msg" as const),
      id: ids,
      slow: fc.boolean(),
      fails: fc.boolean(),
    }),
  },
  fc.record({ does: fc.constant("close" as const), id: ids }),
  {
    weight: 2,
    arbitrary: mutated
      .filter(({ payload }) => readableId(payload) === undefined)
      .map((garbage) => ({ does: "garbage" as const, ...garbage })),
  },
);

describe("ShinyCommManager", () => {
  it("the manager never throws, keeps each comm's order, and delivers valid messages after malformed ones", async () => {
    vi.useFakeTimers();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const errors: Error[] = [];
        const delivered = new Map<string, number[]>();
        const running = new Set<string>();
        const manager = new ShinyCommManager({
          transport: { send: () => "id" },
          onError: (error) => void errors.push(error),
        });
        manager.register_target(TARGET, (comm) => {
          comm.on_msg(async ({ content }) => {
            const { n, slow, fails } = content.data as {
              n: number;
              slow?: boolean;
              fails?: boolean;
            };
            // One message of a comm at a time.
            expect(running.has(comm.comm_id)).toBe(false);
            running.add(comm.comm_id);
            const log = delivered.get(comm.comm_id) ?? [];
            delivered.set(comm.comm_id, [...log, n]);
            if (slow) await new Promise((resolve) => setTimeout(resolve, 1));
            running.delete(comm.comm_id);
            if (fails) throw new Error("widget error");
          });
        });
        const expected = new Map<string, number[]>();
        const isOpen = new Set<string>();
        const early = new Map<string, number[]>();
        for (const [n, each] of steps.entries()) {
          switch (each.does) {
            case "garbage":
              manager.receive(each.kind, each.payload);
              break;
            case "open":
              manager.receive("comm_open", message("comm_open", each.id));
              if (!isOpen.has(each.id)) {
                isOpen.add(each.id);
                expected.set(each.id, [
                  ...(expected.get(each.id) ?? []),
                  ...(early.get(each.id) ?? []),
                ]);
                early.delete(each.id);
              }
              break;
            case "msg": {
              manager.receive("comm_msg", message("comm_msg", each.id, { ...each, n }));
              const log = isOpen.has(each.id) ? expected : early;
              log.set(each.id, [...(log.get(each.id) ?? []), n]);
              break;
            }
            case "close":
              // Handlers of earlier messages finish before the close.
              await vi.advanceTimersByTimeAsync(100);
              if (isOpen.delete(each.id))
                manager.receive("comm_close", message("comm_close", each.id));
              await vi.advanceTimersByTimeAsync(0);
              break;
            default:
              each satisfies never;
          }
        }
        manager.receive("comm_open", message("comm_open", "last"));
        manager.receive("comm_msg", message("comm_msg", "last", { n: -1 }));
        await vi.advanceTimersByTimeAsync(100);
        expect(delivered.get("last")).toEqual([-1]);
        for (const [id, log] of expected) expect(delivered.get(id) ?? []).toEqual(log);
        // Messages of unopened comms expire, and each fault is reported by a CommError.
        await vi.advanceTimersByTimeAsync(10_000);
        expect(errors.every((error) => error instanceof CommError)).toBe(true);
        assertClean();
        manager.closeAll();
      }),
      runs("routing"),
    );
  }, 240_000);
});

it("the cases of all properties are 100,000", () => {
  expect(Object.values(CASES).reduce((sum, count) => sum + count, 0)).toBe(100_000);
});

/** Malformed messages for each of the three handlers, with the expected reports. Runs in the page. */

/**
 * @typedef {object} Live comms of the page that receive messages
 * @property {string} slider an IntSlider that is shown
 * @property {string} box a VBox that is shown
 * @property {string} label a Label that is shown
 * @property {string} out an Output widget that is shown
 */

/**
 * @typedef {object} Hostile
 * @property {string} name the fault of the message, in words
 * @property {"comm_open" | "comm_msg" | "comm_close"} kind
 * @property {(id: string, live: Live) => unknown} payload
 * @property {string | null} error the expected error; `null` when a report is optional
 * @property {((id: string, live: Live) => string) | null} comm the comm that the report must name
 * @property {((id: string) => [Hostile["kind"], unknown][])} [before] good messages to send before it
 * @property {() => ArrayBuffer[]} [after] raw frames to send after it
 * @property {boolean} [late] whether the report comes only after a timeout
 */

const KINDS = /** @type {const} */ (["comm_open", "comm_msg", "comm_close"]);
const CONTROLS = "@jupyter-widgets/controls";
const BASE = "@jupyter-widgets/base";
const DEPTH = 100_000;
const LARGE = 100_000_000;

/** The state of a model from the controls package. */
export const control = (name, rest = {}) => ({
  _model_name: `${name}Model`,
  _model_module: CONTROLS,
  _model_module_version: "2.0.0",
  _view_name: `${name}View`,
  _view_module: CONTROLS,
  _view_module_version: "2.0.0",
  ...rest,
});

const label = (rest = {}) => control("Label", { value: "opened", ...rest });

/** A message as the server writes it: `content` and `rest` replace or add fields. */
function message(content, rest = {}) {
  return {
    content,
    metadata: { version: "2.1.0" },
    buffers: [],
    ident: `comm-${content?.comm_id}`,
    parent: {},
    ...rest,
  };
}

const open = (id, content = {}, rest = {}) =>
  message(
    {
      comm_id: id,
      target_name: "jupyter.widget",
      target_module: null,
      html_deps: [],
      data: { state: label(), buffer_paths: [] },
      ...content,
    },
    rest,
  );
const update = (id, state, buffer_paths = [], buffers = []) =>
  message({ comm_id: id, data: { method: "update", state, buffer_paths } }, { buffers });
const close = (id, content = {}) => message({ comm_id: id, data: {}, ...content });

/** A good message of a kind. */
const GOOD = {
  comm_open: open,
  comm_msg: (id, content = {}, rest = {}) =>
    message(
      { comm_id: id, data: { method: "update", state: {}, buffer_paths: [] }, ...content },
      rest,
    ),
  comm_close: (id, content = {}, rest = {}) => message({ comm_id: id, data: {}, ...content }, rest),
};

/** JSON with a key `__proto__`, which an object literal cannot have. */
const withProto = (value, where) => JSON.stringify(value).replace(`"${where}"`, '"__proto__"');

const text = (value) => JSON.stringify(value);
const own = (id) => id;
const withPaths = (paths) => (id) =>
  text(
    open(
      id,
      { data: { state: label({ list: [null] }), buffer_paths: paths } },
      { buffers: ["AAAA", "AAAA"] },
    ),
  );

/** Payloads that are not a message of any kind. @type {[string, () => unknown][]} */
const GARBAGE = [
  ["an empty text", () => ""],
  ["white space", () => " \n"],
  ["half an object", () => "{"],
  ["words", () => "not a message"],
  ["two objects", () => "{} {}"],
  ["Python's NaN", () => '{"content": {"comm_id": "x", "data": {"a": NaN}}}'],
  ["a byte order mark", () => "\ufeff{}"],
  ["JSON null", () => "null"],
  ["a JSON number", () => "7"],
  ["a JSON list", () => "[]"],
  ["JSON inside JSON inside JSON", () => '"{}"'],
  ["an object without content", () => "{}"],
  ["null instead of text", () => null],
  ["a number instead of text", () => 7],
  ["a list instead of text", () => []],
  ["bytes instead of text", () => new Uint8Array([1, 2, 3]).buffer],
  ["lists nested 100,000 deep", () => "[".repeat(DEPTH) + "]".repeat(DEPTH)],
  ["100,000 brackets without an end", () => "[".repeat(DEPTH)],
  ["content that is null", () => text({ content: null })],
  ["content that is a list", () => text({ content: [] })],
  ["content that is text", () => text({ content: "x" })],
  ["no comm_id", () => text({ content: { data: {} } })],
  ["a comm_id that is a number", () => text({ content: { comm_id: 7, data: {} } })],
  ["a comm_id that is empty", () => text({ content: { comm_id: "", data: {} } })],
  ["a comm_id that is null", () => text({ content: { comm_id: null, data: {} } })],
  ["a comm_id that is a list", () => text({ content: { comm_id: ["x"], data: {} } })],
];

/** Fields of a good message that are spoilt, of whatever kind. @type {[string, (good: Function, id: string) => unknown][]} */
const SPOILT = [
  ["data that is a list", (good, id) => good(id, { data: [] })],
  ["data that is text", (good, id) => good(id, { data: "x" })],
  ["data that is a number", (good, id) => good(id, { data: 7 })],
  ["metadata that are a list", (good, id) => good(id, {}, { metadata: [] })],
  ["metadata that are text", (good, id) => good(id, {}, { metadata: "2.1.0" })],
  ["buffers that are text", (good, id) => good(id, {}, { buffers: "AAAA" })],
  ["buffers that are an object", (good, id) => good(id, {}, { buffers: {} })],
  ["a buffer that is a number", (good, id) => good(id, {}, { buffers: [7] })],
  ["a buffer that is null", (good, id) => good(id, {}, { buffers: [null] })],
  ["a buffer that is a list", (good, id) => good(id, {}, { buffers: [["AAAA"]] })],
  ["base64 with a foreign character", (good, id) => good(id, {}, { buffers: ["AA!A"] })],
  ["base64 that is cut off", (good, id) => good(id, {}, { buffers: ["AAAAA"] })],
  ["base64 without its padding", (good, id) => good(id, {}, { buffers: ["AA"] })],
  ["base64 with padding inside", (good, id) => good(id, {}, { buffers: ["AA=A"] })],
  ["base64 of nothing but padding", (good, id) => good(id, {}, { buffers: ["===="] })],
  ["base64 with a line end", (good, id) => good(id, {}, { buffers: ["AAAA\nAA="] })],
  ["base64 with bits behind its end", (good, id) => good(id, {}, { buffers: ["QUJ="] })],
  ["base64 in its dialect for addresses", (good, id) => good(id, {}, { buffers: ["-_-_"] })],
  [
    "a buffer path into the prototype",
    (good, id) =>
      good(
        id,
        { data: { method: "update", state: {}, buffer_paths: [["__proto__", "polluted"]] } },
        { buffers: ["AAAA"] },
      ),
  ],
  [
    "a buffer path by way of the constructor",
    (good, id) =>
      good(
        id,
        {
          data: {
            method: "update",
            state: {},
            buffer_paths: [["constructor", "prototype", "polluted"]],
          },
        },
        { buffers: ["AAAA"] },
      ),
  ],
  [
    "a buffer path to a place that is not there",
    (good, id) =>
      good(
        id,
        { data: { method: "update", state: {}, buffer_paths: [["a", "b"]] } },
        { buffers: ["AAAA"] },
      ),
  ],
  [
    "more buffer paths than buffers",
    (good, id) =>
      good(
        id,
        { data: { method: "update", state: {}, buffer_paths: [["a"], ["b"]] } },
        { buffers: ["AAAA"] },
      ),
  ],
  [
    "data with a key __proto__",
    (good, id) =>
      withProto(
        good(id, { data: { method: "update", state: { x: 1, PROTO: { polluted: 1 } } } }),
        "PROTO",
      ),
  ],
  [
    "data with a key __proto__ in its depths",
    (good, id) =>
      withProto(
        good(id, { data: { method: "update", state: { x: [{ y: { PROTO: { polluted: 1 } } }] } } }),
        "PROTO",
      ),
  ],
  [
    "data nested 100,000 deep",
    (good, id) =>
      text(good(id, { data: { method: "update", state: { x: "HERE" } } })).replace(
        '"HERE"',
        "[".repeat(DEPTH) + "]".repeat(DEPTH),
      ),
  ],
];

/** @type {Hostile[]} */
const OPENS = [
  ...[
    ["no target_name", { target_name: undefined }, "DECODE"],
    ["a target_name that is a number", { target_name: 7 }, "DECODE"],
    ["a target_module that is a number", { target_module: 7 }, "DECODE"],
    ["an unknown target", { target_name: "no.such.target" }, "UNKNOWN_TARGET"],
    ["a target named __proto__", { target_name: "__proto__" }, "UNKNOWN_TARGET"],
    ["a target of 100,000 characters", { target_name: "x".repeat(DEPTH) }, "UNKNOWN_TARGET"],
    ["html_deps that are text", { html_deps: "x" }, "DECODE"],
    ["html_deps that are an object", { html_deps: { name: "x" } }, "DECODE"],
    ["an html_dep that is a number", { html_deps: [7] }, "DECODE"],
    ["an html_dep that is null", { html_deps: [null] }, "DECODE"],
    ["an html_dep that is a list", { html_deps: [[]] }, "DECODE"],
    ["an html_dep without a name", { html_deps: [{ version: "1", script: [] }] }, "DECODE"],
    ["an html_dep named __proto__", { html_deps: [{ name: "__proto__", version: "1" }] }, "DECODE"],
    [
      "an html_dep whose script is a number",
      { html_deps: [{ name: "hostile-a", version: "1", script: 7 }] },
      "DECODE",
    ],
    [
      "an html_dep whose scripts are numbers",
      { html_deps: [{ name: "hostile-b", version: "1", script: [7] }] },
      "DECODE",
    ],
    [
      "an html_dep whose style sheet is null in a list",
      { html_deps: [{ name: "hostile-c", version: "1", stylesheet: [null] }] },
      "DECODE",
    ],
    [
      "an html_dep whose head is an object",
      { html_deps: [{ name: "hostile-d", version: "1", head: { a: 1 } }] },
      "DECODE",
    ],
    [
      "an html_dep whose src is text",
      { html_deps: [{ name: "hostile-e", version: "1", src: 7, script: "a.js" }] },
      "DECODE",
    ],
    ["no state", { data: {} }, "WIDGET"],
    ["a state that is null", { data: { state: null } }, "WIDGET"],
    ["a state that is a list", { data: { state: [] } }, "WIDGET"],
    ["a state that is text", { data: { state: "x" } }, "WIDGET"],
  ].map(([name, content, error]) => ({
    name: `comm_open with ${name}`,
    kind: "comm_open",
    payload: (id) => text(open(id, content)),
    error,
    comm: own,
    // A target may still be registered.
    late: error === "UNKNOWN_TARGET",
  })),
  ...[
    ["no _model_name", { _model_name: undefined }],
    ["a _model_name that is null", { _model_name: null }],
    ["a _model_name that is a number", { _model_name: 7 }],
    ["a _model_name that is a list", { _model_name: ["LabelModel"] }],
    ["an empty _model_name", { _model_name: "" }],
    ["a _model_name that no module has", { _model_name: "NoSuchModel" }],
    ["a _model_name that is a view's", { _model_name: "LabelView" }],
    [
      "a _model_name that is a function's",
      { _model_name: "resolvePromisesDict", _model_module: BASE },
    ],
    ["the _model_name constructor", { _model_name: "constructor" }],
    ["the _model_name __proto__", { _model_name: "__proto__" }],
    ["the _model_name toString", { _model_name: "toString" }],
    ["a _model_name with a tag in it", { _model_name: "<img src=x onerror=alert(1)>" }],
    ["a _model_name of 100,000 characters", { _model_name: "x".repeat(DEPTH) }],
    ["no _model_module", { _model_module: undefined }],
    ["a _model_module that is null", { _model_module: null }],
    ["a _model_module that is a number", { _model_module: 7 }],
    ["a _model_module that is an object", { _model_module: { a: 1 } }],
    ["an empty _model_module", { _model_module: "" }],
    ["a _model_module that is nowhere", { _model_module: "no-such-module" }],
    ["the _model_module __proto__", { _model_module: "__proto__" }],
    ["the _model_module constructor", { _model_module: "constructor" }],
    ["a _model_module of parent folders", { _model_module: "../../../../etc/passwd" }],
    ["a _model_module that is a javascript: address", { _model_module: "javascript:alert(1)" }],
    ["a _model_module that is a data: address", { _model_module: "data:text/javascript,alert(1)" }],
    ["a _model_module with a tag in it", { _model_module: "<script>alert(1)</script>" }],
    ["a _model_module with a null character", { _model_module: "a\0b" }],
    ["a _model_module that is half a surrogate", { _model_module: "\ud800" }],
    ["a _model_module of 100,000 characters", { _model_module: "x".repeat(DEPTH) }],
    [
      "a _model_module_version that is a list",
      { _model_module_version: [], _model_module: "no-such-module-2" },
    ],
  ].map(([name, state]) => ({
    name: `comm_open with ${name}`,
    kind: "comm_open",
    payload: (id) => text(open(id, { data: { state: label(state), buffer_paths: [] } })),
    error: "WIDGET",
    comm: own,
  })),
  ...[
    ["none", {}],
    ["null", { version: null }],
    ["the number 2", { version: 2 }],
    ["the number 2.1", { version: 2.1 }],
    ["true", { version: true }],
    ["a list", { version: ["2.1.0"] }],
    ["an object", { version: { major: 2 } }],
    ["an empty text", { version: "" }],
    ["words", { version: "two" }],
    ["1.0.0", { version: "1.0.0" }],
    ["3.0.0", { version: "3.0.0" }],
    ["20.0.0", { version: "20.0.0" }],
    ["2x", { version: "2x" }],
    ["-2.1.0", { version: "-2.1.0" }],
    ["0x2", { version: "0x2" }],
    ["of 100,000 digits", { version: "2".repeat(DEPTH) }],
  ].map(([name, metadata]) => ({
    name: `comm_open with a protocol version ${name}`,
    kind: "comm_open",
    payload: (id) => text(open(id, {}, { metadata })),
    error: "PROTOCOL_VERSION",
    comm: own,
  })),
  ...[
    ["text", "x"],
    ["an object", {}],
    ["a list of text", ["a"]],
    ["an empty path", [[]]],
    ["a path that is null", [null]],
    ["a path of objects", [[{}]]],
    ["a path of null", [[null]]],
    ["an index in an object", [[0]]],
    ["a key in a list", [["list", "length"]]],
    ["an index behind a list", [["list", 1]]],
    ["an index before a list", [["list", -1]]],
    ["a fraction of an index", [["list", 0.5]]],
    ["a path through text", [["value", "length"]]],
    ["a path to prototype", [["prototype"]]],
    ["a path through another buffer", [["list"], ["list", 0]]],
    ["a path to __proto__ of a list", [["list", "__proto__", "polluted"]]],
  ].map(([name, paths]) => ({
    name: `comm_open with buffer_paths: ${name}`,
    kind: "comm_open",
    payload: withPaths(paths),
    error: "DECODE",
    comm: own,
  })),
  {
    name: "comm_open with a buffer path nested 100,000 deep",
    kind: "comm_open",
    payload: (id) =>
      withPaths(["HERE"])(id).replace('"HERE"', "[".repeat(DEPTH) + "]".repeat(DEPTH)),
    error: "DECODE",
    comm: own,
  },
  {
    name: "a second comm_open for one comm",
    kind: "comm_open",
    payload: (_id, live) => text(open(live.slider)),
    error: "DUPLICATE_COMM",
    comm: (_id, live) => live.slider,
  },
  {
    name: "a second comm_open right behind the first",
    kind: "comm_open",
    before: (id) => [["comm_open", text(open(id))]],
    payload: (id) => text(open(id)),
    error: "DUPLICATE_COMM",
    comm: own,
  },
  {
    name: "comm_open of a box that is its own child",
    kind: "comm_open",
    payload: (id) =>
      text(
        open(id, {
          data: { state: control("VBox", { children: [`IPY_MODEL_${id}`] }), buffer_paths: [] },
        }),
      ),
    error: "WIDGET",
    comm: own,
  },
  {
    name: "comm_open of two boxes that are each other's children",
    kind: "comm_open",
    before: (id) => [
      [
        "comm_open",
        text(
          open(`${id}-outer`, {
            data: { state: control("VBox", { children: [`IPY_MODEL_${id}`] }), buffer_paths: [] },
          }),
        ),
      ],
    ],
    payload: (id) =>
      text(
        open(id, {
          data: {
            state: control("VBox", { children: [`IPY_MODEL_${id}-outer`] }),
            buffer_paths: [],
          },
        }),
      ),
    error: "WIDGET",
    comm: own,
  },
  {
    name: "comm_open of a box that is its own layout",
    kind: "comm_open",
    payload: (id) =>
      text(
        open(id, {
          data: { state: control("VBox", { layout: `IPY_MODEL_${id}` }), buffer_paths: [] },
        }),
      ),
    error: "WIDGET",
    comm: own,
  },
  {
    name: "comm_open with a child that never comes",
    kind: "comm_open",
    payload: (id) =>
      text(
        open(id, {
          data: {
            state: control("VBox", { children: [`IPY_MODEL_${id}-child`] }),
            buffer_paths: [],
          },
        }),
      ),
    error: "WIDGET",
    comm: (id) => `${id}-child`,
    late: true,
  },
  {
    name: "comm_open of 100 MB for an unknown target",
    kind: "comm_open",
    payload: (id) =>
      text(open(id, { target_name: "x", data: { state: label({ value: "x".repeat(LARGE) }) } })),
    error: "UNKNOWN_TARGET",
    comm: own,
    late: true,
  },
  {
    name: "comm_open with 100 MB of broken base64",
    kind: "comm_open",
    payload: (id) => text(open(id, {}, { buffers: [`${"A".repeat(LARGE)}!!!=`] })),
    error: "DECODE",
    comm: own,
  },
  {
    name: "comm_open with a _model_name of 100 MB",
    kind: "comm_open",
    payload: (id) => text(open(id, { data: { state: label({ _model_name: "x".repeat(LARGE) }) } })),
    error: "WIDGET",
    comm: own,
  },
];

/** Updates of a widget that is shown. @type {[string, keyof Live, unknown, string][]} */
const UPDATES = [
  ["a state that is null", "slider", null, "DECODE"],
  ["a state that is a list", "slider", [], "DECODE"],
  ["a state that is text", "slider", "x", "DECODE"],
  ["children that are a number", "box", { children: 7 }, "HANDLER"],
  ["children that are null", "box", { children: null }, "HANDLER"],
  ["a child that is a number", "box", { children: [7] }, "WIDGET"],
  ["a child that is null", "box", { children: [null] }, "WIDGET"],
  ["a child that is text", "box", { children: ["x"] }, "WIDGET"],
  ["a child that is an object", "box", { children: [{ a: 1 }] }, "WIDGET"],
  ["DOM classes that are null", "label", { _dom_classes: null }, "HANDLER"],
  ["DOM classes that are a number", "label", { _dom_classes: 7 }, "HANDLER"],
];

/**
 * Values that a trait does not have in Python. A view may support them or not. The table leaves out three that
 * break upstream's slider permanently: `min` above `max`, and a wrong type of `orientation` or `description`.
 * @type {[string, keyof Live, unknown][]} */
const VALUES = [
  ["the slider's value null", "slider", { value: null }],
  ["the slider's value text", "slider", { value: "many" }],
  ["the slider's value an object", "slider", { value: { a: 1 } }],
  ["the slider's value a list", "slider", { value: [1, 2] }],
  ["the slider's most null", "slider", { max: null }],
  ["the slider's step 0", "slider", { step: 0 }],
  ["the slider's format nonsense", "slider", { readout_format: "%%%" }],
  ["the label's value an object", "label", { value: { a: 1 } }],
  ["the label's value null", "label", { value: null }],
  ["the box's style a number", "box", { box_style: 7 }],
  ["the label's layout a number", "label", { layout: 7 }],
  ["the label's style text", "label", { style: "x" }],
  ["the outputs a number", "out", { outputs: 7 }],
  ["outputs of no kind", "out", { outputs: [null, 7, {}, { output_type: 7 }] }],
  ["an output without data", "out", { outputs: [{ output_type: "display_data" }] }],
  [
    "an output with data that are text",
    "out",
    { outputs: [{ output_type: "display_data", data: "x", metadata: {} }] },
  ],
  [
    "an output with a key toString",
    "out",
    { outputs: [{ output_type: "display_data", data: { toString: "x" }, metadata: {} }] },
  ],
  ["a trait named constructor", "slider", { constructor: { prototype: { polluted: 1 } } }],
  ["a trait named hasOwnProperty", "slider", { hasOwnProperty: 7 }],
  ["the view's name changed", "slider", { _view_name: 7, _model_name: null }],
];

/** @type {Hostile[]} */
const MSGS = [
  ...VALUES.map(([name, to, state]) => ({
    name: `comm_msg with ${name}`,
    kind: /** @type {const} */ ("comm_msg"),
    payload: (_id, live) => text(update(live[to], state)),
    error: null,
    comm: (_id, live) => live[to],
  })),
  ...UPDATES.map(([name, to, state, error]) => ({
    name: `comm_msg with ${name}`,
    kind: /** @type {const} */ ("comm_msg"),
    payload: (_id, live) => text(update(live[to], state)),
    error,
    comm: (_id, live) => live[to],
  })),
  ...[
    ["no state", { method: "update" }],
    ["an echo without a state", { method: "echo_update" }],
    ["no method", {}],
    ["an unknown method", { method: "explode" }],
    ["a method that is null", { method: null }],
    ["a method that is a list", { method: ["update"] }],
    ["the method __proto__", { method: "__proto__" }],
  ].map(([name, data]) => ({
    name: `comm_msg with ${name}`,
    kind: /** @type {const} */ ("comm_msg"),
    payload: (_id, live) => text(message({ comm_id: live.slider, data })),
    error: "DECODE",
    comm: (_id, live) => live.slider,
  })),
  {
    name: "comm_msg by which a box becomes its own child",
    kind: "comm_msg",
    payload: (_id, live) => text(update(live.box, { children: [`IPY_MODEL_${live.box}`] })),
    error: "WIDGET",
    comm: (_id, live) => live.box,
  },
  {
    name: "comm_msg with a child that never comes",
    kind: "comm_msg",
    payload: (id, live) => text(update(live.box, { children: [`IPY_MODEL_${id}`] })),
    error: "WIDGET",
    comm: own,
    late: true,
  },
  {
    name: "comm_msg with a layout that never comes",
    kind: "comm_msg",
    payload: (id, live) => text(update(live.label, { layout: `IPY_MODEL_${id}` })),
    error: "WIDGET",
    comm: own,
    late: true,
  },
  {
    name: "comm_msg by which an output is shown in itself",
    kind: "comm_msg",
    payload: (_id, live) =>
      text(
        update(live.out, {
          outputs: [
            {
              output_type: "display_data",
              metadata: {},
              data: {
                "application/vnd.jupyter.widget-view+json": {
                  model_id: live.out,
                  version_major: 2,
                  version_minor: 0,
                },
              },
            },
          ],
        }),
      ),
    error: "WIDGET",
    comm: (_id, live) => live.out,
  },
  ...["comm_msg", "comm_close"].flatMap((kind) => [
    {
      name: `${kind} for a comm that was not opened`,
      kind,
      payload: (id) => text(GOOD[kind](id)),
      error: "UNKNOWN_COMM",
      comm: own,
      late: true,
    },
    {
      name: `${kind} for a comm that is closed`,
      kind,
      before: (id) => [
        ["comm_open", text(open(id))],
        ["comm_close", text(close(id))],
      ],
      payload: (id) => text(GOOD[kind](id)),
      error: "UNKNOWN_COMM",
      comm: own,
      late: true,
    },
    {
      name: `${kind} for the comm __proto__`,
      kind,
      payload: () => text(GOOD[kind]("__proto__")),
      error: "UNKNOWN_COMM",
      comm: () => "__proto__",
      late: true,
    },
    {
      name: `${kind} for a comm that is open in other letters`,
      kind,
      before: (id) => [["comm_open", text(open(id))]],
      payload: (id) => text(GOOD[kind](id.toUpperCase())),
      error: "UNKNOWN_COMM",
      comm: (id) => id.toUpperCase(),
      late: true,
    },
  ]),
  {
    name: "comm_msg with 100 MB of text for a comm that was not opened",
    kind: "comm_msg",
    payload: (id) => text(update(id, { value: "x".repeat(LARGE) })),
    error: "UNKNOWN_COMM",
    comm: own,
    late: true,
  },
  {
    name: "comm_msg with a buffer to come after it, in whose place another binary message comes",
    kind: "comm_msg",
    // A comm that is not open would be reported later, during another message.
    before: () => [["comm_open", text(open("another"))]],
    payload: (id) => parted("comm_msg", update(id, {}), [8]),
    after: () => [frame("comm_msg", parted("comm_msg", update("another", {}), []))],
    error: "DECODE",
    comm: own,
  },
  {
    name: "comm_msg with a buffer that comes after it with another length",
    kind: "comm_msg",
    payload: (id) => parted("comm_msg", update(id, {}), [8, 8]),
    after: () => [new ArrayBuffer(8), new ArrayBuffer(5)],
    error: "DECODE",
    comm: own,
  },
  {
    name: "comm_msg with 100 MB of no JSON",
    kind: "comm_msg",
    payload: () => "x".repeat(LARGE),
    error: "DECODE",
    comm: null,
  },
];

/** @type {Hostile[]} */
export const HOSTILE = [
  ...KINDS.flatMap((kind) =>
    GARBAGE.map(([name, payload]) => ({
      name: `${kind}: ${name}`,
      kind,
      payload: () => payload(),
      error: "DECODE",
      comm: null,
    })),
  ),
  ...KINDS.flatMap((kind) =>
    SPOILT.map(([name, payload]) => ({
      name: `${kind} with ${name}`,
      kind,
      payload: (id) => {
        const made = payload(GOOD[kind], id);
        return typeof made === "string" ? made : text(made);
      },
      error: "DECODE",
      comm: own,
    })),
  ),
  ...OPENS,
  ...MSGS,
];

/** A websocket frame of Shiny's with a custom message in it. */
export function frame(kind, payload) {
  const type = `shinywidgets_${kind}`;
  if (!(payload instanceof ArrayBuffer)) return JSON.stringify({ custom: { [type]: payload } });
  const bytes = new Uint8Array(1 + type.length + payload.byteLength);
  bytes[0] = type.length;
  bytes.set(new TextEncoder().encode(type), 1);
  bytes.set(new Uint8Array(payload), 1 + type.length);
  return bytes.buffer;
}

/** A binary frame (docs/frames.md) that announces detached buffers of these lengths. */
function parted(kind, header, lengths) {
  const { buffers: _none, ...rest } = header;
  const json = new TextEncoder().encode(JSON.stringify(rest));
  const bytes = new Uint8Array(16 + 8 * lengths.length + json.length);
  const view = new DataView(bytes.buffer);
  bytes.set([2, 1 + KINDS.indexOf(kind)]);
  view.setUint32(4, json.length, true);
  view.setUint32(8, lengths.length, true);
  lengths.forEach((length, index) => {
    view.setUint32(20 + 8 * index, length, true);
  });
  bytes.set(json, 16 + 8 * lengths.length);
  return bytes.buffer;
}

const PLAIN = { readout_format: "d" };

/** A good message for each widget that is shown, by which it shows `n`. @param {number} n */
export const good = (live, n) => [
  ["comm_msg", text(update(live.slider, { value: n, min: 0, max: 1_000_000, step: 1, ...PLAIN }))],
  ["comm_msg", text(update(live.label, { value: `label ${n}`, _dom_classes: [] }))],
  ["comm_msg", text(update(live.box, { children: [`IPY_MODEL_${live.inner}`] }))],
  ["comm_msg", text(update(live.inner, { value: `inner ${n}` }))],
  [
    "comm_msg",
    text(
      update(live.out, { outputs: [{ output_type: "stream", name: "stdout", text: `out ${n}` }] }),
    ),
  ],
];

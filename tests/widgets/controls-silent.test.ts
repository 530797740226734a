/** Views send nothing for changes from the server: every trait of every control. */
import { describe, expect, test, vi } from "vitest";
import type { JsonObject, ServerWidget } from "../../src/testing/index.js";
import { client, openControl, show, takeErrors } from "./page.js";

/** The first and the second value of each trait. The first values of all traits fit together, and so do the second values. */
type Traits = Record<string, readonly [unknown, unknown]>;

/** The traits of every control of ipywidgets. */
const COMMON: Traits = {
  _dom_classes: [[], ["marked"]],
  disabled: [false, true],
  tabbable: [null, true],
  tooltip: [null, "a tooltip"],
};
const DESCRIBED: Traits = {
  ...COMMON,
  description: ["", "<b>described</b>"],
  description_allow_html: [false, true],
};
const BAR: Traits = { ...DESCRIBED, orientation: ["horizontal", "vertical"] };
const SLIDER: Traits = {
  ...BAR,
  behavior: ["drag-tap", "drag-snap"],
  continuous_update: [true, false],
  readout: [true, false],
};
const NUMBERS: Traits = { ...SLIDER, min: [0, 100], max: [10, 160], step: [5, 20] };
const FEWER: Traits = {
  ...DESCRIBED,
  _options_labels: [
    ["one", "two", "three", "four"],
    ["0", "1"],
  ],
};
const TEXT: Traits = {
  ...DESCRIBED,
  continuous_update: [true, false],
  placeholder: ["", "type here"],
  value: ["first\u{1f600}", " a\nb\r\nc "],
};
const TAGS: Traits = { ...COMMON, allow_duplicates: [true, false], allowed_tags: [[], ["red"]] };
const BYTES = [new Uint8Array([1, 2]), new Uint8Array([3])] as const;
const MEDIA: Traits = { ...COMMON, value: BYTES };
const PLAYED: Traits = { ...MEDIA, autoplay: [false, true], controls: [true, false] };
const BUTTON: Traits = {
  ...COMMON,
  button_style: ["", "danger"],
  description: ["", "press"],
  icon: ["", "check"],
};
const HOURS = { hours: 1, minutes: 2, seconds: 3, milliseconds: 456.789 };
const NOON = { hours: 12, minutes: 0, seconds: 0, milliseconds: 0 };
const DAY = { year: 1, month: 0, date: 1 };
const LAST = { year: 9999, month: 11, date: 31 };
const MOMENTS: Traits = {
  ...DESCRIBED,
  value: [
    { ...DAY, ...HOURS },
    { ...LAST, ...HOURS },
  ],
  min: [null, { ...LAST, ...NOON }],
  max: [null, { ...LAST, ...HOURS }],
};

const CONTROLS: Record<string, Traits> = {
  IntSlider: { ...NUMBERS, value: [7, 133], readout_format: ["d", ",d"] },
  FloatSlider: { ...NUMBERS, value: [0.25, 120.123456], readout_format: [".2f", ".1e"] },
  FloatLogSlider: {
    ...SLIDER,
    base: [10, 2],
    min: [0, 5],
    max: [4, 9],
    step: [0.5, 0.3],
    value: [7, 333],
    readout_format: [".3g", ".2f"],
  },
  IntRangeSlider: {
    ...NUMBERS,
    value: [
      [3, 7],
      [101, 133],
    ],
    readout_format: ["d", ",d"],
  },
  FloatRangeSlider: {
    ...NUMBERS,
    value: [
      [0.3, 0.7],
      [101.1, 133.3],
    ],
    readout_format: [".2f", ".0f"],
  },
  IntProgress: { ...BAR, bar_style: ["", "info"], min: [0, 5], max: [9, 5], value: [3, 5] },
  FloatProgress: { ...BAR, bar_style: ["", "info"], min: [0, 5], max: [9, 5], value: [3.3, 5] },
  IntText: {
    ...DESCRIBED,
    continuous_update: [false, true],
    step: [1, 7],
    value: [2 ** 60, -(10 ** 30)],
  },
  FloatText: {
    ...DESCRIBED,
    continuous_update: [false, true],
    step: [null, 0.1],
    value: [1e-300, -1e300],
  },
  BoundedIntText: { ...NUMBERS, value: [7, 133] },
  BoundedFloatText: { ...NUMBERS, step: [null, 0.7], value: [0.25, 120.123456] },
  Play: {
    ...DESCRIBED,
    interval: [100, 1],
    min: [0, 100],
    max: [10, 160],
    repeat: [false, true],
    show_repeat: [true, false],
    step: [5, 20],
    value: [7, 133],
  },
  Checkbox: { ...DESCRIBED, indent: [true, false], value: [false, true] },
  ToggleButton: { ...BUTTON, value: [false, true] },
  Valid: { ...DESCRIBED, readout: ["Invalid", "wrong"], value: [false, true] },
  Button: BUTTON,
  Dropdown: { ...FEWER, index: [3, 1] },
  Select: { ...FEWER, index: [3, null], rows: [5, 2] },
  RadioButtons: { ...FEWER, index: [3, 1], orientation: ["vertical", "horizontal"] },
  ToggleButtons: {
    ...FEWER,
    button_style: ["", "danger"],
    icons: [[], ["check", "home"]],
    index: [3, 1],
    tooltips: [[], ["first"]],
  },
  SelectionSlider: { ...SLIDER, ...FEWER, index: [3, 1] },
  SelectionRangeSlider: {
    ...SLIDER,
    ...FEWER,
    index: [
      [1, 3],
      [0, 1],
    ],
  },
  SelectMultiple: { ...FEWER, index: [[0, 3], [1]], rows: [5, 2] },
  Text: TEXT,
  Textarea: { ...TEXT, rows: [null, 2] },
  Password: TEXT,
  Combobox: { ...TEXT, ensure_option: [false, true], options: [["a", "b"], ["c"]] },
  Label: TEXT,
  HTML: TEXT,
  HTMLMath: TEXT,
  ColorPicker: { ...DESCRIBED, concise: [false, true], value: ["#12f", "rgba(1, 2, 3, 0.5)"] },
  DatePicker: {
    ...DESCRIBED,
    value: [DAY, LAST],
    min: [null, DAY],
    max: [null, LAST],
    step: [1, 7],
  },
  Time: {
    ...DESCRIBED,
    value: [HOURS, NOON],
    min: [null, HOURS],
    max: [null, NOON],
    step: [60, 0.5],
  },
  Datetime: MOMENTS,
  NaiveDatetime: MOMENTS,
  TagsInput: {
    ...TAGS,
    placeholder: ["", "tag"],
    tag_style: ["", "info"],
    value: [["red", "b"], ["red"]],
  },
  ColorsInput: { ...TAGS, placeholder: ["", "tag"], value: [["red", "#123456"], ["red"]] },
  IntsInput: {
    ...TAGS,
    placeholder: ["", "tag"],
    format: ["d", ",d"],
    min: [null, 3],
    max: [null, 9],
    value: [[1, 2], [10 ** 21]],
  },
  FloatsInput: {
    ...TAGS,
    placeholder: ["", "tag"],
    format: [".1f", ".2e"],
    min: [null, 3],
    max: [null, 9],
    value: [[1.5], [1e-9, 2]],
  },
  FileUpload: {
    ...BUTTON,
    accept: ["", ".txt"],
    error: ["", "wrong"],
    multiple: [false, true],
    value: [[], []],
  },
  Image: { ...MEDIA, format: ["png", "jpeg"], width: ["", "10"], height: ["", "10"] },
  Audio: { ...PLAYED, format: ["mp3", "wav"], loop: [true, false] },
  Video: {
    ...PLAYED,
    format: ["mp4", "webm"],
    loop: [true, false],
    width: ["", "10"],
    height: ["", "10"],
  },
  Controller: { ...COMMON, index: [0, 3] },
  Box: { ...COMMON, box_style: ["", "info"] },
  HBox: { ...COMMON, box_style: ["", "info"] },
  VBox: { ...COMMON, box_style: ["", "info"] },
  GridBox: { ...COMMON, box_style: ["", "info"] },
  Accordion: { ...COMMON, titles: [["a", "b", "c"], ["d"]], selected_index: [2, 0] },
  Tab: { ...COMMON, titles: [["a", "b", "c"], ["d"]], selected_index: [2, 0] },
  Stack: { ...COMMON, titles: [["a", "b", "c"], ["d"]], selected_index: [2, 0] },
};

/** Controls with children. */
const CONTAINERS = /Box$|^(Accordion|Tab|Stack)$/;

/** Controls whose view has another name than their model. */
const VIEWS: Record<string, string> = {
  IntProgress: "ProgressView",
  FloatProgress: "ProgressView",
  BoundedIntText: "IntTextView",
  BoundedFloatText: "FloatTextView",
  NaiveDatetime: "DatetimeView",
};

/** Opens a control with the first or the second values. */
function open(name: string, traits: Traits, which: 0 | 1): ServerWidget {
  const state = pick(traits, which);
  if (VIEWS[name]) state._view_name = VIEWS[name];
  return openControl(name, state);
}

function pick(traits: Traits, which: 0 | 1): JsonObject {
  const values = Object.entries(traits).map(([trait, pair]) => [trait, pair[which]]);
  return Object.fromEntries(values) as JsonObject;
}

function withChildren(name: string, traits: Traits): Traits {
  if (!CONTAINERS.test(name)) return traits;
  const children = ["one", "two", "three"].map(
    (value) => openControl("Label", { value }).reference,
  );
  return { ...traits, children: [children, children.slice(1, 2)] };
}

/** Waits until the browser has applied every message to a widget, and has sent every update. */
async function settle(widget: ServerWidget, marker: ServerWidget): Promise<void> {
  const model = await client.widgets.get_model(widget.model_id);
  // The messages of a comm are in order.
  const received = new Promise((resolve) => model?.once("msg:custom", resolve));
  widget.send("the last so far");
  await received;
  await new Promise(requestAnimationFrame);
  // The marker's update is sent behind the updates of all views.
  const markerModel = await client.widgets.get_model(marker.model_id);
  const count = (marker.get("value") as number) + 1;
  markerModel?.set("value", count);
  markerModel?.save_changes();
  await marker.until(({ value }) => value === count);
}

describe.each(Object.entries(CONTROLS))("%s", (name, given) => {
  test.each([1, 2])(
    `${name} in %i views sends nothing for traits that the server sets`,
    async (views) => {
      const traits = withChildren(name, given);
      const marker = openControl("IntText", { value: 0 });
      const sent: unknown[] = [];
      const logged = vi.spyOn(console, "error");
      const watch = (widget: ServerWidget): void => {
        const { comm } = widget;
        const handle = comm.handle_msg;
        comm.handle_msg = (message) => {
          sent.push(message.content.data);
          return handle.call(comm, message);
        };
      };
      const display = async (widget: ServerWidget): Promise<void> => {
        watch(widget);
        for (let view = 0; view < views; view += 1) {
          const output = await show(widget);
          await expect.poll(() => output.querySelector("[class*=widget]")).not.toBeNull();
        }
        await settle(widget, marker);
      };
      const expectNothingSent = async (widget: ServerWidget, when: string): Promise<void> => {
        await settle(widget, marker);
        const errors = [...takeErrors(), ...logged.mock.calls];
        expect({ when, sent, errors }).toEqual({ when, sent: [], errors: [] });
        const model = await client.widgets.get_model(widget.model_id);
        for (const trait of ["value", "index", "selected_index"]) {
          if (
            trait in traits &&
            !/Date|Time/.test(name) &&
            !(traits[trait]?.[0] instanceof Uint8Array)
          ) {
            expect(model?.get(trait), `${trait} ${when}`).toEqual(widget.get(trait));
          }
        }
      };

      const widget = open(name, traits, 0);
      await display(widget);
      await expectNothingSent(widget, "at creation");
      const [first, second] = [pick(traits, 0), pick(traits, 1)];
      const names = Object.keys(traits);
      // Each trait alone, in one order and in the reverse order: every state between both values.
      for (const order of [names, names.toReversed()]) {
        for (const values of [second, first]) {
          for (const trait of order) {
            widget.set({ [trait]: values[trait] } as JsonObject);
          }
          await expectNothingSent(widget, `after each of ${order}`);
        }
      }
      for (const values of [second, first]) {
        widget.set(values);
        await expectNothingSent(widget, "after all together");
      }
      for (const values of [second, first, second, first]) {
        for (const trait of names) widget.set({ [trait]: values[trait] } as JsonObject);
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
      await expectNothingSent(widget, "after a burst");

      const other = open(name, traits, 1);
      await display(other);
      await expectNothingSent(other, "at creation with the second values");
    },
  );
});

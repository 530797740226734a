/** Actions of users in controls, and the resulting views and messages; unusual values; updates in parts. */
import { describe, expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import type { JsonObject } from "../../src/testing/index.js";
import { mouse, paste, placeOf, press, watch } from "./gestures.js";
import { client, find, openControl, show, takeErrors } from "./page.js";

const SLIDER = {
  description: "",
  value: 3,
  min: 0,
  max: 10,
  step: 1,
  behavior: "drag-tap",
  continuous_update: true,
};

const handleOf = (output: HTMLElement) => find(output, ".noUi-handle");
const textOf = (output: HTMLElement) => output.querySelector(".widget-readout")?.textContent;

async function drag(handle: HTMLElement, by: number): Promise<void> {
  const { left, top } = handle.getBoundingClientRect();
  mouse("mousedown", handle, left + 5, top + 5);
  for (const part of [0.5, 1]) {
    mouse("mousemove", document.documentElement, left + 5 + by * part, top + 5);
  }
  mouse("mouseup", document.documentElement, left + 5 + by, top + 5);
}

describe("a slider", () => {
  test("a slider sends the values of a key, a drag and a tap, and nothing for a click that moves nothing", async () => {
    const slider = openControl("FloatSlider", { ...SLIDER, value: 2.52, step: 0.1 });
    const sent = watch(slider);
    const output = await show(slider);
    const handle = await handleOf(output);
    await expect.poll(() => placeOf(handle)).toBeCloseTo(25.2, 0);
    await drag(handle, 0);
    await press(handle, "{ArrowRight}");
    await expect.poll(() => sent).toEqual([{ value: 2.6 }]);
    const track = (handle.closest(".noUi-base") as HTMLElement).getBoundingClientRect();
    await drag(handle, track.width / 10);
    await slider.until(({ value }) => Math.abs((value as number) - 3.6) < 0.15);
    mouse(
      "mousedown",
      handle.closest(".noUi-base") as Element,
      track.left + track.width * 0.8,
      track.top + 2,
    );
    await slider.until(({ value }) => Math.abs((value as number) - 8) < 0.15);
    expect(textOf(output)).toBe((slider.get("value") as number).toFixed(2));
    expect(takeErrors()).toEqual([]);
  });

  test("a slider without continuous_update sends one value for each drag and each key", async () => {
    const slider = openControl("IntSlider", { ...SLIDER, continuous_update: false });
    const sent = watch(slider);
    const output = await show(slider);
    const handle = await handleOf(output);
    const { width } = (handle.closest(".noUi-base") as HTMLElement).getBoundingClientRect();
    await drag(handle, width / 5);
    await expect.poll(() => sent).toEqual([{ value: 5 }]);
    await press(handle, "{ArrowLeft}");
    await expect.poll(() => sent).toEqual([{ value: 5 }, { value: 4 }]);
    expect(textOf(output)).toBe("4");
  });

  test("a slider shows a value between its steps, and a value outside of its range until the range arrives", async () => {
    const slider = openControl("IntSlider", { ...SLIDER, value: 7, step: 5 });
    const output = await show(slider);
    const handle = await handleOf(output);
    expect(textOf(output)).toBe("7");
    await expect.poll(() => placeOf(handle)).toBeCloseTo(70, 0);
    slider.set({ value: 150 });
    await expect.poll(() => textOf(output)).toBe("150");
    slider.set({ min: 100 });
    slider.set({ max: 200 });
    await expect.poll(() => placeOf(handle)).toBeCloseTo(50, 0);
    expect(textOf(output)).toBe("150");
    expect(takeErrors()).toEqual([]);
  });

  test.each([
    ["FloatSlider", { value: 2e-8, min: 1e-8, max: 5e-8, step: 5e-10 }, 2.05e-8],
    ["FloatSlider", { value: 5e-300, min: 0, max: 1e-299, step: 1e-300 }, 6e-300],
    ["FloatSlider", { value: -2e20, min: -1e21, max: 0, step: 1e20 }, -1e20],
    ["IntSlider", { value: 5, min: -(2 ** 31), max: 2 ** 31, step: 1 }, 6],
    ["IntSlider", { value: 3, min: 0, max: 10, step: 50 }, 10],
    ["FloatLogSlider", { value: 1e-8, base: 10, min: -10, max: 10, step: 1 }, 1e-7],
  ])("%s %o moves by a step", async (name, traits, right) => {
    const slider = openControl(name, { ...SLIDER, ...traits });
    const handle = await handleOf(await show(slider));
    await press(handle, "{ArrowRight}");
    await slider.until(({ value }) => value !== traits.value);
    expect((slider.get("value") as number) / right).toBeCloseTo(1, 9);
  });

  test.each([
    ["IntSlider", { value: 5, min: 5, max: 5 }],
    ["FloatRangeSlider", { value: [5, 5], min: 5, max: 5 }],
    ["SelectionSlider", { _options_labels: ["one"], index: 0 }],
    ["SelectionRangeSlider", { _options_labels: ["one"], index: [0, 0] }],
  ])("%s %o without room to move sends nothing", async (name, traits) => {
    const slider = openControl(name, { ...SLIDER, ...traits } as JsonObject);
    const sent = watch(slider);
    const output = await show(slider);
    await handleOf(output);
    for (const handle of output.querySelectorAll<HTMLElement>(".noUi-handle")) {
      await press(handle, "{ArrowRight}{ArrowLeft}{ArrowLeft}{Home}{End}{ArrowLeft}");
      await drag(handle, 20);
    }
    slider.set({ description: "done" });
    await expect.poll(() => output.querySelector("label")?.textContent).toBe("done");
    expect(sent).toEqual([]);
    expect(takeErrors()).toEqual([]);
  });

  test("a range slider keeps every digit of the end that the user does not move", async () => {
    const slider = openControl("FloatRangeSlider", {
      ...SLIDER,
      value: [0.123456789, 0.7],
      max: 3,
      step: 0.1,
    });
    const output = await show(slider);
    await handleOf(output);
    const [, upper] = output.querySelectorAll<HTMLElement>(".noUi-handle");
    await press(upper as HTMLElement, "{ArrowRight}");
    await slider.until(({ value }) => (value as number[])[1] !== 0.7);
    expect((slider.get("value") as number[])[0]).toBe(0.123456789);
  });

  test("a FloatLogSlider moves its handle when its base changes", async () => {
    const slider = openControl("FloatLogSlider", {
      ...SLIDER,
      base: 10,
      min: 0,
      max: 4,
      value: 100,
      step: 0.1,
    });
    const handle = await handleOf(await show(slider));
    await expect.poll(() => placeOf(handle)).toBeCloseTo(50, 0);
    slider.set({ base: 100 });
    await expect.poll(() => placeOf(handle)).toBeCloseTo(25, 0);
  });

  test("a SelectionRangeSlider with fewer options has no wrong index", async () => {
    const options = ["one", "two", "three", "four"];
    const slider = openControl("SelectionRangeSlider", {
      ...SLIDER,
      _options_labels: options,
      index: [1, 3],
    });
    const output = await show(slider);
    await handleOf(output);
    expect(textOf(output)).toBe("two-four");
    // Text in this readout cannot set the index.
    expect(output.querySelector(".widget-readout")).toHaveProperty("isContentEditable", false);
    slider.set({ _options_labels: ["one", "two"] });
    await expect.poll(() => textOf(output)).toBe("two-");
    slider.set({ index: [0, 1] });
    await expect.poll(() => textOf(output)).toBe("one-two");
    await press(await handleOf(output), "{ArrowRight}");
    await slider.until(({ index }) => String(index) === "1,1");
    expect(textOf(output)).toBe("two-two");
    expect(takeErrors()).toEqual([]);
  });
});

describe("the readout of a slider", () => {
  test.each([
    ["FloatSlider", { value: 0.123456 }, "0.12", 10],
    ["IntSlider", { value: 1234, max: 5000, readout_format: ",d" }, "1,234", 5000],
    ["FloatRangeSlider", { value: [0.123456, 0.2], step: 0.1 }, "0.12 – 0.20", [0.2, 0.2]],
    ["FloatLogSlider", { value: 1234.5, base: 10, min: 0, max: 4 }, "1.23e+3", 10_000],
  ])(
    "the readout of %s %o sends nothing when the user leaves it unchanged",
    async (name, traits, text, end) => {
      const slider = openControl(name, { ...SLIDER, ...traits } as JsonObject);
      const sent = watch(slider);
      const output = await show(slider);
      const readout = await find(output, ".widget-readout");
      expect(readout.textContent).toBe(text);
      await press(readout, "{Enter}");
      readout.blur();
      await press(await handleOf(output), "{End}");
      await expect.poll(() => sent.at(-1)).toEqual({ value: end });
      expect(sent).toHaveLength(1);
    },
  );

  test("the readout of a slider can be edited, and shows the value that was sent", async () => {
    const slider = openControl("IntSlider", { ...SLIDER, min: -10, value: -5 });
    const readout = await find(await show(slider), ".widget-readout");
    expect(readout.textContent).toBe("−5");
    await paste(readout, "−7");
    await userEvent.keyboard("{Enter}");
    await slider.until(({ value }) => value === -7);
    await paste(readout, "99");
    readout.blur();
    await slider.until(({ value }) => value === 10);
    expect(readout.textContent).toBe("10");
    await paste(readout, "much");
    readout.blur();
    expect(readout.textContent).toBe("10");
  });
});

describe("a field for numbers", () => {
  const WHOLE = { "3.7": 3, "1e3": 1000, "-0": 0, "99999999999999999999": 1e20, "12": 12 };
  const FRACTION = { "3.70": 3.7, "1e3": 1000, "-.5": -0.5, "1e-300": 1e-300 };
  const cases = [
    ...["IntText", "BoundedIntText"].flatMap((name) =>
      Object.entries(WHOLE).map((c) => [name, ...c] as const),
    ),
    ...["FloatText", "BoundedFloatText"].flatMap((name) =>
      Object.entries(FRACTION).map((c) => [name, ...c] as const),
    ),
  ];
  const bounds = { min: -1e300, max: 1e300, step: 1 };
  const openField = (name: string, traits: JsonObject = {}) =>
    openControl(name, {
      ...(name.startsWith("Bounded") && { ...bounds, _view_name: `${name.slice(7)}View` }),
      description: "",
      value: 5,
      ...traits,
    });

  test.each(cases)(
    "%s shows the number that it sends for a pasted %s",
    async (name, text, value) => {
      for (const keys of ["{Enter}", "{Tab}"]) {
        const field = openField(name);
        const input = await find<HTMLInputElement>(await show(field), "input");
        await paste(input, text);
        await userEvent.keyboard(keys);
        await field.until((state) => state.value === value);
        await expect.poll(() => input.value).toBe(String(field.get("value")));
      }
    },
  );

  test.each(["", "-", "e", "--5", "1e400"])(
    "a number field sends nothing for the text %j",
    async (text) => {
      for (const name of ["IntText", "FloatText", "BoundedIntText"]) {
        const field = openField(name);
        const sent = watch(field);
        const input = await find<HTMLInputElement>(await show(field), "input");
        await paste(input, text);
        await userEvent.keyboard("{Enter}");
        input.blur();
        await expect.poll(() => input.value).toBe("5");
        expect(sent).toEqual([]);
      }
    },
  );

  test.each(["3.7", "1e3", "1,5", "1 000", "+4", "7-2"])(
    "a number field shows the number that it sends for typed %s",
    async (text) => {
      for (const continuous_update of [false, true]) {
        for (const name of ["IntText", "FloatText"]) {
          const field = openField(name, { continuous_update });
          const input = await find<HTMLInputElement>(await show(field), "input");
          input.select();
          await press(input, `${text}{Enter}`);
          field.set({ description: "done" });
          await expect
            .poll(() => input.parentElement?.querySelector("label")?.textContent)
            .toBe("done");
          await expect.poll(() => input.value).toBe(String(field.get("value")));
        }
      }
    },
  );

  test("a number field keeps a value outside of its range while a new range is pending", async () => {
    const field = openField("BoundedIntText", { value: 5, min: 0, max: 10 });
    const input = await find<HTMLInputElement>(await show(field), "input");
    field.set({ value: 150 });
    await expect.poll(() => input.value).toBe("150");
    field.set({ max: 200 });
    await expect.poll(() => input.max).toBe("200");
    await paste(input, "250");
    await userEvent.keyboard("{Enter}");
    await field.until(({ value }) => value === 200);
    expect(input.value).toBe("200");
  });
});

describe("Play", () => {
  const PLAY = {
    value: 0,
    min: 0,
    max: 4,
    step: 1,
    interval: 20,
    playing: false,
    repeat: false,
    show_repeat: true,
    disabled: false,
  };

  test.each([1, 2, 3])("a Play in %i views counts each step once, to the end", async (views) => {
    const play = openControl("Play", PLAY);
    const sent = watch(play);
    const outputs = [];
    for (let view = 0; view < views; view += 1) outputs.push(await show(play));
    for (const output of outputs) await find(output, "button");
    outputs[0]?.querySelector("button")?.click();
    await play.until(({ value, playing }) => value === 4 && playing === false);
    expect(sent.flatMap(({ value }) => value ?? [])).toEqual([1, 2, 3, 4]);
    for (const output of outputs) expect(output.querySelector("button")?.ariaLabel).toBe("Play");
    // After its end, Play starts again from the minimum.
    outputs.at(-1)?.querySelector("button")?.click();
    await play.until(({ value }) => value === 2);
    outputs[0]?.querySelectorAll("button")[1]?.click();
    await play.until(({ value, playing }) => value === 0 && playing === false);
  });

  test("the server starts and stops a Play", async () => {
    const play = openControl("Play", { ...PLAY, max: 1000, interval: 1 });
    for (const output of [await show(play), await show(play)]) await find(output, "button");
    play.set({ playing: true });
    await play.until(({ value }) => (value as number) > 5);
    play.set({ playing: false });
    play.set({ value: 500 });
    play.set({ playing: true });
    await play.until(({ value }) => (value as number) > 510);
    expect(takeErrors()).toEqual([]);
  });
});

test("a Play that is closed while it plays stops", async () => {
  const traits = { value: 0, min: 0, max: 1_000, step: 1, interval: 5, playing: false };
  const [play, clock] = [openControl("Play", traits), openControl("Play", traits)];
  for (const each of [play, clock]) {
    await find(await show(each), "button");
    each.set({ playing: true });
  }
  await play.until(({ value }) => (value as number) > 3);
  const model = await client.widgets.get_model(play.model_id);
  play.close();
  await expect.poll(() => client.widgets.has_model(play.model_id)).toBe(false);
  const last = model.get("value");
  const now = clock.get("value") as number;
  await clock.until(({ value }) => (value as number) > now + 10);
  expect(model.get("value")).toBe(last);
});

describe("choices of options that become fewer", () => {
  const options = ["0", "1", "2"];

  test("a SelectMultiple applies fewer options in two views", async () => {
    const select = openControl("SelectMultiple", {
      _options_labels: options,
      index: [0, 2],
      rows: 5,
      disabled: false,
    });
    const outputs = [await show(select), await show(select)];
    for (const output of outputs) await find(output, "option");
    select.set({ _options_labels: ["Hello"] });
    select.set({ index: [0] });
    for (const output of outputs) {
      const chosen = () =>
        Array.from(output.querySelectorAll("option"), (o) => [o.text, o.selected]);
      await expect.poll(chosen).toEqual([["Hello", true]]);
    }
    select.set({ index: [1] });
    select.set({ _options_labels: options });
    for (const output of outputs) {
      await expect.poll(() => output.querySelector("select")?.selectedIndex).toBe(1);
    }
    expect(takeErrors()).toEqual([]);
  });

  test("ToggleButtons with fewer options have no old buttons, and have the current style", async () => {
    const buttons = openControl("ToggleButtons", {
      _options_labels: options,
      index: 2,
      button_style: "",
      icons: [],
      tooltips: [],
      disabled: false,
    });
    const output = await show(buttons);
    await find(output, "button");
    buttons.set({ _options_labels: ["0", "1"], button_style: "danger" });
    const shown = () =>
      Array.from(output.querySelectorAll("button"), (b) => [
        b.textContent,
        b.classList.contains("mod-danger"),
      ]);
    await expect.poll(shown).toEqual([
      ["0", true],
      ["1", true],
    ]);
    buttons.set({ _options_labels: [] });
    buttons.set({ index: null });
    await expect.poll(shown).toEqual([]);
    buttons.set({ _options_labels: options, index: 1 });
    await expect.poll(() => output.querySelector(".mod-active")?.textContent).toBe("1");
    expect(takeErrors()).toEqual([]);
  });
});

describe("containers", () => {
  const label = (value: string) => openControl("Label", { value }).reference;

  test.each(["Accordion", "Tab", "Stack"])(
    "%s shows a child whose index arrives before the child",
    async (name) => {
      const children = ["one", "two"].map(label);
      const box = openControl(name, {
        children: [children[0]],
        titles: ["first"],
        selected_index: 0,
      });
      const sent = watch(box);
      const outputs = [await show(box), await show(box)];
      for (const output of outputs) await find(output, ".widget-label");
      box.set({ selected_index: 1 });
      box.set({ titles: ["first", "second"] });
      box.set({ children });
      for (const output of outputs) {
        const visible = () =>
          Array.from(output.querySelectorAll<HTMLElement>(".widget-label"))
            .filter((each) => each.checkVisibility())
            .map(({ textContent }) => textContent);
        await expect.poll(visible).toEqual(["two"]);
      }
      expect(sent).toEqual([]);
      expect(takeErrors()).toEqual([]);
    },
  );

  test.each([
    ["Accordion", ".jupyter-widget-Collapse-header"],
    ["Tab", ".lm-TabBar-tab"],
  ])("%s sends what the user chooses", async (name, selector) => {
    const box = openControl(name, {
      children: ["one", "two"].map(label),
      titles: ["a", "b"],
      selected_index: 0,
    });
    const sent = watch(box);
    const outputs = [await show(box), await show(box)];
    for (const output of outputs) await find(output, ".widget-label");
    await userEvent.click(outputs[1]?.querySelectorAll(selector)[1] as Element);
    await expect.poll(() => sent).toEqual([{ selected_index: 1 }]);
    const isOpen = (each: Element) =>
      each.matches(".lm-mod-current") || each.closest(".jupyter-widget-Collapse-open") !== null;
    for (const output of outputs) {
      const open = () => Array.from(output.querySelectorAll(selector), isOpen);
      await expect.poll(open).toEqual([false, true]);
    }
  });

  test("a tab whose child is closed selects no other child", async () => {
    const children = ["one", "two"].map((value) => openControl("Label", { value }));
    const tab = openControl("Tab", {
      children: children.map(({ reference }) => reference),
      titles: ["a", "b"],
      selected_index: 1,
    });
    const sent = watch(tab);
    const output = await show(tab);
    await find(output, ".widget-label");
    children[1]?.close();
    tab.set({ titles: ["c", "c"] });
    await expect.poll(() => output.textContent).toContain("c");
    expect(sent).toEqual([]);
  });
});

describe("times and colors", () => {
  test.each([
    [{ hours: 1, minutes: 2, seconds: 3, milliseconds: 456.789 }, "01:02:03.456"],
    [{ hours: 0, minutes: 0, seconds: 0, milliseconds: 0.5 }, "00:00"],
    [{ hours: 23, minutes: 59, seconds: 59, milliseconds: 999.999 }, "23:59:59.999"],
  ])("a TimePicker shows %o", async (value, text) => {
    const picker = openControl("Time", { value, min: null, max: null, step: 60, disabled: false });
    const input = await find<HTMLInputElement>(await show(picker), "input");
    expect(input.value).toBe(text);
    picker.set({ value: null });
    await expect.poll(() => input.value).toBe("");
    picker.set({ value, max: value });
    await expect.poll(() => input.value).toBe(text);
    expect(input.max).toBe(text);
  });

  test.each([
    ["Datetime", "9999-12-31T23:59:59.999"],
    ["NaiveDatetime", "0001-01-01T01:02:03.456"],
  ])("a %sPicker shows %s", async (name, text) => {
    const [year, month, date, hours, minutes, seconds, milliseconds] = text.split(/\D/).map(Number);
    const value = {
      year,
      month: (month ?? 0) - 1,
      date,
      hours,
      minutes,
      seconds,
      milliseconds: (milliseconds ?? 0) + 0.789,
    };
    const picker = openControl(name, {
      _view_name: "DatetimeView",
      value,
      min: null,
      max: null,
      disabled: false,
    } as JsonObject);
    const input = await find<HTMLInputElement>(await show(picker), "input");
    expect(input.value).toBe(text);
  });

  test("a ColorPicker keeps its color when the typed text is not a color", async () => {
    const picker = openControl("ColorPicker", {
      value: "#123456",
      concise: false,
      disabled: false,
    });
    const input = await find<HTMLInputElement>(await show(picker), "input[type=text]");
    await paste(input, "no color");
    input.blur();
    await expect.poll(() => input.value).toBe("#123456");
    await paste(input, "red");
    input.blur();
    await picker.until(({ value }) => value === "red");
  });

  test("an IntsInput accepts only whole numbers, also with an exponent", async () => {
    const ints = openControl("IntsInput", {
      value: [10 ** 21],
      placeholder: "",
      allowed_tags: [],
      allow_duplicates: true,
      min: null,
      max: null,
      format: "d",
      tag_style: "",
    });
    const sent = watch(ints);
    const output = await show(ints);
    const input = await find<HTMLInputElement>(output, "input");
    for (const text of ["1.5", "5x", "1e3"]) {
      (output.firstElementChild as HTMLElement).click();
      await paste(input, text);
      await userEvent.keyboard("{Enter}");
    }
    await expect.poll(() => sent).toEqual([{ value: [10 ** 21, 1000] }]);
  });
});

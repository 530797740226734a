/** Controls with simultaneous actions of the user and the server, unusual orders and unusual values. */
import { afterEach, describe, expect, test } from "vitest";
import { userEvent } from "vitest/browser";
import type { JsonObject, ServerWidget } from "../../src/testing/index.js";
import { mouse, paste, placeOf, press, watch } from "./gestures.js";
import { client, find, openAnywidget, openControl, show, takeErrors } from "./page.js";

const uncaught: unknown[] = [];
addEventListener("unhandledrejection", ({ reason }) => uncaught.push(String(reason)));
addEventListener("error", ({ message }) => uncaught.push(message));
console.error = (...logged: unknown[]) => uncaught.push(...logged.map(String));
afterEach(() => {
  const all = [...takeErrors(), ...uncaught.splice(0)];
  expect(all).toEqual([]);
});
const SLIDER = {
  description: "",
  value: 3,
  min: 0,
  max: 10,
  step: 1,
  behavior: "drag-tap",
  continuous_update: true,
  orientation: "horizontal",
  readout: true,
  disabled: false,
};
const handles = (o: Element) => [...o.querySelectorAll<HTMLElement>(".noUi-handle")];
const textOf = (o: Element) => o.querySelector(".widget-readout")?.textContent;
const opened = async (name: string, traits: object) => {
  const widget = openControl(name, traits as JsonObject);
  const sent = watch(widget);
  const output = await show(widget);
  await expect.poll(() => output.querySelector("[class*=widget]")).not.toBeNull();
  return { widget, sent, output };
};
/** Waits for a round trip, after which every update has been sent. */
async function settle(widget: ServerWidget) {
  const model = await client.widgets.get_model(widget.model_id);
  const received = new Promise((r) => model?.once("msg:custom", r));
  widget.send("x");
  await received;
  await new Promise(requestAnimationFrame);
  const marker = openControl("IntText", { value: 0 });
  const markerModel = await client.widgets.get_model(marker.model_id);
  markerModel?.set("value", 1);
  markerModel?.save_changes();
  await marker.until(({ value }) => value === 1);
}
/** Types a text into the readout of a slider. Returns the text, the value and the readout after that. */
async function readoutAfter(
  name: string,
  text: string,
  traits: JsonObject,
): Promise<[text: string, value: unknown, readout: string | null]> {
  const { widget, output } = await opened(name, { ...SLIDER, ...traits });
  const readout = await find(output, ".widget-readout");
  await paste(readout, text);
  readout.blur();
  await settle(widget);
  return [text, widget.get("value"), readout.textContent];
}
const link = (kind: string, a: ServerWidget, b: ServerWidget, ta = "value", tb = "value") =>
  openControl(kind, { source: [a.reference, ta], target: [b.reference, tb] });

describe("radios and toggles", () => {
  test("RadioButtons apply labels that become numbers", async () => {
    const { widget, output } = await opened("RadioButtons", {
      _options_labels: ["a", "b"],
      index: 0,
      orientation: "vertical",
      disabled: false,
      description: "",
    });
    await find(output, "input");
    widget.set({ _options_labels: ["0", "1"] });
    widget.set({ index: 1 });
    await settle(widget);
    expect(
      [...output.querySelectorAll(".widget-radio-box label")].map((l) => [
        l.textContent,
        (l.querySelector("input") as HTMLInputElement).checked,
      ]),
    ).toEqual([
      ["0", false],
      ["1", true],
    ]);
  });
  test("RadioButtons with equal labels are distinguished by position", async () => {
    const { widget, output, sent } = await opened("RadioButtons", {
      _options_labels: ["a", "a", "b"],
      index: 1,
      orientation: "vertical",
      disabled: false,
      description: "",
    });
    await find(output, "input");
    const checked = () => [...output.querySelectorAll("input")].map((i) => i.checked);
    expect.soft(checked()).toEqual([false, true, false]);
    await userEvent.click([...output.querySelectorAll("input")][2] as Element);
    await userEvent.click([...output.querySelectorAll("input")][1] as Element);
    await settle(widget);
    expect(sent).toEqual([{ index: 2 }, { index: 1 }]);
    expect(checked()).toEqual([false, true, false]);
  });
  test("ToggleButtons with equal labels are distinguished by position", async () => {
    const { widget, output, sent } = await opened("ToggleButtons", {
      _options_labels: ["a", "a", "b"],
      index: 1,
      icons: [],
      tooltips: [],
      button_style: "",
      disabled: false,
      description: "",
    });
    await find(output, "button");
    const act = () =>
      [...output.querySelectorAll("button")].map((i) => i.classList.contains("mod-active"));
    expect.soft(act()).toEqual([false, true, false]);
    await userEvent.click([...output.querySelectorAll("button")][0] as Element);
    await settle(widget);
    expect(sent).toEqual([{ index: 0 }, { custom: { event: "click" } }]);
    expect(act()).toEqual([true, false, false]);
  });
  test("ToggleButtons apply a change of only tooltips or only disabled", async () => {
    const { widget, output } = await opened("ToggleButtons", {
      _options_labels: ["a", "b"],
      index: 1,
      icons: [],
      tooltips: [],
      button_style: "",
      disabled: false,
      description: "",
    });
    await find(output, "button");
    widget.set({ tooltips: ["x", "y"] });
    await settle(widget);
    expect(output.querySelector("button")?.title).toBe("x");
    widget.set({ disabled: true });
    await settle(widget);
    expect(output.querySelector("button")?.disabled).toBe(true);
  });
  test("RadioButtons apply labels that are swapped", async () => {
    const { widget, output } = await opened("RadioButtons", {
      _options_labels: ["0", "1"],
      index: 0,
      orientation: "vertical",
      disabled: false,
      description: "",
    });
    await find(output, "input");
    for (const l of [
      ["1", "0"],
      ["0", "1"],
    ]) {
      widget.set({ _options_labels: l });
      await settle(widget);
      expect(
        [...output.querySelectorAll(".widget-radio-box label")].map((e) => e.textContent),
      ).toEqual(l);
    }
  });
});

describe("range sliders", () => {
  test("a range slider sends the end that the server has clamped", async () => {
    const { widget, sent, output } = await opened("IntRangeSlider", { ...SLIDER, value: [3, 7] });
    await find(output, ".noUi-handle");
    widget.set({ value: [3, 150] });
    await settle(widget);
    widget.set({ value: [3, 10] });
    await settle(widget);
    await press(handles(output)[0] as HTMLElement, "{ArrowRight}");
    await expect.poll(() => sent.length).toBe(1);
    expect(sent).toEqual([{ value: [4, 10] }]);
  });
  test("a SelectionRangeSlider applies a shorter list of options", async () => {
    const { widget, sent, output } = await opened("SelectionRangeSlider", {
      ...SLIDER,
      _options_labels: ["a", "b", "c", "d"],
      index: [0, 3],
    });
    await find(output, ".noUi-handle");
    widget.set({ _options_labels: ["a", "b"] });
    await settle(widget);
    widget.set({ index: [0, 1] });
    await settle(widget);
    await press(handles(output)[0] as HTMLElement, "{ArrowRight}");
    await expect.poll(() => sent.length).toBe(1);
    expect(sent).toEqual([{ index: [1, 1] }]);
  });
  test("a linked range slider sends the end that the server has clamped", async () => {
    const a = openControl("IntRangeSlider", { ...SLIDER, max: 200, value: [3, 100] });
    const {
      widget: b,
      output,
      sent,
    } = await opened("IntRangeSlider", { ...SLIDER, value: [3, 10] });
    const oa = await show(a);
    await find(oa, ".noUi-handle");
    await find(output, ".noUi-handle");
    b.onChange(() => {
      const [lo, hi] = b.get("value") as [number, number];
      b.set({ value: [Math.min(lo, 10), Math.min(hi, 10)] });
    });
    link("DirectionalLink", a, b);
    await b.until(({ value }) => String(value) === "3,10");
    await press(handles(oa)[1] as HTMLElement, "{ArrowRight}");
    await settle(b);
    await settle(b);
    expect(b.get("value")).toEqual([3, 10]);
    sent.length = 0;
    await press(handles(output)[0] as HTMLElement, "{ArrowRight}");
    await expect.poll(() => sent.length).toBeGreaterThan(0);
    await settle(b);
    expect(sent).toEqual([{ value: [4, 10] }]);
    expect(textOf(output)).toBe("4 – 10");
  });
  test("a drag of the bar between two handles moves both ends", async () => {
    const { widget, sent, output } = await opened("IntRangeSlider", {
      ...SLIDER,
      value: [3, 5],
      behavior: "drag",
    });
    await find(output, ".noUi-handle");
    const c = output.querySelector(".noUi-connect") as HTMLElement;
    const r = c.getBoundingClientRect();
    const track = (output.querySelector(".noUi-base") as HTMLElement).getBoundingClientRect();
    mouse("mousedown", c, r.left + r.width / 2, r.top + 1);
    for (const p of [1, 2])
      mouse(
        "mousemove",
        document.documentElement,
        r.left + r.width / 2 + (p * track.width) / 10,
        r.top + 1,
      );
    mouse(
      "mouseup",
      document.documentElement,
      r.left + r.width / 2 + (2 * track.width) / 10,
      r.top + 1,
    );
    await settle(widget);
    expect(widget.get("value")).toEqual([5, 7]);
    expect(sent).toEqual([{ value: [4, 6] }, { value: [5, 7] }]);
  });
  test("the readout of a range slider accepts exponents", async () => {
    const { widget, output } = await opened("FloatRangeSlider", {
      ...SLIDER,
      value: [1230, 4500],
      max: 10000,
      step: 1,
      readout_format: ".3g",
    });
    const r = await find(output, ".widget-readout");
    expect(r.textContent).toBe("1.23e+3 – 4.50e+3");
    await paste(r, "1.5e+3 – 4.5e+3");
    await userEvent.keyboard("{Enter}");
    await settle(widget);
    expect(widget.get("value")).toEqual([1500, 4500]);
  });
  test("the readout of a range slider accepts negative numbers", async () => {
    const { widget, output } = await opened("IntRangeSlider", {
      ...SLIDER,
      value: [-5, -2],
      min: -10,
    });
    const r = await find(output, ".widget-readout");
    await paste(r, "-7 - -3");
    r.blur();
    await settle(widget);
    expect(widget.get("value")).toEqual([-7, -3]);
    expect(r.textContent).toBe("−7 – −3");
  });
  test("a range slider rejects an upper end below the lower end, typed or by key", async () => {
    const { widget, sent, output } = await opened("IntRangeSlider", { ...SLIDER, value: [3, 5] });
    const r = await find(output, ".widget-readout");
    await paste(r, "9-1");
    r.blur();
    expect(r.textContent).toBe("3 – 5");
    await press(handles(output)[0] as HTMLElement, "{End}");
    await settle(widget);
    expect(sent).toEqual([{ value: [5, 5] }]);
  });
});

describe("sliders", () => {
  test.each([
    ["PageUp", 5],
    ["PageDown", 1],
    ["Home", 0],
    ["End", 10],
    ["ArrowUp", 4],
    ["ArrowDown", 2],
  ])("the key %s moves a vertical slider", async (key, right) => {
    const { widget, sent, output } = await opened("IntSlider", {
      ...SLIDER,
      orientation: "vertical",
    });
    await press(await find(output, ".noUi-handle"), `{${key}}`);
    await settle(widget);
    expect(sent.length).toBe(1);
    if (!key.startsWith("Page")) expect(widget.get("value")).toBe(right);
    expect(textOf(output)).toBe(String(widget.get("value")));
  });
  test("a slider keeps its accessible name and its keys after a change of orientation", async () => {
    const { widget, sent, output } = await opened("IntSlider", {
      ...SLIDER,
      description: "my slider",
    });
    const h = await find(output, ".noUi-handle");
    await expect.poll(() => h.getAttribute("aria-labelledby")).not.toBeNull();
    widget.set({ orientation: "vertical" });
    await settle(widget);
    const h2 = await find(output, ".noUi-handle");
    await press(h2, "{ArrowUp}");
    await settle(widget);
    expect(sent).toEqual([{ value: 4 }]);
    expect(h2.getAttribute("aria-labelledby")).not.toBeNull();
  });
  test("a disabled slider sends nothing", async () => {
    const { widget, sent, output } = await opened("IntSlider", { ...SLIDER, disabled: true });
    const h = await find(output, ".noUi-handle");
    await press(h, "{ArrowRight}");
    const b = (output.querySelector(".noUi-base") as HTMLElement).getBoundingClientRect();
    mouse(
      "mousedown",
      output.querySelector(".noUi-base") as HTMLElement,
      b.left + b.width / 2,
      b.top + 1,
    );
    mouse("mouseup", document.documentElement, b.left, b.top);
    await settle(widget);
    expect(sent).toEqual([]);
    widget.set({ disabled: false });
    await settle(widget);
    await press(h, "{ArrowRight}");
    await settle(widget);
    expect(sent).toEqual([{ value: 4 }]);
  });
  test("a disabled slider stays disabled after a change of orientation", async () => {
    const { widget, sent, output } = await opened("FloatSlider", { ...SLIDER, disabled: true });
    await find(output, ".noUi-handle");
    widget.set({ orientation: "vertical" });
    await settle(widget);
    await press(await find(output, ".noUi-handle"), "{ArrowUp}");
    await settle(widget);
    expect(sent).toEqual([]);
  });
  test.each([null, 0, -1, 0.3])(
    "a FloatSlider with the step %j moves by tap and by key",
    async (step) => {
      const { widget, sent, output } = await opened("FloatSlider", { ...SLIDER, step });
      const h = await find(output, ".noUi-handle");
      const track = (output.querySelector(".noUi-base") as HTMLElement).getBoundingClientRect();
      mouse(
        "mousedown",
        output.querySelector(".noUi-base") as HTMLElement,
        track.left + track.width * 0.62,
        track.top + 2,
      );
      mouse("mouseup", document.documentElement, track.left + track.width * 0.62, track.top + 2);
      await settle(widget);
      expect(Math.abs((widget.get("value") as number) - 6.2)).toBeLessThan(0.4);
      const v = widget.get("value") as number;
      await press(h, "{ArrowRight}");
      await settle(widget);
      expect(sent.every(({ value }) => typeof value === "number")).toBe(true);
      if (step !== 0) expect(widget.get("value")).not.toBe(v);
    },
  );
  test("a drag continues when the server sets the value", async () => {
    const { widget, sent, output } = await opened("IntSlider", { ...SLIDER, value: 2 });
    const h = await find(output, ".noUi-handle");
    const track = (output.querySelector(".noUi-base") as HTMLElement).getBoundingClientRect();
    const { left, top } = h.getBoundingClientRect();
    mouse("mousedown", h, left + 5, top + 5);
    mouse("mousemove", document.documentElement, left + 5 + track.width * 0.2, top + 5);
    await widget.until(({ value }) => value === 4);
    widget.set({ value: 9 });
    await expect.poll(() => textOf(output)).toBe("9");
    widget.set({ max: 20 });
    await settle(widget);
    expect(textOf(output)).toBe("9");
    widget.set({ max: 10 });
    await settle(widget);
    mouse("mousemove", document.documentElement, left + 5 + track.width * 0.4, top + 5);
    await widget.until(({ value }) => value !== 9);
    mouse("mouseup", document.documentElement, left + 5 + track.width * 0.4, top + 5);
    await settle(widget);
    expect(widget.get("value")).toBe(6);
    expect(textOf(output)).toBe("6");
    expect(sent).toEqual([{ value: 4 }, { value: 6 }]);
  });
  test("the handle and the readout follow a server that overrides each value", async () => {
    const { widget, output } = await opened("FloatSlider", { ...SLIDER, step: 0.1, value: 2 });
    const h = await find(output, ".noUi-handle");
    widget.onChange(() => widget.set({ value: Math.min(2.25, widget.get("value") as number) }));
    for (let i = 0; i < 3; i++) {
      await press(h, "{End}");
      await settle(widget);
      await settle(widget);
      expect(widget.get("value")).toBe(2.25);
      expect(textOf(output)).toBe("2.25");
      expect(placeOf(h)).toBeCloseTo(22.5, 0);
    }
  });
  test("a drag without continuous_update continues when the server sets the description", async () => {
    const { widget, output } = await opened("IntSlider", {
      ...SLIDER,
      value: 2,
      continuous_update: false,
    });
    const h = await find(output, ".noUi-handle");
    const track = (output.querySelector(".noUi-base") as HTMLElement).getBoundingClientRect();
    const { left, top } = h.getBoundingClientRect();
    mouse("mousedown", h, left + 5, top + 5);
    mouse("mousemove", document.documentElement, left + 5 + track.width * 0.2, top + 5);
    expect(textOf(output)).toBe("4");
    widget.set({ description: "d" });
    await settle(widget);
    widget.set({ max: 20 });
    await settle(widget);
    widget.set({ max: 10 });
    await settle(widget);
    mouse("mouseup", document.documentElement, left + 5 + track.width * 0.2, top + 5);
    await settle(widget);
    expect(textOf(output)).toBe(String(widget.get("value")));
    expect(placeOf(h)).toBeCloseTo((widget.get("value") as number) * 10, 0);
  });
  test("a touch drags a handle", async () => {
    const { widget, output } = await opened("IntSlider", { ...SLIDER, value: 2 });
    const h = await find(output, ".noUi-handle");
    const track = (output.querySelector(".noUi-base") as HTMLElement).getBoundingClientRect();
    const { left, top } = h.getBoundingClientRect();
    const t = (type: string, x: number) => {
      const touch = new Touch({
        identifier: 1,
        target: h,
        clientX: x,
        clientY: top + 5,
        pageX: x,
        pageY: top + 5,
      });
      h.dispatchEvent(
        new TouchEvent(type, {
          bubbles: true,
          cancelable: true,
          touches: type === "touchend" ? [] : [touch],
          targetTouches: type === "touchend" ? [] : [touch],
          changedTouches: [touch],
        }),
      );
    };
    t("touchstart", left + 5);
    t("touchmove", left + 5 + track.width * 0.1);
    t("touchmove", left + 5 + track.width * 0.3);
    t("touchend", left + 5 + track.width * 0.3);
    await settle(widget);
    expect(widget.get("value")).toBe(5);
  });
  test("the readout of an IntSlider accepts 1e3, 3.7 and 2,234", async () => {
    const got: unknown[] = [];
    for (const [text, fmt] of [
      ["1e3", "d"],
      ["3.7", "d"],
      ["2,234", ",d"],
      ["", "d"],
      [" 12 ", "d"],
    ] as const) {
      got.push(
        await readoutAfter("IntSlider", text, { max: 5000, value: 1234, readout_format: fmt }),
      );
    }
    expect(got).toEqual([
      ["1e3", 1000, "1000"],
      ["3.7", 3, "3"],
      ["2,234", 2234, "2,234"],
      ["", 1234, "1234"],
      [" 12 ", 12, "12"],
    ]);
  });
  test("readouts of percent, money and SI prefixes accept text in their format", async () => {
    const got: unknown[] = [];
    for (const [text, fmt, max, value] of [
      ["60%", ".0%", 1, 0.5],
      ["$2.50", "$.2f", 10, 1],
      ["2k", ".2s", 5000, 1000],
      ["2,000.5", ",.1f", 5000, 1000],
    ] as const) {
      got.push(
        await readoutAfter("FloatSlider", text, { max, value, step: 0.01, readout_format: fmt }),
      );
    }
    expect(got).toEqual([
      ["60%", 0.6, "60%"],
      ["$2.50", 2.5, "$2.50"],
      ["2k", 2000, "2.0k"],
      ["2,000.5", 2000.5, "2,000.5"],
    ]);
  });
  test("a slider in a tab that is shown later moves to the position of a tap", async () => {
    const s = openControl("IntSlider", { ...SLIDER, value: 2 });
    const l = openControl("Label", { value: "x" });
    const { output, widget: tab } = await opened("Tab", {
      children: [l.reference, s.reference],
      titles: ["a", "b"],
      selected_index: 0,
    });
    await find(output, ".noUi-handle");
    s.set({ value: 7 });
    tab.set({ selected_index: 1 });
    const h = await find(output, ".noUi-handle");
    await expect.poll(() => placeOf(h)).toBeCloseTo(70, 0);
    const track = (output.querySelector(".noUi-base") as HTMLElement).getBoundingClientRect();
    mouse(
      "mousedown",
      output.querySelector(".noUi-base") as HTMLElement,
      track.left + track.width * 0.4,
      track.top + 2,
    );
    mouse("mouseup", document.documentElement, track.left + track.width * 0.4, track.top + 2);
    await settle(s);
    expect(s.get("value")).toBe(4);
  });
  test("a slider and a field that are linked in the browser follow each other", async () => {
    const a = await opened("IntSlider", { ...SLIDER });
    const b = await opened("IntText", {
      value: 3,
      description: "",
      step: 1,
      continuous_update: false,
      disabled: false,
    });
    link("Link", a.widget, b.widget);
    await settle(a.widget);
    await press(await find(a.output, ".noUi-handle"), "{ArrowRight}");
    await b.widget.until(({ value }) => value === 4);
    const input = await find<HTMLInputElement>(b.output, "input");
    expect(input.value).toBe("4");
    await paste(input, "9");
    await userEvent.keyboard("{Enter}");
    await a.widget.until(({ value }) => value === 9);
    await settle(a.widget);
    expect(textOf(a.output)).toBe("9");
    expect(a.sent).toEqual([{ value: 4 }, { value: 9 }]);
    expect(b.sent).toEqual([{ value: 4 }, { value: 9 }]);
  });
  test("a Play that repeats drives a slider", async () => {
    const play = await opened("Play", {
      value: 0,
      min: 0,
      max: 3,
      step: 1,
      interval: 10,
      playing: false,
      repeat: true,
      show_repeat: true,
      disabled: false,
      description: "",
    });
    const s = await opened("IntSlider", { ...SLIDER, value: 0, max: 3 });
    await find(s.output, ".noUi-handle");
    const jl = link("Link", play.widget, s.widget);
    await settle(jl);
    (await find<HTMLButtonElement>(play.output, "button")).click();
    await expect.poll(() => s.sent.length).toBeGreaterThan(9);
    (await find<HTMLButtonElement>(play.output, "button")).click();
    await play.widget.until(({ playing }) => playing === false);
    await settle(s.widget);
    const vs = s.sent.map(({ value }) => value as number);
    vs.forEach((v, i) => {
      if (i) expect(v).toBe(((vs[i - 1] as number) + 1) % 4);
    });
    expect(s.widget.get("value")).toBe(play.widget.get("value"));
    expect(textOf(s.output)).toBe(String(s.widget.get("value")));
  });
  test("keys move a slider by steps of 0.1", async () => {
    const { widget, sent, output } = await opened("FloatSlider", {
      ...SLIDER,
      value: 0,
      max: 1,
      step: 0.1,
    });
    const h = await find(output, ".noUi-handle");
    for (let i = 0; i < 10; i++) await press(h, "{ArrowRight}");
    await settle(widget);
    expect(sent.map(({ value }) => value)).toEqual(
      [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((x) => expect.closeTo(x, 12)),
    );
  });
});

describe("fields", () => {
  test("a Text without continuous_update sends one update and one submit on Enter", async () => {
    const { widget, sent, output } = await opened("Text", {
      value: "",
      placeholder: "",
      continuous_update: false,
      description: "",
      disabled: false,
      tooltip: null,
      tabbable: null,
    });
    const i = await find<HTMLInputElement>(output, "input");
    await press(i, "שלום");
    await settle(widget);
    expect(sent).toEqual([]);
    await userEvent.keyboard("{Enter}");
    i.blur();
    await settle(widget);
    expect(widget.get("value")).toBe("שלום");
    expect(sent.length).toBe(2);
  });
  test("a Combobox with ensure_option accepts only an option", async () => {
    const { widget, output } = await opened("Combobox", {
      value: "",
      options: ["ab", "cd"],
      ensure_option: true,
      placeholder: "",
      continuous_update: true,
      description: "",
      disabled: false,
      tooltip: null,
      tabbable: null,
    });
    const i = await find<HTMLInputElement>(output, "input");
    await press(i, "abx");
    i.blur();
    await settle(widget);
    expect(["", "ab"]).toContain(widget.get("value"));
  });
  test("an arrow key steps an IntText in both of its views", async () => {
    const { widget, sent, output } = await opened("IntText", {
      value: 5,
      step: 7,
      description: "",
      continuous_update: false,
      disabled: false,
    });
    const o2 = await show(widget);
    const i2 = await find<HTMLInputElement>(o2, "input");
    const i = await find<HTMLInputElement>(output, "input");
    await press(i, "{ArrowUp}");
    await settle(widget);
    expect([i.value, i2.value]).toEqual([String(widget.get("value")), String(widget.get("value"))]);
    expect(sent.length).toBe(1);
  });
  test("a DatePicker accepts typed digits", async () => {
    const { widget, output } = await opened("DatePicker", {
      value: { year: 2020, month: 0, date: 2 },
      description: "",
      disabled: false,
      min: null,
      max: null,
      step: 1,
    });
    const i = await find<HTMLInputElement>(output, "input");
    await press(i, "11282026");
    i.blur();
    await settle(widget);
    expect(widget.get("value")).toEqual({ year: 2026, month: 10, date: 28 });
    expect(i.value).toBe("2026-11-28");
  });
  test("a TimePicker that is cleared in part sends no time", async () => {
    const { widget, output } = await opened("Time", {
      value: { hours: 1, minutes: 2, seconds: 0, milliseconds: 0 },
      description: "",
      disabled: false,
      min: null,
      max: null,
      step: 60,
    });
    const i = await find<HTMLInputElement>(output, "input");
    await press(i, "{Backspace}");
    i.blur();
    await settle(widget);
    expect(widget.get("value")).toBe(null);
  });
  test("dragged tags of an IntsInput stay numbers", async () => {
    const { widget, output } = await opened("IntsInput", {
      value: [1, 2, 3],
      placeholder: "",
      allowed_tags: [],
      allow_duplicates: true,
      min: null,
      max: null,
      format: "d",
      tag_style: "",
    });
    await find(output, ".jupyter-widget-tag");
    const tags = [...output.querySelectorAll<HTMLElement>(".jupyter-widget-tag")].filter(
      (t) => t.draggable,
    );
    const dataTransfer = new DataTransfer();
    tags[0]?.dispatchEvent(new DragEvent("dragstart", { bubbles: true, dataTransfer }));
    tags[2]?.dispatchEvent(new DragEvent("drop", { bubbles: true, dataTransfer }));
    await settle(widget);
    expect(widget.get("value")).toEqual([2, 1, 3]);
  });
  test("a FloatsInput rejects duplicates, numbers outside of its range, and text that is not a finite number", async () => {
    const { widget, sent, output } = await opened("FloatsInput", {
      value: [1.5],
      placeholder: "",
      allowed_tags: [],
      allow_duplicates: false,
      min: 0,
      max: null,
      format: ".1f",
      tag_style: "",
    });
    for (const text of ["1.5", "-1", "Infinity", "1e400", "2x", "NaN", "1,5"]) {
      (output.firstElementChild as HTMLElement).click();
      await paste(await find<HTMLInputElement>(output, "input"), text);
      await userEvent.keyboard("{Enter}");
    }
    await settle(widget);
    expect(sent).toEqual([]);
  });
  test("a FileUpload uploads one file after another", async () => {
    const { widget, output } = await opened("FileUpload", {
      value: [],
      accept: "",
      multiple: false,
      description: "up",
      icon: "upload",
      button_style: "",
      error: "",
      disabled: false,
      tooltip: null,
    });
    await find(output, "button");
    expect.soft(output.querySelector("button")?.title).not.toBe("null");
    const model = await client.widgets.get_model(widget.model_id);
    const view = (await Object.values(model?.views ?? {})[0]) as unknown as {
      fileInput: HTMLInputElement;
    };
    for (const text of ["one", "two!"]) {
      const dt = new DataTransfer();
      dt.items.add(new File([text], "a.txt", { type: "text/plain", lastModified: 5 }));
      view.fileInput.files = dt.files;
      view.fileInput.dispatchEvent(new Event("change"));
      await expect.poll(() => (widget.get("value") as JsonObject[])[0]?.size).toBe(text.length);
    }
    widget.set({ value: [] });
    await settle(widget);
    expect(output.querySelector("button")?.textContent).toBe("up (0)");
  });
  test("a ColorPicker applies concise, and accepts text", async () => {
    const { widget, sent, output } = await opened("ColorPicker", {
      value: "red",
      concise: true,
      description: "",
      disabled: false,
    });
    const c = await find<HTMLInputElement>(output, "input[type=color]");
    expect(c.value).toBe("#ff0000");
    c.value = "#00ff00";
    c.dispatchEvent(new Event("change", { bubbles: true }));
    await settle(widget);
    expect(sent).toEqual([{ value: "#00ff00" }]);
    widget.set({ concise: false });
    const t = await find<HTMLInputElement>(output, "input[type=text]");
    await expect.poll(() => t.value).toBe("#00ff00");
    await paste(t, "#abc");
    t.blur();
    await settle(widget);
    expect(widget.get("value")).toBe("#abc");
    expect(c.value).toBe("#aabbcc");
  });
  test("typed text stays when the server sets another trait", async () => {
    const got: unknown[] = [];
    for (const name of ["Text", "Textarea", "IntText", "FloatText"]) {
      const { widget, output } = await opened(name, {
        value: name.endsWith("xt") && name !== "Text" ? 5 : "5",
        placeholder: "",
        rows: 2,
        step: 1,
        continuous_update: false,
        description: "",
        disabled: false,
        tooltip: null,
        tabbable: null,
      });
      const i = await find<HTMLInputElement>(output, "input, textarea");
      i.focus();
      i.select();
      await userEvent.keyboard("12");
      widget.set({ description: "d" });
      await settle(widget);
      got.push([name, i.value]);
    }
    expect(got).toEqual(["Text", "Textarea", "IntText", "FloatText"].map((n) => [n, "12"]));
  });
  test("a focused Dropdown whose options change sends the user's choice", async () => {
    const { widget, sent, output } = await opened("Dropdown", {
      _options_labels: ["a", "a", "b"],
      index: 1,
      description: "",
      disabled: false,
    });
    const s = await find<HTMLSelectElement>(output, "select");
    s.focus();
    widget.set({ _options_labels: ["x", "y", "x"], index: 2 });
    await settle(widget);
    expect([document.activeElement === s, s.selectedIndex]).toEqual([true, 2]);
    await userEvent.keyboard("{ArrowUp}");
    await settle(widget);
    expect(sent).toEqual([{ index: 1 }]);
    widget.set({ index: null });
    await settle(widget);
    expect(s.selectedIndex).toBe(-1);
  });
  test("a Select applies an index of null and of 0", async () => {
    const { widget, output } = await opened("Select", {
      _options_labels: ["a", "b"],
      index: 1,
      description: "",
      disabled: false,
      rows: 3,
    });
    const s = await find<HTMLSelectElement>(output, "select");
    widget.set({ index: 0 });
    await settle(widget);
    expect(s.selectedIndex).toBe(0);
    widget.set({ index: null });
    await settle(widget);
    expect(s.selectedIndex).toBe(-1);
    widget.set({ index: 5 });
    widget.set({ _options_labels: ["a", "b", "c", "d", "e", "f"] });
    await settle(widget);
    expect(s.selectedIndex).toBe(5);
  });
  test("a progress bar with an empty range recovers when the range grows", async () => {
    const { widget, output } = await opened("IntProgress", {
      _view_name: "ProgressView",
      value: 5,
      min: 5,
      max: 5,
      bar_style: "",
      orientation: "horizontal",
      description: "",
    });
    const bar = await find<HTMLElement>(output, ".progress-bar");
    widget.set({ max: 10 });
    widget.set({ value: 10 });
    await settle(widget);
    expect(bar.style.width).toBe("100%");
    widget.set({ orientation: "vertical", value: 5 });
    await settle(widget);
    expect([bar.style.width, bar.style.height]).toEqual(["100%", "0%"]);
    widget.set({ max: 5 });
    await settle(widget);
  });
});

describe("containers", () => {
  const openLabel = (value: string) => openControl("Label", { value });
  test.each(["Tab", "Accordion", "Stack"])(
    "a %s shows the child at the server's index after the children change",
    async (name) => {
      const [a, b, c] = ["one", "two", "three"].map(openLabel) as [
        ServerWidget,
        ServerWidget,
        ServerWidget,
      ];
      const { widget, sent, output } = await opened(name, {
        children: [a, b, c].map((x) => x.reference),
        titles: ["1", "2", "3"],
        selected_index: 2,
      });
      const visible = () =>
        [...output.querySelectorAll<HTMLElement>(".widget-label")]
          .filter((e) => e.checkVisibility())
          .map((e) => e.textContent);
      await expect.poll(visible).toEqual(["three"]);
      widget.set({ children: [c, a, b].map((x) => x.reference) });
      await expect.poll(visible).toEqual(["two"]);
      widget.set({ titles: ["3", "1", "2"] });
      widget.set({ children: [c.reference] });
      widget.set({ selected_index: 0 });
      await expect.poll(visible).toEqual(["three"]);
      widget.set({ selected_index: null });
      await expect.poll(visible).toEqual([]);
      widget.set({ children: [b.reference, c.reference], titles: ["2", "3"] });
      widget.set({ selected_index: 1 });
      await expect.poll(visible).toEqual(["three"]);
      await settle(widget);
      expect(sent).toEqual([]);
      const titles = [
        ...output.querySelectorAll(".lm-TabBar-tabLabel, .jupyter-widget-Collapse-header > span"),
      ].map((e) => e.textContent);
      if (name !== "Stack") expect(titles).toEqual(["2", "3"]);
    },
  );
  test("a choice in an accordion within a tab changes only the accordion's index", async () => {
    const inner = openControl("Accordion", {
      children: [openLabel("x").reference, openLabel("y").reference],
      titles: ["ix", "iy"],
      selected_index: null,
    });
    const si = watch(inner);
    const { widget, sent, output } = await opened("Tab", {
      children: [inner.reference, openLabel("z").reference],
      titles: ["o1", "o2"],
      selected_index: 0,
    });
    await expect.poll(() => output.querySelectorAll(".widget-label").length).toBe(3);
    await userEvent.click(output.querySelectorAll(".jupyter-widget-Collapse-header")[1] as Element);
    await settle(widget);
    expect([si, sent]).toEqual([[{ selected_index: 1 }], []]);
    await userEvent.click(output.querySelectorAll(".lm-TabBar-tab")[1] as Element);
    await settle(widget);
    expect([si.length, sent]).toEqual([1, [{ selected_index: 1 }]]);
  });
  test("arrow keys and Enter choose a tab", async () => {
    const { widget, sent, output } = await opened("Tab", {
      children: [openLabel("x").reference, openLabel("y").reference],
      titles: ["a", "b"],
      selected_index: 0,
    });
    await expect.poll(() => output.querySelectorAll(".widget-label").length).toBe(2);
    const t = output.querySelector<HTMLElement>(".lm-TabBar-tab[tabindex='0']") as HTMLElement;
    await press(t, "{ArrowRight}{Enter}");
    await settle(widget);
    expect(sent).toEqual([{ selected_index: 1 }]);
  });
});

describe("styles", () => {
  test("ToggleButtons keep their style after new options", async () => {
    const style = openControl("ToggleButtonsStyle", {
      _view_module: "@jupyter-widgets/base",
      _view_name: "StyleView",
      button_width: "123px",
      font_weight: "bold",
      description_width: "77px",
    });
    const { widget, output } = await opened("ToggleButtons", {
      _options_labels: ["a", "b"],
      index: 1,
      icons: [],
      tooltips: [],
      button_style: "",
      disabled: false,
      description: "d",
      style: style.reference,
    });
    const b = () => output.querySelector("button")?.style;
    await expect.poll(() => b()?.width).toBe("123px");
    widget.set({ _options_labels: ["c", "d", "e"], index: 0 });
    await settle(widget);
    await expect.poll(() => [b()?.width, b()?.fontWeight]).toEqual(["123px", "bold"]);
    style.set({ button_width: "99px", description_width: "initial" });
    await expect
      .poll(() => [b()?.width, output.querySelector("label")?.style.width])
      .toEqual(["99px", "initial"]);
  });
  test("a slider keeps the color of its handle after a change of orientation", async () => {
    const style = openControl("SliderStyle", {
      _view_module: "@jupyter-widgets/base",
      _view_name: "StyleView",
      handle_color: "rgb(1, 2, 3)",
      description_width: "",
    });
    const { widget, output } = await opened("IntSlider", { ...SLIDER, style: style.reference });
    const c = () => handles(output)[0]?.style.backgroundColor;
    await expect.poll(c).toBe("rgb(1, 2, 3)");
    widget.set({ orientation: "vertical" });
    await settle(widget);
    await expect.poll(c).toBe("rgb(1, 2, 3)");
  });
  test("both handles of a range slider have the color of the style", async () => {
    const style = openControl("SliderStyle", {
      _view_module: "@jupyter-widgets/base",
      _view_name: "StyleView",
      handle_color: "rgb(1, 2, 3)",
      description_width: "",
    });
    const { output } = await opened("IntRangeSlider", {
      ...SLIDER,
      value: [1, 3],
      style: style.reference,
    });
    await expect
      .poll(() => handles(output).map((h) => h.style.backgroundColor))
      .toEqual(["rgb(1, 2, 3)", "rgb(1, 2, 3)"]);
  });
  test("an icon of an anywidget that is shown later has its glyph", async () => {
    const out = await show(
      openAnywidget(
        `export default { render({ el }) { el.innerHTML = '<p style="display:none"><i class="fa fa-home"></i></p>'; el.onclick = () => { el.firstChild.style.display = ""; }; } }`,
      ),
    );
    const i = await find(out, "i");
    i.closest<HTMLElement>(".lm-Widget")?.click();
    await expect.poll(() => getComputedStyle(i, "::before").content).toBe('"\uf015"');
  });
});

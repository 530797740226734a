/** Whether this ring works: the sources, with the packages of the build, show widgets on an in-memory Shiny. */
import { expect, test } from "vitest";
import { client, find, openAnywidget, openControl, show, takeErrors } from "./page.js";

test("a control is drawn, with its style sheet, and follows the server", async () => {
  const slider = openControl("IntSlider", { value: 3 });
  const readout = await find(await show(slider), ".widget-readout");
  expect(readout.textContent).toBe("3");
  expect(getComputedStyle(readout).textAlign).toBe("center");
  slider.set({ value: 7 });
  await expect.poll(() => readout.textContent).toBe("7");
  expect(takeErrors()).toEqual([]);
});

test("an anywidget is drawn, and its changes reach the server", async () => {
  const widget = openAnywidget(
    `export default { render({ model, el }) {
      el.textContent = "drawn";
      el.onclick = () => { model.set("n", 2); model.save_changes(); };
    } }`,
    { n: 1 },
  );
  const output = await show(widget);
  await expect.poll(() => output.textContent).toBe("drawn");
  (output.firstElementChild as HTMLElement).click();
  await widget.until((state) => state.n === 2);
  expect(takeErrors()).toEqual([]);
});

test("the math module of the sources typesets mathematics in a control", async () => {
  const output = await show(openControl("HTMLMath", { value: "$\\frac12$" }));
  await find(output, ".katex .mfrac");
  expect(takeErrors()).toEqual([]);
});

test("a test starts with a session without models and an empty page", () => {
  expect(client.widgets.modelIds()).toEqual([]);
  expect(document.body.children).toHaveLength(0);
});

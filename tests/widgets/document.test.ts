/** Widgets whose states are in the page: they work without a server, next to a session or without one. */
import { beforeEach, expect, test, vi } from "vitest";
import { showDocument } from "../../src/widgets/document.js";
import { press } from "./gestures.js";
import { client, find, shiny, takeErrors } from "./page.js";

const CONTROLS = "@jupyter-widgets/controls";
const [SLIDER, OTHER, LINK, COUNTER] = ["1", "2", "3", "4"].map((digit) => digit.repeat(32)) as [
  string,
  string,
  string,
  string,
];

/** Returns the model of a control, as documents have it. */
function control(name: string, state: object) {
  return {
    model_name: `${name}Model`,
    model_module: CONTROLS,
    model_module_version: "2.0.0",
    state: {
      _view_name: `${name}View`,
      _view_module: CONTROLS,
      _view_module_version: "2.0.0",
      ...state,
    },
  };
}

const COUNTER_ESM = `export default { render({ model, el }) {
  const show = () => { el.textContent = model.get("count") + " of " + model.get("bytes").byteLength; };
  el.addEventListener("click", () => {
    model.set("count", model.get("count") + 1);
    model.save_changes();
    model.send({ event: "click" });
  });
  model.on("change:count", show);
  show();
} }`;

const MODELS = {
  [SLIDER]: control("IntSlider", { value: 7 }),
  [OTHER]: control("IntSlider", { value: 3 }),
  [LINK]: {
    ...control("Link", {
      source: [`IPY_MODEL_${SLIDER}`, "value"],
      target: [`IPY_MODEL_${OTHER}`, "value"],
    }),
  },
  [COUNTER]: {
    model_name: "AnyModel",
    model_module: "anywidget",
    model_module_version: "~0.11.*",
    state: {
      _view_name: "AnyView",
      _view_module: "anywidget",
      _view_module_version: "~0.11.*",
      _esm: COUNTER_ESM,
      count: 1,
    },
    buffers: [{ path: ["bytes"], encoding: "base64", data: "AQID" }],
  },
};

function addScript(kind: string, text: string, parent: Element = document.body): Element {
  const script = document.createElement("script");
  script.type = `application/vnd.jupyter.widget-${kind}+json`;
  script.textContent = text;
  parent.append(script);
  return script;
}

function addView(model_id: string): HTMLElement {
  const parent = document.body.appendChild(document.createElement("section"));
  addScript("view", JSON.stringify({ version_major: 2, version_minor: 0, model_id }), parent);
  return parent;
}

beforeEach(() => {
  document.body.replaceChildren();
});

test("widgets of several states share models and links, an anywidget has its buffers, and changes stay", async () => {
  const { [SLIDER]: slider, ...others } = MODELS;
  addScript("state", JSON.stringify({ version_major: 2, state: { [SLIDER]: slider } }));
  const places = [SLIDER, OTHER, COUNTER].map(addView);
  // The later of two states of a model counts.
  addScript("state", JSON.stringify({ state: others }));
  addScript("state", JSON.stringify({ state: { [OTHER]: control("IntSlider", { value: 4 }) } }));
  const send = vi.spyOn(shiny.runtime, "setInputValue");
  showDocument(client.modules);
  const [first, second, third] = places as [HTMLElement, HTMLElement, HTMLElement];
  await press(await find(first, ".noUi-handle"), "{ArrowRight}");
  await expect.poll(() => second.querySelector(".widget-readout")?.textContent).toBe("8");
  await expect.poll(() => third.textContent).toBe("1 of 3");
  for (const count of [2, 3]) {
    (third.querySelector(".widget-subarea, .shiny-ipywidget-output > *") as HTMLElement).click();
    await expect.poll(() => third.textContent).toBe(`${count} of 3`);
  }
  expect(send).not.toHaveBeenCalled();

  // The end of the session does not close them.
  shiny.disconnect();
  await shiny.connect();
  await press(await find(second, ".noUi-handle"), "{ArrowRight}");
  await expect.poll(() => first.querySelector(".widget-readout")?.textContent).toBe("9");
  expect(takeErrors()).toEqual([]);
});

test("an invalid state or view is one error, and other widgets are shown", async () => {
  addScript("state", "{");
  addScript("state", "[]");
  addScript("state", JSON.stringify({ state: { [SLIDER]: MODELS[SLIDER], bad: null } }));
  addScript("view", "7");
  const place = addView(SLIDER);
  showDocument(client.modules);
  await find(place, ".noUi-handle");
  expect(takeErrors().filter((text) => text.startsWith("invalid state or view"))).toHaveLength(3);
});

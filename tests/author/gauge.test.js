import { amdDependency, classicState } from "shiny-comm/testing";
import { expect, test } from "vitest";
import gaugeUrl from "./gauge.js?url";
import { addOutput, shiny } from "./shiny.js";

const gauge = { module: "gauge", version: "^1.0.0", model: "GaugeModel", view: "GaugeView" };

const output = await addOutput("gauge");
const session = await shiny.connect();

test("typed arrays travel as buffers, in the state and in updates", async () => {
  const widget = session.open(classicState(gauge, { values: new Float32Array([1, 2]) }), {
    htmlDeps: [amdDependency("gauge", gaugeUrl)],
  });
  session.output("gauge", widget);
  await expect.poll(() => output.textContent).toBe("mean 1.5");

  widget.set({ values: new Float32Array([4, 5, 6]) });
  await expect.poll(() => output.textContent).toBe("mean 5");
});

/**
 * Gives the views of sliders a noUiSlider that reports only what the user does.
 *
 * Package: @jupyter-widgets/controls ~5.0.13, nouislider ~15.4.0
 * Kind: fault
 * Fault: Views listen to `update`, which noUiSlider also fires for values that a program sets. The views send
 *   these values, moved into the range and onto a step.
 * Issue: https://github.com/jupyter-widgets/ipywidgets/issues/3951
 * Gain: A slider sends the user's changes only; `controls/nouislider.ts` has the code.
 * Remove: when the views listen to `slide` and `change`.
 * Test: tests/widgets/controls-silent.test.ts
 */
import { fileURLToPath } from "node:url";

const nouislider = fileURLToPath(new URL("../controls/nouislider.ts", import.meta.url));

/** @type {import("./rewrites.mjs").Rewrite} */
export const sliderUserEvents = {
  filter: /@jupyter-widgets\/controls\/lib\/widget_(int|float|selection)\.js$/,
  changes: { "from 'nouislider'": `from ${JSON.stringify(nouislider)}` },
};

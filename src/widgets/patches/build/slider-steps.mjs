/**
 * Moves a slider by its exact step, and keeps a value between steps when its handle is only pressed.
 *
 * Package: nouislider ~15.4.0
 * Kind: fault
 * Fault: A key moves a handle by a rounded step, by 1e-7 at least. noUiSlider counts no decimals in "5e-10".
 *   A handle that is pressed and not moved jumps onto a step.
 * Issue: docs/upstream/slider-steps.md
 * Gain: Small steps work, and a press changes nothing.
 * Remove: when noUiSlider counts decimals of exponents, and ignores a press.
 * Test: tests/widgets/controls.test.ts
 */

/** @type {import("./rewrites.mjs").Rewrite} */
export const sliderSteps = {
  filter: /\/nouislider\/dist\/nouislider\.js$/,
  changes: {
    "increment = Number(increment.toFixed(stepDecimals));": "",
    "decrement = Number(decrement.toFixed(stepDecimals));": "",
    "var stepDecimals = scope_Spectrum.countStepDecimals();": "",
    "locations[handleNumber] + proposal, b[o], f[o])":
      "locations[handleNumber] + proposal, b[o], f[o], !proposal)",
    "// Step over zero-length ranges (#948);\n                step = Math.max(step, 0.0000001);":
      "",
  },
  cuts: {
    "function countDecimals(": "// http://youmightnotneedjquery.com/#add_class",
    "Spectrum.prototype.countStepDecimals": "Spectrum.prototype.hasNoSize",
  },
};

/**
 * Leaves pips and tooltips out of noUiSlider.
 *
 * Package: nouislider ~15.4.0
 * Kind: performance
 * Fault: noUiSlider is one function, so that bundlers cannot leave out what controls do not use.
 * Issue: docs/upstream/slider-size.md
 * Gain: Fewer bytes in the chunk of the most frequent controls.
 * Remove: when noUiSlider has pips and tooltips as modules.
 * Test: tests/unit/patches.test.ts
 */

/** @type {import("./rewrites.mjs").Rewrite} */
export const sliderSize = {
  filter: /\/nouislider\/dist\/nouislider\.js$/,
  changes: { "pips: pips // Issue #594": "" },
  cuts: {
    "function addTooltip(": "function isSliderDisabled(",
    "function removeTooltips(": "function aria() {",
    "function getGroup(": "// Shorthand for base dimensions.",
    "// Update pips, removes": "// Invalidate the current positioning",
    "if (options.pips) {": "aria();",
    "removePips: removePips,": "getPositions: function",
  },
};

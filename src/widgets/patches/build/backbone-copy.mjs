/**
 * Copies a model's attributes in a form that V8 keeps fast.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: performance
 * Fault: `set` copies the attributes by `Object.assign` at each update, and V8 is slow with
 *   that copy. Copies by the spread operator stay fast.
 * Issue: docs/upstream/performance.md
 * Gain: Faster updates; see the rows of many widgets in bench/README.md.
 * Remove: when base copies by the spread operator.
 * Test: tests/unit/patches.test.ts
 */

/** @type {import("./rewrites.mjs").Rewrite} */
export const backboneCopy = {
  filter: /@jupyter-widgets\/base\/lib\/backbone-patch\.js$/,
  changes: { "Object.assign({}, this.attributes)": "{ ...this.attributes }" },
};

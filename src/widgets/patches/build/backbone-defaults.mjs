/**
 * Adds missing defaults to a copy of a new model's attributes.
 *
 * Package: backbone 1.4.0
 * Kind: performance
 * Fault: A new model's attributes are put together from defaults and state key by key. Nearly all
 *   are in the state that the server sent. Copies of that have one shape in V8.
 * Issue: docs/upstream/performance.md
 * Gain: Faster opens; see the rows of many widgets in bench/README.md.
 * Remove: when base no longer uses Backbone's constructor.
 * Test: tests/unit/patches.test.ts
 */

/** @type {import("./rewrites.mjs").Rewrite} */
export const backboneDefaults = {
  filter: /\/backbone\/backbone\.js$/,
  changes: {
    "attrs = _.defaults(_.extend({}, defaults, attrs), defaults);": `attrs = { ...attrs };
      for (var key in defaults) if (attrs[key] === void 0) attrs[key] = defaults[key];`,
  },
};

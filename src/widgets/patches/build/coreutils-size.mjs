/**
 * Leaves the registry of an application's plugins out of Lumino's coreutils.
 *
 * Package: @lumino/coreutils ~2.2.3
 * Kind: performance
 * Fault: Bundlers cannot leave out `PluginRegistry`, because a function with side effects fills its namespace.
 * Issue: docs/upstream/plugin-registry-size.md
 * Gain: 5 kB less on each page. No widget has plugins of an application.
 * Remove: when bundlers leave out the class.
 * Test: tests/unit/patches.test.ts
 */

/** @type {import("./rewrites.mjs").Rewrite} */
export const coreutilsSize = {
  filter: /\/@lumino\/coreutils\/dist\/index\.es6\.js$/,
  changes: {
    "import { topologicSort } from '@lumino/algorithm';": "",
    "MimeData, PluginRegistry, PromiseDelegate": "MimeData, PromiseDelegate",
  },
  cuts: { "class PluginRegistry {": "class PromiseDelegate {" },
};

/**
 * Restricts the style sheets of controls to controls, and removes obsolete rules.
 *
 * Package: @jupyter-widgets/controls ~5.0.13
 * Kind: fault, performance
 * Fault: The rules for `.progress` apply to the whole page, Bootstrap's progress bars included. The arrow of
 *   drop-down lists is black on dark ground. A sixth of the file is for Phosphor's classes, which no
 *   supported version has.
 * Issue: docs/upstream/controls-css.md
 * Gain: Bootstrap's progress bars keep their look. The file is smaller.
 * Remove: when the selectors begin with `.jupyter-widgets` and the deprecated ones are gone.
 * Test: tests/unit/patches.test.ts
 */

export const CONTROLS_CSS = /[\\/]controls[\\/]css[\\/](?:widgets-base|lumino|nouislider)\.css$/;

/** @param {string} text */
export function controlsCss(text) {
  return (
    text
      .replace(/\/\* <DEPRECATED> \*\/([\s\S]*?)\/\* <\/DEPRECATED> \*\//g, (_, selector) =>
        selector.includes(".p-") ? "" : selector,
      )
      // Set in styles/controls.css.
      .replace(/--jp-widgets-dropdown-arrow:[^\n]*;\n/, "")
      // Each vendor property is next to the standard one.
      .replace(/^\s*-(?:moz|ms|o)-(?!osx|appearance)[\w-]+:[^;}]*;/gm, "")
      .replace(/^\s*-webkit-(?:box-|transition|transform)[\w-]*:[^;}]*;/gm, "")
      .replace(/^(\.progress(?:-bar(?:-\w+)?)?) \{/gm, ".jupyter-widgets $1 {")
  );
}

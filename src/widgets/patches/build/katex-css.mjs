/**
 * Keeps only the woff2 fonts of KaTeX.
 *
 * Package: katex ~0.19.1
 * Kind: performance
 * Fault: The style sheet names each font in three formats, and the build would copy them all.
 * Issue: docs/upstream/katex-css.md
 * Gain: A third of the font files. All browsers with modules support woff2.
 * Remove: when KaTeX has a style sheet with woff2 only.
 * Test: tests/unit/patches.test.ts
 */

export const KATEX_CSS = /[\\/]katex[\\/]dist[\\/]katex\.css$/;

/** @param {string} text */
export function katexCss(text) {
  return text.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g, "");
}

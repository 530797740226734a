/**
 * Leaves packages out of the chunks that the client does not use.
 *
 * Package: @jupyter-widgets/base-manager ~1.0.13, @jupyterlab/rendermime ~4.6.6, @lumino/widgets ~2.10.0
 * Kind: performance
 * Fault: `ManagerBase` imports sanitize-html; the client overrides its only use with DOMPurify. rendermime
 *   and outputarea import apputils and ui-components for registries and dialogs. `@jupyterlab/services`
 *   does not declare that it has no side effects. Lumino's bundle is one file with everything in it.
 * Issue: docs/upstream/unused-packages.md
 * Gain: The chunk of the Output widget is a third as large.
 * Remove: when these packages declare their side effects, and ManagerBase gets its sanitizer handed in.
 * Test: tests/packages/bundles.test.ts
 */

/** Replaced by an empty module. */
export const EMPTY = /^sanitize-html$/;

/** Imported for parts of rendermime and outputarea that the client does not use. */
export const UNUSED = /^@jupyterlab\/(apputils|ui-components)$/;

/** Has no side effects, and the client uses none of its values. */
export const SERVICES = /^@jupyterlab\/services$/;

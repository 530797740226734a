/**
 * Compares binary data of traits by numbers instead of by lodash.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: performance
 * Fault: `isEqual` of lodash reads binary data byte by byte, through functions for any kind of list.
 * Issue: docs/upstream/performance.md
 * Gain: A hundredth of the time for a `DataView`; `base/equal.ts` does it.
 * Remove: when base compares `DataView`s itself.
 * Test: tests/unit/equal.test.ts
 */
import { fileURLToPath } from "node:url";

const equal = fileURLToPath(new URL("../base/equal.ts", import.meta.url));

/** @type {import("./rewrites.mjs").Rewrite} */
export const baseEqual = {
  filter: /@jupyter-widgets\/base\/lib\/utils\.js$/,
  changes: {
    "import _isEqual from 'lodash/isEqual';": `import _isEqual from "lodash/isEqual";
      import { plainlyEqual } from ${JSON.stringify(equal)};`,
    "return _isEqual(a, b);": "return plainlyEqual(a, b) ?? _isEqual(a, b);",
  },
};

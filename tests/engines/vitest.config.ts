/** The tests in other engines: a separate configuration, because they need more programs than `npm test`. */
import { defineProject } from "vitest/config";
import { WITH_BROWSERS } from "../../scripts/browser.mjs";

export default defineProject({
  root: import.meta.dirname,
  test: {
    name: "engines",
    include: ["*.test.ts"],
    environment: "node",
    testTimeout: 180_000,
    hookTimeout: 300_000,
    globalSetup: ["./global-setup.ts"],
    ...WITH_BROWSERS,
  },
});

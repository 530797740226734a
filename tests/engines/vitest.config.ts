/** The tests in other engines: a configuration of their own, as they need more programs than `npm test`. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "engines",
    dir: import.meta.dirname,
    include: ["**/*.test.ts"],
    environment: "node",
    testTimeout: 120_000,
    hookTimeout: 120_000,
    globalSetup: [`${import.meta.dirname}/global-setup.ts`],
  },
});

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Starts what the e2e tests need; a checkout without it can still run the other rings. */
const e2eSetup = "./tests/e2e/global-setup.ts";
const hasE2eSetup = existsSync(fileURLToPath(new URL(e2eSetup, import.meta.url)));

export default defineConfig({
  test: {
    projects: [
      "tests/author",
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          environment: "node",
        },
      },
      {
        test: {
          name: "docs",
          include: ["tests/docs/**/*.test.ts"],
          environment: "node",
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["tests/browser/**/*.test.ts"],
          environment: "node",
          testTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "packages",
          include: ["tests/packages/**/*.test.ts"],
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          globalSetup: hasE2eSetup ? [e2eSetup] : [],
        },
      },
      {
        test: {
          name: "versions",
          include: ["tests/versions/**/*.test.ts"],
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 300_000,
          fileParallelism: false,
          globalSetup: ["./tests/versions/global-setup.ts"],
        },
      },
    ],
  },
});

import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Starts what the e2e tests need; a checkout without it can still run the other rings. */
const e2eSetup = "./tests/e2e/global-setup.ts";
const hasE2eSetup = existsSync(fileURLToPath(new URL(e2eSetup, import.meta.url)));

/** The files that take longest: one begun last would run on alone. */
const LONGEST = ["leaks.test.ts", "versions.test.ts", "hostile.test.ts", "pages.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      LONGEST.includes(basename(moduleId));
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/**
 * For files that have browsers and servers: two at once, whatever the machine has, since half of the time
 * of one is waiting. They come after the files that keep a processor busy each.
 */
const twoAtOnce = {
  maxWorkers: 2,
  sequence: { groupOrder: 1 },
  // A second, Vitest's own, is little when the other file loads a page.
  expect: { poll: { timeout: 10_000 } },
};

export default defineConfig({
  test: {
    // Vitest leaves one processor to itself, which of two is too much.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    projects: [
      "tests/widgets",
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
          ...twoAtOnce,
        },
      },
      {
        test: {
          name: "packages",
          include: ["tests/packages/**/*.test.ts"],
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 120_000,
          ...twoAtOnce,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 300_000,
          ...twoAtOnce,
          globalSetup: hasE2eSetup ? [e2eSetup] : [],
        },
      },
      {
        test: {
          // What has to be done within so many ms, with nothing else at work: the last, one by one.
          name: "timed",
          include: ["tests/timed/**/*.test.ts"],
          environment: "node",
          testTimeout: 120_000,
          hookTimeout: 300_000,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "versions",
          include: ["tests/versions/**/*.test.ts"],
          environment: "node",
          testTimeout: 60_000,
          hookTimeout: 300_000,
          ...twoAtOnce,
          globalSetup: ["./tests/versions/global-setup.ts"],
        },
      },
    ],
  },
});

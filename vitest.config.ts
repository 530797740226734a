import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { WITH_BROWSERS } from "./scripts/browser.mjs";

/** Starts the servers of the e2e tests; a checkout without them can run the other rings. */
const e2eSetup = "./tests/e2e/global-setup.ts";
const hasE2eSetup = existsSync(fileURLToPath(new URL(e2eSetup, import.meta.url)));

/** The files that take longest, which start first: a long file that starts last runs on alone. */
const LONGEST = [
  "versions.test.ts",
  "companion.test.ts",
  "leaks.test.ts",
  "sockjs.test.ts",
  "proxies.test.ts",
  "reconnect.test.ts",
  "packages.test.ts",
  "accessibility.test.ts",
  "firefox.test.ts",
  "r.test.ts",
  "r-places.test.ts",
  "places.test.ts",
  "controls-silent.test.ts",
  "r-wheels.test.ts",
  "webkit.test.ts",
  "fuzz.test.ts",
  "release.test.ts",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number => {
      const at = LONGEST.indexOf(basename(moduleId));
      return at < 0 ? LONGEST.length : at;
    };
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

/**
 * Options of projects whose files have servers. A limit ends a test that hangs: on a busy machine, a step takes
 * many times its usual time.
 */
const withServers = {
  ...WITH_BROWSERS,
  testTimeout: 240_000,
  hookTimeout: 300_000,
  expect: { poll: { timeout: 60_000 } },
};

export default defineConfig({
  test: {
    // Vitest leaves one processor to itself, which of two is too much.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
    // `npm run coverage`: the sources of widgets, as the tests in a real browser run them.
    coverage: {
      provider: "istanbul",
      // The project of the tests has another root; from there, files without tests are found.
      include: ["src/widgets/**/*.ts", "../../src/widgets/**/*.ts"],
      allowExternal: true,
      reporter: ["text", "json-summary"],
      reportsDirectory: ".tmp/coverage",
      thresholds: { lines: 85 },
    },
    projects: [
      "tests/widgets",
      "tests/author",
      // These require Firefox and WebKit, unlike `npm test`: `npm run check` sets the variable.
      ...(process.env.WITH_ENGINES ? ["tests/engines"] : []),
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.ts"],
          environment: "node",
          // Some start processes, which take seconds while other files load pages.
          testTimeout: 60_000,
          expect: { poll: { timeout: 30_000 } },
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
          ...withServers,
        },
      },
      {
        test: {
          name: "packages",
          include: ["tests/packages/**/*.test.ts"],
          environment: "node",
          ...withServers,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["tests/e2e/**/*.test.ts"],
          environment: "node",
          ...withServers,
          globalSetup: hasE2eSetup ? [e2eSetup] : [],
        },
      },
      {
        test: {
          name: "hosts",
          include: ["tests/hosts/**/*.test.ts"],
          environment: "node",
          ...withServers,
          // For the table, files run one by one, and each failed case of the stock client takes this long.
          ...(process.env.HOSTS_TABLE ? { expect: { poll: { timeout: 10_000 } } } : {}),
          globalSetup: process.env.HOSTS_ENGINE ? ["./tests/engines/global-setup.ts"] : [],
        },
      },
      {
        test: {
          // Tests with a time limit, which run last and one by one, without other load.
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
          ...withServers,
          globalSetup: ["./tests/versions/global-setup.ts"],
        },
      },
    ],
  },
});

/** The tests of a small widget author's project: in a real browser, with the built client, without a server. */
import { join } from "node:path";
import { playwright } from "@vitest/browser-playwright";
import { defineProject } from "vitest/config";
import { browserMode, WITH_BROWSERS } from "../../scripts/browser.mjs";

const dist = join(import.meta.dirname, "../../dist");

export default defineProject({
  root: import.meta.dirname,
  cacheDir: "../../node_modules/.vite-author",
  // Served unchanged, below the root: the client is a script tag, not a module for the bundler.
  publicDir: dist,
  resolve: { alias: { "shiny-comm/testing": join(dist, "testing/index.js") } },
  optimizeDeps: { include: ["jquery"] },
  test: {
    name: "author",
    include: ["*.test.js"],
    testTimeout: 90_000,
    expect: { poll: { timeout: 30_000 } },
    browser: browserMode(playwright),
    ...WITH_BROWSERS,
  },
});

/** Tests the build of the package in a real browser with the real client, without a server. */
import { playwright } from "@vitest/browser-playwright";
import { defineProject } from "vitest/config";
import { BROWSER_ARGS, findBrowser } from "../../scripts/browser.mjs";

export default defineProject({
  root: import.meta.dirname,
  cacheDir: "../../node_modules/.vite-wave-pad",
  // Served unchanged, because the client is a script tag, not a module.
  publicDir: "node_modules/shiny-comm/dist",
  optimizeDeps: { include: ["jquery"] },
  test: {
    name: "03-widget-package",
    include: ["tests/*.test.ts"],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          // Looked for when it is needed.
          get executablePath() {
            return findBrowser();
          },
          args: BROWSER_ARGS,
        },
      }),
      instances: [{ browser: "chromium" }],
    },
  },
});

/** `npm test`: builds, then runs every test. A missing browser is an error before the build. */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { findBrowser } from "./browser.mjs";
import { buildAll } from "./build.mjs";

try {
  findBrowser();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
await buildAll();

const require = createRequire(import.meta.url);
const vitest = join(require.resolve("vitest/package.json"), "../vitest.mjs");
const { status } = spawnSync(process.execPath, [vitest, "run", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(status ?? 1);

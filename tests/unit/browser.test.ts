/** The arguments of Chromium in tests. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { BROWSER_ARGS } from "../../scripts/browser.mjs";

const require = createRequire(import.meta.url);

test("Chromium's list of disabled features contains every feature that Playwright disables", () => {
  const playwright = readFileSync(require.resolve("playwright-core/lib/coreBundle"), "utf8");
  const [, list = ""] = /\bdisabledFeatures = \[(.*?)\]/s.exec(playwright) ?? [];
  // Features of Edge begin with "ms".
  const features = [...list.matchAll(/^\s*"([A-Z]\w+)",?$/gm)].map(([, name]) => name);
  expect(features.length).toBeGreaterThan(5);
  const [ours = ""] = BROWSER_ARGS.filter((argument) => argument.startsWith("--disable-features="));
  expect(ours.replace("--disable-features=", "").split(",")).toEqual(
    expect.arrayContaining(features),
  );
});

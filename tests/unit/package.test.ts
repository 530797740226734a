/** The npm entry: importing it has no effect, and copies share a key. */
import { expect, it, vi } from "vitest";
import { version } from "../../package.json";
import { PAGE_KEY } from "../../src/connection/shared-page.js";

it("importing index.ts has no effect", async () => {
  const before = Reflect.ownKeys(globalThis);
  const touched = vi.fn();
  vi.stubGlobal("document", new Proxy({}, { get: touched }));
  vi.stubGlobal("Shiny", new Proxy({}, { get: touched, set: touched }));
  await import("../../src/index.js");
  vi.unstubAllGlobals();
  expect(touched).not.toHaveBeenCalled();
  expect(Reflect.ownKeys(globalThis)).toEqual(before);
});

it("copies of one major version find one another", () => {
  expect(PAGE_KEY).toBe(Symbol.for(`shiny-comm/${version.split(".")[0]}`));
});

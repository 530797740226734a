import { afterEach, describe, expect, it, vi } from "vitest";
import { makeCdnUrl, readCdnSettings } from "../../src/widgets/modules/cdn.js";

const CDN = "data-jupyter-widgets-cdn";
const ONLY = "data-jupyter-widgets-cdn-only";
const DEFAULT = "https://cdn.jsdelivr.net/npm/";

/** A page with script tags that have these attributes. */
function page(...scripts: Record<string, string>[]): void {
  vi.stubGlobal("document", {
    querySelectorAll: (selector: string) => {
      expect(selector).toBe(`script[${CDN}], script[${ONLY}]`);
      return scripts.map((attributes) => ({
        getAttribute: (name: string) => attributes[name] ?? null,
      }));
    },
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe("makeCdnUrl", () => {
  it.each([
    ["jupyter-leaflet", "jupyter-leaflet@1.2.3/dist/index.js"],
    ["@scope/name", "@scope/name@1.2.3/dist/index.js"],
    ["name/file", "name@1.2.3/dist/file.js"],
    ["name/folder/file", "name@1.2.3/dist/folder/file.js"],
    ["@scope/name/file", "@scope/name@1.2.3/dist/file.js"],
    ["@scope/name/folder/file", "@scope/name@1.2.3/dist/folder/file.js"],
    ["name/", "name@1.2.3/dist/index.js"],
  ])("makeCdnUrl returns for the module %s the path %s", (name, path) => {
    expect(makeCdnUrl("https://cdn.test/", name, "1.2.3")).toBe(`https://cdn.test/${path}`);
  });

  it("makeCdnUrl accepts a version range", () => {
    expect(makeCdnUrl(DEFAULT, "name", "^1.2")).toBe(`${DEFAULT}name@^1.2/dist/index.js`);
  });
});

describe("readCdnSettings", () => {
  it("readCdnSettings defaults to jsDelivr, after the app's server", () => {
    page();
    expect(readCdnSettings()).toEqual({ url: DEFAULT, only: false });
  });

  it.each([
    ["https://cdn.test/npm/", "https://cdn.test/npm/"],
    ["https://cdn.test/npm", "https://cdn.test/npm/"],
    ["", DEFAULT],
  ])("readCdnSettings reads the address %j as %j", (value, url) => {
    page({ [CDN]: value });
    expect(readCdnSettings()).toEqual({ url, only: false });
  });

  it.each([
    ["", true],
    ["true", true],
    ["TRUE", true],
    ["false", false],
    ["False", false],
  ])("readCdnSettings reads the flag %j as %s", (value, only) => {
    page({ [ONLY]: value });
    expect(readCdnSettings()).toEqual({ url: DEFAULT, only });
  });

  it("readCdnSettings combines attributes of several tags", () => {
    page({ [ONLY]: "" }, { [CDN]: "https://cdn.test/" });
    expect(readCdnSettings()).toEqual({ url: "https://cdn.test/", only: true });
  });

  it("readCdnSettings reads the page at each call, because a tag may be added late", () => {
    page();
    readCdnSettings();
    page({ [CDN]: "https://late.test/" });
    expect(readCdnSettings().url).toBe("https://late.test/");
  });
});

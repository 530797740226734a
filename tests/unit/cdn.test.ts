import { afterEach, describe, expect, it, vi } from "vitest";
import { cdnSettings, cdnUrl } from "../../src/widgets/modules/cdn.js";

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

describe("cdnUrl", () => {
  it.each([
    ["jupyter-leaflet", "jupyter-leaflet@1.2.3/dist/index.js"],
    ["@scope/name", "@scope/name@1.2.3/dist/index.js"],
    ["name/file", "name@1.2.3/dist/file.js"],
    ["name/folder/file", "name@1.2.3/dist/folder/file.js"],
    ["@scope/name/file", "@scope/name@1.2.3/dist/file.js"],
    ["@scope/name/folder/file", "@scope/name@1.2.3/dist/folder/file.js"],
    ["name/", "name@1.2.3/dist/index.js"],
  ])("cdnUrl returns for the module %s the path %s", (name, path) => {
    expect(cdnUrl("https://cdn.test/", name, "1.2.3")).toBe(`https://cdn.test/${path}`);
  });

  it("cdnUrl accepts a version range", () => {
    expect(cdnUrl(DEFAULT, "name", "^1.2")).toBe(`${DEFAULT}name@^1.2/dist/index.js`);
  });
});

describe("cdnSettings", () => {
  it("cdnSettings defaults to jsDelivr, after the app's server", () => {
    page();
    expect(cdnSettings()).toEqual({ url: DEFAULT, only: false });
  });

  it.each([
    ["https://cdn.test/npm/", "https://cdn.test/npm/"],
    ["https://cdn.test/npm", "https://cdn.test/npm/"],
    ["", DEFAULT],
  ])("cdnSettings reads the address %j as %j", (value, url) => {
    page({ [CDN]: value });
    expect(cdnSettings()).toEqual({ url, only: false });
  });

  it.each([
    ["", true],
    ["true", true],
    ["TRUE", true],
    ["false", false],
    ["False", false],
  ])("cdnSettings reads the flag %j as %s", (value, only) => {
    page({ [ONLY]: value });
    expect(cdnSettings()).toEqual({ url: DEFAULT, only });
  });

  it("cdnSettings combines attributes of several tags", () => {
    page({ [ONLY]: "" }, { [CDN]: "https://cdn.test/" });
    expect(cdnSettings()).toEqual({ url: "https://cdn.test/", only: true });
  });

  it("cdnSettings reads the page at each call, because a tag may be added late", () => {
    page();
    cdnSettings();
    page({ [CDN]: "https://late.test/" });
    expect(cdnSettings().url).toBe("https://late.test/");
  });
});

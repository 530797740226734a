import { afterEach, describe, expect, it, vi } from "vitest";
import { pageThinning, setPacing, THINNED_EVENTS } from "../../src/connection/pacing.js";
import { useFakePage } from "./fake-page.js";

const page = useFakePage();
const onError = vi.fn<(error: Error) => void>();
afterEach(() => {
  onError.mockClear();
  setPacing(undefined);
});

describe("the policy on thinning", () => {
  it.each(THINNED_EVENTS)("thins %s by default, as type or as event", (name) => {
    const thin = pageThinning(onError);
    expect(thin({ event: "interaction", type: name, coordinates: [1, 2] })).toBe(name);
    expect(thin({ event: name })).toBe(name);
  });

  it.each([
    { event: "click" },
    { event: "interaction", type: "dblclick" },
    { type: ["mousemove"] },
    "mousemove",
    null,
    undefined,
    7,
    {},
  ])("lets %j through", (content) => {
    expect(pageThinning(onError)(content)).toBeUndefined();
  });

  it("is what the page's settings name", () => {
    page().settings = '{"thin": ["hover"]}';
    const thin = pageThinning(onError);
    expect(thin({ type: "hover" })).toBe("hover");
    expect(thin({ type: "mousemove" })).toBeUndefined();
  });

  it("thins nothing when the list is empty", () => {
    page().settings = '{"thin": []}';
    expect(pageThinning(onError)({ type: "mousemove" })).toBeUndefined();
  });

  it("is the default when settings say nothing of it", () => {
    page().settings = "{}";
    expect(pageThinning(onError)({ type: "mousemove" })).toBe("mousemove");
  });

  it.each(["not json", '{"thin": "mousemove"}', '{"thin": [1]}', "null"])(
    "is the default, with one error, when the settings are %j",
    (settings) => {
      page().settings = settings;
      const thin = pageThinning(onError);
      expect(thin({ type: "mousemove" })).toBe("mousemove");
      thin({ type: "wheel" });
      expect(onError).toHaveBeenCalledOnce();
      expect(onError.mock.calls[0]?.[0].message).toContain("#shiny-comm-settings");
    },
  );

  it("can be a function, at any time, and goes before the page's settings", () => {
    page().settings = '{"thin": ["hover"]}';
    const thin = pageThinning(onError);
    expect(thin({ type: "hover" })).toBe("hover");
    setPacing({ thin: (content) => (content === "often" ? "often" : undefined) });
    expect(thin("often")).toBe("often");
    expect(thin({ type: "hover" })).toBeUndefined();
    setPacing({});
    expect(thin({ type: "mousemove" })).toBe("mousemove");
  });
});

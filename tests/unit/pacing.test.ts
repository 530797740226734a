import { afterEach, describe, expect, it, vi } from "vitest";
import { pageThrottle, setPacing, THROTTLED_EVENTS } from "../../src/connection/pacing.js";
import { useFakePage } from "./fake-page.js";

const page = useFakePage();
const onError = vi.fn<(error: Error) => void>();
afterEach(() => {
  onError.mockClear();
  setPacing(undefined);
});

describe("the throttle policy", () => {
  it.each(THROTTLED_EVENTS)(
    "the throttle policy throttles %s by default, as type or as event",
    (name) => {
      const throttle = pageThrottle(onError);
      expect(throttle({ event: "interaction", type: name, coordinates: [1, 2] })).toBe(name);
      expect(throttle({ event: name })).toBe(name);
    },
  );

  it.each([
    { event: "click" },
    { event: "interaction", type: "dblclick" },
    { type: ["mousemove"] },
    "mousemove",
    null,
    undefined,
    7,
    {},
  ])("the throttle policy does not throttle %j", (content) => {
    expect(pageThrottle(onError)(content)).toBeUndefined();
  });

  it("the throttle policy throttles the events that the page's settings name", () => {
    page().settings = '{"throttle": ["hover"]}';
    const throttle = pageThrottle(onError);
    expect(throttle({ type: "hover" })).toBe("hover");
    expect(throttle({ type: "mousemove" })).toBeUndefined();
  });

  it("the throttle policy throttles nothing when the list is empty", () => {
    page().settings = '{"throttle": []}';
    expect(pageThrottle(onError)({ type: "mousemove" })).toBeUndefined();
  });

  it("the throttle policy falls back to the default when settings have no throttle", () => {
    page().settings = "{}";
    expect(pageThrottle(onError)({ type: "mousemove" })).toBe("mousemove");
  });

  it.each(["not json", '{"throttle": "mousemove"}', '{"throttle": [1]}', "null"])(
    "the throttle policy falls back to the default, with one error, when the settings are %j",
    (settings) => {
      page().settings = settings;
      const throttle = pageThrottle(onError);
      expect(throttle({ type: "mousemove" })).toBe("mousemove");
      throttle({ type: "wheel" });
      expect(onError).toHaveBeenCalledOnce();
      expect(onError.mock.calls[0]?.[0].message).toContain("#shiny-comm-settings");
    },
  );

  it("the throttle policy accepts a function at any time, which overrides the page's settings", () => {
    page().settings = '{"throttle": ["hover"]}';
    const throttle = pageThrottle(onError);
    expect(throttle({ type: "hover" })).toBe("hover");
    setPacing({ throttle: (content) => (content === "often" ? "often" : undefined) });
    expect(throttle("often")).toBe("often");
    expect(throttle({ type: "hover" })).toBeUndefined();
    setPacing({});
    expect(throttle({ type: "mousemove" })).toBe("mousemove");
  });

  it("the throttle policy ends with the undo of setPacing, unless a later call has replaced it", () => {
    const throttle = pageThrottle(onError);
    const first = setPacing({ throttle: ["first"] });
    const second = setPacing({ throttle: ["second"] });
    first();
    expect(throttle({ type: "second" })).toBe("second");
    second();
    expect(throttle({ type: "first" })).toBe("first");
    first();
    expect(throttle({ type: "first" })).toBeUndefined();
    expect(throttle({ type: "wheel" })).toBe("wheel");
  });
});

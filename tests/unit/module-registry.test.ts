/** The modules that need no page; those that come by script tags are tested in a browser. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { registerWidgetModule } from "../../src/connection/register-widget-module.js";
import { PAGE_KEY, sharedPage } from "../../src/connection/shared-page.js";
import { ModuleRegistry } from "../../src/widgets/modules/module-registry.js";

const away = () => Promise.reject(new Error("away"));

/** A registry on a page with what was registered there. */
function setUp(bundled: ConstructorParameters<typeof ModuleRegistry>[0] = {}) {
  return new ModuleRegistry(bundled, sharedPage().modules);
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, PAGE_KEY);
});

describe("ModuleRegistry.load", () => {
  it("loads a bundled module, once", async () => {
    const base = vi.fn(() => ({ base: true }));
    const registry = new ModuleRegistry({ "@jupyter-widgets/base": base });
    const first = await registry.load("@jupyter-widgets/base", "2.0.0");
    expect(first).toEqual({ base: true });
    expect(await registry.load("@jupyter-widgets/base", "2.0.0")).toBe(first);
    expect(base).toHaveBeenCalledOnce();
  });

  it("keeps what was loaded after a failure, when the time for another try has come", async () => {
    vi.useFakeTimers();
    const loader = vi.fn(() => ({ from: "later" }));
    const registry = setUp({ mine: loader });
    loader.mockImplementationOnce(away as never);
    await expect(registry.load("mine", "1")).rejects.toThrow(
      expect.objectContaining({ code: "MODULE_LOAD" }),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    await registry.load("mine", "1");
    await vi.advanceTimersByTimeAsync(60_000);
    await registry.load("mine", "1");
    expect(loader).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it("refuses null for a module", async () => {
    const registry = new ModuleRegistry({ mine: () => null });
    await expect(registry.load("mine", "1")).rejects.toThrow(/mine@1.*null/);
  });

  it("knows the base module by its old name", async () => {
    const registry = new ModuleRegistry({ "@jupyter-widgets/base": () => ({ base: true }) });
    expect(await registry.load("jupyter-js-widgets", "2.0.0")).toEqual({ base: true });
  });

  it("prefers a registered module to a bundled one", async () => {
    const registry = setUp({ mine: () => ({ from: "bundle" }) });
    registerWidgetModule("mine", "1.0.0", () => Promise.resolve({ from: "registration" }));
    expect(await registry.load("mine", "1.0.0")).toEqual({ from: "registration" });
  });

  it("takes a registration after the module was loaded", async () => {
    const registry = setUp({ mine: () => ({ from: "bundle" }) });
    await registry.load("mine", "1.0.0");
    registerWidgetModule("mine", "1.0.0", () => ({ from: "registration" }));
    expect(await registry.load("mine", "1.0.0")).toEqual({ from: "registration" });
  });

  it("is without the registered module after the undo", async () => {
    const registry = setUp({ mine: () => ({ from: "bundle" }) });
    const undo = registerWidgetModule("mine", "1.0.0", () => ({ from: "registration" }));
    await registry.load("mine", "1.0.0");
    undo();
    undo();
    expect(await registry.load("mine", "1.0.0")).toEqual({ from: "bundle" });
  });

  it("rejects with a MODULE_LOAD error that names the module and its version", async () => {
    const cause = new Error("broken");
    const registry = new ModuleRegistry({ mine: () => Promise.reject(cause) });
    const error: unknown = await registry.load("mine", "1.2").catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "MODULE_LOAD" });
    expect(error).toMatchObject({ message: "cannot load mine@1.2: broken", cause });
  });

  describe("after a failure", () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    function failingOnce() {
      const loader = vi.fn(() => Promise.resolve({ there: true }));
      loader.mockRejectedValueOnce(new Error("offline"));
      return { loader, registry: new ModuleRegistry({ mine: loader }) };
    }

    it("has the same failure for all who need the module at that time", async () => {
      const { loader, registry } = failingOnce();
      await expect(registry.load("mine", "1")).rejects.toThrow("offline");
      await expect(registry.load("mine", "1")).rejects.toThrow("offline");
      expect(loader).toHaveBeenCalledOnce();
    });

    it("tries again later", async () => {
      const { registry } = failingOnce();
      await expect(registry.load("mine", "1")).rejects.toThrow("offline");
      await vi.runAllTimersAsync();
      expect(await registry.load("mine", "1")).toEqual({ there: true });
    });
  });

  it.each([undefined, "text", 1])("rejects a module that is %j", async (module) => {
    const registry = new ModuleRegistry({ mine: () => module });
    await expect(registry.load("mine", "1")).rejects.toMatchObject({ code: "MODULE_LOAD" });
  });
});

describe("of several registered versions", () => {
  const register = (...versions: string[]) =>
    versions.map((version) => registerWidgetModule("mine", version, () => ({ version })));

  it.each([
    ["^1.0.0", "1.10.0"],
    ["~1.2.0", "1.2.9"],
    ["~1.2.*", "1.2.9"],
    ["1.2.0", "1.2.0"],
    [">=1 <1.3 || 3", "1.2.9"],
    ["*", "2.0.0"],
    ["", "2.0.0"],
    ["^2.0.0-beta.1", "2.0.0"],
  ])("%j gets the highest that satisfies it, whatever the order: %s", async (range, version) => {
    register("1.2.0", "1.10.0", "2.0.0", "1.2.9", "2.1.0-beta.1", "0.9.0");
    expect(await setUp().load("mine", range)).toEqual({ version });
  });

  it("a prerelease is taken where the range names one", async () => {
    register("2.1.0-beta.1", "2.0.0");
    expect(await setUp().load("mine", "^2.1.0-beta.0")).toEqual({ version: "2.1.0-beta.1" });
  });

  it("one that is no semver version is taken where it is named as it is", async () => {
    register("0.1.0.dev0", "1.0.0");
    expect(await setUp().load("mine", "0.1.0.dev0")).toEqual({ version: "0.1.0.dev0" });
  });

  it("two ranges get two versions, each loaded once", async () => {
    const loads: string[] = [];
    for (const version of ["1.0.0", "2.0.0"]) {
      registerWidgetModule("mine", version, () => {
        loads.push(version);
        return { version };
      });
    }
    const registry = setUp();
    for (const range of ["^1.0.0", "^2.0.0", "^1.0.0", "2.0.0"]) await registry.load("mine", range);
    expect(loads).toEqual(["1.0.0", "2.0.0"]);
  });

  it("of two of the same version the one that was registered last is taken, until its undo", async () => {
    registerWidgetModule("mine", "1.0.0", () => ({ from: "first" }));
    const undo = registerWidgetModule("mine", "1.0.0", () => ({ from: "last" }));
    const registry = setUp();
    expect(await registry.load("mine", "^1.0.0")).toEqual({ from: "last" });
    undo();
    expect(await registry.load("mine", "^1.0.0")).toEqual({ from: "first" });
  });

  it("none satisfies: the module is sought elsewhere", async () => {
    register("1.0.0");
    const registry = setUp({ mine: () => ({ from: "bundle" }) });
    expect(await registry.load("mine", "^2.0.0")).toEqual({ from: "bundle" });
  });

  it("none satisfies and there is no other: the error names the registered versions", async () => {
    register("1.0.0", "1.2.0");
    registerWidgetModule("other", "2.0.0", () => ({}));
    await expect(setUp({ mine: away }).load("mine", "^2.0.0")).rejects.toThrow(
      "cannot load mine@^2.0.0 (registered here: 1.0.0, 1.2.0): away",
    );
  });

  it("one that is registered while the module is sought elsewhere in vain is taken", async () => {
    let fail: (error: Error) => void = () => undefined;
    const registry = setUp({
      mine: () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    });
    const loading = registry.load("mine", "^1.0.0");
    register("1.0.0");
    fail(new Error("away"));
    expect(await loading).toEqual({ version: "1.0.0" });
  });
});

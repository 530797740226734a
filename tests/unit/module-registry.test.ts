/** The modules that need no page. Modules in script tags are tested in a browser. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { registerWidgetModule } from "../../src/connection/register-widget-module.js";
import { PAGE_KEY, sharedPage } from "../../src/connection/shared-page.js";
import { ModuleRegistry } from "../../src/widgets/modules/module-registry.js";

const failing = () => Promise.reject(new Error("offline"));

/** Returns a registry with the modules that the page registered. */
function setUp(bundled: ConstructorParameters<typeof ModuleRegistry>[0] = {}) {
  return new ModuleRegistry(bundled, sharedPage().modules);
}

afterEach(() => {
  Reflect.deleteProperty(globalThis, PAGE_KEY);
});

describe("ModuleRegistry.load", () => {
  it("load() returns a bundled module, and loads it once", async () => {
    const base = vi.fn(() => ({ base: true }));
    const registry = new ModuleRegistry({ "@jupyter-widgets/base": base });
    const first = await registry.load("@jupyter-widgets/base", "2.0.0");
    expect(first).toEqual({ base: true });
    expect(await registry.load("@jupyter-widgets/base", "2.0.0")).toBe(first);
    expect(base).toHaveBeenCalledOnce();
  });

  it("load() keeps a module that loaded on the second try", async () => {
    vi.useFakeTimers();
    const loader = vi.fn(() => ({ from: "later" }));
    const registry = setUp({ "my-module": loader });
    loader.mockImplementationOnce(failing as never);
    await expect(registry.load("my-module", "1")).rejects.toThrow(
      expect.objectContaining({ code: "MODULE_LOAD" }),
    );
    await vi.advanceTimersByTimeAsync(60_000);
    await registry.load("my-module", "1");
    await vi.advanceTimersByTimeAsync(60_000);
    await registry.load("my-module", "1");
    expect(loader).toHaveBeenCalledTimes(2);
    vi.useRealTimers();
  });

  it("load() rejects null as a module", async () => {
    const registry = new ModuleRegistry({ "my-module": () => null });
    await expect(registry.load("my-module", "1")).rejects.toThrow(/my-module@1.*null/);
  });

  it("load() supports the old name of the base module", async () => {
    const registry = new ModuleRegistry({ "@jupyter-widgets/base": () => ({ base: true }) });
    expect(await registry.load("jupyter-js-widgets", "2.0.0")).toEqual({ base: true });
  });

  it("load() prefers a registered module to a bundled one", async () => {
    const registry = setUp({ "my-module": () => ({ from: "bundle" }) });
    registerWidgetModule("my-module", "1.0.0", () => Promise.resolve({ from: "registration" }));
    expect(await registry.load("my-module", "1.0.0")).toEqual({ from: "registration" });
  });

  it("load() uses a registration that was added after the module loaded", async () => {
    const registry = setUp({ "my-module": () => ({ from: "bundle" }) });
    await registry.load("my-module", "1.0.0");
    registerWidgetModule("my-module", "1.0.0", () => ({ from: "registration" }));
    expect(await registry.load("my-module", "1.0.0")).toEqual({ from: "registration" });
  });

  it("load() drops the registered module on undo", async () => {
    const registry = setUp({ "my-module": () => ({ from: "bundle" }) });
    const undo = registerWidgetModule("my-module", "1.0.0", () => ({ from: "registration" }));
    await registry.load("my-module", "1.0.0");
    undo();
    undo();
    expect(await registry.load("my-module", "1.0.0")).toEqual({ from: "bundle" });
  });

  it("load() rejects with a MODULE_LOAD error that names the module and its version", async () => {
    const cause = new Error("broken");
    const registry = new ModuleRegistry({ "my-module": () => Promise.reject(cause) });
    const error: unknown = await registry
      .load("my-module", "1.2")
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "MODULE_LOAD" });
    expect(error).toMatchObject({ message: "cannot load my-module@1.2: broken", cause });
  });

  describe("after a failure", () => {
    beforeEach(() => {
      vi.useFakeTimers();
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    function failingOnce() {
      const loader = vi.fn(() => Promise.resolve({ loaded: true }));
      loader.mockRejectedValueOnce(new Error("offline"));
      return { loader, registry: new ModuleRegistry({ "my-module": loader }) };
    }

    it("load() rejects with the same error for a while after a failure", async () => {
      const { loader, registry } = failingOnce();
      await expect(registry.load("my-module", "1")).rejects.toThrow("offline");
      await expect(registry.load("my-module", "1")).rejects.toThrow("offline");
      expect(loader).toHaveBeenCalledOnce();
    });

    it("load() tries again some time after a failure", async () => {
      const { registry } = failingOnce();
      await expect(registry.load("my-module", "1")).rejects.toThrow("offline");
      await vi.runAllTimersAsync();
      expect(await registry.load("my-module", "1")).toEqual({ loaded: true });
    });
  });

  it.each([undefined, "text", 1])("load() rejects a module that is %j", async (module) => {
    const registry = new ModuleRegistry({ "my-module": () => module });
    await expect(registry.load("my-module", "1")).rejects.toMatchObject({ code: "MODULE_LOAD" });
  });
});

describe("several registered versions", () => {
  const register = (...versions: string[]) =>
    versions.map((version) => registerWidgetModule("my-module", version, () => ({ version })));

  it.each([
    ["^1.0.0", "1.10.0"],
    ["~1.2.0", "1.2.9"],
    ["~1.2.*", "1.2.9"],
    ["1.2.0", "1.2.0"],
    [">=1 <1.3 || 3", "1.2.9"],
    ["*", "2.0.0"],
    ["", "2.0.0"],
    ["^2.0.0-beta.1", "2.0.0"],
  ])(
    "the range %j resolves to the highest version that satisfies it: %s",
    async (range, version) => {
      register("1.2.0", "1.10.0", "2.0.0", "1.2.9", "2.1.0-beta.1", "0.9.0");
      expect(await setUp().load("my-module", range)).toEqual({ version });
    },
  );

  it("a range with a prerelease can resolve to a prerelease", async () => {
    register("2.1.0-beta.1", "2.0.0");
    expect(await setUp().load("my-module", "^2.1.0-beta.0")).toEqual({ version: "2.1.0-beta.1" });
  });

  it("a version outside of semver resolves by its exact name", async () => {
    register("0.1.0.dev0", "1.0.0");
    expect(await setUp().load("my-module", "0.1.0.dev0")).toEqual({ version: "0.1.0.dev0" });
  });

  it("two ranges resolve to two versions, each loaded once", async () => {
    const loads: string[] = [];
    for (const version of ["1.0.0", "2.0.0"]) {
      registerWidgetModule("my-module", version, () => {
        loads.push(version);
        return { version };
      });
    }
    const registry = setUp();
    for (const range of ["^1.0.0", "^2.0.0", "^1.0.0", "2.0.0"])
      await registry.load("my-module", range);
    expect(loads).toEqual(["1.0.0", "2.0.0"]);
  });

  it("the last registration of a version applies, until its undo", async () => {
    registerWidgetModule("my-module", "1.0.0", () => ({ from: "first" }));
    const undo = registerWidgetModule("my-module", "1.0.0", () => ({ from: "last" }));
    const registry = setUp();
    expect(await registry.load("my-module", "^1.0.0")).toEqual({ from: "last" });
    undo();
    expect(await registry.load("my-module", "^1.0.0")).toEqual({ from: "first" });
  });

  it("an unsatisfied range falls back to the bundled module", async () => {
    register("1.0.0");
    const registry = setUp({ "my-module": () => ({ from: "bundle" }) });
    expect(await registry.load("my-module", "^2.0.0")).toEqual({ from: "bundle" });
  });

  it("the error for an unsatisfied range names the registered versions", async () => {
    register("1.0.0", "1.2.0");
    registerWidgetModule("other", "2.0.0", () => ({}));
    await expect(setUp({ "my-module": failing }).load("my-module", "^2.0.0")).rejects.toThrow(
      "cannot load my-module@^2.0.0 (registered here: 1.0.0, 1.2.0): offline",
    );
  });

  it("a version registered during a failing load of the bundled module applies", async () => {
    let fail: (error: Error) => void = () => undefined;
    const registry = setUp({
      "my-module": () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    });
    const loading = registry.load("my-module", "^1.0.0");
    register("1.0.0");
    fail(new Error("offline"));
    expect(await loading).toEqual({ version: "1.0.0" });
  });
});

/** The modules that need no page; those that come by script tags are tested in a browser. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ModuleLoadError } from "../../src/comm/errors.js";
import { ModuleRegistry } from "../../src/widgets/module-registry.js";

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
    const registry = new ModuleRegistry({ mine: () => Promise.reject(new Error("away")) });
    await expect(registry.load("mine", "1")).rejects.toThrow(ModuleLoadError);
    const loader = vi.fn(() => ({ from: "registration" }));
    registry.register("mine", loader);
    await registry.load("mine", "1");
    await vi.advanceTimersByTimeAsync(60_000);
    await registry.load("mine", "1");
    expect(loader).toHaveBeenCalledOnce();
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
    const registry = new ModuleRegistry({ mine: () => ({ from: "bundle" }) });
    registry.register("mine", () => Promise.resolve({ from: "registration" }));
    expect(await registry.load("mine", "1")).toEqual({ from: "registration" });
  });

  it("takes a registration after the module was loaded", async () => {
    const registry = new ModuleRegistry({ mine: () => ({ from: "bundle" }) });
    await registry.load("mine", "1");
    registry.register("mine", () => ({ from: "registration" }));
    expect(await registry.load("mine", "1")).toEqual({ from: "registration" });
  });

  it("is without the registered module after the undo", async () => {
    const registry = new ModuleRegistry({ mine: () => ({ from: "bundle" }) });
    const undo = registry.register("mine", () => ({ from: "registration" }));
    await registry.load("mine", "1");
    undo();
    expect(await registry.load("mine", "1")).toEqual({ from: "bundle" });
  });

  it("rejects with a ModuleLoadError that names the module and its version", async () => {
    const cause = new Error("broken");
    const registry = new ModuleRegistry({ mine: () => Promise.reject(cause) });
    const error: unknown = await registry.load("mine", "1.2").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ModuleLoadError);
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
    await expect(registry.load("mine", "1")).rejects.toBeInstanceOf(ModuleLoadError);
  });
});

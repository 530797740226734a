/** The packages that labextensions share with the page. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, it, vi } from "vitest";
import { makeShareScope, SHARED_VERSIONS } from "../../src/widgets/modules/shared-modules.js";

const require = createRequire(import.meta.url);

it.each(Object.entries(SHARED_VERSIONS))(
  "%s is shared in the installed version",
  (name, version) => {
    const { version: installed } = JSON.parse(
      readFileSync(require.resolve(`${name}/package.json`), "utf8"),
    );
    expect(version).toBe(installed);
  },
);

it("a share scope loads a widget module when a container uses it", async () => {
  const base = { DOMWidgetModel: class {} };
  const load = vi.fn(async () => base as never);
  const [shared] = Object.values(makeShareScope({ load })["@jupyter-widgets/base"] ?? {});
  expect(load).not.toHaveBeenCalled();
  expect((await shared?.get())?.()).toBe(base);
});

it("a share scope has the services' tokens of each package of JupyterLab, and nothing else", async () => {
  const scope = makeShareScope({ load: async () => ({}) as never });
  expect(Object.hasOwn(scope, "@jupyterlab/notebook")).toBe(true);
  expect(Object.hasOwn(scope, "react")).toBe(false);
  const [shared] = Object.values(scope["@jupyterlab/notebook"] ?? {});
  const module = (await shared?.get())?.() as Record<string, unknown>;
  expect(module.INotebookTracker).toEqual({ name: "@jupyterlab/notebook:INotebookTracker" });
  expect(module.INotebookTracker).toBe(module.INotebookTracker);
  expect(() => module.NotebookPanel).toThrow(
    "NotebookPanel of @jupyterlab/notebook exists only in JupyterLab",
  );
});

it("a container's own package of JupyterLab is kept", () => {
  const scope = makeShareScope({ load: async () => ({}) as never });
  const versions = scope["@jupyterlab/outputarea"] ?? {};
  versions["4.5.0"] = { get: async () => () => ({}), loaded: false, eager: false, from: "test" };
  expect(Object.keys(scope["@jupyterlab/outputarea"] ?? {})).toEqual(["0.0.0", "4.5.0"]);
});

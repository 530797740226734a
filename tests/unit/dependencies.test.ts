import { describe, expect, it, vi } from "vitest";
import { renderHtmlDependencies } from "../../src/shiny/dependencies.js";
import type { ShinyRuntime } from "../../src/shiny/runtime.js";

const CONFIG = '{"paths": {"jupyter-leaflet": "lib/ipyleaflet-0.20.0/index"}}';
const PARSED = { paths: { "jupyter-leaflet": "lib/ipyleaflet-0.20.0/index" } };
const headOnly = (head: unknown) => ({ name: "d", version: "1", script: [], stylesheet: [], head });
const script = (text: string): string => `<script>${text}</script>`;

async function render(dependencies: readonly unknown[]) {
  const rendered = vi.fn(() => Promise.resolve());
  const onAmdConfig = vi.fn();
  const shiny = { renderDependenciesAsync: rendered } as unknown as ShinyRuntime;
  await renderHtmlDependencies(shiny, dependencies, onAmdConfig);
  return { rendered, onAmdConfig };
}

describe("renderHtmlDependencies", () => {
  it.each([
    script(`window.require.config(${CONFIG})`),
    script(`window.require.config(${CONFIG});`),
    script(`require.config(${CONFIG})`),
    script(`requirejs.config(${CONFIG})`),
    `\n  <script type="text/javascript">\n window.require.config(${CONFIG});\n </script>\n`,
  ])("reads a configuration instead of running it: %j", async (head) => {
    const { rendered, onAmdConfig } = await render([headOnly(head)]);
    expect(onAmdConfig).toHaveBeenCalledExactlyOnceWith(PARSED);
    expect(rendered).not.toHaveBeenCalled();
  });

  it.each<[string, unknown]>([
    ["that is absent", undefined],
    ["that is null", null],
    ["that is empty", ""],
    ["that is not text", [script(`window.require.config(${CONFIG})`)]],
    ["with another script", script("console.log(1)")],
    ["with a style sheet", '<link rel="stylesheet" href="a.css">'],
    ["that does more than configure", script(`require.config(${CONFIG}); start()`)],
    ["with a second script", script(`require.config(${CONFIG})`) + script("start({})")],
    ["with two configurations", script(`require.config(${CONFIG})`).repeat(2)],
    ["whose configuration is not JSON", script("require.config({paths: {a: 'b'}})")],
    ["whose configuration is computed", script("require.config({...configuration})")],
    ["that calls another's config", script(`other.config(${CONFIG})`)],
  ])("leaves a head alone %s", async (_what, head) => {
    const dependency = headOnly(head);
    const { rendered, onAmdConfig } = await render([dependency]);
    expect(onAmdConfig).not.toHaveBeenCalled();
    expect(rendered).toHaveBeenCalledExactlyOnceWith([dependency]);
  });

  it("renders the files of a dependency whose head it has read", async () => {
    const head = script(`window.require.config(${CONFIG})`);
    const dependency = { ...headOnly(head), stylesheet: [{ href: "a.css" }] };
    const { rendered } = await render([dependency]);
    expect(rendered).toHaveBeenCalledExactlyOnceWith([{ ...dependency, head: null }]);
    expect(dependency.head).toBe(head);
  });

  it("renders the rest in order", async () => {
    const config = headOnly(script(`window.require.config(${CONFIG})`));
    const { rendered } = await render([{ name: "a" }, config, { name: "b" }, { name: "c" }]);
    expect(rendered).toHaveBeenCalledExactlyOnceWith([{ name: "a" }, { name: "b" }, { name: "c" }]);
  });

  it.each([null, 1, "text", []])("hands on a dependency that is %j", async (dependency) => {
    const { rendered, onAmdConfig } = await render([dependency]);
    expect(rendered).toHaveBeenCalledExactlyOnceWith([dependency]);
    expect(onAmdConfig).not.toHaveBeenCalled();
  });

  it("calls nothing for an empty list", async () => {
    expect((await render([])).rendered).not.toHaveBeenCalled();
  });

  it("resolves when the scripts have run", async () => {
    let finish: () => void = () => undefined;
    const renderDependenciesAsync = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    const shiny = { renderDependenciesAsync } as unknown as ShinyRuntime;
    const done = vi.fn();
    const rendering = renderHtmlDependencies(shiny, [{}], vi.fn()).then(done);
    await new Promise(setImmediate);
    expect(done).not.toHaveBeenCalled();
    finish();
    await rendering;
    expect(done).toHaveBeenCalledOnce();
  });

  it("falls back on the function that older Shiny has", async () => {
    const renderDependencies = vi.fn();
    const shiny = { renderDependencies } as unknown as ShinyRuntime;
    await renderHtmlDependencies(shiny, [{ name: "a" }], vi.fn());
    expect(renderDependencies).toHaveBeenCalledExactlyOnceWith([{ name: "a" }]);
  });

  it("reads configurations without a Shiny on the page", async () => {
    const onAmdConfig = vi.fn();
    const head = script(`window.require.config(${CONFIG})`);
    await renderHtmlDependencies(undefined, [headOnly(head), { name: "a" }], onAmdConfig);
    expect(onAmdConfig).toHaveBeenCalledExactlyOnceWith(PARSED);
  });
});

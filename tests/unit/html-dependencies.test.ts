import { describe, expect, it, vi } from "vitest";
import type { CommOpenContent } from "../../src/comm/messages.js";
import {
  checkHtmlDependencies,
  renderHtmlDependencies,
} from "../../src/shiny/html-dependencies.js";
import type { ShinyRuntime } from "../../src/shiny/runtime.js";

const CONFIG = '{"paths": {"jupyter-leaflet": "lib/ipyleaflet-0.20.0/index"}}';
const PARSED = { paths: { "jupyter-leaflet": "lib/ipyleaflet-0.20.0/index" } };
const headOnly = (head: unknown) => ({ name: "d", version: "1", script: [], stylesheet: [], head });
const script = (text: string): string => `<script>${text}</script>`;

const ignored = { configure: () => undefined, addLabextension: () => undefined };

async function render(dependencies: readonly unknown[]) {
  const rendered = vi.fn(() => Promise.resolve());
  const onAmdConfig = vi.fn();
  const shiny = { renderDependenciesAsync: rendered } as unknown as ShinyRuntime;
  const addLabextension = vi.fn();
  const modules = { configure: onAmdConfig, addLabextension };
  await renderHtmlDependencies(shiny, dependencies, modules);
  return { rendered, onAmdConfig, addLabextension };
}

describe("renderHtmlDependencies", () => {
  it.each([
    script(`window.require.config(${CONFIG})`),
    script(`window.require.config(${CONFIG});`),
    script(`require.config(${CONFIG})`),
    script(`requirejs.config(${CONFIG})`),
    `\n  <script type="text/javascript">\n window.require.config(${CONFIG});\n </script>\n`,
  ])("renderHtmlDependencies reads a configuration instead of running it: %j", async (head) => {
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
  ])("renderHtmlDependencies does not change a head %s", async (_what, head) => {
    const dependency = headOnly(head);
    const { rendered, onAmdConfig } = await render([dependency]);
    expect(onAmdConfig).not.toHaveBeenCalled();
    expect(rendered).toHaveBeenCalledExactlyOnceWith([dependency]);
  });

  it("renderHtmlDependencies renders the files of a dependency whose head it has read", async () => {
    const head = script(`window.require.config(${CONFIG})`);
    const dependency = { ...headOnly(head), stylesheet: [{ href: "a.css" }] };
    const { rendered } = await render([dependency]);
    expect(rendered).toHaveBeenCalledExactlyOnceWith([{ ...dependency, head: null }]);
    expect(dependency.head).toBe(head);
  });

  it("renderHtmlDependencies hands out a labextension instead of rendering it", async () => {
    const extension = { type: "jupyterlab-extension", src: "lib/a/remoteEntry.js" };
    const dependency = { ...headOnly(null), script: [extension] };
    const { rendered, addLabextension } = await render([dependency, { name: "a" }]);
    expect(addLabextension).toHaveBeenCalledExactlyOnceWith(extension);
    expect(rendered).toHaveBeenCalledExactlyOnceWith([{ name: "a" }]);
  });

  it("renderHtmlDependencies renders the rest in order", async () => {
    const config = headOnly(script(`window.require.config(${CONFIG})`));
    const { rendered } = await render([{ name: "a" }, config, { name: "b" }, { name: "c" }]);
    expect(rendered).toHaveBeenCalledExactlyOnceWith([{ name: "a" }, { name: "b" }, { name: "c" }]);
  });

  it.each([null, 1, "text", []])(
    "renderHtmlDependencies passes %j as a dependency to Shiny",
    async (dependency) => {
      const { rendered, onAmdConfig } = await render([dependency]);
      expect(rendered).toHaveBeenCalledExactlyOnceWith([dependency]);
      expect(onAmdConfig).not.toHaveBeenCalled();
    },
  );

  it("renderHtmlDependencies calls nothing for an empty list", async () => {
    expect((await render([])).rendered).not.toHaveBeenCalled();
  });

  it("renderHtmlDependencies resolves when the scripts have run", async () => {
    let finish: () => void = () => undefined;
    const renderDependenciesAsync = () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      });
    const shiny = { renderDependenciesAsync } as unknown as ShinyRuntime;
    const done = vi.fn();
    const rendering = renderHtmlDependencies(shiny, [{}], ignored).then(done);
    await new Promise(setImmediate);
    expect(done).not.toHaveBeenCalled();
    finish();
    await rendering;
    expect(done).toHaveBeenCalledOnce();
  });

  it("renderHtmlDependencies falls back to the function of older Shiny", async () => {
    const renderDependencies = vi.fn();
    const shiny = { renderDependencies } as unknown as ShinyRuntime;
    await renderHtmlDependencies(shiny, [{ name: "a" }], ignored);
    expect(renderDependencies).toHaveBeenCalledExactlyOnceWith([{ name: "a" }]);
  });

  it("renderHtmlDependencies reads configurations without a Shiny on the page", async () => {
    const onAmdConfig = vi.fn();
    const head = script(`window.require.config(${CONFIG})`);
    const modules = { ...ignored, configure: onAmdConfig };
    await renderHtmlDependencies(undefined, [headOnly(head), { name: "a" }], modules);
    expect(onAmdConfig).toHaveBeenCalledExactlyOnceWith(PARSED);
  });
});

describe("checkHtmlDependencies", () => {
  const open = (html_deps: readonly unknown[]): CommOpenContent => ({
    comm_id: "c1",
    target_name: "jupyter.widget",
    target_module: null,
    data: {},
    html_deps,
  });

  it.each<[string, unknown]>([
    ["a number", 7],
    ["null", null],
    ["a list", []],
    ["one without a name", { version: "1" }],
    ["one named __proto__", { name: "__proto__" }],
    ["one with a number for a script", { name: "x", script: 7 }],
    ["one with a script that is nowhere", { name: "x", script: [{ async: "" }] }],
    ["one with null for a style sheet", { name: "x", stylesheet: [null] }],
    ["one with an object for its head", { name: "x", head: {} }],
    ["one with a number for its source", { name: "x", src: 7 }],
  ])("checkHtmlDependencies rejects html_deps that contain %s", (_what, dependency) => {
    const html_deps = [{ name: "fine", version: "1" }, dependency];
    expect(() => checkHtmlDependencies(open(html_deps))).toThrow(
      expect.objectContaining({
        code: "DECODE",
        comm_id: "c1",
        kind: "comm_open",
        message: expect.stringMatching(
          /^cannot decode comm_open for comm c1: content.html_deps\[1\] /,
        ),
      }),
    );
  });

  it("checkHtmlDependencies accepts html_deps in each form of Shiny for Python and R", () => {
    const html_deps = [
      { name: "a", version: "1", src: null, script: [], stylesheet: [], meta: [], head: null },
      { name: "b", version: "1", src: { href: "lib/b" }, script: "b.js", stylesheet: ["b.css"] },
      {
        name: "c",
        version: "1",
        script: [{ src: "c.js", defer: "" }],
        stylesheet: { href: "c.css" },
      },
      { name: "d", version: "1", head: ["<meta>", "<meta>"] },
    ];
    expect(() => checkHtmlDependencies(open(html_deps))).not.toThrow();
  });
});

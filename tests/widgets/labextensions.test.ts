/** Widget modules in labextensions: containers of webpack's module federation, whose plugins register the modules. */
import { Widget } from "@lumino/widgets";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { client, openControl, session, show, takeErrors } from "./page.js";

let name: string;
beforeEach(() => {
  name = `labextension-${crypto.randomUUID()}`;
});
afterEach(() => void vi.useRealTimers());

interface Labextension {
  /** The text of the function `plugins(consume)`, which returns a plugin or a list. */
  readonly plugins: string;
  readonly times?: number;
  readonly style?: string;
  readonly container?: string;
}

/** Returns the text of a script as webpack makes it, with a container that shares modules with the page. */
const containerText = ({ plugins, style = "", container = name }: Labextension): string => `
var _JUPYTERLAB;
(_JUPYTERLAB = _JUPYTERLAB ?? {})[${JSON.stringify(container)}] = (() => {
  let scope;
  const consume = async (name, fallback) => {
    if (!Object.prototype.hasOwnProperty.call(scope, name)) {
      throw new Error("Shared module " + name + " doesn't exist in shared scope default");
    }
    const [version] = Object.keys(scope[name]);
    return (await scope[name][version].get())();
  };
  const parts = {
    "./extension": async () => ({ __esModule: true, default: await (${plugins})(consume) }),
    "./style": async () => { ${style} },
  };
  return {
    init(shared) {
      if (scope && scope !== shared) throw new Error("already initialized with a different share scope");
      scope = shared;
    },
    get: async (part) => {
      const module = await parts[part]();
      return () => module;
    },
  };
})();`;

const REGISTRY = `requires: [(await consume("@jupyter-widgets/base")).IJupyterWidgetRegistry]`;

/** Returns a plugin that registers the module in a version. */
const registers = (exports: string, version = "1.2.3", more = ""): string => `async (consume) => ({
  id: "test:plugin", autoStart: true, ${REGISTRY}, ${more}
  activate: (app, registry) => registry.registerWidget({
    name: ${JSON.stringify(name)}, version: ${JSON.stringify(version)}, exports: ${exports},
  }),
})`;

/** Returns the dependency of an open for a script. */
const scriptOf = (src: string, more = {}): object => ({
  name,
  version: "1.2.3",
  script: [
    {
      src,
      type: "jupyterlab-extension",
      "data-module": name,
      "data-container": name,
      "data-extension": "./extension",
      ...more,
    },
  ],
  stylesheet: [],
  meta: [],
  head: null,
});

const urlOf = (text: string, times = 0): string =>
  `/lost/${name}.js?times=${times}&text=${encodeURIComponent(text)}`;

const requestCount = async (file = name): Promise<number> =>
  Number(await (await fetch(`/lost/${file}`)).text());

/** Sets how a file fails: how often, and with which status. */
const setFailure = (failure: Record<"status" | "times", number>, file: string) =>
  fetch(`/lost/${file}?status=${failure.status}&times=${failure.times}`);

/** Opens a widget of the labextension, whose open has the dependency. */
function open(dependency: object, version = "^1.0.0") {
  const named = { _model_module: name, _model_module_version: version, _model_name: "TestModel" };
  const word = "drawn";
  const view = { _view_module: name, _view_module_version: version, _view_name: "TestView" };
  return session.open({ ...named, ...view, word }, { htmlDeps: [dependency] });
}

const openOf = (labextension: Labextension, version?: string) =>
  open(scriptOf(urlOf(containerText(labextension), labextension.times)), version);

/** Makes the classes of a widget that shows its trait `word`. */
const CLASSES = `(async () => {
  const base = await consume("@jupyter-widgets/base");
  const { Widget } = await consume("@lumino/widgets");
  return {
    TestModel: class extends base.DOMWidgetModel {},
    TestView: class extends base.DOMWidgetView {
      render() {
        this.el.textContent = this.model.get("word") + (this.luminoWidget instanceof Widget);
        this.el.onclick = () => { this.model.set("word", "clicked"); this.touch(); };
      }
    },
  };
})`;

describe("a labextension", () => {
  test.each([
    ["a function", CLASSES],
    ["a promise", `${CLASSES}()`],
    ["an object", `await ${CLASSES}()`],
  ])("a module whose exports are %s is drawn with the page's classes", async (_what, exports) => {
    const plugins = registers("exports").replace(
      "=> ({",
      `=> { const exports = ${exports}; return {`,
    );
    const output = await show(openOf({ plugins: plugins.replace(/\}\)$/, "}; }") }));
    await expect.poll(() => output.textContent).toBe("drawntrue");
    expect(takeErrors()).toEqual([]);
  });

  test("a labextension is loaded once for all widgets, and gets their messages", async () => {
    const plugins = registers(CLASSES);
    const first = openOf({ plugins });
    const outputs = [await show(first), await show(openOf({ plugins }))];
    for (const output of outputs) await expect.poll(() => output.textContent).toBe("drawntrue");
    expect(await requestCount()).toBe(1);
    outputs[0]?.querySelector<HTMLElement>(".lm-Widget")?.click();
    await expect.poll(() => first.state.word).toBe("clicked");
    expect(document.querySelector(`script[src*="${name}"]`)).toBeNull();
  });

  test("a labextension is fetched again after a network failure", async () => {
    const output = await show(openOf({ plugins: registers(CLASSES), times: 2 }));
    await expect.poll(() => output.textContent).toBe("drawntrue");
    expect(await requestCount()).toBe(3);
  });

  describe("files that webpack requests for a labextension", () => {
    const global = () => `classes of ${name}`;
    /** The text of a file with the labextension's classes, which fails `times` times. */
    const fileOf = (times: number): string =>
      urlOf(`globalThis["${global()}"] = (consume) => ${CLASSES}();`, times)
        .replace("/lost/", "./")
        .replace(".js", "-file.js");
    /** Returns the text of a function that loads the file as webpack does, once, from the container's folder. */
    const load = (file: string): string => `async () => {
      if (!globalThis["${global()}"]) await new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = new URL(${JSON.stringify(file)}, folder).href;
        script.onload = resolve;
        script.onerror = () => reject(Object.assign(new Error("Loading chunk 1 failed."), {
          name: "ChunkLoadError", request: script.src,
        }));
        document.head.append(script);
      });
      return globalThis["${global()}"](consume);
    }`;
    const textOf = (plugins: string): string =>
      `{ const folder = document.currentScript.src; ${containerText({ plugins }).replace("var _JUPYTERLAB;", "globalThis._JUPYTERLAB ??= {};")} }`;

    test.each([
      [
        "its plugins",
        (file: string) =>
          registers("classes")
            .replace("=> ({", `=> { const classes = await (${load(file)})(); return {`)
            .replace(/\}\)$/, "}; }"),
      ],
      ["its widgets", (file: string) => registers(load(file))],
    ])("the file with %s is fetched again", async (_what, pluginsOf) => {
      const output = await show(open(scriptOf(urlOf(textOf(pluginsOf(fileOf(2)))))));
      await expect.poll(() => output.textContent).toBe("drawntrue");
      expect(await requestCount(`${name}-file`)).toBe(3);
      expect(takeErrors()).toEqual([]);
    });

    test("a file is requested below the present base after a host has moved the page", async () => {
      const base = document.createElement("base");
      base.href = "/lost/there/";
      document.head.append(base);
      try {
        const file = fileOf(0);
        await setFailure({ status: 404, times: 1_000 }, `there/${name}-file`);
        const plugins = registers(load(file));
        const src = urlOf(textOf(plugins)).replace("/lost/", "./");
        const output = await show(open(scriptOf(src)));
        await expect.poll(() => requestCount(`there/${name}-file`)).toBeGreaterThan(0);
        base.href = "/lost/here/";
        await expect.poll(() => output.textContent).toBe("drawntrue");
        expect(await requestCount(`here/${name}-file`)).toBe(1);
        expect(takeErrors()).toEqual([]);
      } finally {
        base.remove();
      }
    });

    test("a file that stays lost is an error after five more tries", async () => {
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      const output = await show(open(scriptOf(urlOf(textOf(registers(load(fileOf(1_000))))))));
      await expect
        .poll(async () => {
          await vi.advanceTimersByTimeAsync(1_000);
          return output.textContent;
        })
        .toMatch(/cannot load the code of the labextension .*Loading chunk 1 failed/);
      // The first request is webpack's.
      expect(await requestCount(`${name}-file`)).toBe(6);
      expect(takeErrors()).toHaveLength(1);
    });
  });

  test("a container that another script has defined is not loaded again", async () => {
    const script = document.createElement("script");
    script.src = urlOf(containerText({ plugins: registers(CLASSES) }));
    document.head.append(script);
    await new Promise((resolve) => script.addEventListener("load", resolve));
    const output = await show(open(scriptOf("/nowhere.js")));
    await expect.poll(() => output.textContent).toBe("drawntrue");
  });

  test("a labextension does not replace a module of the client", async () => {
    const src = "/nowhere.js";
    const dependency = scriptOf(src, { "data-module": "@jupyter-widgets/controls" });
    const { state } = openControl("Label", { value: "the client's" });
    const output = await show(session.open({ ...state }, { htmlDeps: [dependency] }));
    await expect.poll(() => output.textContent).toBe("the client's");
  });

  test("a plugin's registration of a module of the client is ignored", async () => {
    const base = "@jupyter-widgets/base";
    const also = `registry.registerWidget({ name: "${base}", version: "2.0.0", exports: {} });`;
    const plugins = registers(CLASSES).replace(
      "(app, registry) => ",
      `(app, registry) => { ${also} return `,
    );
    const output = await show(openOf({ plugins: plugins.replace(/\}\),\n\}\)$/, "}) }, })") }));
    await expect.poll(() => output.textContent).toBe("drawntrue");
    expect(await client.modules.load(base, "2.0.0")).toHaveProperty("DOMWidgetModel");
  });

  test("the highest registered version in a model's range is used", async () => {
    const plugins = `async (consume) => [${registers("{ a: 1 }", "1.0.0")}, ${registers("{ a: 2 }", "2.0.0")}]
      .map((make, index) => make(consume).then((plugin) => ({ ...plugin, id: "p" + index })))`;
    const all = `async (consume) => Promise.all(await (${plugins})(consume))`;
    client.modules.addLabextension(scriptsOf(urlOf(containerText({ plugins: all }))));
    expect(await client.modules.load(name, "^1.0.0")).toEqual({ a: 1 });
    expect(await client.modules.load(name, "*")).toEqual({ a: 2 });
    await expect(client.modules.load(name, "^3.0.0")).rejects.toThrow(
      /@\^3\.0\.0 \(registered here: 1\.0\.0, 2\.0\.0\): the labextension \S+ registers no such version/,
    );
    expect(await requestCount()).toBe(1);
  });

  test("an AMD module gets the module of a labextension", async () => {
    client.modules.addLabextension(
      scriptsOf(urlOf(containerText({ plugins: registers("{ word: 'shared' }") }))),
    );
    const user = `${name}-user`;
    const text = `define(["${name}"], (module) => ({ has: module.word }));`;
    const url = `/lost/${user}.js?times=0&text=${encodeURIComponent(text)}`;
    client.modules.configure({ paths: { [user]: url } });
    expect(await client.modules.load(user, "1.0.0")).toEqual({ has: "shared" });
    expect(await client.modules.loadUnversioned(name)).toEqual({ word: "shared" });
  });

  test("a labextension's styles are loaded, and their failure is a warning", async () => {
    const key = `style of ${name}`;
    const style = `globalThis[${JSON.stringify(key)}] = true; throw new Error("no styles");`;
    const url = urlOf(containerText({ plugins: registers(CLASSES), style }));
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const output = await show(open(scriptOf(url, { "data-style": "./style" })));
    await expect.poll(() => output.textContent).toBe("drawntrue");
    expect(Reflect.get(globalThis, key)).toBe(true);
    expect(warn).toHaveBeenCalledWith(
      "[shiny-comm]",
      expect.stringContaining("styles of the labextension"),
      expect.objectContaining({ message: "no styles" }),
    );
    warn.mockRestore();
  });
});

/** Returns the script of a dependency. */
function scriptsOf(src: string): Parameters<typeof client.modules.addLabextension>[0] {
  const { script } = scriptOf(src) as { script: Parameters<typeof client.modules.addLabextension> };
  return script[0];
}

describe("the plugins of a labextension", () => {
  const THEMES = `optional: [(await consume("@jupyterlab/apputils")).IThemeManager]`;

  test("an optional service of JupyterLab is null", async () => {
    const exports = "{ services: services.length, first: services[0] }";
    const plugins = registers(exports, "1.2.3", `${THEMES},`).replace(
      "(app, registry)",
      "(app, registry, ...services)",
    );
    client.modules.addLabextension(scriptsOf(urlOf(containerText({ plugins }))));
    expect(await client.modules.load(name, "*")).toEqual({ services: 1, first: null });
  });

  test("a plugin gets the service of another plugin, and a plugin for JupyterLab is left out", async () => {
    const token = "const token = { name: 'test:service' };";
    const plugins = `async (consume) => { ${token} return [
      { id: "menu", autoStart: true, requires: [(await consume("@jupyterlab/mainmenu")).IMainMenu],
        activate: () => { throw new Error("started"); } },
      { id: "user", autoStart: true,
        requires: [(await consume("@jupyter-widgets/base")).IJupyterWidgetRegistry, token],
        activate: (app, registry, service) => registry.registerWidget({
          name: ${JSON.stringify(name)}, version: "1.0.0", exports: service }) },
      { id: "provider", provides: token, activate: async () => ({ word: "provided" }) },
      { id: "unused", activate: () => { throw new Error("started"); } },
    ]; }`;
    client.modules.addLabextension(scriptsOf(urlOf(containerText({ plugins }))));
    expect(await client.modules.load(name, "*")).toEqual({ word: "provided" });
  });

  test.each([
    [
      "requires a service of JupyterLab",
      (also: string) => `async (consume) => ({ id: "test:plugin", autoStart: true,
        requires: [(await consume("@jupyterlab/notebook")).INotebookTracker], activate: () => ${also} })`,
      /the plugin test:plugin of the labextension \S+ requires @jupyterlab\/notebook:INotebookTracker of JupyterLab/,
      /only in JupyterLab/,
    ],
    [
      "requires a package of JupyterLab",
      () => `async (consume) => consume("react")`,
      /the labextension \S+ requires the package react of JupyterLab/,
      /only in JupyterLab/,
    ],
    [
      "registers exports that require a package of JupyterLab",
      () => registers(`() => consume("react")`),
      /the labextension \S+ requires the package react of JupyterLab/,
      /only in JupyterLab/,
    ],
    [
      "uses a class of JupyterLab",
      () =>
        `async (consume) => class extends (await consume("@jupyterlab/apputils")).ReactWidget {}`,
      /cannot load the code of the labextension \S+: ReactWidget of @jupyterlab\/apputils exists only in JupyterLab/,
      /another version/,
    ],
    [
      "throws",
      () => `async () => ({ id: "test:plugin", autoStart: true,
        activate: () => { throw new Error("no such thing"); } })`,
      /the plugin test:plugin of the labextension \S+ failed: no such thing/,
      /another version/,
    ],
    [
      "registers no module",
      () => "async () => ({ autoStart: true, activate: () => undefined })",
      /the labextension \S+ does not register labextension-/,
      /another version/,
    ],
    [
      "has no plugin",
      () => "async () => ({})",
      /the labextension \S+ does not register labextension-/,
      /another version/,
    ],
  ])("the error for a plugin that %s replaces the widget", async (_what, plugins, text, advice) => {
    const output = await show(openOf({ plugins: plugins("undefined") }));
    await expect.poll(() => output.querySelector("[role=alert]")?.textContent).toMatch(text);
    expect(output.textContent).toMatch(new RegExp(`cannot load ${name}@[\\^.\\d]+`));
    expect(output.textContent).toMatch(advice);
    takeErrors();
  });
});

describe("a labextension that cannot be loaded", () => {
  test.each([
    ["throws", 'throw new Error("broken script");', /defines no container \(.*broken script\)/],
    [
      "defines another container",
      containerText({ plugins: "async () => ({})", container: "other" }),
      /defines no container$/,
    ],
    [
      "has a container that rejects the page's modules",
      `(globalThis._JUPYTERLAB ??= {})["NAME"] = { init() { throw new Error("initialized before"); } };`,
      /cannot initialize the labextension \S+: initialized before/,
    ],
  ])("the error of a script that %s names the labextension", async (_what, text, message) => {
    const uncaught = vi.fn((event: ErrorEvent) => event.preventDefault());
    addEventListener("error", uncaught);
    client.modules.addLabextension(scriptsOf(urlOf(text.replace("NAME", name))));
    await expect(client.modules.load(name, "1.0.0")).rejects.toThrow(message);
    removeEventListener("error", uncaught);
  });

  test("the error of a script that stays lost has its address", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    client.modules.addLabextension(scriptsOf(urlOf("", 1_000)));
    const loading = client.modules.load(name, "1.0.0").catch((error: unknown) => error);
    let error: unknown;
    void loading.then((result) => {
      error = result;
    });
    await expect
      .poll(async () => {
        await vi.advanceTimersByTimeAsync(1_000);
        return error;
      })
      .toMatchObject({
        message: expect.stringMatching(/cannot load the labextension \S+ from http:\S+\/lost\//),
        advice: expect.stringContaining("Content-Security-Policy"),
      });
    expect(await requestCount()).toBe(5);
  });
});

test("each shared package of Lumino is the package's own module", async () => {
  const { lumino } = await import("../../src/widgets/modules/lumino.js");
  expect(lumino["@lumino/widgets"].Widget).toBe(Widget);
  for (const [key, module] of Object.entries(lumino))
    expect([key, Object.keys(module)]).not.toEqual([key, []]);
});

/** Widget packages from PyPI: each widget is drawn, sends a user's action to the server, and follows the server. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ensureCompanion } from "../../scripts/companion.mjs";
import { ensurePython, type ShinyServer, startShiny } from "../../scripts/python.mjs";
import type { Package, Sight } from "./packages/entry.js";
import { DRAGGABLE, WITH_USE } from "./packages/with-use.js";
import { expectNoFaults, expectText, openUrl, useBrowser, type WatchedPage } from "./page.js";

/** Another package needs an entry here and a line in packages/requirements.txt. */
const PACKAGES: Record<string, Package> = {
  // Its trait `style` is a text.
  "anymap-ts": {
    python: `
from anymap_ts import LeafletMap
widget = LeafletMap(center=(0, 0), zoom=2)
widget.observe(lambda change: tell(f"{change.new:g}"), "current_zoom")
def change():
    widget.zoom = 5
`,
    seen: [".leaflet-control-scale-line", "3000 km"],
    act: (page) => page.locator(".leaflet-container").press("+"),
    told: "3",
    changed: [".leaflet-control-scale-line", "300 km"],
  },
  ipydatagrid: {
    python: `
import pandas as pd
from ipydatagrid import DataGrid
widget = DataGrid(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), selection_mode="row")
widget.observe(lambda change: tell(change.new), "selections")
def change():
    widget.layout.height = "123px"
`,
    seen: ".lm-DataGrid-viewport canvas",
    act: (page) =>
      page.locator(".lm-DataGrid-viewport").click({ position: { x: 100, y: 30 }, force: true }),
    told: /'r1': 0/,
    changed: '.datagrid-container[style*="height: 123px"]',
  },
  // Its classes are compiled to ES5.
  ipydatetime: {
    python: `
from datetime import time
from ipydatetime import TimePicker
widget = TimePicker(value=time(1, 2))
widget.observe(lambda change: tell(change.new), "value")
def change():
    widget.disabled = True
`,
    seen: "#widget input[type=time]",
    act: async (page) => {
      await page.locator("#widget input").fill("03:04");
      await page.locator("#widget input").blur();
    },
    told: "03:04:00",
    changed: "#widget input:disabled",
  },
  ipyleaflet: {
    python: `
from ipyleaflet import AwesomeIcon, Map, Marker
marker = Marker(icon=AwesomeIcon(name="bus"), location=(0, 0))
marker.on_click(lambda **_: tell("clicked"))
widget = Map(center=(0, 0), zoom=3, layers=(marker,))
def change():
    marker.icon = AwesomeIcon(name="gear")
`,
    seen: ".awesome-marker .fa-bus",
    icons: [".fa-bus"],
    act: (page) => page.locator(".awesome-marker-icon-blue").click(),
    told: "clicked",
    changed: ".awesome-marker .fa-gear",
  },
  ipympl: {
    python: `
import matplotlib
matplotlib.use("module://ipympl.backend_nbagg")
import matplotlib.pyplot as plt
figure, axes = plt.subplots(figsize=(4, 3))
axes.plot([1, 3, 2])
widget = figure.canvas
widget.toolbar_visible = True
widget.mpl_connect("button_press_event", lambda event: tell(f"button {event.button:d}"))
def change():
    widget.manager.set_window_title("Changed")
`,
    seen: [".jupyter-matplotlib-header", /Figure \d/],
    icons: [".jupyter-matplotlib-toolbar .fa-home", ".jupyter-matplotlib-toolbar .fa-arrows"],
    act: (page) => page.locator(".jupyter-matplotlib-canvas-div").click(),
    told: "button 1",
    changed: [".jupyter-matplotlib-header", "Changed"],
  },
  // Its view has `processPhosphorMessage` alone.
  ipyregulartable: {
    python: `
import pandas as pd
from ipyregulartable import RegularTableWidget
widget = RegularTableWidget(pd.DataFrame({"a": range(1000)}))
widget.on_click(lambda *_: tell("clicked"))
widget.layout.height = "100px"
def change():
    widget.layout.height = "400px"
`,
    seen: "regular-table tbody tr:nth-child(2)",
    act: (page) => page.locator("regular-table td").first().click(),
    told: "clicked",
    changed: "regular-table tbody tr:nth-child(12)",
    foreign: /fonts\.googleapis\.com/,
  },
  ipytree: {
    python: `
from ipytree import Node, Tree
node = Node("one", [Node("two")])
node.observe(lambda change: tell(f"selected {change.new}"), "selected")
widget = Tree(nodes=[node])
def change():
    node.name = "changed"
`,
    seen: [".jstree-anchor >> nth=0", "one"],
    icons: [".jstree-anchor .fa-folder"],
    act: (page) => page.locator(".jstree-anchor").first().click(),
    told: "selected True",
    changed: [".jstree-anchor >> nth=0", "changed"],
  },
  // jupyter-vuetify needs jupyter-vue, which the server has as soon as a widget of that is made.
  ipyvuetify: {
    python: `
import ipyvue
import ipyvuetify as v
text = ipyvue.Html(tag="i", children=["HTML"])
button = v.Btn(children=["Press"])
button.on_event("click", lambda *_: tell("pressed"))
widget = v.Container(children=[button, text])
def change():
    button.children = ["Changed"]
`,
    seen: [".v-btn", "Press"],
    act: (page) => page.locator(".v-btn").click(),
    told: "pressed",
    changed: [".v-btn", "Changed"],
  },
  itables: {
    python: `
import pandas as pd
from itables.widget import ITable
widget = ITable(pd.DataFrame({"a": [1, 2, 3]}), select=True)
widget.observe(lambda change: tell(change.new), "selected_rows")
def change():
    widget.selected_rows = [2]
`,
    seen: ["#widget tbody tr >> nth=0", "1"],
    act: (page) => page.locator("#widget tbody td").first().click(),
    told: "[0]",
    changed: ["#widget tr.selected", "3"],
  },
  "jupyter-bbox-widget": {
    python: `
from jupyter_bbox_widget import BBoxWidget
widget = BBoxWidget(classes=["cat", "dog"])
widget.on_skip(lambda: tell("skipped"))
def change():
    widget.classes = ["bird"]
`,
    seen: "#widget button",
    act: (page) => page.locator("#widget button", { hasText: /skip/i }).click(),
    told: "skipped",
    changed: ["#widget", /bird/],
  },
  // Its bundle contains version 4 of base.
  pydeck: {
    python: `
import pydeck
deck = pydeck.Deck(
    [pydeck.Layer("ScatterplotLayer", [{"position": [0, 0]}], get_position="position",
                  get_radius=500000, get_fill_color=[255, 0, 0], pickable=True)],
    initial_view_state=pydeck.ViewState(latitude=0, longitude=0, zoom=3),
    map_provider=None,
)
widget = deck.deck_widget
widget.json_input = deck.to_json()
widget.on_click(lambda *_: tell("clicked"))
def change():
    widget.layout.border_top = "3px solid red"
`,
    seen: "#widget canvas",
    act: (page) => page.locator("#widget canvas").click(),
    told: "clicked",
    changed: '#widget > [style*="border-top: 3px solid red"]',
    foreign: /mapbox-gl\.css/,
  },
  wigglystuff: {
    python: `
from wigglystuff import Slider2D
widget = Slider2D(x=0, y=0)
widget.observe(lambda change: tell("moved"), "x")
def change():
    widget.x = 0.25
`,
    seen: ["#widget", /X: 0\.00/],
    act: (page) => page.locator("#widget canvas").click({ position: { x: 150, y: 150 } }),
    told: "moved",
    changed: ["#widget", /X: 0\.25/],
  },
};

useBrowser();

type Table = Record<string, Package>;

const tables = { stock: PACKAGES, use: WITH_USE, draggable: DRAGGABLE };
const servers: Partial<Record<keyof typeof tables, ShinyServer>> = {};

beforeAll(async () => {
  const log = (line: string): void => console.log(line);
  const requirements = join(import.meta.dirname, "packages/requirements.lock.txt");
  const python = await ensurePython({ requirements, dependencies: false, log });
  const start = async (name: keyof typeof tables, interpreter: string) => {
    const table: Table = tables[name];
    const snippets = Object.entries(table).map(([name, { python: code }]) => [name, code]);
    servers[name] = await startShiny({
      python: interpreter,
      app: join(import.meta.dirname, "apps/packages.py"),
      env: {
        PACKAGES: JSON.stringify(Object.fromEntries(snippets)),
        USE: name === "stock" ? "0" : "1",
      },
    });
  };
  const companion = await ensureCompanion({ log });
  await Promise.all([
    start("stock", python),
    start("use", python),
    start("draggable", companion.python),
  ]);
}, 300_000);

afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));

function open(
  name: string,
  { table = "stock", foreign }: { table?: keyof typeof tables; foreign?: RegExp | undefined } = {},
): Promise<WatchedPage> {
  return openUrl(`${servers[table]?.url}/?package=${name}`, {
    prepare: (page) => foreign && page.route(foreign, (route) => route.fulfill({ body: "" })),
  });
}

async function see(page: Page, sight: Sight): Promise<void> {
  const [selector, text] = typeof sight === "string" ? [sight, undefined] : sight;
  await page.locator(selector).first().waitFor({ state: "attached" });
  if (text !== undefined) await expectText(page, selector, text);
}

/** Whether an icon has its glyph, from Font Awesome's font. */
async function expectGlyph(page: Page, selector: string): Promise<void> {
  const glyph = () =>
    page
      .locator(selector)
      .first()
      .evaluate((el) => {
        const { content, fontFamily } = getComputedStyle(el, "::before");
        return [content.codePointAt(1) ?? 0, fontFamily] as const;
      });
  await expect.poll(async () => (await glyph())[0]).toBeGreaterThanOrEqual(0xf000);
  expect((await glyph())[1]).toBe("FontAwesome");
}

async function check(name: string, entry: Package, table: keyof typeof tables): Promise<void> {
  const watched = await open(name, { table, foreign: entry.foreign });
  const { page } = watched;
  await see(page, entry.seen);
  for (const icon of entry.icons ?? []) await expectGlyph(page, icon);
  await entry.act(page);
  await expectText(page, "#told", entry.told);
  await page.click("#change");
  await see(page, entry.changed);
  const faults = watched.faults.filter((fault) => !entry.foreign?.test(fault));
  await expectNoFaults({ ...watched, faults });
}

test.each(Object.entries(PACKAGES))("%s is drawn, and follows the user and Python", (name, entry) =>
  check(name, entry, "stock"),
);

describe("packages that need shiny_comm.use()", () => {
  test.each(Object.entries(WITH_USE))(
    "%s is drawn, and follows the user and Python",
    (name, entry) => check(name, entry, "use"),
  );

  test.each(Object.entries(DRAGGABLE))(
    "%s is drawn, and follows the user and Python",
    (name, entry) => check(name, entry, "draggable"),
  );
});

/** The exports of a module that the page's RequireJS loads, by name, or `failed`. */
function required(page: Page, name: string): Promise<string[]> {
  return page.evaluate(
    (wanted) =>
      new Promise((resolve) => {
        const { require } = window as unknown as {
          require(names: string[], done: (module: object) => void, failed: () => void): void;
        };
        require([wanted], (module) => resolve(Object.keys(module)), () => resolve(["failed"]));
      }),
    name,
  );
}

test("the page's RequireJS has the modules of widgets and the page's modules", async () => {
  const { page } = await open("ipytree");
  await see(page, ".jstree-anchor");
  const script = (body: string) => ({ contentType: "text/javascript", body });
  // As the server has them once a widget of the package has been made.
  await page.route("**/nbextensions/sibling/index.js", (route) =>
    route.fulfill(
      script('define(["@jupyter-widgets/base", "ipytree"], (b, t) => ({ ...t, Base: b }))'),
    ),
  );
  await page.route("**/own.js", (route) =>
    route.fulfill(script('define(["own-part"], (part) => ({ own: part }))')),
  );
  await page.route("**/own-part.js", (route) => route.fulfill(script("define({ part: 1 })")));
  await page.route(/cdn\.jsdelivr\.net/, (route) => route.abort());
  expect(await required(page, "@jupyter-widgets/base")).toContain("DOMWidgetView");
  expect(await required(page, "ipytree")).toContain("TreeView");
  const all = ["sibling", "own", "nowhere"].map((name) => required(page, name));
  const [sibling, own, nowhere] = await Promise.all(all);
  expect(sibling).toEqual(expect.arrayContaining(["TreeView", "Base"]));
  expect(own).toEqual(["own"]);
  expect(nowhere).toEqual(["failed"]);
  await page.close();
});

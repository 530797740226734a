/** Widget packages that need `shiny_comm.use()`: shinywidgets finds their files not at all, or not all of them. */
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { Package } from "./entry.js";

/** The specification of a bar chart. */
const CHART = `
chart = {
    "$schema": "https://vega.github.io/schema/vega-lite/v4.json",
    "data": {"name": "source", "values": [{"x": 1, "y": 2}, {"x": 2, "y": 3}]},
    "mark": "bar",
    "encoding": {"x": {"field": "x", "type": "ordinal"}, "y": {"field": "y", "type": "quantitative"}},
}
`;

/** Selects a part of the text in an element, like a drag of the mouse. */
async function selectText(page: Page, selector: string, from: number, to: number): Promise<void> {
  await page.locator(selector).evaluate(
    (el, [start, end]) => {
      const text = document.createTreeWalker(el, NodeFilter.SHOW_TEXT).nextNode();
      if (!text) throw new Error("no text");
      const range = document.createRange();
      range.setStart(text, start);
      range.setEnd(text, end);
      getSelection()?.removeAllRanges();
      getSelection()?.addRange(range);
      el.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
    },
    [from, to] as const,
  );
}

/** Drags the mouse over a canvas, which turns its scene. */
async function turn(page: Page): Promise<void> {
  const canvas = page.locator("#widget canvas").first();
  await expect.poll(() => isPainted(page, canvas)).toBe(true);
  const { x = 0, y = 0 } = (await canvas.boundingBox()) ?? {};
  await page.mouse.move(x + 50, y + 50);
  await page.mouse.down();
  await page.mouse.move(x + 90, y + 80, { steps: 4 });
  await page.mouse.up();
}

/** Returns whether a canvas shows more than one color on the screen. */
async function isPainted(page: Page, canvas: Locator): Promise<boolean> {
  const png = (await canvas.screenshot()).toString("base64");
  return page.evaluate(async (source) => {
    const picture = new Image();
    picture.src = `data:image/png;base64,${source}`;
    await picture.decode();
    const { width, height } = picture;
    const context = Object.assign(document.createElement("canvas"), { width, height }).getContext(
      "2d",
    );
    context?.drawImage(picture, 0, 0);
    const pixels = new Uint32Array(context?.getImageData(0, 0, width, height).data.buffer ?? []);
    return pixels.filter((pixel) => pixel !== pixels[0]).length > 100;
  }, png);
}

/** Another package needs an entry here and a line in requirements.txt or without-dependencies.txt. */
export const WITH_USE: Record<string, Package> = {
  // Its `Event`, which has no view, is among the children of its source.
  ipyannotations: {
    python: `
from ipyannotations.text import TextTagger
widget = TextTagger(classes=["place", "person"])
widget.display("Ada lived in London")
widget.on_submit(tell)
def change():
    widget.display("Changed text")
`,
    seen: [".entity-tagger", "Ada lived in London"],
    act: async (page) => {
      await page.locator("#widget button", { hasText: "Submit" }).focus();
      await selectText(page, ".entity-tagger", 13, 19);
      await page.locator(".entity-tagger mark").waitFor();
      // An `Event` of ipyevents listens to the key.
      await page.keyboard.press("Enter");
    },
    told: "[(13, 19, 'place')]",
    changed: [".entity-tagger", "Changed text"],
  },
  // Its constructor draws: messages before the open.
  ipycanvas: {
    python: `
from ipycanvas import Canvas
class Drawn(Canvas):
    def __init__(self):
        super().__init__(width=100, height=100)
        self.fill_style = "green"
        self.fill_rect(20, 20, 60, 60)
widget = Drawn()
widget.on_mouse_down(lambda x, y: tell("pressed"))
def change():
    widget.width = 234
`,
    seen: "#widget canvas",
    act: turn,
    told: "pressed",
    changed: '#widget canvas[width="234"]',
  },
  ipydagred3: {
    python: `
from ipydagred3 import DagreD3Widget, Graph
graph = Graph()
graph.setEdge("first", "second")
widget = DagreD3Widget(graph=graph)
widget.on_click(lambda _, value: tell(value))
def change():
    graph.setEdge("first", "third")
`,
    seen: ["#widget .node >> nth=0", "first"],
    act: (page) => page.locator("#widget .node").first().click(),
    told: "first",
    changed: ["#widget .node >> nth=2", "third"],
  },
  // It has a labextension only. Its widgets are parts of a pipeline, which the browser runs.
  ipyelk: {
    python: `
from ipyelk import ElkJSONLoader, from_elkjson
def graph(text):
    label = {"id": "label", "text": text}
    nodes = [{"id": "a", "width": 50, "height": 30, "labels": [label]}, {"id": "b", "width": 50, "height": 30}]
    return {"id": "root", "children": nodes, "edges": [{"id": "e", "sources": ["a"], "targets": ["b"]}]}
widget = from_elkjson(graph("first"), layout={"height": "200px"})
widget.view.selection.observe(lambda change: tell(change.new), "ids")
def change():
    widget.source = ElkJSONLoader().load(graph("changed"))
`,
    seen: ["#widget svg text", "first"],
    act: (page) => page.locator("#widget svg text").click(),
    told: /a/,
    changed: ["#widget svg text", "changed"],
  },
  ipyevents: {
    python: `
import ipywidgets
from ipyevents import Event
widget = ipywidgets.HTML("<b>watched</b>")
event = Event(source=widget, watched_events=["click"])
event.on_dom_event(lambda event: tell(event["type"]))
def change():
    event.watched_events = []
    widget.value = "<b>changed</b>"
`,
    seen: ["#widget b", "watched"],
    act: (page) => page.locator("#widget b").click(),
    told: "click",
    changed: ["#widget b", "changed"],
  },
  ipymuvue: {
    python: `
import traitlets
from ipymuvue.widgets import VueWidget
class Counter(VueWidget):
    count = traitlets.Int(1).tag(sync=True)
    def __init__(self):
        super().__init__("<button class='counter' @click='press'>Count: {{ count }}</button>")
    @VueWidget.callback
    def press(self, *_):
        tell("pressed")
widget = Counter()
def change():
    widget.count = 10
`,
    seen: ["#widget .counter", "Count: 1"],
    act: (page) => page.locator("#widget .counter").click(),
    told: "pressed",
    changed: ["#widget .counter", "Count: 10"],
  },
  // Only the models of ipyvue name a module: its widgets have no `_view_module`.
  ipyvue: {
    python: `
import ipyvue, traitlets
class Counter(ipyvue.VueTemplate):
    count = traitlets.Int(1).tag(sync=True)
    @traitlets.default("template")
    def _template(self):
        return """<template><button class="counter" @click="count += 1">Count: {{ count }}</button></template>"""
widget = Counter()
widget.observe(lambda change: tell(f"count {change.new}"), "count")
def change():
    widget.count = 10
`,
    seen: ["#widget .counter", "Count: 1"],
    act: (page) => page.locator("#widget .counter").click(),
    told: "count 2",
    changed: ["#widget .counter", "Count: 10"],
  },
  // The app imports it in a session. Its module needs jupyter-vue, the module of no widget here.
  ipyvuetify: {
    python: `
import ipyvuetify as v
widget = v.Btn(children=["Press"])
widget.on_event("click", lambda *_: tell("pressed"))
def change():
    widget.children = ["Changed"]
`,
    seen: [".v-btn", "Press"],
    act: (page) => page.locator(".v-btn").click(),
    told: "pressed",
    changed: [".v-btn", "Changed"],
  },
  ipyvolume: {
    python: `
import numpy
import ipyvolume
widget = ipyvolume.figure(width=300, height=200)
ipyvolume.scatter(*numpy.random.random((3, 100)))
widget.camera.observe(lambda change: tell("turned"), "position")
def change():
    widget.width = 234
`,
    seen: "#widget canvas >> nth=0",
    act: turn,
    told: "turned",
    changed: '#widget canvas[width="234"] >> nth=0',
  },
  leafmap: {
    python: `
import leafmap.leafmap as leafmap
widget = leafmap.Map(center=(10, 20), zoom=3)
widget.observe(lambda change: tell(f"{change.new:g}"), "zoom")
def change():
    widget.layout.height = "234px"
`,
    seen: ".leaflet-container .leaflet-draw",
    act: (page) => page.locator(".leaflet-container").press("+"),
    told: "4",
    changed: '#widget [style*="height: 234px"]',
    foreign: /tile\.openstreetmap\.org/,
  },
  "lux-widget": {
    python: `${CHART}
from luxwidget import LuxWidget
shown = {**chart, "vislib": "vegalite", "config": {"view": {"continuousWidth": 160}}}
action = {"action": "Trend", "description": "A", "long_description": "A trend", "vspec": [shown]}
widget = LuxWidget(currentVis={}, recommendations=[action], intent="", message="")
widget.observe(lambda change: tell(change.new), "_selectedVisIdxs")
def change():
    widget.message = "A message"
`,
    seen: "#widget .card canvas",
    icons: ["#exportBtn"],
    act: async (page) => {
      await page.locator("#widget .card").click();
      await page.locator("#exportBtn").click();
    },
    told: "{'Trend': [0]}",
    changed: ["#widget .warnMsgText", "A message"],
  },
  // It sends from a thread.
  nglview: {
    python: `
import threading
import nglview
widget = nglview.NGLWidget(nglview.FileStructure(nglview.datafiles.PDB))
widget.observe(lambda change: tell("turned"), "_camera_orientation")
def work():
    widget.add_representation("spacefill")
    widget.layout.height = "234px"
def change():
    threading.Thread(target=work).start()
`,
    seen: "#widget canvas",
    act: turn,
    told: "turned",
    changed: '#widget [style*="height: 234px"] >> nth=0',
  },
  // Its _repr_mimebundle_ makes widgets, and its JavaScript makes models.
  pythreejs: {
    python: `
import pythreejs as three
camera = three.PerspectiveCamera(position=[2, 2, 2])
cube = three.Mesh(geometry=three.BoxGeometry(), material=three.MeshStandardMaterial(color="red"))
light = three.DirectionalLight(position=[3, 5, 1])
scene = three.Scene(children=[cube, camera, light, three.AmbientLight()])
controls = [three.OrbitControls(controlling=camera)]
widget = three.Renderer(camera=camera, scene=scene, controls=controls, width=300, height=200)
camera.observe(lambda change: tell("turned" if isinstance(light.target, three.Object3D) else "?"), "position")
def change():
    widget.width = 234
`,
    seen: "#widget canvas",
    act: turn,
    told: "turned",
    changed: '#widget canvas[width="234"]',
  },
  pyannotebook: {
    python: `
import tempfile, numpy, scipy.io.wavfile
from pyannotebook import WavesurferWidget
with tempfile.NamedTemporaryFile(suffix=".wav") as file:
    tone = numpy.sin(numpy.arange(8000) / 5) * 20000
    scipy.io.wavfile.write(file.name, 8000, tone.astype("int16"))
    widget = WavesurferWidget(file.name)
widget.observe(lambda change: tell(f"time {change.new:.1f}"), "time")
def change():
    widget.labels, widget.colors = {"a": "Ada"}, {"a": "#ff0000"}
    widget.regions = [{"id": "first", "start": 0.2, "end": 0.4, "label": "a"}]
`,
    seen: "#widget wave > canvas",
    act: async (page) => {
      const wave = page.locator("#widget div:nth-child(2) > wave");
      const { width = 0 } = (await wave.boundingBox()) ?? {};
      await wave.click({ position: { x: width / 2, y: 60 } });
    },
    told: "time 0.5",
    changed: "#widget region",
  },
  vega: {
    python: `${CHART}
from vega.widget import VegaWidget
widget = VegaWidget(chart, {"renderer": "svg"})
widget.on_msg(lambda _, content, __: tell(content["type"]))
def change():
    widget.update("source", insert=[{"x": 3, "y": 4}])
`,
    seen: "#widget .mark-rect path >> nth=1",
    // It sends a message when it is drawn.
    act: async () => {},
    told: "display",
    changed: "#widget .mark-rect path >> nth=2",
  },
};

/** Version 1.1 needs version 1 of ipyvue, which has Vue 2. Its view and its model are of different modules. */
export const DRAGGABLE: Record<string, Package> = {
  ipyvuedraggable: {
    python: `
import ipyvue
from ipyvuedraggable import Draggable
items = [ipyvue.Html(tag="p", children=[text]) for text in ("one", "two", "three")]
widget = Draggable(tag="section", children=items)
widget.on_event("end", lambda *_: tell("moved"))
def change():
    widget.children = items[:1]
`,
    seen: ["#widget section p >> nth=2", "three"],
    act: (page) => page.locator("#widget p").first().dragTo(page.locator("#widget p").last()),
    told: "moved",
    changed: ["#widget section", /^one$/],
  },
};

"""Situations of widgets in Shiny apps, each case on a separate page: ``/?case=<name>``."""

from __future__ import annotations

import datetime
import json
import os
import sys
import time
from pathlib import Path

import anywidget
import ipyleaflet
import ipywidgets as w
import traitlets
from shiny import App, Inputs, Outputs, Session, module, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget
from starlette.requests import Request

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from shiny_comm_dependency import shiny_comm  # noqa: E402

DIST = Path(os.environ.get("SHINY_COMM_DIST", ROOT / "dist"))


class Amd(w.DOMWidget):
    """A widget in AMD form, from ``jupyter/nbextensions`` next to this file."""

    _view_name = traitlets.Unicode("AmdView").tag(sync=True)
    _view_module = traitlets.Unicode("test-amd").tag(sync=True)
    _view_module_version = traitlets.Unicode("1.0.0").tag(sync=True)
    _model_name = traitlets.Unicode("AmdModel").tag(sync=True)
    _model_module = traitlets.Unicode("test-amd").tag(sync=True)
    _model_module_version = traitlets.Unicode("1.0.0").tag(sync=True)


class Afm(anywidget.AnyWidget):
    """A counter whose module is a trait like any other, so tests can change it."""

    _esm = """
    export default () => ({
      initialize({ model }) {
        globalThis.initialized = (globalThis.initialized ?? 0) + 1;
        return () => { globalThis.ended = (globalThis.ended ?? 0) + 1; };
      },
      render({ model, el, signal }) {
        const text = document.createElement("b");
        text.className = "afm";
        const show = () => { text.textContent = "first " + model.get("value"); };
        model.on("change:value", show);
        show();
        el.append(text);
        return () => { globalThis.removed = (globalThis.removed ?? 0) + 1; };
      },
    });
    """
    value = traitlets.Int(0).tag(sync=True)


SECOND = "export default { render({ model, el }) { el.innerHTML = '<b class=afm>second ' + model.get('value') + '</b>'; } }"
BROKEN = "this is not a module"


class Slow(anywidget.AnyWidget):
    """A widget that loads until the test ends that, and receives a message meanwhile."""

    _esm = """
    await new Promise((resolve) => { globalThis.endLoading = resolve; });
    export default {
      render({ model, el }) {
        el.innerHTML = "<b class=slow>waiting</b>";
        model.on("msg:custom", (message) => { el.firstChild.textContent = message.text; });
      },
    };
    """


class Orderly(anywidget.AnyWidget):
    """Changes a trait and sends messages, again and again, without a pause."""

    _esm = """
    export default {
      render({ model, el }) {
        el.innerHTML = "<button class=orderly>Go</button>";
        el.firstChild.addEventListener("click", () => {
          for (let n = 1; n <= 20; n += 1) {
            model.set("value", n);
            model.save_changes();
            if (n % 3 === 0) model.send({ n });
          }
        });
      },
    };
    """
    value = traitlets.Int(0).tag(sync=True)


@module.ui
def module_ui() -> ui.Tag:
    """An output in a separate namespace."""
    return ui.div(output_widget("slider"), ui.output_text("value"))


@module.server
def module_server(input: Inputs, output: Outputs, session: Session) -> None:
    """The module's slider, and its value."""

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(value=4, description="In a module")

    @render.text
    def value() -> str:
        return f"value {reactive_read(slider.widget, 'value')}"


def referring(widget: w.Widget, trait: str, value: object) -> object:
    """A ``get_state`` that replaces the value of a trait by ``value``."""
    get_state = widget.get_state
    return lambda *args, **kwargs: {**get_state(*args, **kwargs), trait: value}


def body(case: str) -> ui.TagList | ui.Tag:
    """The page of a case."""
    go = ui.input_action_button("go", "Go")
    if case == "dynamic":
        return ui.TagList(go, ui.output_ui("dynamic"))
    if case == "modal":
        return go
    if case == "module":
        return module_ui("inner")
    if case == "tabs":
        return ui.navset_tab(
            ui.nav_panel("One", "nothing here"),
            ui.nav_panel("Two", ui.card(output_widget("box"), height="400px")),
        )
    if case in ("afm", "slow"):
        return ui.TagList(go, output_widget(case))
    if case == "submit":
        submit = ui.tags.button("Submit", type="submit", class_="btn shiny-submit-button")
        return ui.TagList(submit, output_widget("slider"), ui.output_text("slider_value"))
    if case.startswith("wire"):
        # No widget: what the client sends is recorded by the app itself.
        submit = ui.tags.button("Submit", type="submit", class_="btn shiny-submit-button")
        panel = ui.panel_conditional("input.shown % 2", "shown")
        return ui.TagList(panel, submit if case == "wire-submit" else None, ui.output_text("wire"))
    if case == "sent":
        return ui.TagList(go, output_widget("sent"), ui.output_text("sent_log"))
    if case in ("clamp", "order", "moves"):
        return ui.TagList(output_widget(case), ui.output_text(f"{case}_log"))
    if case in ("rival-before", "rival-after", "plain"):
        return ui.TagList(output_widget("slider"), ui.output_text("slider_value"))
    return ui.TagList(go, output_widget(case))


def app_ui(request: Request) -> ui.Tag:
    """The page. Some cases differ in how the client comes onto the page."""
    case = request.query_params.get("case", "plain")
    script = ui.tags.script(src="dist/shiny-comm.js")
    style = ui.tags.link(rel="stylesheet", href="dist/shiny-comm.css")
    if case == "rival-before":
        # Behind everything in the head, where the stock client is.
        return ui.page_fluid(body(case), style, script)
    if case == "rival-after":
        return ui.page_fluid(ui.head_content(style, script), body(case))
    if case == "dynamic":
        return ui.page_fluid(body(case))
    return ui.page_fluid(shiny_comm(DIST), body(case))


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs of all cases. Shiny computes the outputs on the page."""
    module_server("inner")

    @render.ui
    @reactive.event(input.go)
    def dynamic() -> ui.Tag:
        return ui.div(shiny_comm(DIST), output_widget("slider"), ui.output_text("slider_value"))

    @reactive.effect
    @reactive.event(input.go)
    def open_modal() -> None:
        if "case=modal" in session.clientdata.url_search():
            content = (output_widget("slider"), ui.output_text("slider_value"))
            ui.modal_show(ui.modal(*content, easy_close=True))

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(value=2, description="Slider")

    @render.text
    def slider_value() -> str:
        return f"value {reactive_read(slider.widget, 'value')}"

    received = reactive.value[list[object]]([])

    @reactive.effect
    @reactive.event(input.shinywidgets_comm_send)
    def record() -> None:
        """Record the page's messages, in a session without widgets."""
        if "case=wire" in session.clientdata.url_search():
            message = json.loads(input.shinywidgets_comm_send())
            received.set([*received(), message["content"]["data"]])

    @render.text
    def wire() -> str:
        return json.dumps(received())

    log = reactive.value[list[object]]([])

    @render_widget
    def clamp() -> w.IntSlider:
        """Takes 100 ms for an update, and rounds each value down to tens."""
        slider = w.IntSlider(max=1000, layout={"width": "900px"})

        def on_value(change: dict[str, int]) -> None:
            time.sleep(0.1)
            slider.value = change["new"] // 10 * 10

        slider.observe(on_value, "value")
        return slider

    @render.text
    def clamp_log() -> str:
        return str(reactive_read(clamp.widget, "value"))

    @render_widget
    def order() -> Orderly:
        widget = Orderly()

        def note(entry: str) -> None:
            time.sleep(0.02)
            with reactive.isolate():
                log.set([*log(), entry])

        widget.observe(lambda change: note(f"set {change['new']}"), "value")
        widget.on_msg(lambda _, content, __: note(f"message {content['n']} at {widget.value}"))
        return widget

    @render.text
    def order_log() -> str:
        return json.dumps(log())

    @render_widget
    def moves() -> ipyleaflet.Map:
        """Takes 100 ms for each event of the mouse."""
        leaflet = ipyleaflet.Map(layers=[], zoom=3, layout={"width": "600px", "height": "400px"})

        def on_interaction(**event: object) -> None:
            time.sleep(0.1)
            with reactive.isolate():
                log.set([*log(), [event["type"], event.get("coordinates")]])

        leaflet.on_interaction(on_interaction)
        return leaflet

    @render.text
    def moves_log() -> str:
        return json.dumps(log())

    sent_by_page: list[object] = []

    def watched_control(control: w.Widget) -> w.Widget:
        """Notes each message that the page sends to a control."""
        handle_msg = control._handle_msg

        def on_msg(message: dict[str, object]) -> None:
            sent_by_page.append([type(control).__name__, message["content"]["data"].get("state")])
            handle_msg(message)

        control._handle_msg = on_msg
        return control

    @render_widget
    def sent() -> w.VBox:
        """A slider and a field that are linked, and controls whose values are on no step; each twice."""
        controls = [
            w.FloatSlider(0.5, min=0, max=1, step=0.1),
            w.FloatText(0.5),
            w.IntSlider(7, max=10, step=5),
            w.IntRangeSlider(value=(3, 7), max=10, step=5),
            w.FloatLogSlider(7.0, step=0.5),
            w.SelectionSlider(options=list("abcde"), value="d"),
            w.SelectMultiple(options=["one", "two"], value=("one", "two")),
            w.Play(min=0, max=3, interval=50),
            w.IntText(5),
            w.TimePicker(value=datetime.time(1, 2, 3, 456789)),
            w.Tab([w.Label("first"), w.Label("second")], titles=["a", "b"], selected_index=1),
        ]
        for control in controls:
            watched_control(control)
        w.link((controls[0], "value"), (controls[1], "value"))
        return w.VBox([child for control in controls for child in (control, control)])

    @reactive.effect
    @reactive.event(input.go)
    def tell() -> None:
        if sent.widget is None or input.go() > 1:
            return
        _, _, whole, span, log_slider, selection, multiple, *_, tab = sent.widget.children[::2]
        whole.max, whole.value, whole.step = 300, 133, 20
        span.max, span.value = 300, (101, 133)
        log_slider.base, log_slider.value = 2.0, 5.0
        selection.options = ["a", "b"]
        multiple.options = ["Hello"]
        tab.children = tab.children[:1]

    @render.text
    @reactive.event(input.go, ignore_none=False)
    def sent_log() -> str:
        children = sent.widget.children[::2] if sent.widget else []
        values = [child.value for child in children[:-1]]
        return json.dumps([input.go(), sent_by_page, values], default=str)

    @render_widget
    def box() -> w.Box:
        return w.Box([w.Button(description="wide", layout={"width": "100%"})])

    @render_widget
    def hidden() -> w.Label | None:
        return None if input.go() % 2 else w.Label(value="shown")

    @render_widget
    def failing() -> w.Label:
        if input.go() % 2:
            raise ValueError("the app's own error")
        return w.Label(value="fine")

    @render_widget
    def amd() -> Amd:
        return Amd()

    @render_widget
    def elsewhere() -> w.VBox:
        missing = "IPY_MODEL_" + "0" * 32
        box = w.VBox([w.IntSlider(value=1), w.Label(value="second")])
        # As for a layout or a child at module level, in every session after the first.
        box.children[0].get_state = referring(box.children[0], "layout", missing)
        box.get_state = referring(box, "children", [missing, f"IPY_MODEL_{box.children[0].model_id}"])
        return box

    @render_widget
    def afm() -> Afm:
        return Afm()

    @reactive.effect
    @reactive.event(input.go)
    def hot_reload() -> None:
        widget = afm.widget
        if widget is not None:
            widget.value = 7
            widget._esm = BROKEN if input.go() == 2 else SECOND

    @render_widget
    def slow() -> w.VBox:
        slider, label = w.IntSlider(value=2), w.Label(value="beside")
        slider.observe(lambda change: setattr(label, "value", f"value {change['new']}"), "value")
        return w.VBox([label, slider, Slow()])

    @reactive.effect
    @reactive.event(input.go)
    def tell_slow() -> None:
        box = slow.widget
        if box is not None:
            box.children[2].send({"text": "received"})


app = App(app_ui, server, static_assets={"/dist": DIST})

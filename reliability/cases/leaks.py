"""Outputs of many kinds that render, change, hide or fail on command, for the search of leaks.

The page sets the input ``leaks_<kind>`` to a number. The output ``leaks_<kind>`` is then rendered
again, and has ``render <number>.`` in its text when it is drawn. 0 hides the output. The kinds in
``LIVE`` are created once, by ``leaks_<kind>_made``, and each command changes them.
"""

from __future__ import annotations

from typing import Any, Callable

import anywidget
import ipywidgets as w
import plotly.graph_objects as go
import traitlets
from ipyleaflet import GeoJSON, Map, Marker, WidgetControl
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, render_widget

MAP_CENTER = (52.2, 0.12)
TRIANGLE: dict[str, Any] = {
    "type": "Feature",
    "properties": {},
    "geometry": {"type": "Polygon", "coordinates": [[[0, 52.1], [0.25, 52.1], [0.1, 52.3], [0, 52.1]]]},
}


def mark(number: int) -> str:
    """Return the text that marks a drawn render."""
    return f"render {number}."


def box(number: int) -> w.VBox:
    """Return a box with a control of nearly each kind."""
    numbers = ["one", "two", "three"]
    return w.VBox(
        [
            w.IntSlider(value=3, description="Slider"),
            w.FloatRangeSlider(value=(2, 5), description="Range"),
            w.Text(value="text", description="Text"),
            w.Textarea(value="area", description="Area"),
            w.IntText(value=5, description="Number"),
            w.Checkbox(description="Check"),
            w.Dropdown(options=numbers, description="Choice"),
            w.SelectMultiple(options=numbers, description="Many"),
            w.RadioButtons(options=numbers, description="Radio"),
            w.ToggleButtons(options=numbers, description="Toggle"),
            w.Button(description="Press", tooltip="A button"),
            w.IntProgress(value=3, description="Progress"),
            w.Play(description="Play"),
            w.DatePicker(description="Date"),
            w.ColorPicker(value="#336699", description="Colour"),
            w.HTML(value="<b>bold</b>", description="HTML"),
            w.HTMLMath(value="$x^2$"),
            w.Label(value=mark(number)),
        ]
    )


def nested(number: int) -> w.VBox:
    """Return nested containers, and an output with a widget."""
    leaf = lambda text: w.VBox([w.Label(value=text), w.HBox([w.IntSlider(), w.Button(description="Go")])])
    return w.VBox(
        [
            w.Tab([leaf("first"), leaf("second")], titles=["One", "Two"]),
            w.Accordion([leaf("third"), leaf("fourth")], titles=["One", "Two"], selected_index=0),
            w.GridBox([leaf("seventh")]),
            w.Output(
                outputs=[
                    {"output_type": "stream", "name": "stdout", "text": "printed\n"},
                    {"output_type": "display_data", "data": {"text/html": "<i>shown</i>"}, "metadata": {}},
                ]
            ),
            w.Label(value=mark(number)),
        ]
    )


def plotly(number: int) -> go.FigureWidget:
    """A figure."""
    figure = go.FigureWidget(go.Scatter(x=[1, 2, 3], y=[3, 1, 2], mode="lines+markers"))
    return figure.update_layout(title=mark(number), height=300)


def leaflet(number: int) -> Map:
    """Return a map without tiles, which would come from other hosts."""
    map_ = Map(center=MAP_CENTER, zoom=10, layers=(), layout={"height": "200px"})
    map_.add(GeoJSON(data=TRIANGLE, style={"color": "#cc3366"}))
    map_.add(Marker(location=MAP_CENTER, draggable=True))
    map_.add(WidgetControl(widget=w.Label(value=mark(number)), position="topright"))
    return map_


class Afm(anywidget.AnyWidget):
    """An anywidget that listens to its model and to the window, and answers bytes with bytes."""

    _esm = """
    export default {
      initialize({ model, signal }) {
        model.on("change:value", () => undefined);
        addEventListener("resize", () => model.get("value"), { signal });
        return () => undefined;
      },
      render({ model, el }) {
        const text = document.createElement("b");
        const answered = document.createElement("i");
        const show = () => { text.textContent = `render ${model.get("value")}.`; };
        const receive = (message, [bytes]) => {
          answered.textContent = `answer ${message.number} of ${bytes.byteLength} bytes`;
        };
        const onKey = () => show();
        model.on("change:value", show);
        model.on("msg:custom", receive);
        window.addEventListener("keydown", onKey);
        el.addEventListener("ask", ({ detail }) => {
          model.send({ number: detail.number }, undefined, [new Uint8Array(detail.length)]);
        });
        show();
        el.classList.add("leaks-afm");
        el.append(text, answered);
        return () => window.removeEventListener("keydown", onKey);
      },
    };
    """
    _css = ".leaks-afm b { font-style: italic; }"
    value = traitlets.Int(0).tag(sync=True)
    data = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(lambda _widget, content, buffers: self.send(content, [bytes(buffers[0])]))


class NoClass(w.DOMWidget):
    """A widget whose class is missing in its module."""

    _view_name = traitlets.Unicode("NoSuchView").tag(sync=True)
    _view_module = traitlets.Unicode("@jupyter-widgets/controls").tag(sync=True)
    _view_module_version = traitlets.Unicode("2.0.0").tag(sync=True)
    _model_name = traitlets.Unicode("NoSuchModel").tag(sync=True)
    _model_module = traitlets.Unicode("@jupyter-widgets/controls").tag(sync=True)
    _model_module_version = traitlets.Unicode("2.0.0").tag(sync=True)


class Throwing(anywidget.AnyWidget):
    """An anywidget whose ``render`` throws."""

    _esm = "export default { render() { throw new Error('failing on purpose'); } };"


def failing(number: int) -> w.VBox:
    """Return widgets that cannot be created or shown, with one that can."""
    return w.VBox([NoClass(), Throwing(), w.Label(value=mark(number))])


#: Kinds that each command creates again.
MADE: dict[str, Callable[[int], w.DOMWidget]] = {
    "box": box,
    "nested": nested,
    "plotly": plotly,
    "map": leaflet,
    "anywidget": lambda number: Afm(value=number),
    "failing": failing,
    "tabbed": lambda number: w.HBox([w.IntSlider(), w.Label(value=mark(number))]),
}

#: Kinds that are created once, and that each command changes.
LIVE = ["children", "unseen", "updates"]


def case_ui() -> ui.TagList:
    """Return an output for each kind, one of them in a second tab, and a text output of Shiny for
    comparison.
    """
    shown = [kind for kind in [*MADE, "shared", *LIVE] if kind != "tabbed"]
    return ui.TagList(
        ui.navset_tab(
            ui.nav_panel(
                "One",
                ui.output_text("leaks_text"),
                *(output_widget(f"leaks_{kind}", fillable=False, fill=False) for kind in shown),
            ),
            ui.nav_panel("Two", output_widget("leaks_tabbed")),
            id="leaks_tabs",
        ),
    )


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the outputs, and change the live widgets."""

    def made(kind: str, make: Callable[[int], w.DOMWidget]) -> None:
        def widget() -> w.DOMWidget | None:
            number = input[f"leaks_{kind}"]()
            return make(number) if number else None

        widget.__name__ = f"leaks_{kind}"
        render_widget(widget)

    for kind, make in MADE.items():
        made(kind, make)

    # A layout and a style that outlive their widgets.
    layout = w.Layout(width="50%")
    style = w.SliderStyle(handle_color="red")
    made(
        "shared",
        lambda number: w.VBox([w.IntSlider(layout=layout, style=style), w.Label(value=mark(number))]),
    )

    @render.text
    def leaks_text() -> str:
        return mark(input.leaks_text())

    # A box whose children are added and removed; removed children are closed.
    @render_widget
    def leaks_children() -> w.VBox:
        input.leaks_children_made()
        return w.VBox([w.Label(value=mark(0))])

    @reactive.effect
    @reactive.event(input.leaks_children)
    def grow_and_shrink() -> None:
        parent = leaks_children.widget
        number = input.leaks_children()
        gone = parent.children[1:]
        grown = [w.HBox([w.IntSlider(), w.Text(value=str(each))]) for each in range(number % 3)]
        parent.children = [parent.children[0], *grown]
        parent.children[0].value = mark(number)
        for each in gone:
            for widget in [*each.children, each]:
                close(widget)

    # Widgets that are opened and closed without a view.
    unseen: list[w.Widget] = []

    @render_widget
    def leaks_unseen() -> w.Label:
        input.leaks_unseen_made()
        return w.Label(value=mark(0))

    @reactive.effect
    @reactive.event(input.leaks_unseen)
    def open_and_close() -> None:
        for widget in unseen:
            close(widget)
        unseen[:] = [w.IntSlider(), w.Text(value="unseen"), Afm(), w.Button()]
        leaks_unseen.widget.value = mark(input.leaks_unseen())

    # Widgets that get many updates, and report their messages.
    @render_widget
    def leaks_updates() -> w.VBox:
        input.leaks_updates_made()
        slider = w.IntSlider(max=1000, description="Drag", layout={"width": "600px"})
        text = w.Text(description="Type")
        return w.VBox([w.Label(value=mark(0)), slider, text, Afm(), w.HTML(), w.Dropdown(options=["0"])])

    @reactive.effect
    @reactive.event(input.leaks_updates)
    def update() -> None:
        label, _slider, text, afm, html, dropdown = leaks_updates.widget.children
        number = input.leaks_updates()
        afm.value = number
        afm.data = bytes(number % 1000)
        html.value = f"<b>{number}</b>"
        dropdown.options = [str(number), str(number + 1)]
        text.description = f"Type {number % 10}"
        label.value = mark(number)

    # The replayed input must not end the new session, too.
    @reactive.effect
    @reactive.event(input.leaks_end, ignore_init=True)
    async def end() -> None:
        await session.close()

    # The page requests the state of the open widgets.
    @reactive.effect
    @reactive.event(input.leaks_ask)
    async def tell() -> None:
        _label, slider, text, *_ = leaks_updates.widget.children
        told = {"asked": input.leaks_ask(), "slider": slider.value, "text": text.value}
        await session.send_custom_message("leaks_told", told)


def close(widget: w.Widget) -> None:
    """Close a widget with its layout and style, whose comms would stay open."""
    for name in ("layout", "style"):
        if widget.has_trait(name) and isinstance(getattr(widget, name), w.Widget):
            getattr(widget, name).close()
    widget.close()

"""Widgets in the places that Shiny has for them, and on paper: each case a page, ``/?case=<name>``."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import altair as alt
import ipywidgets as w
import plotly.graph_objects as go
from shiny import App, Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_widget
from starlette.requests import Request

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from shiny_comm_dependency import shiny_comm  # noqa: E402

DIST = Path(os.environ.get("SHINY_COMM_DIST", ROOT / "dist"))

# Vega comes with the widget, rather than from a CDN.
alt.JupyterChart.enable_offline()


def card(name: str) -> ui.Tag:
    """A card that can be made as large as the window, with one widget in it."""
    return ui.card(
        ui.card_header(name),
        output_widget(name),
        full_screen=True,
        id=f"card_{name}",
        height="320px",
    )


def body(case: str) -> ui.TagList | ui.Tag:
    """The page of a case."""
    if case == "cards":
        return ui.layout_columns(card("plotly"), card("altair"), card("sliders"))
    if case == "places":
        return ui.TagList(
            ui.layout_sidebar(ui.sidebar(ui.p("A sidebar"), open="open"), card("plotly")),
            ui.accordion(
                ui.accordion_panel("Shut", card("altair"), value="shut"), id="shut", open=False
            ),
            ui.navset_hidden(
                ui.nav_panel("First", "nothing yet", value="first"),
                ui.nav_panel("Second", card("sliders"), value="second"),
                id="hidden_nav",
            ),
            ui.input_action_button("go", "Go"),
        )
    if case == "column":
        return ui.TagList(ui.input_action_button("raise_", "Raise"), output_widget("column"))
    return ui.TagList(
        ui.input_dark_mode(id="mode"),
        output_widget("controls"),
        ui.layout_columns(card("plotly"), card("altair")),
        output_widget("long"),
    )


def app_ui(request: Request) -> ui.Tag:
    """The page, with either client."""
    stock = request.query_params.get("client") == "stock"
    case = request.query_params.get("case", "cards")
    return ui.page_fluid(None if stock else shiny_comm(DIST), body(case))


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs of all cases. Shiny computes the outputs on the page."""

    @reactive.effect
    @reactive.event(input.go)
    def show_second() -> None:
        ui.update_navset("hidden_nav", selected="second")

    @render_widget
    def plotly() -> go.FigureWidget:
        # The last point has a separate colour, which the test finds on paper.
        marker = {"color": ["blue", "blue", "blue", "#ff00ff"], "size": 12}
        margin = {"l": 30, "r": 10, "t": 10, "b": 30}
        line = go.Scatter(y=[2, 1, 4, 3], mode="lines+markers", marker=marker)
        return go.FigureWidget(line, layout={"margin": margin})

    @render_widget
    def altair() -> alt.JupyterChart:
        values = [{"x": x, "y": y} for x, y in zip("abcd", (2, 1, 4, 3), strict=True)]
        colours = alt.Scale(domain=list("abcd"), range=["blue", "blue", "blue", "#00c000"])
        bars = alt.Chart(alt.Data(values=values)).mark_bar()
        bars = bars.encode(x="x:N", y="y:Q", color=alt.Color("x:N", scale=colours, legend=None))
        return alt.JupyterChart(bars.properties(width="container", height="container"))

    @render_widget
    def sliders() -> w.VBox:
        wide = {"width": "auto"}
        return w.VBox([w.IntSlider(description=f"Slider {n}", layout=wide) for n in range(3)])

    @render_widget
    def controls() -> w.VBox:
        return w.VBox(
            [
                w.IntSlider(value=30, description="Slider"),
                w.Text(value="typed", description="Text"),
                w.Dropdown(options=["one", "two"], description="Dropdown"),
                w.ToggleButtons(options=["left", "right"], description="Toggle"),
                w.IntProgress(value=6, max=10, description="Progress"),
                w.Checkbox(value=True, description="Checkbox"),
                w.HTML(value="<b>bold</b>"),
            ]
        )

    @render_widget
    def long() -> w.VBox:
        return w.VBox([w.Label(value=f"row {n}") for n in range(60)])

    @render_widget
    def column() -> w.HBox:
        # The first and the last readout are longer than their room.
        long = {"readout_format": ",.30f", "value": 50}
        plain = [w.IntSlider(description=f"No. {n}") for n in range(120)]
        plain[::3] = [w.FloatRangeSlider(description=f"No. {n}") for n in range(0, 120, 3)]
        first, last = (w.FloatSlider(description=name, **long) for name in ("First", "Last"))
        # The style sheet alone does not give the sizes of the sliders and of their containers.
        own = [
            w.IntSlider(),
            w.IntSlider(readout=False),
            w.IntSlider(description="Wide", layout={"width": "auto"}),
            w.IntSlider(description="As its content", layout={"width": "max-content"}),
            w.IntSlider(description="High", layout={"height": "60px"}),
            w.IntSlider(description="Growing", layout={"flex": "1 1 auto"}),
            w.IntSlider(description="An initial width " * 3, style={"description_width": "initial"}),
            w.IntSlider(description="Upright", orientation="vertical"),
        ]
        raised = w.IntSlider(description="Raised")

        @reactive.effect
        @reactive.event(input.raise_)
        def raise_() -> None:
            raised.layout.height = "68px"

        low = [w.IntSlider(readout=False) for _ in range(9)]
        inner = [
            w.HBox([w.IntSlider(description="In a row") for _ in range(4)]),
            w.VBox(low, layout={"height": "60px"}),
            w.VBox(
                [w.IntSlider(description=f"Wrapped {n}") for n in range(3)],
                layout={"flex_flow": "row wrap", "width": "500px"},
            ),
            w.HBox(
                [w.Label(value="In line"), w.VBox([w.IntSlider(description=f"Inner {n}") for n in range(2)])],
                layout={"align_items": "baseline"},
            ),
        ]
        # As wide as its content, so that none may be narrower at first.
        return w.HBox([w.VBox([first, *plain, *own, raised, *inner, last])])


app = App(app_ui, server)

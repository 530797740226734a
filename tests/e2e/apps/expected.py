"""Modules, dynamic UI, moved outputs and busy indicators with widgets, each case on a separate page: ``/?case=<name>``."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from urllib.parse import parse_qs

import ipywidgets as w
from shiny import App, Inputs, Outputs, Session, module, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget
from starlette.requests import Request

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from shiny_comm_dependency import shiny_comm  # noqa: E402

DIST = Path(os.environ.get("SHINY_COMM_DIST", ROOT / "dist"))


# ---- Modules ------------------------------------------------------------------------------------


@module.ui
def leaf_ui() -> ui.Tag:
    """A slider, and what Python reads of it."""
    return ui.div(output_widget("slider"), ui.output_text("read"), class_="leaf")


@module.server
def leaf_server(input: Inputs, output: Outputs, session: Session, value: int) -> None:
    """The slider of a module."""

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(value=value, max=50, description=f"Slider {value}")

    @render.text
    def read() -> str:
        return "value {}, max {}".format(*reactive_read(slider.widget, ("value", "max")))


@module.ui
def branch_ui() -> ui.Tag:
    """Dynamic UI with a module in it, within a module."""
    return ui.div(ui.input_action_button("again", "Again"), ui.output_ui("dynamic"))


@module.server
def branch_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Makes a new UI each time; its output keeps its name."""
    leaf_server("leaf", 7)

    @render.ui
    def dynamic() -> ui.Tag:
        return ui.div(ui.p(f"Round {input.again()}"), leaf_ui("leaf"))


# ---- Pages --------------------------------------------------------------------------------------


def body(case: str) -> ui.TagList | ui.Tag:
    """The page of a case."""
    go = ui.input_action_button("go", "Go")
    if case == "modules":
        return branch_ui("branch")
    if case == "inserted":
        return ui.TagList(
            go, ui.input_action_button("remove", "Remove"), ui.div(id="place")
        )
    if case == "moved":
        return ui.TagList(
            go,
            ui.div(ui.div(output_widget("slider"), id="moving"), id="from"),
            ui.output_text("slider_value"),
            ui.div(id="to"),
        )
    if case == "hidden":
        return ui.TagList(go, ui.input_checkbox("show", "Show", True), ui.output_ui("maybe"))
    if case == "busy":
        return ui.TagList(
            output_widget("driver"),
            ui.output_text("driver_value"),
            ui.card(output_widget("slow"), height="200px"),
            output_widget("beside"),
        )
    return ui.TagList(output_widget("slider"), ui.output_text("slider_value"), go)


def app_ui(request: Request) -> ui.Tag:
    """The page, with either client."""
    stock = request.query_params.get("client") == "stock"
    client = None if stock else shiny_comm(DIST)
    # A delay would only make the tests wait.
    indicators = ui.busy_indicators.options(spinner_delay="0s")
    return ui.page_fluid(client, indicators, body(request.query_params.get("case", "plain")))


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs of all cases. Shiny computes the outputs on the page."""
    with reactive.isolate():
        case = parse_qs(session.clientdata.url_search().removeprefix("?")).get("case", [""])[0]
    branch_server("branch")

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(value=input.go(), description=f"Render {input.go()}")

    @render.text
    def slider_value() -> str:
        return f"value {reactive_read(slider.widget, 'value')}"

    @render.ui
    def maybe() -> ui.Tag:
        return output_widget("slider") if input.show() else ui.p("hidden")

    inserted: list[str] = []

    @reactive.effect
    @reactive.event(input.go)
    def insert() -> None:
        if case == "inserted":
            name = f"leaf{input.go()}"
            ui.insert_ui(ui.div(leaf_ui(name), id=f"box_{name}"), "#place", "beforeEnd")
            leaf_server(name, input.go())
            inserted.append(name)

    @reactive.effect
    @reactive.event(input.remove)
    def remove() -> None:
        ui.remove_ui(f"#box_{inserted.pop(0)}")

    @render_widget
    def driver() -> w.IntSlider:
        return w.IntSlider(description="Driver")

    @render.text
    def driver_value() -> str:
        return f"driver {reactive_read(driver.widget, 'value')}"

    @render_widget
    async def slow() -> w.Label:
        """Takes a second for each value of the driver."""
        value = reactive_read(driver.widget, "value")
        await asyncio.sleep(1)
        return w.Label(value=f"computed for {value}")

    @render_widget
    def beside() -> w.IntSlider:
        """Takes half a second for each value, and changes no output."""
        slider = w.IntSlider(description="received 0")

        def received(change: dict[str, int]) -> None:
            time.sleep(0.5)
            slider.description = f"received {change['new']}"

        slider.observe(received, "value")
        return slider


app = App(app_ui, server)

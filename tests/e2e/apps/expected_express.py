"""Widgets in an Express app: at the top level, in a sidebar, and in UI that is rendered itself."""

import sys
from pathlib import Path

import ipywidgets as w
from shiny import reactive
from shiny.express import input, render, ui
from shinywidgets import reactive_read, render_widget

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from shiny_comm_dependency import shiny_comm  # noqa: E402

ui.TagList(shiny_comm(ROOT / "dist"))

with ui.sidebar():

    @render_widget
    def slider():
        """Show a slider."""
        return w.IntSlider(value=2, description="Slider")


with ui.card():

    @render.text
    def value():
        """Show the value in Python."""
        return f"value {reactive_read(slider.widget, 'value')}"

    ui.input_action_button("go", "Go")

    @render.express
    def dynamic():
        """Show a widget in UI that each press renders again."""
        ui.p(f"Round {input.go()}")

        @render_widget
        def inner():
            with reactive.isolate():
                return w.Text(value=f"made in round {input.go()}")

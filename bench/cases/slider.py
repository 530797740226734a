"""The first slider of a page, and a text output with its value."""

from __future__ import annotations

import ipywidgets as w
from shiny import Inputs, Outputs, Session, render, ui
from shinywidgets import output_widget, reactive_read, render_widget


def case_ui() -> ui.TagList:
    """Return the slider and the text."""
    return ui.TagList(output_widget("slider"), ui.output_text("text"))


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the slider, wide enough for one step for each key."""

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(max=10_000, layout={"width": "600px"})

    @render.text
    def text() -> str:
        return f"value {reactive_read(slider.widget, 'value')}"

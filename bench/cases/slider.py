"""The first slider of a page, and a text that Python makes of its value."""

from __future__ import annotations

import ipywidgets as w
from shiny import Inputs, Outputs, Session, render, ui
from shinywidgets import output_widget, reactive_read, render_widget


def case_ui() -> ui.TagList:
    """The slider and the text."""
    return ui.TagList(output_widget("slider"), ui.output_text("text"))


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """The slider, wide enough for a step of each key."""

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(max=10_000, layout={"width": "600px"})

    @render.text
    def text() -> str:
        return f"value {reactive_read(slider.widget, 'value')}"

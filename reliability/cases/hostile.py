"""Widgets on a page that gets malformed messages, and the ids of their comms."""

from __future__ import annotations

import json

import ipywidgets as w
from shiny import Inputs, Outputs, Session, render, ui
from shinywidgets import output_widget, render_widget


def case_ui() -> ui.TagList:
    """Render a widget of each kind that the messages address."""
    names = ("hostile_slider", "hostile_label", "hostile_box", "hostile_out")
    return ui.TagList(*(output_widget(name) for name in names), ui.output_text("hostile_comms"))


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """The widgets."""
    inner = w.Label(value="inner 0")

    @render_widget
    def hostile_slider() -> w.IntSlider:
        return w.IntSlider(max=1_000_000)

    @render_widget
    def hostile_label() -> w.Label:
        return w.Label(value="label 0")

    @render_widget
    def hostile_box() -> w.VBox:
        return w.VBox([inner])

    @render_widget
    def hostile_out() -> w.Output:
        return w.Output(outputs=({"output_type": "stream", "name": "stdout", "text": "out 0"},))

    @render.text
    def hostile_comms() -> str:
        shown = {"slider": hostile_slider, "label": hostile_label, "box": hostile_box, "out": hostile_out}
        comms = {name: output.widget.model_id for name, output in shown.items()}
        return json.dumps({**comms, "inner": inner.model_id})

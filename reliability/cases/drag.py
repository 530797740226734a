"""Two sliders and a text field, with a server that takes 100 ms for each update."""

from __future__ import annotations

import time

import ipywidgets as w
from shiny import Inputs, Outputs, Session, ui
from shinywidgets import output_widget, render_widget

#: The time of the server for each update, in seconds.
WORK = 0.1


def case_ui() -> ui.TagList:
    """The controls."""
    return ui.TagList(*(output_widget(name) for name in ("drag_one", "drag_two", "drag_text")))


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render controls whose updates take time; the page gets the time of each completed update."""

    def slow(widget: w.ValueWidget, name: str) -> w.ValueWidget:
        def on_value(change: dict[str, object]) -> None:
            time.sleep(WORK)
            session._send_message_sync({"custom": {"done": {"name": name, "value": change["new"]}}})

        widget.observe(on_value, "value")
        return widget

    @render_widget
    def drag_one() -> w.IntSlider:
        return slow(w.IntSlider(max=1000, layout={"width": "900px"}), "one")

    @render_widget
    def drag_two() -> w.IntSlider:
        return slow(w.IntSlider(max=1000, layout={"width": "900px"}), "two")

    @render_widget
    def drag_text() -> w.Text:
        return slow(w.Text(continuous_update=True), "text")

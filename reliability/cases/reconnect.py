"""A slider and a box; the session counts messages for comms that it did not open."""

from __future__ import annotations

import json

import ipywidgets as w
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, render_widget
from shinywidgets._shinywidgets import SESSION_WIDGET_ID_MAP


def case_ui() -> ui.TagList:
    """Render the widgets and the counts of the session."""
    return ui.TagList(
        output_widget("reconnect_slider"),
        output_widget("reconnect_box"),
        ui.output_text("reconnect_counts"),
    )


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Count messages of the widgets' client; ``reconnect_ask`` requests the counts."""
    counts = {"own": 0, "foreign": 0}

    @reactive.effect(priority=1)
    @reactive.event(input.shinywidgets_comm_send)
    def count() -> None:
        comm_id = json.loads(input.shinywidgets_comm_send())["content"]["comm_id"]
        own = comm_id in SESSION_WIDGET_ID_MAP.get(session.id, [])
        counts["own" if own else "foreign"] += 1

    @render.text
    @reactive.event(input.reconnect_ask)
    def reconnect_counts() -> str:
        return json.dumps({**counts, "asked": input.reconnect_ask()})

    @render_widget
    def reconnect_slider() -> w.IntSlider:
        return w.IntSlider(max=100, value=50)

    @render_widget
    def reconnect_box() -> w.VBox:
        return w.VBox([w.Label(value="in a box"), w.IntText(), w.Button(description="Press")])

"""An output that renders a new widget at each press of a button."""

from __future__ import annotations

import ipywidgets as w
from shiny import Inputs, Outputs, Session, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

TITLE = "Re-render"
INTRO = "Each press creates new widgets, which replace the old ones; Python closes those."


def page_ui() -> ui.Tag:
    """Return a button, the widgets and their count in Python."""
    return ui.card(
        ui.div(
            ui.input_action_button(
                "rerender", "Re-render", class_="btn-outline-primary btn-sm"
            )
        ),
        output_widget("rerender_box", fill=False, fillable=False),
        ui.output_code("rerender_count"),
        ui.output_code("rerender_value"),
        ui.output_code("rerender_open"),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render a box, which depends on the button."""

    # Only ids, because references would keep the boxes in memory.
    boxes: list[str] = []

    @render_widget
    def rerender_box() -> w.VBox:
        count = input.rerender()
        box = w.VBox(
            [
                w.Label(value=f"Render {count}"),
                w.IntSlider(value=count, max=50, description="Slider"),
                w.Text(value=f"text {count}", description="Text"),
                w.Checkbox(value=count % 2 == 1, description="Odd"),
            ]
        )
        boxes.append(box.model_id)
        return box

    @render.code
    def rerender_count() -> str:
        return f"renders: {input.rerender()}"

    @render.code
    def rerender_value() -> str:
        _, slider, text, odd = rerender_box.widget.children
        return repr(tuple(reactive_read(each, "value") for each in (slider, text, odd)))

    @render.code
    def rerender_open() -> str:
        # A dependency only: the boxes are counted again after each render.
        rerender_box.widget
        still_open = sum(box in w.Widget.widgets for box in boxes)
        return f"boxes open: {still_open} of {len(boxes)}"

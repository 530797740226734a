"""One box of ``&n=`` sliders."""

from __future__ import annotations

import ipywidgets as w
from case_app import query_of
from shiny import Inputs, Outputs, Session, ui
from shinywidgets import output_widget, render_widget


def case_ui() -> ui.Tag:
    """The box."""
    return output_widget("box")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the requested number of sliders."""
    count = int(query_of(session).get("n", "100"))

    @render_widget
    def box() -> w.VBox:
        return w.VBox([w.IntSlider(description=f"No. {index}") for index in range(count)])

"""A page without any widget: the text output of the pages with the first slider."""

from __future__ import annotations

from shiny import Inputs, Outputs, Session, render, ui


def case_ui() -> ui.Tag:
    """Return the text."""
    return ui.output_text("text")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the text."""

    @render.text
    def text() -> str:
        return "value 0"

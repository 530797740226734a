"""A page with the CPU time of the server, in ms."""

from __future__ import annotations

import time

from shiny import Inputs, Outputs, Session, ui


def case_ui() -> ui.Tag:
    """Return the time."""
    return ui.div(f"{1000 * time.process_time():.0f}", id="cpu")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Nothing."""

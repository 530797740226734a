"""A page that runs Python's garbage collector, so that one run does not slow the next."""

from __future__ import annotations

import gc

from shiny import Inputs, Outputs, Session, ui


def case_ui() -> ui.Tag:
    """Return an empty page after a garbage collection."""
    gc.collect()
    return ui.div()


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Nothing."""

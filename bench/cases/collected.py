"""A page whose making has Python collect its garbage: what one run left is not to slow the next."""

from __future__ import annotations

import gc

from shiny import Inputs, Outputs, Session, ui


def case_ui() -> ui.Tag:
    """Nothing, once all garbage is collected."""
    gc.collect()
    return ui.div()


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Nothing."""

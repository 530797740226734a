"""A widget to which the server sends buffers: as binary frames to pages that take them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from shiny import Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_widget

from cases.probe import Probe

sys.path.append(str(Path(__file__).parents[2] / "python" / "src"))

import shiny_comm  # noqa: E402

#: The websocket compresses, and could make short work of anything that repeats itself.
NOISE = os.urandom(8 * 1024 * 1024)


def case_ui() -> ui.Tag:
    """The widget."""
    return output_widget("target")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Sends what ``bench_send`` asks for: ``[size, count]``, no two buffers alike."""
    # To the stock client nothing is sent otherwise for it.
    shiny_comm.use()

    @render_widget
    def target() -> Probe:
        return Probe()

    @reactive.effect
    @reactive.event(input.bench_send)
    def send() -> None:
        size, count = input.bench_send()
        for n in range(count):
            target.widget.down = bytes([n + 1]) + NOISE[: size - 1]

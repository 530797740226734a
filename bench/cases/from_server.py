"""A widget that gets buffers from the server: as binary frames, if the page supports them."""

from __future__ import annotations

import os

from shiny import Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_widget

from cases.probe import Probe

#: The package sends the buffers as binary frames.
USES_PACKAGE = True

#: Random bytes, because the websocket compresses repetitive ones.
NOISE = os.urandom(8 * 1024 * 1024)


def case_ui() -> ui.Tag:
    """The widget."""
    return output_widget("target")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Send the buffers that ``bench_send`` requests, ``[size, count]``; all buffers differ."""
    @render_widget
    def target() -> Probe:
        return Probe()

    @reactive.effect
    @reactive.event(input.bench_send)
    def send() -> None:
        size, count = input.bench_send()
        for n in range(count):
            target.widget.down = bytes([n + 1]) + NOISE[: size - 1]

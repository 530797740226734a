"""A widget that exposes its model to the measurements, and a server that creates models."""

from __future__ import annotations

import anywidget
import ipywidgets as w
import traitlets
from shiny import Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_widget


class Probe(anywidget.AnyWidget):
    """Hands its model to ``window.bench``."""

    _esm = """
    export default {
      render({ model, el }) {
        window.bench.probe = model;
        el.textContent = "probe";
      },
    };
    """
    me = traitlets.Unicode("").tag(sync=True)
    down = traitlets.Bytes(b"").tag(sync=True)
    # Without echoes: bytes from the page are not sent back. Buffers arrive as views.
    up = traitlets.Bytes(b"").tag(
        sync=True, echo_update=False, from_json=lambda view, _widget: bytes(view)
    )
    ids = traitlets.List(traitlets.Unicode()).tag(sync=True)


def case_ui() -> ui.Tag:
    """The probe."""
    return output_widget("probe")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Create as many models as the input ``bench_make`` requests, and send their ids to the probe."""
    kept: list[w.Widget] = []

    def tell(name: str, value: object) -> None:
        async def send() -> None:
            await session.send_custom_message(name, value)

        session.on_flushed(send)

    @render_widget
    def probe() -> Probe:
        widget = Probe()
        widget.me = widget.model_id
        widget.observe(lambda change: tell("bench_received", len(change["new"])), "up")
        return widget

    @reactive.effect
    @reactive.event(input.bench_make)
    def make() -> None:
        sliders = [w.IntSlider() for _ in range(input.bench_make())]
        kept.extend(sliders)
        probe.widget.ids = [slider.model_id for slider in sliders]
        tell("bench_done", len(sliders))

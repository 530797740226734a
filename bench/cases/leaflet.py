"""A map to which the input ``bench_markers`` adds markers one by one."""

from __future__ import annotations

from ipyleaflet import Map, Marker
from shiny import Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_widget


def case_ui() -> ui.Tag:
    """The map."""
    return output_widget("leaflet", height="400px")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the map without tiles, which would come from other hosts."""

    @render_widget
    def leaflet() -> Map:
        return Map(center=(52.2, 0.12), zoom=10, layers=())

    @reactive.effect
    @reactive.event(input.bench_markers)
    def add() -> None:
        count = input.bench_markers()
        for index in range(count):
            location = (52.1 + 0.2 * (index % 40) / 40, 0.2 * (index // 40) / 25)
            leaflet.widget.add(Marker(location=location, draggable=False))

        async def done() -> None:
            await session.send_custom_message("bench_done", count)

        session.on_flushed(done)

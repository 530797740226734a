"""An ipyleaflet map with layers and controls, and a control that contains a widget."""

from __future__ import annotations

import os
from typing import Any

import ipywidgets as w
from ipyleaflet import GeoJSON, Map, Marker, WidgetControl
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

TITLE = "ipyleaflet"
INTRO = "Pan, zoom or drag the marker; the slider on the map is an ipywidgets control."

CENTER = (52.2, 0.12)
TRIANGLE: dict[str, Any] = {
    "type": "Feature",
    "properties": {"name": "A triangle"},
    "geometry": {
        "type": "Polygon",
        "coordinates": [[[0.0, 52.1], [0.25, 52.12], [0.1, 52.3], [0.0, 52.1]]],
    },
}


def page_ui() -> ui.Tag:
    """Return the map, its values in Python and a button that moves it."""
    return ui.card(
        output_widget("ipyleaflet_map", height="400px", fillable=True),
        ui.output_code("ipyleaflet_view"),
        ui.output_code("ipyleaflet_marker"),
        ui.input_action_button(
            "ipyleaflet_home", "Back to the start", class_="btn-outline-primary btn-sm"
        ),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the map, and its view and marker as seen by Python."""

    @render_widget
    def ipyleaflet_map() -> Map:
        # An empty tuple means no layers; without the argument the map has a basemap.
        tiles = {} if os.environ.get("GALLERY_TILES") != "0" else {"layers": ()}
        leaflet = Map(center=CENTER, zoom=10, scroll_wheel_zoom=True, **tiles)
        leaflet.add(GeoJSON(data=TRIANGLE, style={"color": "#cc3366", "weight": 3}))
        leaflet.add(Marker(location=CENTER, draggable=True, title="Drag me"))
        zoom = w.IntSlider(min=5, max=15, description="Zoom", value=10)
        w.jslink((zoom, "value"), (leaflet, "zoom"))
        leaflet.add(WidgetControl(widget=zoom, position="topright"))
        return leaflet

    @render.code
    def ipyleaflet_view() -> str:
        center, zoom = reactive_read(ipyleaflet_map.widget, ("center", "zoom"))
        return f"center: {[round(c, 4) for c in center]}, zoom: {zoom:g}"

    @render.code
    def ipyleaflet_marker() -> str:
        layers = ipyleaflet_map.widget.layers
        marker = next(layer for layer in layers if isinstance(layer, Marker))
        location = reactive_read(marker, "location")
        return f"marker: {[round(c, 4) for c in location]}"

    @reactive.effect
    @reactive.event(input.ipyleaflet_home)
    def go_home() -> None:
        ipyleaflet_map.widget.center = CENTER
        ipyleaflet_map.widget.zoom = 10

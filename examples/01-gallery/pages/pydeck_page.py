"""A pydeck map of columns. Needs WebGL, but no map tiles."""

from __future__ import annotations

import numpy as np
import pydeck
from shiny import Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_pydeck

TITLE = "pydeck"
INTRO = "Columns drawn by deck.gl; the slider changes their radius through Deck.update()."


def columns() -> list[dict[str, float]]:
    """Return a bumpy landscape of columns, equal in each run.

    A list, because this release of pydeck does not recognize data frames of pandas 3.
    """
    rng = np.random.default_rng(7)
    lon, lat = rng.normal(0.12, 0.03, 200), rng.normal(52.2, 0.02, 200)
    height = 2500 * np.exp(-(((lon - 0.12) / 0.03) ** 2 + ((lat - 52.2) / 0.02) ** 2))
    return [
        {"lon": float(x), "lat": float(y), "height": float(z) + 80}
        for x, y, z in zip(lon, lat, height)
    ]


def page_ui() -> ui.Tag:
    """Return a slider and the map."""
    return ui.card(
        ui.input_slider("pydeck_radius", "Radius", 50, 400, 150, step=50),
        output_widget("pydeck_map", height="440px", fillable=True),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the map once; the slider changes its layer."""

    @render_pydeck
    def pydeck_map() -> pydeck.Deck:
        layer = pydeck.Layer(
            "ColumnLayer",
            data=columns(),
            get_position=["lon", "lat"],
            get_elevation="height",
            get_fill_color=[51, 102, 204, 200],
            radius=150,
            pickable=True,
        )
        return pydeck.Deck(
            layers=[layer],
            initial_view_state=pydeck.ViewState(
                longitude=0.12, latitude=52.2, zoom=10.5, pitch=50, bearing=20
            ),
            # Without a background map, which would request tiles.
            map_provider=None,
            map_style=None,
        )

    @reactive.effect
    def change_radius() -> None:
        deck = pydeck_map.value
        deck.layers[0].radius = input.pydeck_radius()
        deck.update()

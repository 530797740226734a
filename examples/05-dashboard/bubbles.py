"""The plotly figure: a bubble for each country, and a ring with the name of one country."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
from data import COLORS, Countries, Mask
from plotly.colors import hex_to_rgb

#: The number of people for a bubble of one square pixel.
_PEOPLE = 7e5
#: The minimum diameter of a bubble, in pixels.
_LEAST = 3


def new_figure(
    countries: Countries,
    pick: Callable[[list[int] | None], None],
    point_at: Callable[[list[int]], None],
) -> go.FigureWidget:
    """Return the figure without data.

    ``pick`` is called with the numbers of the countries in a box or a lasso, or with ``None``
    without one. ``point_at`` is called with the number of the bubble under the pointer, or an empty
    list.
    """
    figure = go.FigureWidget(
        [
            go.Scatter(
                mode="markers",
                text=countries.names,
                hovertemplate="%{text}<br>%{y:.0f} years, $%{x:,.0f}<extra></extra>",
                marker={
                    "sizemode": "area",
                    "sizemin": _LEAST,
                    "sizeref": _PEOPLE,
                    "opacity": 1,
                    "line": {"width": 0},
                },
                unselected={"marker": {"opacity": 1}},
            ),
            go.Scatter(
                mode="markers+text",
                textposition="top center",
                hoverinfo="skip",
                marker={"color": "rgba(0,0,0,0)", "line": {"width": 2}},
            ),
        ]
    )
    figure.update_layout(
        showlegend=False,
        dragmode="select",
        hovermode="closest",
        margin={"l": 45, "r": 10, "t": 10, "b": 45},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        xaxis={"type": "log", "range": [2.35, 5.1], "title": "Dollars a year and person"},
        yaxis={"range": [22, 88], "title": "Life expectancy, in years"},
        uirevision="kept",
    )
    bubbles = figure.data[0]
    bubbles.on_selection(lambda _, points, __: pick(list(points.point_inds)))
    bubbles.on_deselect(lambda *_: pick(None))
    bubbles.on_hover(lambda _, points, __: point_at(list(points.point_inds)))
    bubbles.on_unhover(lambda *_: point_at([]))
    return figure


def place(figure: go.FigureWidget, countries: Countries, shown: Mask, column: int) -> None:
    """Move the bubbles to their places in a year."""
    with figure.batch_update():
        bubbles = figure.data[0]
        bubbles.x = np.where(shown, countries.income[:, column], np.nan)
        bubbles.y = np.where(shown, countries.life[:, column], np.nan)
        bubbles.marker.size = countries.population[:, column]


def name(figure: go.FigureWidget, countries: Countries, country: int | None, column: int) -> None:
    """Put the ring and the name at a country, or hide them."""
    there = [] if country is None else [country]
    with figure.batch_update():
        ring = figure.data[1]
        ring.x = [countries.income[one, column] for one in there]
        ring.y = [countries.life[one, column] for one in there]
        ring.text = [countries.names[one] for one in there]
        ring.marker.size = [
            max(float(np.sqrt(countries.population[one, column] / _PEOPLE)), _LEAST) + 6
            for one in there
        ]


def choose(figure: go.FigureWidget, countries: Countries, chosen: Mask) -> None:
    """Dim countries that are not chosen."""
    # By transparent colours, because plotly's selection style ends with the box.
    figure.data[0].marker.color = [
        f"rgba({', '.join(map(str, hex_to_rgb(color)))}, {0.75 if one else 0.1})"
        for color, one in zip((COLORS[name] for name in countries.continents), chosen, strict=True)
    ]


def clear_selection(figure: go.FigureWidget) -> None:
    """Remove the box or the lasso, which would not move with the bubbles."""
    # Python has no record of the box, and sends only changes.
    figure.layout.selections = [{"x0": 1, "x1": 1, "y0": 1, "y1": 1}]
    figure.layout.selections = []


def paint(figure: go.FigureWidget, *, dark: bool) -> None:
    """Set the colours for a light or a dark page."""
    ink, grid = ("#dee2e6", "#495057") if dark else ("#212529", "#dee2e6")
    axis = {"gridcolor": grid, "linecolor": grid, "zerolinecolor": grid}
    with figure.batch_update():
        figure.update_layout(font_color=ink, xaxis=axis, yaxis=axis)
        figure.update_layout(modebar={"bgcolor": "rgba(0,0,0,0)", "color": grid, "activecolor": ink})
        figure.data[1].marker.line.color = ink

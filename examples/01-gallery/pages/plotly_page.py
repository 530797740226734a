"""A plotly FigureWidget that a Shiny slider changes, and whose points can be clicked."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, render_plotly

TITLE = "plotly"
INTRO = "The slider changes the figure's data in place; click a point to see it below."

X = np.linspace(0, 2 * np.pi, 40)


def page_ui() -> ui.Tag:
    """Return a slider, the figure and the clicked point."""
    return ui.card(
        ui.input_slider("plotly_frequency", "Frequency", 1, 5, 1, step=1),
        output_widget("plotly_figure", height="400px", fillable=True),
        ui.output_code("plotly_click"),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the figure once; the slider replaces only its data."""
    clicked: reactive.value[Any] = reactive.value(None)

    @render_plotly
    def plotly_figure() -> go.FigureWidget:
        figure = go.FigureWidget(
            go.Scatter(x=X, y=np.sin(X), mode="lines+markers", marker={"size": 9})
        )
        figure.update_layout(yaxis_range=[-1.2, 1.2], height=400)

        def on_click(_trace: Any, points: Any, _state: Any) -> None:
            clicked.set({"point": points.point_inds, "x": points.xs, "y": points.ys})

        figure.data[0].on_click(on_click)
        return figure

    @reactive.effect
    def change_data() -> None:
        figure = plotly_figure.widget
        figure.data[0].y = np.sin(input.plotly_frequency() * X)

    @render.code
    def plotly_click() -> str:
        return f"clicked: {clicked.get()!r}"

"""An Altair JupyterChart with a brush that Python can read."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
from shiny import Inputs, Outputs, Session, render, ui
from shinywidgets import output_widget, reactive_read, render_altair

TITLE = "Altair"
INTRO = "Drag over the chart to select an interval; Python shows the interval."

# Bundle Vega, instead of a CDN. Bundling blocks the process for seconds, so the app does it before
# the first session.
alt.JupyterChart.enable_offline()


def points() -> pd.DataFrame:
    """Return three clouds of points, equal in each run."""
    rng = np.random.default_rng(42)
    kind = np.repeat(["a", "b", "c"], 40)
    centre = np.repeat([2.0, 5.0, 8.0], 40)
    return pd.DataFrame(
        {"x": centre + rng.normal(size=120), "y": rng.normal(5, 2, 120), "kind": kind}
    )


def page_ui() -> ui.Tag:
    """Return the chart and its selection."""
    return ui.card(
        output_widget("altair_chart", height="400px", fillable=True),
        ui.output_code("altair_selection"),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the chart, and the brush as seen by Python."""

    @render_altair
    def altair_chart() -> alt.JupyterChart:
        brush = alt.selection_interval(name="brush")
        chart = (
            alt.Chart(points())
            .mark_circle(size=70)
            .encode(
                x="x",
                y="y",
                color=alt.condition(brush, "kind", alt.value("lightgray")),
            )
            .add_params(brush)
        )
        return alt.JupyterChart(chart)

    @render.code
    def altair_selection() -> str:
        brush = reactive_read(altair_chart.widget.selections, "brush")
        return f"brush: {brush.value!r}"

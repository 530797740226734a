"""A Bokeh figure through jupyter_bokeh, with its data source updated in place."""

from __future__ import annotations

import bokeh
import numpy as np
from bokeh.models import ColumnDataSource
from bokeh.plotting import figure
from bokeh.resources import Resources
from htmltools import HTMLDependency
from shiny import Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_bokeh

TITLE = "Bokeh"
INTRO = "The slider updates the figure's data source."

X = np.linspace(0, 4 * np.pi, 120)


def bokeh_js() -> HTMLDependency:
    """Return BokehJS, which the widget requires on the page.

    ``bokeh_dependency()`` of shinywidgets inlines the scripts into the page. Files keep the other
    pages of the gallery small.
    """
    return HTMLDependency(
        "bokeh",
        bokeh.__version__,
        source={"subdir": str(Resources().base_dir / "js")},
        script={"src": "bokeh.min.js"},
    )


def page_ui() -> ui.Tag:
    """Return a slider and the figure."""
    return ui.card(
        bokeh_js(),
        ui.input_slider("bokeh_phase", "Phase", 0, 6, 0, step=0.5),
        output_widget("bokeh_figure", height="400px", fillable=True),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the figure once; the slider changes only its data source."""
    source: reactive.value[ColumnDataSource] = reactive.value()

    @render_bokeh
    def bokeh_figure() -> figure:
        data = ColumnDataSource({"x": X, "y": np.sin(X)})
        plot = figure(height=380, tools="pan,wheel_zoom,box_select,reset")
        plot.line("x", "y", source=data, line_width=3)
        plot.scatter("x", "y", source=data, size=6)
        source.set(data)
        return plot

    @reactive.effect
    def move() -> None:
        source.get().data = {"x": X, "y": np.sin(X + input.bokeh_phase())}

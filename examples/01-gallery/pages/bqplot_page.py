"""A bqplot figure whose marks animate to new data."""

from __future__ import annotations

import bqplot
import numpy as np
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

TITLE = "bqplot"
INTRO = "Lines and points share scales; new data arrives with an animation."

X = np.linspace(0, 10, 30)


def walk(seed: int) -> np.ndarray:
    """Return a random walk, equal for equal seeds."""
    return np.cumsum(np.random.default_rng(seed).normal(size=X.size))


def page_ui() -> ui.Tag:
    """Return a button, the figure and the selected points."""
    return ui.card(
        ui.div(
            ui.input_action_button(
                "bqplot_change", "New data", class_="btn-outline-primary btn-sm"
            )
        ),
        output_widget("bqplot_figure", height="400px", fillable=True),
        ui.output_code("bqplot_selected"),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the figure once; the button changes the data of its marks."""

    @render_widget
    def bqplot_figure() -> bqplot.Figure:
        scales = {"x": bqplot.LinearScale(), "y": bqplot.LinearScale()}
        y = walk(0)
        lines = bqplot.Lines(x=X, y=y, scales=scales, stroke_width=2)
        points = bqplot.Scatter(
            x=X, y=y, scales=scales, colors=["crimson"], interactions={"click": "select"}
        )
        axes = [
            bqplot.Axis(scale=scales["x"], label="x"),
            bqplot.Axis(scale=scales["y"], label="y", orientation="vertical"),
        ]
        return bqplot.Figure(
            marks=[lines, points], axes=axes, animation_duration=500, title="A walk"
        )

    @reactive.effect
    @reactive.event(input.bqplot_change)
    def change() -> None:
        y = walk(input.bqplot_change())
        for mark in bqplot_figure.widget.marks:
            mark.y = y

    @render.code
    def bqplot_selected() -> str:
        points = bqplot_figure.widget.marks[1]
        selected = reactive_read(points, "selected")
        return f"selected: {None if selected is None else list(map(int, selected))}"

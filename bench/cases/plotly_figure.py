"""A plotly figure for each value of the input ``bench_turn``; with ``&url=1`` its module has a URL."""

from __future__ import annotations

import plotly.graph_objects as go
from case_app import query_of
from shiny import Inputs, Outputs, Session, ui
from shinywidgets import output_widget, render_widget


class FigureByAddress(go.FigureWidget):
    """A figure whose front-end module the app serves."""


# Set in the constructor, because in the class body anywidget would read a URL as the name of a
# file.
FigureByAddress._esm = "/modules/widgetbundle.js"


def case_ui() -> ui.Tag:
    """The figure."""
    return output_widget("figure", height="400px")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the figure, with its number in the title."""
    make = FigureByAddress if query_of(session).get("url") else go.FigureWidget

    @render_widget
    def figure() -> go.FigureWidget:
        turn = input.bench_turn() if "bench_turn" in input else 0
        made = make(go.Scatter(x=list(range(50)), y=[(turn + x) % 7 for x in range(50)]))
        made.update_layout(title=f"turn {turn}", height=400)
        return made

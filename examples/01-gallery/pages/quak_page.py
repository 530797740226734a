"""A quak table, which requests its rows from Python in binary messages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import quak
from shiny import Inputs, Outputs, Session, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

TITLE = "quak"
INTRO = "Filter with the charts in the header; the resulting query is shown below."


def table() -> pd.DataFrame:
    """Return a table with columns of several types, equal in each run."""
    rng = np.random.default_rng(3)
    size = 500
    return pd.DataFrame(
        {
            "number": np.arange(size),
            "score": rng.normal(50, 15, size).round(2),
            "fruit": rng.choice(["apple", "banana", "cherry"], size),
            "day": pd.date_range("2024-01-01", periods=size, freq="D"),
        }
    )


def page_ui() -> ui.Tag:
    """Return the table and its query."""
    return ui.card(
        output_widget("quak_table", fill=False, fillable=False),
        ui.output_code("quak_sql"),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the table, and the query of the shown rows."""

    @render_widget
    def quak_table() -> quak.Widget:
        return quak.Widget(table())

    @render.code
    def quak_sql() -> str:
        return reactive_read(quak_table.widget, "sql")

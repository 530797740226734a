"""A dashboard: an anywidget, a plotly figure and Shiny inputs that filter one another."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
import shiny_comm
from data import COLORS, Countries, Mask
from lines import BRIGHT, DIMMED, HIDDEN, Lines, floats
from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

shiny_comm.use()

COUNTRIES = Countries.load()
COLOR_OF = np.array([COLORS[name] for name in COUNTRIES.continents])

STYLE = """
.swatch { display: inline-block; width: .7em; height: .7em; border-radius: 50%; margin-right: .4em; }
.bslib-value-box .value-box-value { font-size: 1.6rem; font-variant-numeric: tabular-nums; }
.card-header small { color: var(--bs-secondary-color); font-weight: normal; }
"""


def swatch(continent: str) -> ui.Tag:
    """A continent's name, after its colour."""
    dot = ui.span(class_="swatch", style=f"background: {COLORS[continent]}")
    return ui.span(dot, continent)


def chart_card(title: str, hint: str, output: str) -> ui.Tag:
    """A card with a chart that fills it."""
    return ui.card(
        ui.card_header(title, " ", ui.tags.small(hint)),
        output_widget(output, fillable=True),
        full_screen=True,
    )


app_ui = ui.page_sidebar(
    ui.sidebar(
        ui.input_checkbox_group(
            "continents",
            "Continents",
            {name: swatch(name) for name in COLORS},
            selected=list(COLORS),
        ),
        ui.input_slider(
            "year",
            "Year",
            int(COUNTRIES.years[0]),
            int(COUNTRIES.years[-1]),
            int(COUNTRIES.years[-1]),
            step=5,
            sep="",
            ticks=False,
            animate=ui.AnimationOptions(interval=900),
        ),
        ui.input_slider("people", "Millions of people, at least", 0, 100, 0, step=5),
        ui.input_action_button("all", "Choose all", class_="btn-outline-primary"),
        ui.div(ui.input_dark_mode(id="mode"), class_="mt-auto"),
    ),
    shiny_comm.dependency(),
    ui.head_content(ui.tags.style(STYLE)),
    ui.layout_columns(
        ui.value_box("Countries", ui.output_text("how_many")),
        ui.value_box("People", ui.output_text("people_there")),
        ui.value_box("Years of life, weighted by people", ui.output_text("life_there")),
        fill=False,
    ),
    ui.layout_columns(
        chart_card("Life expectancy", "draw a box; click a year", "lines"),
        chart_card("Wealth and health", "draw a box; double-click to let go", "bubbles"),
    ),
    title="The world since 1952",
    fillable=True,
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Three filters make one choice, and each view shows it."""
    # What the bubbles' box holds; None for no box.
    picked: reactive.value[Mask | None] = reactive.value(None)

    @reactive.calc
    def column() -> int:
        return COUNTRIES.column(input.year())

    @reactive.calc
    def shown() -> Mask:
        large = COUNTRIES.population[:, column()] >= input.people() * 1e6
        return COUNTRIES.of_continents(input.continents()) & large

    @reactive.calc
    def boxed() -> Mask:
        reactive_read(lines.widget, "box")
        box = lines.widget.chosen_box()
        return COUNTRIES.inside(box) if box else np.ones(len(COUNTRIES), dtype=bool)

    @reactive.calc
    def chosen() -> Mask:
        mask = picked.get()
        return shown() & boxed() & (True if mask is None else mask)

    # ---- The lines ----

    @render_widget
    def lines() -> Lines:
        widget = Lines(
            names=COUNTRIES.names,
            colors=COLOR_OF.tolist(),
            years=COUNTRIES.years.tolist(),
            values=floats(COUNTRIES.life),
            title="Life expectancy",
            year=int(COUNTRIES.years[-1]),
        )

        def clicked(_: Lines, content: dict[str, Any], __: list[memoryview]) -> None:
            ui.update_slider("year", value=content["year"], session=session)

        widget.on_msg(clicked)
        return widget

    @reactive.effect
    def show_in_lines() -> None:
        states = np.where(chosen(), BRIGHT, np.where(shown(), DIMMED, HIDDEN))
        lines.widget.states = states.astype(np.uint8).tobytes()
        lines.widget.year = int(COUNTRIES.years[column()])

    # ---- The bubbles ----

    @render_widget
    def bubbles() -> go.FigureWidget:
        figure = go.FigureWidget(
            [
                go.Scatter(
                    mode="markers",
                    text=COUNTRIES.names,
                    hovertemplate="%{text}<br>%{y:.0f} years, $%{x:,.0f}<extra></extra>",
                    marker={"sizemode": "area", "sizemin": 3, "sizeref": 7e5},
                    unselected={"marker": {"opacity": 0.12}},
                ),
                # Round the one that is pointed at.
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
        dots = figure.data[0]
        dots.on_selection(lambda _, points, __: pick(points.point_inds))
        dots.on_deselect(lambda *_: pick(None))
        dots.on_hover(lambda _, points, __: hover(points.point_inds))
        dots.on_unhover(lambda *_: hover([]))
        return figure

    def pick(indices: list[int] | None) -> None:
        mask = None if indices is None else np.zeros(len(COUNTRIES), dtype=bool)
        if mask is not None:
            mask[list(indices or [])] = True
        picked.set(mask)

    def hover(indices: list[int]) -> None:
        lines.widget.hovered = indices[0] if indices else -1

    @reactive.effect
    def move_bubbles() -> None:
        visible, at = shown(), column()
        figure = bubbles.widget
        with figure.batch_update():
            dots = figure.data[0]
            dots.x = np.where(visible, COUNTRIES.income[:, at], np.nan)
            dots.y = np.where(visible, COUNTRIES.life[:, at], np.nan)
            dots.marker.size = COUNTRIES.population[:, at]
            dots.marker.color = COLOR_OF

    @reactive.effect
    def show_in_bubbles() -> None:
        mask = chosen()
        all_of_them = bool(np.array_equal(mask, shown()))
        dots = bubbles.widget.data[0]
        dots.selectedpoints = None if all_of_them else np.flatnonzero(mask)

    @reactive.effect
    def name_the_hovered() -> None:
        country = reactive_read(lines.widget, "hovered")
        at = column()
        there = country >= 0 and bool(shown()[country])
        figure = bubbles.widget
        with figure.batch_update():
            ring = figure.data[1]
            ring.x = [COUNTRIES.income[country, at]] if there else []
            ring.y = [COUNTRIES.life[country, at]] if there else []
            ring.text = [COUNTRIES.names[country]] if there else []
            size = np.sqrt(COUNTRIES.population[country, at] / 7e5) if there else 0
            ring.marker.size = max(float(size), 3) + 6

    @reactive.effect
    def light_or_dark() -> None:
        dark = input.mode() == "dark"
        ink, grid = ("#dee2e6", "#495057") if dark else ("#212529", "#dee2e6")
        axis = {"gridcolor": grid, "linecolor": grid, "zerolinecolor": grid}
        figure = bubbles.widget
        with figure.batch_update():
            figure.update_layout(font_color=ink, xaxis=axis, yaxis=axis)
            figure.data[1].marker.line.color = ink

    # ---- Above, and beside ----

    @reactive.effect
    @reactive.event(input.all)
    def choose_all() -> None:
        lines.widget.box = []
        picked.set(None)
        bubbles.widget.layout.selections = ()
        ui.update_checkbox_group("continents", selected=list(COLORS))
        ui.update_slider("people", value=0)

    @render.text
    def how_many() -> str:
        return f"{int(chosen().sum())} of {int(shown().sum())}"

    @render.text
    def people_there() -> str:
        people = COUNTRIES.population[chosen(), column()].sum()
        return f"{people / 1e9:.2f} billion"

    @render.text
    def life_there() -> str:
        mask = chosen()
        if not mask.any():
            return "–"
        at = column()
        weights = COUNTRIES.population[mask, at]
        return f"{np.average(COUNTRIES.life[mask, at], weights=weights):.1f}"


app = App(app_ui, server)

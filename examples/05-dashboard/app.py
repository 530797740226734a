"""A dashboard: an anywidget, a plotly figure and Shiny inputs that filter one another."""

from __future__ import annotations

from typing import Any

import bubbles
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
    """Return a continent's name after its colour."""
    dot = ui.span(class_="swatch", style=f"background: {COLORS[continent]}")
    return ui.span(dot, continent)


def chart_card(title: str, hint: str, output: str) -> ui.Tag:
    """Return a card that a chart fills."""
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
        chart_card("Wealth and health", "draw a box; double-click to let go", "figure"),
    ),
    title="The world since 1952",
    fillable=True,
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Combine three filters, and show the result in each view."""
    # The countries in the bubbles' box; None without a box.
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

    @reactive.calc
    def pointed_at() -> int | None:
        country = reactive_read(lines.widget, "hovered")
        return country if country >= 0 and shown()[country] else None

    def pick(numbers: list[int] | None) -> None:
        # A box without countries changes nothing, like the box that `clear_selection` draws.
        if numbers:
            picked.set(np.isin(np.arange(len(COUNTRIES)), numbers))
            bubbles.clear_selection(figure.widget)
        elif numbers is None:
            picked.set(None)

    def point_at(numbers: list[int]) -> None:
        lines.widget.hovered = numbers[0] if numbers else -1

    @render_widget
    def figure() -> go.FigureWidget:
        widget = bubbles.new_figure(COUNTRIES, pick, point_at)
        # The initial state of the figure; the effects below send later changes.
        with reactive.isolate():
            bubbles.place(widget, COUNTRIES, shown(), column())
            bubbles.choose(widget, COUNTRIES, shown())
            bubbles.name(widget, COUNTRIES, None, column())
            bubbles.paint(widget, dark=input.mode() == "dark")
        return widget

    @reactive.effect
    def move_bubbles() -> None:
        bubbles.place(figure.widget, COUNTRIES, shown(), column())

    @reactive.effect
    def show_in_bubbles() -> None:
        bubbles.choose(figure.widget, COUNTRIES, chosen())

    @reactive.effect
    def name_bubble() -> None:
        bubbles.name(figure.widget, COUNTRIES, pointed_at(), column())

    @reactive.effect
    def light_or_dark() -> None:
        bubbles.paint(figure.widget, dark=input.mode() == "dark")

    # ---- The header and the sidebar ----

    @reactive.effect
    @reactive.event(input.all)
    def choose_all() -> None:
        lines.widget.box = []
        picked.set(None)
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

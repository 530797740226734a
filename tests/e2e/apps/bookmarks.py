"""Bookmarks of an app with a widget: in the address, or, with ``BOOKMARK_FOLDER``, in files there."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import ipywidgets as w
from shiny import App, Inputs, Outputs, Session, render, ui
from shiny.bookmark import BookmarkState, RestoreState, set_global_save_dir_fn
from shiny.bookmark import set_global_restore_dir_fn
from shinywidgets import output_widget, reactive_read, render_widget
from starlette.requests import Request

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from shiny_comm_dependency import shiny_comm  # noqa: E402

FOLDER = os.environ.get("BOOKMARK_FOLDER")


async def folder_of(name: str) -> Path:
    """Where the state of a bookmark is kept."""
    folder = Path(FOLDER or "", name)
    folder.mkdir(exist_ok=True)
    return folder


set_global_save_dir_fn(folder_of)
set_global_restore_dir_fn(folder_of)


def app_ui(request: Request) -> ui.Tag:
    """An input of Shiny, a widget, and a button that makes a bookmark."""
    stock = request.query_params.get("client") == "stock"
    return ui.page_fluid(
        None if stock else shiny_comm(ROOT / "dist"),
        ui.input_numeric("number", "Number", 1),
        output_widget("slider"),
        ui.output_text("value"),
        ui.input_bookmark_button(),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The widget's value is in the bookmark because the app puts it there."""
    start = 2

    @session.bookmark.on_bookmark
    def save(state: BookmarkState) -> None:
        state.values["slider"] = slider.widget.value

    @session.bookmark.on_restore
    def restore(state: RestoreState) -> None:
        nonlocal start
        start = state.values["slider"]

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(value=start, description="Slider")

    @render.text
    def value() -> str:
        return f"{input.number()} and {reactive_read(slider.widget, 'value')}"


app = App(app_ui, server, bookmark_store="server" if FOLDER else "url")

"""A widget, pages that show widgets, and the inputs by which a page sends messages to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets
from page import Page, empty_ui
from shiny import App, Inputs, Outputs, Session
from shinywidgets import render_widget

#: The inputs of a page that supports batches.
ANNOUNCED = {".shiny_comm_frames": 3}


class Number(ipywidgets.Widget):
    """A widget with a value, without views."""

    _model_name = traitlets.Unicode("Number").tag(sync=True)
    value = traitlets.Int(5).tag(sync=True)
    other = traitlets.Instance(ipywidgets.Widget, allow_none=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )


def app_of(server: Callable[[Session], object]) -> App:
    """Return an app whose server function creates widgets."""

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        server(session)

    return App(empty_ui(), serve)


def rendering(make: Callable[[], Any]) -> App:
    """Return an app that renders a widget again for each ``go``."""

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def out() -> Any:
            input.go()
            return make()

    return App(empty_ui(), serve)


async def opened(server: Callable[[Session], object], *, wants: int, **inputs: Any) -> Page:
    """Return a page that got a number of messages."""
    page = await Page(app_of(server)).open((), **inputs)
    await page.until(lambda: len(page.messages) >= wants)
    return page


async def settled(page: Page) -> None:
    """Wait until the session has handled the inputs of the page."""
    page.ask()
    await page.until(lambda: page.answered())


def sending(comm_id: str, data: object) -> dict[str, str]:
    """Return the input of a page that sends a message."""
    content = {"comm_id": comm_id, "data": data}
    message = {"content": content, "metadata": {}, "buffers": [], "header": {}}
    return {"shinywidgets_comm_send": json.dumps(message)}


def update(widget: Any, **state: Any) -> dict[str, str]:
    """Return the input of a page that changes a widget."""
    data = {"method": "update", "state": state, "buffer_paths": []}
    return sending(widget.model_id, data)

"""The first anywidget of a page, as small as possible."""

from __future__ import annotations

import anywidget
import traitlets
from shiny import Inputs, Outputs, Session, ui
from shinywidgets import output_widget, render_widget


class Hello(anywidget.AnyWidget):
    """An anywidget that shows a word."""

    _esm = """
    export default {
      render({ model, el }) {
        const word = document.createElement("b");
        word.className = "bench-anywidget";
        word.textContent = model.get("word");
        el.append(word);
      },
    };
    """
    word = traitlets.Unicode("hello").tag(sync=True)


def case_ui() -> ui.Tag:
    """The widget."""
    return output_widget("hello")


def case_server(input: Inputs, output: Outputs, session: Session) -> None:
    """The widget."""

    @render_widget
    def hello() -> Hello:
        return Hello()

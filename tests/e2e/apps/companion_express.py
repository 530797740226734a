"""The companion package in an Express app."""

import anywidget
import shiny_comm
from shiny.express import ui
from shinywidgets import render_widget

shiny_comm.use()

ui.TagList(shiny_comm.dependency())


class Express(anywidget.AnyWidget):
    """A widget with a long module."""

    _esm = (
        "export default { render({ el }) { el.innerHTML = '<b class=express>shown</b>'; } };\n// "
        + "-" * 20_000
    )


@render_widget
def express():
    """Show the widget."""
    return Express()

"""An app for what only Pyodide does: the widget classes of ``app.py`` are in a package without a file."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import anywidget
import ipywidgets as w
import shiny_comm
import traitlets
from shiny import App, Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_widget

shiny_comm.use()

#: Long enough for a module with an address.
LONG = "-" * 20_000


class Bytes(anywidget.AnyWidget):
    """Shows the number of bytes in its trait."""

    _esm = f"// {LONG}" + """
    export default {
      render({ model, el }) {
        el.className = "bytes";
        const show = () => { el.textContent = model.get("data").byteLength; };
        model.on("change:data", show);
        show();
      },
    };
    """
    data = traitlets.Bytes(bytes(3)).tag(sync=True)


class Late(anywidget.AnyWidget):
    """A widget whose module no other widget has."""

    _esm = f"// {LONG}\nexport default {{ render: ({{ el }}) => {{ el.className = 'late-module'; }} }};"
    _css = ".late-module { width: 50px; height: 20px; background: teal; }"


@shiny_comm.register_target("echo")
def echo(comm: Any, message: dict[str, Any]) -> None:
    """Send each message of the page back."""

    @comm.on_msg
    def _(message: dict[str, Any]) -> None:
        comm.send(message["content"]["data"], buffers=message["buffers"])


app_ui = ui.page_fluid(
    shiny_comm.dependency(),
    *(output_widget(name) for name in ("sent", "printed", "called", "late")),
    *(ui.input_action_button(name, name) for name in ("act", "send", "show_late")),
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs, and what the buttons do."""
    out = w.Output()

    @render_widget
    def sent() -> Bytes:
        return Bytes()

    @render_widget
    def printed() -> w.Output:
        return out

    @render_widget
    def called() -> Any:
        return w.interactive(lambda n: print(f"called with {n}"), n=(0, 9, 1))

    @reactive.effect
    @reactive.event(input.act)
    async def _() -> None:
        with out:
            print("printed")
            await asyncio.create_task(later())
            # Pyodide cannot start a thread.
            threading.Thread(target=print).start()

    @reactive.effect
    @reactive.event(input.send)
    def _() -> None:
        sent.widget.data = bytes(5_000_000)

    async def later() -> None:
        await asyncio.sleep(0)
        print("printed by a task")

    @render_widget
    def late() -> w.VBox:
        if not input.show_late():
            return w.VBox()
        import ipyleaflet

        shown = ipyleaflet.Map(basemap={}, layers=(), layout={"height": "200px"})
        return w.VBox([w.TagsInput(value=["tag"]), Late(), shown])


app = App(app_ui, server)

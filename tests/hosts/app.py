"""The app of the tests of hosts: one page with all kinds of widgets, driven by ``cases.ts``.

``/?client=stock`` is the page with the client of shinywidgets, ``/?parts=slider,late`` a page with
these widgets alone. With ``WITH_USE=1`` the app calls ``shiny_comm.use()``.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets
from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget
from starlette.requests import Request

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "examples" / "01-gallery"), str(ROOT / "tests" / "engines")]
# Last, so that an installed package has priority.
sys.path.append(str(ROOT / "python" / "src"))

from watch import WATCH  # noqa: E402

if os.environ.get("WITH_USE"):
    from shiny_comm import dependency, use

    use()
else:
    from shiny_comm_dependency import shiny_comm as dependency

PARTS = "slider,icon,probe,output,map,plot"

#: How many numbered messages go each way, and how many of them in one flush.
NUMBERS, BATCH = 200, 4
#: The seconds between flushes.
PAUSE = 0.01
#: The bytes that go each way.
SIZE = 8_000_000
#: Long enough for `use()` to serve a module by address.
LONG = "-" * 20_000


class Probe(anywidget.AnyWidget):
    """Exchanges numbers and bytes with Python, and shows what arrives."""

    _esm = f"// {LONG}\n" + Path(__file__).with_name("probe.js").read_text()
    received = traitlets.Unicode("0").tag(sync=True)
    uploaded = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._numbers: list[int] = []
        self.on_msg(self._receive)

    def _receive(self, _: Any, content: Any, buffers: list[Any]) -> None:
        if "size" in content:
            self.uploaded = hashlib.sha256(bytes(buffers[0])).hexdigest()
            return
        self._numbers.append(content["n"])
        count = len(self._numbers)
        if count % BATCH == 0:
            right = self._numbers == list(range(count))
            self.received = f"{count}{'' if right else ' wrong'}"


class Late(anywidget.AnyWidget):
    """A widget whose module no other widget has."""

    _esm = f"// {LONG}\nexport default {{ render: ({{ el }}) => {{ el.className = 'late-module'; }} }};"
    _css = ".late-module { width: 50px; height: 20px; background: teal; }"


def body(parts: list[str]) -> ui.TagList:
    """The outputs of the page."""
    return ui.TagList(
        *(output_widget(part) for part in parts),
        ui.output_text("value"),
        ui.output_text("digest"),
        *(
            ui.input_action_button(name, name)
            for name in ("numbers", "bytes", "move", "show_late")
        ),
    )


def app_ui(request: Request) -> ui.Tag:
    """The page, with the client that the address names."""
    query = request.query_params
    client = [] if query.get("client") == "stock" else [dependency()]
    parts = body(query.get("parts", PARTS).split(","))
    return ui.page_fluid(ui.head_content(ui.tags.script(WATCH)), *client, parts)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs of the page, and what its buttons do."""
    session.allow_reconnect(True)
    sliders: reactive.Value[Any] = reactive.Value(None)
    probes: reactive.Value[Any] = reactive.Value(None)
    uploads = reactive.Value("")

    @render_widget
    def slider() -> w.IntSlider:
        made = w.IntSlider(value=100, max=1000, description="Slider", layout={"width": "700px"})
        sliders.set(made)
        return made

    @render.text
    def value() -> str:
        return f"value {reactive_read(sliders(), 'value')}"

    @render_widget
    def icon() -> w.Button:
        return w.Button(description="A button", icon="check")

    @render_widget
    def probe() -> Probe:
        made = Probe()
        probes.set(made)

        def send_early() -> None:
            for n in range(5):
                made.send({"kind": "early", "n": n})

        # The page has the widget's open by then, but not yet its module.
        session.on_flushed(send_early)
        return made

    def printed() -> w.Output:
        text = {"output_type": "stream", "name": "stdout", "text": "printed\n"}
        return w.Output(outputs=(text,))

    @render_widget
    def output() -> w.Output:  # noqa: F811
        return printed()

    @render_widget
    def map() -> Any:  # noqa: A001
        import ipyleaflet

        shown = ipyleaflet.Map(basemap={}, layers=(), center=(50, 10), zoom=4, layout={"height": "200px"})
        shown.add(ipyleaflet.Marker(location=(50, 10)))
        return shown

    @render_widget
    def plot() -> Any:
        import plotly.graph_objects as go

        return go.FigureWidget(go.Scatter(y=[2, 1, 4, 3]), layout={"height": 200})

    @render_widget
    @reactive.event(input.show_late)
    def late() -> w.VBox:
        children = [w.Button(icon="check"), printed(), Late()]
        if find_spec("bqplot"):
            from bqplot import pyplot

            children.append(pyplot.figure(layout={"height": "200px"}))
            pyplot.plot([1, 2, 3], [3, 1, 2])
        return w.VBox(children)

    numbers = iter(range(0))

    @reactive.effect
    @reactive.event(input.numbers, ignore_init=True)
    def _() -> None:
        nonlocal numbers
        numbers = iter(range(0, NUMBERS, BATCH))

    @reactive.effect
    def _() -> None:
        input.numbers()
        first = next(numbers, None)
        if first is None:
            return
        with reactive.isolate():
            for n in range(first, first + BATCH):
                probes().send({"kind": "number", "n": n})
        reactive.invalidate_later(PAUSE)

    @reactive.effect
    @reactive.event(input.bytes, ignore_init=True)
    def _() -> None:
        data = bytes(range(256)) * (SIZE // 256)
        uploads.set(hashlib.sha256(data).hexdigest())
        probes().send({"kind": "bytes"}, [data])

    @render.text
    def digest() -> str:
        return uploads()

    @reactive.effect
    @reactive.event(input.move, ignore_init=True)
    def _() -> None:
        sliders().value = 500


app = App(app_ui, server)

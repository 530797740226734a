"""Widget packages that are only labextensions, with ``shiny_comm.use()``: ``/?package=<name>``."""

from __future__ import annotations

import io
import math
import struct
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
from ipywidgets import IntSlider
from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, render_widget

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "python" / "src")]

import shiny_comm  # noqa: E402
from case_app import query_of  # noqa: E402

shiny_comm.use()

Tell = Callable[[str], object]


def tone() -> bytes:
    """Returns two seconds of a tone, as a file."""
    rate = 8_000
    samples = (int(30_000 * math.sin(i / 8) * math.exp(-i / rate)) for i in range(2 * rate))
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return file.getvalue()


def peaksjs(tell: Tell) -> tuple[Any, Callable[[], object]]:
    """A waveform. It uses base of the page, and has its own jQuery."""
    from peaksjs_widget import PeaksJSWidget, Segment

    widget = PeaksJSWidget(
        value=tone(), format="wav", sr=8_000, segments=[Segment(0.5, 1, 1)], with_play_button=True
    )
    widget.on_new_segment(lambda _, segment: tell(f"new segment {segment['id']}"))
    return widget, lambda: widget.add_point({"time": 0.25, "color": "#008000"})


def forcegraph(tell: Tell) -> tuple[Any, Callable[[], object]]:
    """A graph, whose labextension has an optional service of JupyterLab, and exports a function."""
    from ipyforcegraph.graphs import ForceGraph
    from ipyforcegraph.sources.dataframe import DataFrameSource

    nodes, links = [{"id": 0}, {"id": 1}], [{"id": 0, "source": 0, "target": 1}]
    source = DataFrameSource(nodes=pd.DataFrame(nodes), links=pd.DataFrame(links))
    widget = ForceGraph(source=source, default_node_color="rgb(255, 0, 0)")
    widget.layout.height = "300px"
    return widget, lambda: setattr(widget, "default_node_color", "rgb(0, 0, 255)")


def ipylab(tell: Tell) -> tuple[Any, Callable[[], object]]:
    """A panel of JupyterLab."""
    from ipylab import Panel

    return Panel(), lambda: None


def flex(tell: Tell) -> tuple[Any, Callable[[], object]]:
    """A layout, which is drawn with JupyterLab's React."""
    from ipyflex import FlexLayout

    return FlexLayout(widgets={"slider": IntSlider()}), lambda: None


MAKERS = {"peaksjs": peaksjs, "forcegraph": forcegraph, "ipylab": ipylab, "flex": flex}


app_ui = ui.page_fluid(
    shiny_comm.dependency(),
    ui.input_action_button("change", "Change"),
    ui.output_text("told"),
    output_widget("widget"),
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Makes the widget of the page."""
    text = reactive.value("nothing yet")
    changes: list[Callable[[], object]] = []

    @render_widget
    def widget():
        made, change = MAKERS[query_of(session)["package"]](text.set)
        changes.append(change)
        return made

    @render.text
    def told() -> str:
        return text()

    @reactive.effect
    @reactive.event(input.change)
    def _() -> None:
        changes[-1]()


app = App(app_ui, server)

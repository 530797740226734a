"""Sessions that end and start again: ``/?case=<name>``. The file ``RECONNECT_RECORD`` lists the messages of each session."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets
from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget
from shinywidgets._shinywidgets import SESSION_WIDGET_ID_MAP
from starlette.requests import Request

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from shiny_comm_dependency import shiny_comm  # noqa: E402

DIST = Path(os.environ.get("SHINY_COMM_DIST", ROOT / "dist"))

#: Larger than any buffer of the network, and incompressible.
LARGE = 8 << 20

UPDATES = 200


class Data(anywidget.AnyWidget):
    """A widget with binary data that either side can set."""

    _esm = """
    export default {
      render({ model, el }) {
        const size = document.createElement("b");
        const show = () => { size.textContent = "size " + model.get("data").byteLength; };
        model.on("change:data", show);
        show();
        const upload = document.createElement("button");
        upload.textContent = "Upload";
        upload.onclick = () => {
          const bytes = new Uint8Array(%d);
          for (let at = 0; at < bytes.length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
          model.set("data", new DataView(bytes.buffer));
          model.save_changes();
        };
        el.append(size, upload);
      },
    };
    """ % LARGE
    data = traitlets.Bytes(b"").tag(sync=True)


class Slow(anywidget.AnyWidget):
    """A widget whose module loads when the test allows it, separately for each session."""

    _esm = traitlets.Unicode().tag(sync=True)


def slow_module(session: str) -> str:
    """The module of a session's ``Slow`` widget."""
    return """
    const loading = (globalThis.loading ??= {});
    const rendered = (globalThis.rendered ??= []);
    await new Promise((resolve) => { loading["SESSION"] = resolve; });
    export default {
      initialize() { rendered.push("initialize SESSION"); },
      render({ model, el }) {
        rendered.push("render SESSION");
        el.innerHTML = "<b class=slow>SESSION</b>";
        model.send("rendered");
      },
    };
    """.replace("SESSION", session)


def tell_tasks() -> None:
    """Says on SIGUSR1 what each task waits for: a send that hangs stops the sessions of all pages."""
    for task in asyncio.all_tasks():
        print(task.get_name(), file=sys.stderr)
        awaited: Any = task.get_coro()
        while awaited is not None:
            if frame := getattr(awaited, "cr_frame", None):
                code = frame.f_code
                print(f"  {code.co_name} {code.co_filename}:{frame.f_lineno}", file=sys.stderr)
            awaited = getattr(awaited, "cr_await", None)
    print("(end of tasks)", file=sys.stderr)


CASES = {
    "controls": ["slider", "box"],
    "data": ["slider", "data"],
    "slow": ["slider", "slow"],
    "counter": ["slider", "counter"],
    "elsewhere": [],
}


def app_ui(request: Request) -> ui.Tag:
    """The page of a case, with shinywidgets' own client where that is asked for."""
    names = CASES[request.query_params.get("case", "controls")]
    client = [] if request.query_params.get("client") == "stock" else [shiny_comm(DIST)]
    outputs = [output_widget(name) for name in names]
    return ui.page_fluid(*client, *outputs, ui.output_text("slider_value"))


def record(session: Session, event: str, **what: object) -> None:
    """Notes what happened in a session."""
    path = os.environ.get("RECONNECT_RECORD")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"session": session.id, "event": event, **what}) + "\n")


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs of all cases. Shiny computes the outputs on the page."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, tell_tasks)
    record(session, "start")
    session.on_ended(lambda: record(session, "ended"))

    @reactive.effect
    @reactive.event(input.shinywidgets_comm_send)
    def received() -> None:
        content = json.loads(input.shinywidgets_comm_send())["content"]
        own = SESSION_WIDGET_ID_MAP.get(session.id, [])
        state = content["data"].get("state") or {}
        record(
            session,
            "received",
            comm_id=content["comm_id"],
            known=content["comm_id"] in own,
            value=state.get("value"),
        )

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(value=2, description="Slider")

    @render.text
    def slider_value() -> str:
        return f"value {reactive_read(slider.widget, 'value')}"

    @render_widget
    def box() -> w.VBox:
        return w.VBox([w.Label(value="in a box"), w.IntText(value=1), w.Button(description="Press")])

    @render_widget
    def data() -> Data:
        return Data()

    @render_widget
    def slow() -> Slow:
        return Slow(_esm=slow_module(session.id))

    @render_widget
    def counter() -> w.Label:
        return w.Label(value="count 0")

    count = reactive.value(0)

    @reactive.effect
    @reactive.event(input.command)
    async def obey() -> None:
        """A test's command."""
        command = input.command()
        if command == "move":
            slider.widget.value = 40
        elif command == "count":
            count.set(1)
        elif command == "fill":
            # One byte more than the page's upload, to tell the two apart.
            data.widget.data = random.randbytes(LARGE + 1)
        elif command == "make":
            w.VBox([w.Label(value="in no output")])
            session.on_flushed(lambda: record(session, "made"))
        elif command == "hold":
            await session.send_custom_message("hold", "")
        elif command == "allow":
            session.allow_reconnect("force")
        elif command == "close":
            await session.close()

    @reactive.effect
    def count_on() -> None:
        if not 0 < count() <= UPDATES:
            return
        counter.widget.value = f"count {count()}"
        record(session, "count", value=count())
        reactive.invalidate_later(0.005)
        with reactive.isolate():
            count.set(count() + 1)


app = App(app_ui, server)

"""An app with a Shiny, shinywidgets and ipywidgets whose private parts have other names.

Usage: ``python renamed.py CASES``, with the names of each case in JSON: ``[["_conn"], …]``. Prints
a line of JSON for each case.
"""

from __future__ import annotations

import json
import os
import re
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

PACKAGES = ("anywidget", "ipywidgets", "shiny", "shinywidgets")

#: Imports of these packages, which the processes of all cases share.
SHARED = ("IPython", "narwhals.stable.v1", "psygnal", "questionary", "starlette.routing", "uvicorn")


def rename(names: list[str]) -> None:
    """Rename identifiers in the source of packages that are imported later."""
    if not names:
        return
    pattern = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, names))})(?![\w-])".encode())
    get_code = SourceFileLoader.get_code

    def get_renamed_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        if fullname.partition(".")[0] in PACKAGES:
            source = self.get_data(self.path)
            renamed = pattern.sub(rb"\1_renamed", source)
            if renamed != source:
                return self.source_to_code(renamed, self.path)
        return get_code(self, fullname)

    SourceFileLoader.get_code = get_renamed_code  # type: ignore[method-assign]


def run() -> dict[str, Any]:
    """Show widgets, change them from both ends, and return the warnings and what arrived."""
    import anywidget
    import ipywidgets
    import traitlets
    from page import Page, empty_ui, finish
    from shiny import App, Inputs, Outputs, Session, reactive, ui
    from shinywidgets import reactive_read, render_widget

    import shiny_comm

    class Binary(anywidget.AnyWidget):
        """A widget with a module that is long enough for a URL, and bytes."""

        _esm = "export default {}" + " " * 20_000
        data = traitlets.Bytes(b"first").tag(sync=True)

    class WithoutFiles(ipywidgets.DOMWidget):
        """A widget whose package is not installed."""

        _view_name = traitlets.Unicode("View").tag(sync=True)
        _view_module = traitlets.Unicode("not-installed").tag(sync=True)
        _model_module = traitlets.Unicode("not-installed").tag(sync=True)

    read: list[object] = []
    comms: set[str] = set()
    echoes: list[object] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def slider() -> ipywidgets.IntSlider:
            return ipywidgets.IntSlider(5, description="shown")

        @render_widget
        def binary() -> Binary:
            return Binary()

        @render_widget
        def box() -> ipywidgets.HBox:
            return ipywidgets.HBox([WithoutFiles()])

        @reactive.effect
        def _() -> None:
            if slider.widget is not None:
                read.append(reactive_read(slider.widget, "value"))

        @reactive.effect
        @reactive.event(input.go)
        def _() -> None:
            comms.update(type(w.comm).__module__ for w in (slider.widget, binary.widget))
            slider.widget.value = 9
            binary.widget.data = b"second"

        @shiny_comm.register_target("echo")
        def _(comm: shiny_comm.Comm, message: dict[str, Any]) -> None:
            comm.send({"echo": message["content"]["data"]})

    async def visit(app: App) -> Page:
        names = ("slider", "binary", "box")
        page = await Page(app).open(names, **{".shiny_comm_frames": 3})
        await page.until(lambda: all(page.values.get(name) for name in names))
        await page.until(lambda: page.of("comm_open", description="shown"))
        [opened] = page.of("comm_open", description="shown")
        data = {"method": "update", "state": {"value": 7}, "buffer_paths": []}
        text = json.dumps({"content": {"comm_id": opened.comm_id, "data": data}, "buffers": []})
        page.set(shinywidgets_comm_send=text)
        await page.until(lambda: 7 in read and page.of("comm_msg"))
        page.set(go=1)
        await page.until(lambda: page.of("comm_msg", value=9))
        await page.until(lambda: [m for m in page.of("comm_msg") if m.buffers == [b"second"]])
        page_comm = {"comm_id": "0" * 32, "target_name": "echo", "data": "hello"}
        page.set(shiny_comm_open=json.dumps({"content": page_comm}))
        await page.until(lambda: [m for m in page.of("comm_msg") if m.comm_id == "0" * 32])
        echoes.extend(m.data for m in page.of("comm_msg") if m.comm_id == "0" * 32)
        await page.close()
        return page

    shiny_comm.use()
    app = App(ui.page_fluid(shiny_comm.dependency(), empty_ui()), server)
    page = finish(visit(app))
    return {
        "opens": sorted(m.data["state"]["_model_name"] for m in page.of("comm_open")),
        "targets": sorted({m.header["content"]["target_name"] for m in page.of("comm_open")}),
        "binary": any(m.binary for m in page.messages),
        "read": read,
        "echoes": echoes,
        "comms": sorted(comms),
    }


def run_case(names: list[str]) -> None:
    """Run the app with other names for private parts, and print the result."""
    rename(names)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = run()
    texts = [str(warning.message) for warning in caught]
    result["warnings"] = [text for text in texts if text.startswith("shiny-comm")]
    print(json.dumps(result), flush=True)


def main() -> None:
    """Run each case in a separate process."""
    sys.path.insert(0, str(Path(__file__).parent))
    for module in SHARED:
        with suppress(ImportError):
            import_module(module)
    for names in json.loads(sys.argv[1]):
        process = os.fork()
        if process == 0:
            run_case(names)
            os._exit(0)
        _, status = os.waitpid(process, 0)
        if status != 0:
            print(json.dumps({"failed": True}), flush=True)


if __name__ == "__main__":
    main()

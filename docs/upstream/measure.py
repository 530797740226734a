"""Measures an issue of the server's packages: as installed, and with the patch of its file.

Usage, in an environment with the dependencies of ``python/``::

    python docs/upstream/measure.py widget-effects
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parents[1] / "python"
sys.path[:0] = [str(PYTHON / "src"), str(PYTHON / "tests")]

import ipywidgets
import shinywidgets  # noqa: F401
import traitlets
from page import Page, empty_ui, finish

from shiny import App, Inputs, Outputs, Session, reactive

#: The number of sliders, each with a layout and a style.
SLIDERS = 300


def app_of(server: Callable[[Inputs, Session], object]) -> App:
    """Return an app without outputs in its UI."""

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        server(input, session)

    return App(empty_ui(), serve)


async def visit(app: App, until: Callable[[Page], object], *outputs: str) -> Page:
    """Open a page, and close it when a condition is true."""
    page = await Page(app).open(outputs)
    await page.until(lambda: until(page))
    await page.close()
    return page


def best_cpu(run: Callable[[], object]) -> str:
    """Return the least CPU time of five runs."""
    times: list[float] = []
    for _ in range(5):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return f"{min(times):.2f} s"


class Number(ipywidgets.Widget):
    """A widget without a view."""

    _model_name = traitlets.Unicode("Number").tag(sync=True)
    value = traitlets.Int(0).tag(sync=True)


def open_sliders() -> str:
    """Open sliders in one flush."""
    app = app_of(lambda *_: [ipywidgets.IntSlider() for _ in range(SLIDERS)])
    return best_cpu(
        lambda: finish(visit(app, lambda page: len(page.of("comm_open")) == 3 * SLIDERS))
    )


def create_effects() -> str:
    """Create and destroy 1,000 effects of one function."""

    def create() -> None:
        for _ in range(1_000):

            @reactive.effect(session=None)
            def effect() -> None:
                pass

            effect.destroy()

    return best_cpu(create)


def make_representations() -> str:
    """Open widgets with long values, and one whose representation makes another, like pythreejs."""

    class Long(Number):
        values = traitlets.Any().tag(sync=True)

    values = list(range(100_000))
    app = app_of(lambda *_: [Long(values=values) for _ in range(10)])
    cpu = best_cpu(lambda: finish(visit(app, lambda page: len(page.of("comm_open")) == 10)))
    made: list[object] = []

    class Previewed(Number):
        def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
            if len(made) == 1_000:
                raise RuntimeError("without end")
            made.append(Previewed())
            return {}

    async def run() -> None:
        page = await Page(app_of(lambda *_: Previewed())).open(())
        page.ask()
        await page.until(lambda: page.answered() or page.closed_with)
        await page.close()

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        finish(run())
    return f"{cpu}; {len(made)} widgets of one representation"


def mount_routes() -> str:
    """Render a widget with files 40 times."""
    with tempfile.TemporaryDirectory() as folder:
        module = Path(folder, "nbextensions/drawn")
        module.mkdir(parents=True)
        (module / "index.js").write_text("define([], () => ({}))")
        os.environ["JUPYTER_PATH"] = folder

        class Drawn(ipywidgets.DOMWidget):
            _view_module = traitlets.Unicode("drawn").tag(sync=True)

        from shinywidgets import render_widget

        renders: list[int] = []

        def server(input: Inputs, session: Session) -> None:
            @render_widget
            def out() -> Drawn:
                renders.append(input.go())
                return Drawn()

        app = app_of(server)
        before = len(app._dependency_handler.routes)

        async def run() -> None:
            page = await Page(app).open(go=0)
            for go in range(1, 41):
                await page.until(lambda go=go: len(renders) == go)
                page.set(go=go)
            await page.until(lambda: len(renders) == 41)
            await page.close()

        finish(run())
        return f"{len(app._dependency_handler.routes) - before} more routes"


def send_from_thread() -> str:
    """Send 100 messages from a thread."""
    errors: list[str] = []

    async def run() -> Page:
        widgets: list[Number] = []
        page = await Page(app_of(lambda *_: widgets.append(Number()))).open(())
        await page.until(lambda: page.of("comm_open"))

        def send() -> None:
            for n in range(1, 101):
                try:
                    widgets[0].value = n
                except RuntimeError as error:
                    errors.append(str(error))

        await asyncio.to_thread(send)
        page.ask()
        await page.until(lambda: page.answered() and (errors or len(page.of("comm_msg")) == 100))
        await page.close()
        return page

    page = finish(run())
    return f"{len(page.of('comm_msg'))} messages arrive, {len(errors)} errors"


def send_before_open() -> str:
    """Send 100 custom messages in the constructor."""

    class Canvas(Number):
        def __init__(self) -> None:
            super().__init__()
            for n in range(100):
                self.send({"n": n})

    async def run() -> Page:
        page = await Page(app_of(lambda *_: Canvas())).open(())
        await page.until(lambda: page.of("comm_open"))
        page.ask()
        await page.until(page.answered)
        await page.close()
        return page

    return f"{len(finish(run()).of('comm_msg'))} messages arrive"


def change_of_another_session() -> str:
    """Change a widget of another session, whose id is known."""
    widgets: list[Number] = []

    async def run() -> None:
        app = app_of(lambda *_: widgets.append(Number()))
        pages: list[Page] = []
        for _ in range(2):
            page = await Page(app).open(())
            await page.until(lambda page=page: page.of("comm_open"))
            pages.append(page)
        data = {"method": "update", "state": {"value": 99}, "buffer_paths": []}
        content = {"comm_id": widgets[0].model_id, "data": data}
        pages[1].set(shinywidgets_comm_send=json.dumps({"content": content, "buffers": []}))
        pages[1].ask()
        await pages[1].until(pages[1].answered)
        values.append(widgets[0].value)
        for page in pages:
            await page.close()

    values: list[int] = []
    finish(run())
    return f"the value of the first session is {values[0]}"


def create_without_session() -> str:
    """Create a layout outside a session."""
    try:
        ipywidgets.Layout()
    except RuntimeError as error:
        return f"{type(error).__name__}: {error}"
    return "no error"


CASES: dict[str, Callable[[], str]] = {
    "comm-table": change_of_another_session,
    "early-messages": send_before_open,
    "effect-source": create_effects,
    "thread-messages": send_from_thread,
    "widget-effects": open_sliders,
    "widget-representation": make_representations,
    "widget-routes": mount_routes,
    "widgets-without-session": create_without_session,
}


def patched(case: str, folder: str) -> None:
    """Copy the package of a case into a folder, and apply the patch of its file."""
    found = re.search(r"```diff\n(.*?)```", (HERE / f"{case}.md").read_text(), re.DOTALL)
    assert found is not None
    diff = found[1]
    name = diff.split("/")[1]
    package = subprocess.run(
        [sys.executable, "-c", f"import {name}; print({name}.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    shutil.copytree(package, Path(folder, name))
    subprocess.run(["git", "apply", "-p1", "-"], cwd=folder, input=diff, text=True, check=True)


def main() -> None:
    """Measure a case without and with its patch."""
    case, *rest = sys.argv[1:]
    if rest:
        print(CASES[case]())
        return
    with tempfile.TemporaryDirectory() as folder:
        patched(case, folder)
        for name, path in (("as installed", ""), ("patched", folder)):
            environment = {**os.environ, "PYTHONPATH": path}
            command = [sys.executable, __file__, case, "--once"]
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, check=False
            )
            lines = done.stdout.splitlines() or [done.stderr]
            print(f"{name}: {lines[-1]}", flush=True)


if __name__ == "__main__":
    main()

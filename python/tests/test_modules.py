"""The modules of anywidgets, by address."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import pytest
import traitlets
from page import Page, empty_ui, finish, get
from shiny import App, Inputs, Outputs, Session, reactive
from shinywidgets import render_widget

import shiny_comm
from shiny_comm import _modules

ANNOUNCED = {".shiny_comm_frames": 2}
PADDING = "// " + "ä" * 20_000
FIRST = f"export default {{ first: true }}\n{PADDING}"
SECOND = f"export default {{ second: true }}\n{PADDING}"


class Large(anywidget.AnyWidget):
    """A widget whose module is long."""

    _esm = FIRST
    _css = PADDING


class Small(anywidget.AnyWidget):
    """A widget whose module is short."""

    _esm = "export default {}"


class Other(ipywidgets.DOMWidget):
    """No anywidget, though it has a trait of that name."""

    _view_module = traitlets.Unicode("@jupyter-widgets/controls").tag(sync=True)
    _esm = traitlets.Unicode(FIRST).tag(sync=True)


def app_of(make: Callable[[], Any], on_go: Callable[[Any], object] = id, **options: Any) -> App:
    """An app with one widget, to which something happens at each ``go``."""

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def out() -> Any:
            return make()

        @reactive.effect
        @reactive.event(input.go)
        def _() -> None:
            on_go(out.widget)

    return App(empty_ui(), server, **options)


async def opened(app: App, **inputs: Any) -> Page:
    """A page with its widget."""
    page = await Page(app).open(**inputs)
    await page.until(lambda: "out" in page.values)
    return page


def esm(page: Page) -> list[str]:
    """What the widgets' states have for their modules."""
    states = [message.data.get("state", {}) for message in page.messages]
    return [state["_esm"] for state in states if "_esm" in state]


def test_a_long_module_is_served_once_under_its_hash() -> None:
    async def run() -> None:
        app = app_of(Large)
        pages = [await opened(app, **ANNOUNCED), await opened(app, **ANNOUNCED)]
        [address] = {*esm(pages[0]), *esm(pages[1])}
        assert address.startswith("./shiny-comm-modules/")
        status, headers, body = await get(app, address.removeprefix("."))
        assert status == 200
        assert body.decode() == FIRST
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-type"] == "text/javascript; charset=utf-8"
        assert "content-encoding" not in headers
        status, headers, body = await get(
            app, address.removeprefix("."), {"accept-encoding": "br, gzip"}
        )
        assert headers["content-encoding"] == "gzip"
        assert gzip.decompress(body).decode() == FIRST
        assert (await get(app, "/shiny-comm-modules/none.js"))[0] == 404

        # It goes with the last session that was told of it.
        await pages[0].close()
        assert (await get(app, address.removeprefix(".")))[0] == 200
        await pages[1].close()
        assert (await get(app, address.removeprefix(".")))[0] == 404

    shiny_comm.use()
    finish(run())


def test_the_trait_keeps_its_text_and_the_style_travels() -> None:
    widgets: list[Large] = []

    async def run() -> Page:
        page = await opened(app_of(Large, widgets.append), **ANNOUNCED)
        page.set(go=1)
        await page.until(lambda: widgets)
        await page.close()
        return page

    shiny_comm.use()
    page = finish(run())
    assert widgets[0]._esm == FIRST
    assert [m.data["state"]["_css"] for m in page.of("comm_open") if "_css" in m.data["state"]] == [
        PADDING
    ]


@pytest.mark.parametrize(
    ("make", "inputs", "options"),
    [
        pytest.param(Small, ANNOUNCED, {}, id="a short module"),
        pytest.param(Other, ANNOUNCED, {}, id="no anywidget"),
        pytest.param(Large, {}, {}, id="another client"),
        pytest.param(Large, ANNOUNCED, {"module_urls": False}, id="not asked for"),
    ],
)
def test_as_text_travels(make: type, inputs: dict, options: dict) -> None:
    async def run() -> Page:
        page = await opened(app_of(make), **inputs)
        await page.close()
        return page

    shiny_comm.use(**options)
    [text] = esm(finish(run()))
    assert text.startswith("export default")


def test_half_a_letter_travels_as_text() -> None:
    async def run() -> Page:
        page = await opened(app_of(lambda: Large(_esm=FIRST + "\ud83d")), **ANNOUNCED)
        await page.close()
        return page

    shiny_comm.use()
    assert esm(finish(run())) == [FIRST + "\ud83d"]


def test_a_changed_module_gets_an_address_of_its_own() -> None:
    def change(widget: Large) -> None:
        widget._esm = SECOND

    async def run() -> None:
        app = app_of(Large, change)
        page = await opened(app, **ANNOUNCED)
        page.set(go=1)
        await page.until(lambda: len(esm(page)) == 2)
        first, second = esm(page)
        assert first != second
        assert (await get(app, second.removeprefix(".")))[2].decode() == SECOND
        await page.close()

    shiny_comm.use()
    finish(run())


def test_static_files_at_the_root_do_not_hide_it(tmp_path: Path) -> None:
    async def run() -> None:
        app = app_of(Large, static_assets=tmp_path)
        page = await opened(app, **ANNOUNCED)
        [address] = esm(page)
        assert (await get(app, address.removeprefix(".")))[0] == 200
        await page.close()

    shiny_comm.use()
    finish(run())


def test_an_app_that_cannot_serve_gets_text_and_one_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shiny_comm._fast_path.shelf_of", lambda app: None)

    async def run() -> Page:
        page = await opened(app_of(Large), **ANNOUNCED)
        await page.close()
        return page

    shiny_comm.use()
    with pytest.warns(RuntimeWarning, match="cannot serve") as caught:
        assert esm(finish(run())) == [FIRST]
    assert len([w for w in caught if "shiny-comm" in str(w.message)]) == 1


def test_a_shiny_without_that_router_is_known_as_such() -> None:
    class Another:
        """An app as no version of Shiny has it."""

    assert _modules.shelf_of(Another()) is None  # type: ignore[arg-type]

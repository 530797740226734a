"""Modules of anywidgets by URL."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
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
    """A widget with a long module."""

    _esm = FIRST
    _css = PADDING


class Small(anywidget.AnyWidget):
    """A widget with a short module."""

    _esm = "export default {}"


class Other(ipywidgets.DOMWidget):
    """A widget with the trait ``_esm`` that is not an anywidget."""

    _view_module = traitlets.Unicode("@jupyter-widgets/controls").tag(sync=True)
    _esm = traitlets.Unicode(FIRST).tag(sync=True)


def app_of(make: Callable[[], Any], on_go: Callable[[Any], object] = id, **options: Any) -> App:
    """Return an app with one widget, which `on_go` changes at each ``go``."""

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
    """Return a page after it received its widget."""
    page = await Page(app).open(**inputs)
    await page.until(lambda: "out" in page.values)
    return page


def served(app: App) -> _modules.ModuleServer:
    """Return the modules that an app serves."""
    server = _modules.module_server_of(app)
    assert server is not None
    return server


def esm(page: Page) -> list[str]:
    """Return the modules in the states of the widgets."""
    states = [message.data.get("state", {}) for message in page.messages]
    return [state["_esm"] for state in states if "_esm" in state]


def test_a_long_module_is_served_once_under_its_hash() -> None:
    async def run() -> None:
        app = app_of(Large)
        pages = [await opened(app, **ANNOUNCED), await opened(app, **ANNOUNCED)]
        [url] = {*esm(pages[0]), *esm(pages[1])}
        assert url.startswith("./shiny-comm-modules/")
        status, headers, body = await get(app, url.removeprefix("."))
        assert status == 200
        assert body.decode() == FIRST
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["content-type"] == "text/javascript; charset=utf-8"
        assert headers["access-control-allow-origin"] == "*"
        assert "content-encoding" not in headers
        status, headers, body = await get(app, url.removeprefix("."), {"accept-encoding": "gzip"})
        assert headers["content-encoding"] == "gzip"
        assert gzip.decompress(body).decode() == FIRST
        assert (await get(app, "/shiny-comm-modules/none.js"))[0] == 404

        # The last session that got the URL ends.
        await pages[0].close()
        assert (await get(app, url.removeprefix(".")))[0] == 200
        await pages[1].close()
        assert (await get(app, url.removeprefix(".")))[0] == 404

    shiny_comm.use()
    finish(run())


def test_the_trait_keeps_its_text_and_the_style_is_sent_as_text() -> None:
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
        pytest.param(Other, ANNOUNCED, {}, id="not an anywidget"),
        pytest.param(Large, {}, {}, id="another client"),
        pytest.param(Large, ANNOUNCED, {"module_urls": False}, id="disabled"),
    ],
)
def test_a_module_is_sent_as_text(make: type, inputs: dict, options: dict) -> None:
    async def run() -> Page:
        page = await opened(app_of(make), **inputs)
        await page.close()
        return page

    shiny_comm.use(**options)
    [text] = esm(finish(run()))
    assert text.startswith("export default")


def test_a_module_with_a_lone_surrogate_is_sent_as_text() -> None:
    async def run() -> Page:
        page = await opened(app_of(lambda: Large(_esm=FIRST + "\ud83d")), **ANNOUNCED)
        await page.close()
        return page

    shiny_comm.use()
    assert esm(finish(run())) == [FIRST + "\ud83d"]


def test_a_changed_module_gets_a_new_url() -> None:
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


#: A module from a page, which would run code on the app's origin.
EVIL = f"globalThis.evil = true\n{'// ' + 'x' * 20_000}"


class Linked(anywidget.AnyWidget):
    """A widget with a short module, and traits that are linked to its module."""

    _esm = "export default {}"
    source = traitlets.Unicode().tag(sync=True)
    made = traitlets.Unicode().tag(sync=True)
    sources = traitlets.List().tag(sync=True)

    def __init__(self, **keys: Any) -> None:
        super().__init__(**keys)
        traitlets.link((self, "source"), (self, "_esm"))
        traitlets.dlink((self, "made"), (self, "_esm"), lambda text: f"// made\n{text}")
        self.on_msg(lambda _, content, buffers: self.set_trait("_esm", content))


def send(page: Page, data: dict[str, Any], buffers: tuple[bytes, ...] = ()) -> None:
    """Send a message from the page to its widget."""
    [open_] = page.of("comm_open", _model_module="anywidget")
    encoded = [b64encode(buffer).decode() for buffer in buffers]
    content = {"comm_id": open_.comm_id, "data": data}
    message = {"content": content, "metadata": {}, "buffers": encoded, "header": {}}
    page.set(**{"shinywidgets_comm_send:shiny.password": json.dumps(message)})


def update(**state: Any) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """Return the data and buffers of an update."""
    return {"method": "update", "state": state, "buffer_paths": []}, ()


def resend(widget: Any) -> None:
    """Send the whole state, as an app or a library may do at any time."""
    widget.send_state()


def copy(widget: Any) -> None:
    """Set the module to the text that the page sent."""
    text = widget.sources[0] if widget.sources else widget._esm
    widget.set_trait("_esm", "export default {}")
    widget.set_trait("_esm", text)


EVIL_WAYS = [
    pytest.param(*update(_esm=EVIL), id="an update"),
    pytest.param(*update(_css=EVIL, _esm=EVIL), id="an update with a style"),
    pytest.param(*update(_esm=EVIL, _model_module="anywidget"), id="with a model's module"),
    pytest.param(
        {"method": "update", "state": {}, "buffer_paths": [["_esm"]]},
        (EVIL.encode(),),
        id="an update with buffers",
    ),
    pytest.param(*update(source=EVIL), id="a linked trait"),
    pytest.param(*update(made=EVIL), id="a linked trait with a transform"),
    pytest.param({"method": "custom", "content": EVIL}, (), id="a custom message"),
    pytest.param(*update(sources=[EVIL], _esm="export default {}"), id="a list"),
]


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("then", [None, resend, copy])
@pytest.mark.parametrize(("data", "buffers"), EVIL_WAYS)
def test_a_text_from_the_page_is_never_served(
    data: dict[str, Any],
    buffers: tuple[bytes, ...],
    then: Callable[[Any], object] | None,
    echo: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ipywidgets.widgets.widget.JUPYTER_WIDGETS_ECHO", echo)

    async def run() -> None:
        app = app_of(Linked, then or id)
        page = await opened(app, **ANNOUNCED)
        send(page, data, buffers)
        page.ask()
        await page.until(page.answered)
        page.set(go=1)
        page.ask()
        await page.until(page.answered)
        assert not [text for text in esm(page) if text.startswith("./")]
        assert len(served(app)) == 0
        await page.close()

    shiny_comm.use()
    finish(run())


@pytest.mark.parametrize(("data", "buffers"), EVIL_WAYS)
def test_a_text_from_the_page_during_hold_sync_is_never_served(
    data: dict[str, Any], buffers: tuple[bytes, ...]
) -> None:
    holding = ExitStack()

    def hold(widget: Any) -> None:
        holding.close()
        holding.enter_context(widget.hold_sync())

    async def run() -> None:
        app = app_of(Linked, hold)
        page = await opened(app, **ANNOUNCED)
        page.set(go=1)
        page.ask()
        await page.until(page.answered)
        send(page, data, buffers)
        page.ask()
        await page.until(page.answered)
        page.set(go=2)
        page.ask()
        await page.until(page.answered)
        assert not [text for text in esm(page) if text.startswith("./")]
        assert len(served(app)) == 0
        await page.close()

    shiny_comm.use()
    finish(run())


def test_a_module_that_the_app_sets_after_the_page_is_served() -> None:
    def change(widget: Any) -> None:
        widget._esm = SECOND

    async def run() -> None:
        app = app_of(Large, change)
        page = await opened(app, **ANNOUNCED)
        send(page, *update(_esm=EVIL))
        page.ask()
        await page.until(page.answered)
        page.set(go=1)
        await page.until(lambda: esm(page)[-1].startswith("./"))
        assert (await get(app, esm(page)[-1].removeprefix(".")))[2].decode() == SECOND
        assert len(served(app)) == 2
        await page.close()
        assert len(served(app)) == 0

    shiny_comm.use()
    finish(run())


def test_a_page_that_requests_the_state_gets_the_same_url() -> None:
    async def run() -> None:
        page = await opened(app_of(Large), **ANNOUNCED)
        send(page, {"method": "request_state"})
        await page.until(lambda: len(esm(page)) == 2)
        first, second = esm(page)
        assert first == second
        assert first.startswith("./")
        await page.close()

    shiny_comm.use()
    finish(run())


def test_a_text_from_the_page_on_a_page_comm_is_never_served() -> None:
    def server(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def out() -> Any:
            return Large(_esm="export default {}")

        @shiny_comm.register_target("editor")
        def _(comm: Any, message: dict[str, Any]) -> None:
            @comm.on_msg
            async def _(message: dict[str, Any]) -> None:
                out.widget._esm = "// made\n" + message["content"]["data"]["text"]

    async def run() -> None:
        app = App(empty_ui(), server)
        page = await opened(app, **ANNOUNCED)
        content = {"comm_id": "a" * 32, "target_name": "editor", "data": {}}
        page.set(**{"shiny_comm_open:shiny.password": json.dumps({"content": content})})
        content = {"comm_id": "a" * 32, "data": {"text": EVIL}}
        page.set(**{"shinywidgets_comm_send:shiny.password": json.dumps({"content": content})})
        await page.until(lambda: len(esm(page)) == 2)
        assert esm(page)[1] == f"// made\n{EVIL}"
        assert len(served(app)) == 0
        await page.close()

    shiny_comm.use()
    finish(run())


def test_the_number_of_recorded_texts_from_a_page_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_modules, "MAX_PAGE_TEXTS", 3)

    def change(widget: Any) -> None:
        widget._esm = SECOND

    async def run() -> None:
        app = app_of(Linked, change)
        page = await opened(app, **ANNOUNCED)
        for n in range(5):
            send(page, *update(source=f"{EVIL}{n}"))
        page.set(go=1)
        await page.until(lambda: esm(page)[-1] == SECOND)
        assert len(served(app)) == 0
        [texts] = [t for s, t in _modules._untrusted_texts.items() if s.app is app]
        assert len(texts._hashes) == 3
        await page.close()

    shiny_comm.use()
    finish(run())


@pytest.mark.parametrize(("limit", "value"), [("MAX_BYTES", 50_000), ("MAX_SESSION_BYTES", 50_000)])
def test_the_bytes_that_an_app_serves_are_bounded(
    limit: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_modules, limit, value)
    texts: Iterator[str] = iter([SECOND, FIRST, FIRST])

    def change(widget: Any) -> None:
        widget._esm = next(texts)

    async def run() -> None:
        app = app_of(Large, change)
        page = await opened(app, **ANNOUNCED)
        page.set(go=1)
        await page.until(lambda: len(esm(page)) == 2)
        page.set(go=2)
        await page.until(lambda: len(esm(page)) == 3)
        # The first module is still served.
        assert [text.startswith("./") for text in esm(page)] == [True, False, True]
        assert len(served(app)) == 1
        await page.close()
        page = await opened(app, **ANNOUNCED)
        assert esm(page)[0].startswith("./")
        await page.close()
        assert len(served(app)) == 0

    shiny_comm.use()
    finish(run())


def test_static_files_at_the_root_do_not_hide_modules(tmp_path: Path) -> None:
    async def run() -> None:
        app = app_of(Large, static_assets=tmp_path)
        page = await opened(app, **ANNOUNCED)
        [url] = esm(page)
        assert (await get(app, url.removeprefix(".")))[0] == 200
        await page.close()

    shiny_comm.use()
    finish(run())


def test_an_app_without_private_routes_sends_modules_as_text_with_one_warning() -> None:
    async def run() -> Page:
        app = app_of(Large)
        del app._dependency_handler
        app._register_web_dependency = id  # type: ignore[method-assign,assignment]
        page = await opened(app, **ANNOUNCED)
        await page.close()
        return page

    shiny_comm.use()
    with pytest.warns(RuntimeWarning, match="_dependency_handler.*as text") as caught:
        assert esm(finish(run())) == [FIRST]
    assert len([w for w in caught if "shiny-comm" in str(w.message)]) == 1

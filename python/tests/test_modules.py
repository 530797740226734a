"""The modules of anywidgets, by address."""

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


def shelf(app: App) -> _modules.ModuleShelf:
    """What an app serves."""
    found = _modules.shelf_of(app)
    assert found is not None
    return found


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


#: What a page may send: a module that does something on the app's own address.
EVIL = f"globalThis.evil = true\n{'// ' + 'x' * 20_000}"


class Linked(anywidget.AnyWidget):
    """A widget whose module is short, and another trait that becomes its module."""

    _esm = "export default {}"
    source = traitlets.Unicode().tag(sync=True)
    made = traitlets.Unicode().tag(sync=True)
    sources = traitlets.List().tag(sync=True)

    def __init__(self, **keys: Any) -> None:
        super().__init__(**keys)
        traitlets.link((self, "source"), (self, "_esm"))
        traitlets.dlink((self, "made"), (self, "_esm"), lambda text: f"// made\n{text}")
        self.on_msg(lambda _, content, buffers: self.set_trait("_esm", content))


def said(page: Page, data: dict[str, Any], buffers: tuple[bytes, ...] = ()) -> None:
    """Send a message to the widget of a page, as the page does."""
    [open_] = page.of("comm_open", _model_module="anywidget")
    encoded = [b64encode(buffer).decode() for buffer in buffers]
    content = {"comm_id": open_.comm_id, "data": data}
    message = {"content": content, "metadata": {}, "buffers": encoded, "header": {}}
    page.set(**{"shinywidgets_comm_send:shiny.password": json.dumps(message)})


def update(**state: Any) -> tuple[dict[str, Any], tuple[bytes, ...]]:
    """The data of an update."""
    return {"method": "update", "state": state, "buffer_paths": []}, ()


def resend(widget: Any) -> None:
    """What an app, or a library, may do with any widget at any time."""
    widget.send_state()


def copy(widget: Any) -> None:
    """What an app may do with what it has got."""
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
    pytest.param(*update(made=EVIL), id="a linked trait that is changed on its way"),
    pytest.param({"method": "custom", "content": EVIL}, (), id="a custom message"),
    pytest.param(*update(sources=[EVIL], _esm="export default {}"), id="a list"),
]


@pytest.mark.parametrize("echo", [True, False])
@pytest.mark.parametrize("then", [None, resend, copy])
@pytest.mark.parametrize(("data", "buffers"), EVIL_WAYS)
def test_what_a_page_sent_is_never_served(
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
        said(page, data, buffers)
        page.ask()
        await page.until(page.answered)
        page.set(go=1)
        page.ask()
        await page.until(page.answered)
        assert not [text for text in esm(page) if text.startswith("./")]
        assert len(shelf(app)) == 0
        await page.close()

    shiny_comm.use()
    finish(run())


@pytest.mark.parametrize(("data", "buffers"), EVIL_WAYS)
def test_what_a_page_sent_while_the_app_held_its_updates_is_never_served(
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
        said(page, data, buffers)
        page.ask()
        await page.until(page.answered)
        page.set(go=2)
        page.ask()
        await page.until(page.answered)
        assert not [text for text in esm(page) if text.startswith("./")]
        assert len(shelf(app)) == 0
        await page.close()

    shiny_comm.use()
    finish(run())


def test_what_the_app_sets_after_a_page_did_is_served() -> None:
    def change(widget: Any) -> None:
        widget._esm = SECOND

    async def run() -> None:
        app = app_of(Large, change)
        page = await opened(app, **ANNOUNCED)
        said(page, *update(_esm=EVIL))
        page.ask()
        await page.until(page.answered)
        page.set(go=1)
        await page.until(lambda: esm(page)[-1].startswith("./"))
        assert (await get(app, esm(page)[-1].removeprefix(".")))[2].decode() == SECOND
        assert len(shelf(app)) == 2
        await page.close()
        assert len(shelf(app)) == 0

    shiny_comm.use()
    finish(run())


def test_a_page_that_asks_for_the_state_gets_the_address_again() -> None:
    async def run() -> None:
        page = await opened(app_of(Large), **ANNOUNCED)
        said(page, {"method": "request_state"})
        await page.until(lambda: len(esm(page)) == 2)
        first, second = esm(page)
        assert first == second
        assert first.startswith("./")
        await page.close()

    shiny_comm.use()
    finish(run())


def test_what_a_page_sends_on_a_comm_of_its_own_is_never_served() -> None:
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
        assert len(shelf(app)) == 0
        await page.close()

    shiny_comm.use()
    finish(run())


def test_a_page_that_sends_many_texts_is_remembered_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_modules, "MAX_PAGE_TEXTS", 3)

    def change(widget: Any) -> None:
        widget._esm = SECOND

    async def run() -> None:
        app = app_of(Linked, change)
        page = await opened(app, **ANNOUNCED)
        for n in range(5):
            said(page, *update(source=f"{EVIL}{n}"))
        page.set(go=1)
        await page.until(lambda: esm(page)[-1] == SECOND)
        assert len(shelf(app)) == 0
        [texts] = [t for s, t in _modules._page_texts.items() if s.app is app]
        assert len(texts._hashes) == 3
        await page.close()

    shiny_comm.use()
    finish(run())


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_BYTES", 50_000), ("MAX_SESSION_BYTES", 50_000)]
)
def test_what_an_app_serves_is_bounded(
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
        # What is served already goes on being so.
        assert [text.startswith("./") for text in esm(page)] == [True, False, True]
        assert len(shelf(app)) == 1
        await page.close()
        page = await opened(app, **ANNOUNCED)
        assert esm(page)[0].startswith("./")
        await page.close()
        assert len(shelf(app)) == 0

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

"""Messages in binary frames: their content, recipients and order."""

from __future__ import annotations

import asyncio
import sys
import warnings
from collections.abc import Awaitable, Callable
from typing import Any

import anywidget
import pytest
import traitlets
from page import Page, empty_ui, finish
from shiny import App, Inputs, Outputs, Session, module, reactive
from shiny._connection import Connection
from shiny.session import get_current_session
from shiny.session._session import SessionProxy
from shinywidgets import render_widget
from shinywidgets._comm import ShinyComm
from shinywidgets._shinywidgets import init_shiny_widget

import shiny_comm
from shiny_comm._host import construction_hook, send_bytes, set_construction_hook

ANNOUNCED = {".shiny_comm_frames": 2}


class Binary(anywidget.AnyWidget):
    """A widget with bytes in its state."""

    _esm = "export default {}"
    data = traitlets.Bytes(b"\x00\x01\x02").tag(sync=True)
    count = traitlets.Int(0).tag(sync=True)


def app_of(on_go: Callable[[Binary], object], *, before: Callable[[Session], object] = id) -> App:
    """Return an app with one widget, which `on_go` changes at each ``go``."""

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        before(session)

        @render_widget
        def out() -> Binary:
            return Binary()

        @reactive.effect
        @reactive.event(input.go)
        def _() -> None:
            widget = out.widget
            assert widget is not None
            on_go(widget)

    return App(empty_ui(), server)


async def after_go(app: App, *, wants: int, **inputs: Any) -> Page:
    """Return a page after its widget, ``go`` and a number of messages."""
    page = await Page(app).open(**inputs)
    await page.until(lambda: "out" in page.values)
    page.set(go=1)
    await page.until(lambda: len(page.of("comm_msg")) >= wants)
    await page.close()
    return page


def mixed(widget: Binary) -> None:
    """Send messages and changes, with and without bytes."""
    for n in range(6):
        widget.send({"n": 3 * n}, [bytes([n]) * n * 1000] if n % 2 else None)
        widget.count = 3 * n + 1
        widget.data = bytes([n])


def test_a_message_in_a_frame_equals_the_message_as_text() -> None:
    async def both() -> tuple[Page, Page]:
        app = app_of(mixed)
        return (
            await after_go(app, wants=18, **ANNOUNCED),
            await after_go(app, wants=18),
        )

    shiny_comm.use()
    framed, text = finish(both())
    assert not any(message.binary for message in text.messages)
    for one, other in zip(framed.messages, text.messages, strict=True):
        assert one.binary == bool(other.buffers)
        assert one.kind == other.kind
        assert one.buffers == other.buffers
        # Each end adds these keys for itself.
        assert other.header.keys() - one.header.keys() <= {"ident", "parent"}
        if one.kind == "comm_msg":
            assert one.data == other.data
    assert next(message.kind for message in framed.messages if message.binary) == "comm_open"


def test_text_and_frames_of_one_comm_keep_their_order() -> None:
    shiny_comm.use()
    page = finish(after_go(app_of(mixed), wants=18, **ANNOUNCED))
    order = [
        message.data["content"]["n"]
        if "content" in message.data
        # The bytes contain the number of the round.
        else message.data["state"].get("count", 3 * (message.buffers or [b"\0"])[0][0] + 2)
        for message in page.of("comm_msg")
    ]
    assert order == list(range(18))
    assert {message.binary for message in page.of("comm_msg")} == {True, False}


def test_a_widget_in_a_module_is_sent_in_frames() -> None:
    sessions: list[object] = []

    @module.server
    def inner(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def out() -> Binary:
            return Binary(data=b"inside")

        @reactive.effect
        @reactive.event(input.go)
        def _() -> None:
            sessions.append(get_current_session())
            out.widget.send({}, [b"from inside"])

    app = App(empty_ui(), lambda input: inner("inner"))

    async def run() -> Page:
        page = await Page(app).open(("inner-out",), **ANNOUNCED)
        await page.until(lambda: "inner-out" in page.values)
        page.set(**{"inner-go": 1})
        await page.until(lambda: page.of("comm_msg"))
        await page.close()
        return page

    shiny_comm.use()
    messages = [message for message in finish(run()).messages if message.buffers]
    assert [message.buffers for message in messages] == [[b"inside"], [b"from inside"]]
    assert all(message.binary for message in messages)
    # Otherwise the test does not cover modules.
    assert isinstance(sessions[0], SessionProxy)


def large(widget: Binary) -> None:
    """Send buffers of different sizes, with texts in between."""
    for n in range(3):
        widget.send({"n": n}, [b"s" * 10, bytes([n]) * 70_000, b"", bytes([n]) * 50_000])
        widget.count = n + 1


@pytest.mark.parametrize(
    ("version", "detached"), [(1, ()), (2, (70_000, 50_000)), (3, (70_000, 50_000))]
)
def test_large_buffers_are_detached_for_a_page_with_version_2_or_later(
    version: int, detached: tuple[int, ...]
) -> None:
    shiny_comm.use()
    page = finish(after_go(app_of(large), wants=6, **{".shiny_comm_frames": version}))
    sent = [message for message in page.of("comm_msg") if message.buffers]
    assert [message.detached for message in sent] == [detached] * 3
    for n, message in enumerate(sent):
        assert message.buffers == [b"s" * 10, bytes([n]) * 70_000, b"", bytes([n]) * 50_000]


def sender(session: Session) -> Callable[[list[bytes]], Awaitable[None]]:
    """Return the function that sends frames."""
    send = send_bytes(session)
    assert send is not None
    return send


def in_envelope(frame: bytes) -> bytes:
    """Return a frame in Shiny's envelope."""
    name = b"shinywidgets_comm_msg"
    return bytes([len(name)]) + name + frame


def test_a_concurrent_frame_follows_the_detached_buffers_of_the_first() -> None:
    senders: list[Callable[[list[bytes]], Awaitable[None]]] = []

    async def run() -> Page:
        app = app_of(large, before=lambda session: senders.append(sender(session)))
        page = await Page(app, slow=True).open(**ANNOUNCED)
        await page.until(lambda: "out" in page.values)
        page.set(go=1)
        await page.until(lambda: page.pending)
        header = {"content": {"comm_id": "x", "data": {}}}
        await senders[0]([in_envelope(shiny_comm.encode_frame("comm_msg", header, [b"x"]))])
        await page.until(lambda: len(page.of("comm_msg")) == 7)
        await page.close()
        return page

    shiny_comm.use()
    page = finish(run())
    assert [message.comm_id for message in page.of("comm_msg")].index("x") > 0
    sent = [message for message in page.of("comm_msg") if message.detached]
    assert [message.data["content"]["n"] for message in sent] == [0, 1, 2]


async def probed(page: Page) -> Page:
    """Return a page after the widget's messages as text, a probe, and the same messages again."""
    await page.until(lambda: "out" in page.values)
    page.set(go=1)
    await page.until(lambda: len(page.of("comm_msg")) >= 18)
    page.set(**{".shiny_comm_frames": "probe"})
    await page.until(lambda: page.probes)
    page.set(go=2)
    await page.until(lambda: len(page.of("comm_msg")) >= 36)
    page.set(**{".shiny_comm_frames": 3})
    page.set(go=3)
    await page.until(lambda: len(page.of("comm_msg")) >= 54)
    page.set(**{".shiny_comm_frames": 0})
    page.set(go=4)
    await page.until(lambda: len(page.of("comm_msg")) >= 72)
    await page.close()
    return page


def test_a_page_gets_a_probe_if_it_asks_and_frames_while_it_announces_them() -> None:
    async def run() -> Page:
        return await probed(await Page(app_of(mixed)).open(**{".shiny_comm_frames": 0}))

    shiny_comm.use()
    page = finish(run())
    assert page.probes == [bytes(range(256))]
    with_buffers = [bool(m.binary) for m in page.of("comm_msg") if m.buffers]
    quarter = len(with_buffers) // 4
    assert with_buffers == [False] * 2 * quarter + [True] * quarter + [False] * quarter


@pytest.mark.parametrize("binary_frames", [True, False])
def test_in_shinylive_the_announcement_recommends_a_probe(
    monkeypatch: pytest.MonkeyPatch, binary_frames: bool
) -> None:
    async def run() -> list[object]:
        page = await Page(app_of(mixed)).open(**{".shiny_comm_frames": 0})
        await page.until(lambda: "out" in page.values)
        page.set(**{".shiny_comm_frames": "probe"})
        await page.until(lambda: len(announcements(page)) == 2)
        await page.close()
        assert len(page.probes) == binary_frames
        return announcements(page)

    def announcements(page: Page) -> list[object]:
        custom = [value for key, value in page.frames if key == "custom"]
        return [value["shiny_comm_server"] for value in custom if "shiny_comm_server" in value]

    monkeypatch.setattr(sys, "platform", "emscripten")
    shiny_comm.use(binary_frames=binary_frames)
    recommended = {"probe": True} if binary_frames else {}
    assert finish(run()) == [{"version": 1, "opens": True, **recommended}] * 2


@pytest.mark.parametrize("announced", [0, "1", "probe", None])
def test_a_page_without_support_for_frames_gets_text(announced: object) -> None:
    shiny_comm.use()
    page = finish(after_go(app_of(mixed), wants=18, **{".shiny_comm_frames": announced}))
    assert not any(message.binary for message in page.messages)


def test_shinywidgets_opens_widgets_without_use_and_after_its_undo() -> None:
    undo = shiny_comm.use()
    undo()
    undo()
    assert construction_hook() is init_shiny_widget
    comms: list[object] = []

    def keep(widget: Binary) -> None:
        comms.append(widget.comm)
        mixed(widget)

    page = finish(after_go(app_of(keep), wants=18, **ANNOUNCED))
    assert not any(message.binary for message in page.messages)
    assert isinstance(comms[0], ShinyComm)


def test_one_undo_reverts_two_calls_of_use() -> None:
    shiny_comm.use()
    with shiny_comm.use(binary_frames=False):
        page = finish(after_go(app_of(mixed), wants=18, **ANNOUNCED))
        assert not any(message.binary for message in page.messages)
    assert construction_hook() is init_shiny_widget


def test_a_buffer_that_changes_after_send_is_sent_unchanged() -> None:
    def send(widget: Binary) -> None:
        buffer = bytearray(b"before")
        widget.send({}, [buffer])
        buffer[:] = b"after!"

    shiny_comm.use()
    page = finish(after_go(app_of(send), wants=1, **ANNOUNCED))
    assert page.of("comm_msg")[0].buffers == [b"before"]


def test_a_buffer_that_is_not_bytes_raises_the_error_of_shinywidgets() -> None:
    errors: list[list[str]] = []

    def send(widget: Binary) -> None:
        here: list[str] = []
        for wrong in ("text", 7):
            with pytest.raises(TypeError) as caught:
                widget.comm.send({}, buffers=[wrong])
            here.append(str(caught.value))
        errors.append(here)
        widget.send({})

    shiny_comm.use()
    finish(after_go(app_of(send), wants=1, **ANNOUNCED))
    finish(after_go(app_of(send), wants=1))
    assert errors[0] == errors[1]


def test_the_announcement_of_the_page_is_not_a_reactive_dependency() -> None:
    renders: list[object] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def out() -> Binary:
            renders.append(input.again())
            return Binary()

    async def run() -> None:
        page = await Page(App(empty_ui(), server)).open(again=0)
        await page.until(lambda: len(renders) == 1 and "out" in page.values)
        page.set(**ANNOUNCED)
        page.set(again=1)
        await page.until(lambda: any(m.binary for m in page.messages))
        await page.close()

    shiny_comm.use()
    finish(run())
    assert renders == [0, 1]


class TextOnly(Connection):
    """A connection for text only, like that of another host."""

    def __init__(self, inner: Connection) -> None:
        self.inner = inner

    async def send(self, message: str) -> None:
        await self.inner.send(message)

    async def receive(self) -> str:
        return await self.inner.receive()

    async def close(self, code: int, reason: str | None) -> None:
        await self.inner.close(code, reason)

    def get_http_conn(self) -> Any:
        return self.inner.get_http_conn()


def test_a_connection_without_bytes_gets_text_and_one_warning() -> None:
    def before(session: Session) -> None:
        session._conn = TextOnly(session._conn)  # type: ignore[attr-defined]

    shiny_comm.use()
    with pytest.warns(RuntimeWarning, match="TextOnly") as caught:
        app = app_of(mixed, before=before)
        page = finish(after_go(app, wants=18, **ANNOUNCED))
    assert len([w for w in caught if "shiny-comm" in str(w.message)]) == 1
    assert not any(message.binary for message in page.messages)
    assert page.of("comm_msg")[2].buffers == [b"\0"]


def test_a_hook_on_top_of_use_stays_and_works_after_the_undo() -> None:
    undo = shiny_comm.use()
    below = construction_hook()
    assert below is not None
    widgets: list[object] = []

    def hook(widget: object) -> None:
        widgets.append(widget)
        below(widget)

    set_construction_hook(hook)
    try:
        undo()
        page = finish(after_go(app_of(mixed), wants=18, **ANNOUNCED))
    finally:
        set_construction_hook(init_shiny_widget)
    assert len(page.of("comm_open")) == len(widgets)


def test_a_failed_frame_closes_the_connection_without_an_error() -> None:
    async def run() -> Page:
        page = await Page(app_of(mixed), fails_bytes=True).open(**ANNOUNCED)
        await page.until(lambda: page.closed_with is not None)
        await page.close()
        return page

    shiny_comm.use()
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        page = finish(run())
    assert page.closed_with == 1008


def test_a_cancelled_send_closes_the_connection() -> None:
    senders: list[Callable[[list[bytes]], Awaitable[None]]] = []

    async def run() -> Page:
        app = app_of(large, before=lambda session: senders.append(sender(session)))
        page = await Page(app, slow=True).open(**ANNOUNCED)
        await page.until(lambda: "out" in page.values)
        buffers = [b"x" * 40_000] * 2
        frame = shiny_comm.encode_frame("comm_msg", {}, buffers, detach_from_bytes=1)
        task = asyncio.ensure_future(senders[0]([in_envelope(frame), *buffers]))
        await page.until(lambda: page.pending)
        task.cancel()
        await page.until(lambda: page.closed_with is not None)
        await page.close()
        with pytest.raises(asyncio.CancelledError):
            await task
        return page

    shiny_comm.use()
    assert finish(run()).closed_with == 1008

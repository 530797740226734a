"""Comms that the page opens, and the isolation of sessions."""

from __future__ import annotations

import asyncio
import json
import logging
from base64 import b64encode
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import anywidget
import pytest
import traitlets
from page import Page, empty_ui, finish
from shiny import App, Inputs, Outputs, Session, module, reactive, req
from shiny.session import get_current_session, session_context
from shinywidgets import render_widget
from shinywidgets._comm import ShinyComm, ShinyCommManager

import shiny_comm
from shiny_comm import _session_comms

ANNOUNCED = {".shiny_comm_frames": 2}
ONE, OTHER = "1" * 32, "2" * 32


class Number(anywidget.AnyWidget):
    """A widget with a value."""

    _esm = "export default {}"
    value = traitlets.Int(5).tag(sync=True)


def text(comm_id: str, data: object = None, *buffers: bytes, **content: object) -> str:
    """Return the text of a message from the page."""
    return json.dumps(
        {
            "content": {"comm_id": comm_id, "data": data or {}, **content},
            "metadata": {},
            "buffers": [b64encode(buffer).decode() for buffer in buffers],
            "header": {},
        }
    )


def opening(comm_id: str = ONE, target_name: str = "a.target", data: object = None) -> dict:
    """Return the inputs that open a comm."""
    return {"shiny_comm_open": text(comm_id, data, target_name=target_name)}


def sending(comm_id: str, data: object, *buffers: bytes) -> dict:
    """Return the inputs that send a message."""
    return {"shinywidgets_comm_send": text(comm_id, data, *buffers)}


def closing(comm_id: str, data: object = None) -> dict:
    """Return the inputs that close a comm."""
    return {"shiny_comm_close": text(comm_id, data)}


class Server:
    """An app with a target that records and echoes its messages."""

    def __init__(self, **options: Any) -> None:
        self.comms: list[Any] = []
        self.received: list[tuple[str, Any]] = []
        self.options = options
        self.app = App(empty_ui(), self.serve)

    def serve(self, input: Inputs, output: Outputs, session: Session) -> None:
        """Register the target in the session."""
        shiny_comm.register_target("a.target", self.opened, **self.options)

    def opened(self, comm: ShinyComm, message: dict[str, Any]) -> None:
        """Record a comm, and echo its messages."""
        self.comms.append(comm)
        self.received.append(("open", message))
        comm.on_close(lambda message: self.received.append(("close", message)))

        @comm.on_msg
        def _(message: dict[str, Any]) -> None:
            self.received.append(("msg", message))
            comm.send({"echo": message["content"]["data"]}, buffers=message["buffers"])

    def kinds(self) -> list[str]:
        """Return the kinds of the received messages."""
        return [kind for kind, _ in self.received]


async def settled(page: Page) -> None:
    """Wait until the session has handled the inputs of the page."""
    page.ask()
    await page.until(lambda: page.answered())


def test_a_comm_opens_sends_both_ways_and_is_closed_by_the_page() -> None:
    server = Server()

    async def session() -> Page:
        page = await Page(server.app).open(**ANNOUNCED)
        page.set(**opening(data={"n": 1}))
        page.set(**sending(ONE, {"n": 2}, b"bytes"))
        page.set(**sending(ONE, {"n": 3}))
        await page.until(lambda: len(page.of("comm_msg")) == 2)
        page.set(**closing(ONE, {"n": 4}))
        page.set(**sending(ONE, {"n": 5}))
        await settled(page)
        # The page has no comm any more.
        server.comms[0].send({})
        server.comms[0].close()
        await settled(page)
        await page.close()
        return page

    page = finish(session())
    assert [m.data for m in page.messages] == [{"echo": {"n": 2}}, {"echo": {"n": 3}}]
    assert page.messages[0].buffers == [b"bytes"]
    assert server.kinds() == ["open", "msg", "msg", "close"]
    assert [m["content"]["data"]["n"] for _, m in server.received] == [1, 2, 3, 4]
    assert server.received[0][1]["content"]["target_name"] == "a.target"
    [comm] = server.comms
    assert isinstance(comm, shiny_comm.Comm)
    assert comm.target_name == "a.target"
    assert ShinyCommManager.comms.get(ONE) is None


@pytest.mark.parametrize("inputs", [ANNOUNCED, {}])
def test_the_announcement_precedes_the_first_idle(inputs: dict) -> None:
    async def session() -> Page:
        page = await Page(Server().app).open(**inputs)
        await page.until(lambda: ("busy", "idle") in page.frames)
        await page.close()
        return page

    frames = finish(session()).frames
    announcement = ("custom", {"shiny_comm_server": {"version": 1, "opens": True}})
    assert frames.count(announcement) == 1
    assert frames.index(announcement) < frames.index(("busy", "idle"))


def test_a_client_that_loads_later_gets_the_announcement() -> None:
    announcement = ("custom", {"shiny_comm_server": {"version": 1, "opens": True}})

    async def session() -> None:
        page = await Page(Server().app).open()
        await page.until(lambda: announcement in page.frames)
        page.set(**ANNOUNCED)
        await page.until(lambda: page.frames.count(announcement) == 2)
        await page.close()

    finish(session())


def test_a_target_of_every_session_needs_no_code_in_the_app() -> None:
    server = Server()
    undo = shiny_comm.register_target("a.target", server.opened)
    original = App._create_session

    async def session(app: App, announces: bool) -> None:
        page = await Page(app).open(**opening())
        await settled(page)
        assert ("shiny_comm_server" in str(page.frames)) is announces
        await page.close()

    finish(session(App(empty_ui(), None), announces=True))
    assert server.kinds() == ["open", "close"]
    undo()
    undo()
    assert App._create_session is not original
    finish(session(App(empty_ui(), None), announces=False))
    assert server.kinds() == ["open", "close"]


def test_the_latest_target_of_the_session_has_priority_over_every_session() -> None:
    calls: list[str] = []
    undo = shiny_comm.register_target("a.target", lambda comm, _: calls.append("every"))
    undos: list[Callable[[], None]] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        for name in ("first", "second"):
            undos.append(
                shiny_comm.register_target("a.target", lambda c, _, name=name: calls.append(name))
            )

    async def session() -> None:
        page = await Page(App(empty_ui(), server)).open(**opening(f"{1:032x}"))
        await settled(page)
        for n, one_undo in enumerate(undos):
            one_undo()
            page.set(**opening(f"{n + 2:032x}"))
            await settled(page)
        await page.close()

    finish(session())
    undo()
    assert calls == ["second", "second", "every"]


def test_a_module_s_target_is_called_in_the_module() -> None:
    seen: list[str] = []

    @module.server
    def inner(input: Inputs, output: Outputs, session: Session) -> None:
        @shiny_comm.register_target("a.target")
        async def _(comm: ShinyComm, message: dict) -> None:
            await asyncio.sleep(0)
            seen.append(f"{get_current_session().ns} {input.n()}")

    async def session() -> None:
        app = App(empty_ui(), lambda input: inner("inner"))
        page = await Page(app).open(**{"inner-n": 7}, **opening())
        await settled(page)
        page.set(**{"inner-n": 8})
        await settled(page)
        await page.close()

    finish(session())
    assert seen == ["inner 7"]


def test_messages_arrive_once_with_widgets_in_between() -> None:
    server = Server()

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        server.serve(input, output, session)

        @render_widget
        def out() -> Number:
            req(input.go())
            return Number()

    async def session() -> None:
        page = await Page(App(empty_ui(), serve)).open(go=0, **opening())
        page.set(**sending(ONE, {"n": 1}))
        page.set(go=1)
        await page.until(lambda: page.values.get("out"))
        page.set(**sending(ONE, {"n": 2}))
        page.set(**sending(page.values["out"]["model_id"], {"method": "request_state"}))
        await settled(page)
        await page.close()

    finish(session())
    assert server.kinds() == ["open", "msg", "msg", "close"]


def test_a_comm_that_the_server_closes_is_closed_on_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()

    async def session() -> Page:
        page = await Page(server.app).open(**opening())
        await settled(page)
        # Without a current session, like a background task.
        server.comms[0].close({"why": "done"})
        server.comms[0].close()
        with pytest.raises(RuntimeError, match=f"comm {ONE}: cannot send: the comm is closed"):
            server.comms[0].send({})
        page.set(**sending(ONE, {"n": 1}))
        page.set(**closing(ONE))
        await settled(page)
        await page.close()
        return page

    page = finish(session())
    [message] = page.messages
    assert (message.kind, message.comm_id, message.data) == ("comm_close", ONE, {"why": "done"})
    assert server.kinds() == ["open"]
    assert caplog.messages == []


def test_the_end_of_the_session_closes_comms_without_a_message() -> None:
    server = Server()

    async def session() -> Page:
        page = await Page(server.app).open(**opening())
        await settled(page)
        await page.close()
        return page

    page = finish(session())
    assert page.messages == []
    assert server.kinds() == ["open", "close"]
    assert _session_comms._sessions == {}
    with pytest.raises(RuntimeError, match=f"comm {ONE}: cannot send: the session has ended"):
        server.comms[0].send({})


def test_a_message_goes_to_the_page_of_its_comm_from_each_session() -> None:
    server = Server()

    async def sessions() -> tuple[Page, Page]:
        pages = await Page(server.app).open(), await Page(server.app).open()
        for page, comm_id in zip(pages, (ONE, OTHER), strict=True):
            page.set(**opening(comm_id))
            await settled(page)
        # The callback of one session sends to both.
        server.comms[1].on_msg(lambda _: [comm.send({"to": "all"}) for comm in server.comms])
        pages[1].set(**sending(OTHER, {}))
        for page in (pages[1], pages[0]):
            await settled(page)
        for page in pages:
            await page.close()
        return pages

    one, other = finish(sessions())
    assert [m.comm_id for m in one.messages] == [ONE]
    assert [m.comm_id for m in other.messages] == [OTHER]


def test_a_page_cannot_send_to_or_close_a_comm_of_another_session() -> None:
    server = Server()

    async def sessions() -> tuple[Page, Page]:
        victim, thief = await Page(server.app).open(), await Page(server.app).open()
        victim.set(**opening())
        await settled(victim)
        thief.set(**sending(ONE, {"n": "stolen"}))
        thief.set(**closing(ONE))
        await settled(thief)
        assert server.kinds() == ["open"]
        # The same id in another session is another comm.
        thief.set(**opening())
        thief.set(**sending(ONE, {"n": "its own"}))
        thief.set(**closing(ONE))
        await settled(thief)
        await thief.close()
        victim.set(**sending(ONE, {"n": "still there"}))
        await settled(victim)
        await victim.close()
        return victim, thief

    victim, thief = finish(sessions())
    assert [m.data for m in thief.messages] == [{"echo": {"n": "its own"}}]
    assert [m.data for m in victim.messages] == [{"echo": {"n": "still there"}}]
    assert "stolen" not in str(server.received)
    assert server.kinds() == ["open", "open", "msg", "close", "msg", "close"]


@pytest.mark.parametrize("guarded", [True, False])
def test_a_page_changes_only_the_widgets_of_its_own_session_with_use(
    guarded: bool, caplog: pytest.LogCaptureFixture
) -> None:
    widgets: list[Any] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def out() -> Number:
            widgets.append(Number())
            return widgets[-1]

    def update(comm_id: str, value: int) -> dict:
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        return sending(comm_id, data)

    async def sessions() -> None:
        app = App(empty_ui(), serve)
        victim, thief = await Page(app).open(), await Page(app).open()
        for page in (victim, thief):
            await page.until(lambda page=page: page.values.get("out"))
        comm_id = victim.values["out"]["model_id"]
        for value in (66, 67):
            thief.set(**update(comm_id, value))
        await settled(thief)
        owned = next(widget for widget in widgets if widget.model_id == comm_id)
        assert owned.value == (5 if guarded else 67)
        victim.set(**update(comm_id, 7))
        await settled(victim)
        assert owned.value == 7
        await victim.close()
        await thief.close()

    if guarded:
        shiny_comm.use()
    finish(sessions())
    assert [m.count("of another session") for m in caplog.messages] == ([1] if guarded else [])


def test_an_open_with_the_id_of_a_widget_is_rejected(caplog: pytest.LogCaptureFixture) -> None:
    server = Server()

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        server.serve(input, output, session)

        @render_widget
        def out() -> Number:
            return Number()

    async def sessions() -> None:
        app = App(empty_ui(), serve)
        victim, thief = await Page(app).open(), await Page(app).open()
        await victim.until(lambda: victim.values.get("out"))
        comm_id = victim.values["out"]["model_id"]
        thief.set(**opening(comm_id))
        await thief.until(lambda: [m.comm_id for m in thief.of("comm_close")] == [comm_id])
        await settled(victim)
        assert victim.of("comm_close") == []
        for page in (victim, thief):
            await page.close()

    finish(sessions())
    assert server.kinds() == []
    assert "with the id of a widget" in caplog.text


def test_an_open_for_an_unknown_target_is_closed_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def session() -> Page:
        page = await Page(Server().app).open(**opening(target_name="no\nsuch"))
        await page.until(lambda: page.of("comm_close"))
        await page.close()
        return page

    [message] = finish(session()).messages
    assert message.comm_id == ONE
    assert caplog.messages == [f"shiny-comm: comm {ONE}: target 'no\\nsuch' is not registered"]


def test_an_open_whose_target_fails_is_closed_and_the_session_continues(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        server.serve(input, output, session)

        @shiny_comm.register_target("broken")
        def _(comm: ShinyComm, message: dict) -> None:
            comm.send({"before": True})
            raise ValueError("broken")

    async def session() -> Page:
        page = await Page(App(empty_ui(), serve)).open(**opening(OTHER, "broken"))
        await page.until(lambda: page.of("comm_close"))
        page.set(**opening())
        await settled(page)
        await page.close()
        return page

    page = finish(session())
    assert [(m.kind, m.comm_id) for m in page.messages] == [
        ("comm_msg", OTHER),
        ("comm_close", OTHER),
    ]
    assert caplog.messages == [f"shiny-comm: comm {OTHER}: error in target 'broken'"]
    assert caplog.records[0].exc_info is not None
    assert server.kinds() == ["open", "close"]


def test_an_error_in_on_msg_or_on_close_is_logged_and_the_session_continues(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()

    def fails(message: dict) -> None:
        raise ValueError("broken")

    async def fails_later(message: dict) -> None:
        fails(message)

    async def session() -> None:
        page = await Page(server.app).open(**opening())
        await settled(page)
        [comm] = server.comms
        comm.on_msg(fails_later)
        comm.on_close(fails)
        page.set(**sending(ONE, {}))
        # req() of Shiny raises an exception that is not an error.
        await settled(page)
        comm.on_msg(lambda _: req(False))
        page.set(**sending(ONE, {}))
        page.set(**closing(ONE))
        page.set(**opening(OTHER))
        await settled(page)
        await page.close()

    finish(session())
    assert caplog.messages == [
        f"shiny-comm: comm {ONE}: error in on_msg",
        f"shiny-comm: comm {ONE}: error in on_close",
    ]
    assert server.kinds() == ["open", "open", "close"]


MALFORMED = {
    "a number": 7,
    "an object": {"content": {}},
    "not JSON": "{",
    "deep": "[" * 100_000,
    "a list": "[]",
    "no content": "{}",
    "content of text": '{"content": "x"}',
    "no id": json.dumps({"content": {"target_name": "a.target"}}),
    "an id with a line": text("1" * 31 + "\n", target_name="a.target"),
    "a long id": text("1" * 33, target_name="a.target"),
    "an id that is a list": text(["1"], target_name="a.target"),  # type: ignore[arg-type]
    "no target": text(ONE),
    "a target that is a number": text(ONE, target_name=7),
    "metadata of text": json.dumps(
        {"content": {"comm_id": ONE, "target_name": "a.target"}, "metadata": "x"}
    ),
    "buffers of numbers": json.dumps(
        {"content": {"comm_id": ONE, "target_name": "a.target"}, "buffers": [7]}
    ),
    "a buffer that is not base64": json.dumps(
        {"content": {"comm_id": ONE, "target_name": "a.target"}, "buffers": ["*"]}
    ),
}


def test_an_invalid_message_is_logged_in_one_line_and_the_next_comm_opens(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()

    async def session() -> Page:
        page = await Page(server.app).open()
        for value in MALFORMED.values():
            page.set(shiny_comm_open=value)
        page.set(shinywidgets_comm_send=text("x"))
        page.set(shiny_comm_close="{")
        # A second open with the same id does not change the first comm.
        page.set(**opening())
        page.set(**opening())
        page.set(**sending(ONE, {"n": 1}))
        await page.until(lambda: page.of("comm_msg"))
        await page.close()
        return page

    page = finish(session())
    assert len(page.messages) == 1
    assert server.kinds() == ["open", "msg", "close"]
    assert len(caplog.messages) == len(MALFORMED) + 2
    for message in caplog.messages:
        assert message.startswith("shiny-comm: ")
        assert "\n" not in message
        assert len(message) < 250
    assert caplog.messages[-1] == f"shiny-comm: comm {ONE}: the page opened this comm twice"


def test_a_page_cannot_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def session() -> None:
        page = await Page(Server().app).open()
        for n in range(50):
            page.set(**opening(target_name=f"none {n}"))
        await settled(page)
        await page.close()

    with caplog.at_level(logging.WARNING):
        finish(session())
    assert len(caplog.messages) == 21
    assert "too many faults" in caplog.messages[-1]


@pytest.mark.skipif(
    find_spec("shiny.bookmark") is None, reason="this version of Shiny has no bookmarks"
)
def test_a_bookmark_excludes_the_messages_of_the_page() -> None:
    states: list[list[str]] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        shiny_comm.register_target("a.target", id)
        states.append(session.bookmark.exclude)

    async def session() -> None:
        await (await Page(App(lambda _: empty_ui(), serve, bookmark_store="url")).open()).close()

    finish(session())
    assert {"shiny_comm_open", "shiny_comm_close", "shinywidgets_comm_send"} <= {*states[0]}


def test_register_target_raises_an_error_in_an_ended_session() -> None:
    sessions: list[Session] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        shiny_comm.register_target("a.target", id)
        sessions.append(session)

    async def session() -> None:
        await (await Page(App(empty_ui(), serve)).open()).close()

    finish(session())
    with session_context(sessions[0]), pytest.raises(RuntimeError, match="session has ended"):
        shiny_comm.register_target("a.target", id)


def test_the_stub_session_of_an_express_app_registers_no_target() -> None:
    from shiny.express._stub_session import ExpressStubSession

    with session_context(ExpressStubSession()):
        shiny_comm.register_target("a.target", id)()
    assert _session_comms.targets == {}
    assert _session_comms._sessions == {}


def test_a_background_task_sends_with_the_next_flush() -> None:
    server = Server()

    async def session() -> None:
        page = await Page(server.app).open(**opening())
        await settled(page)
        async with reactive.lock():
            server.comms[0].send({"from": "a task"})
            await reactive.flush()
        await page.until(lambda: page.of("comm_msg"))
        await page.close()

    finish(session())


def test_values_that_callbacks_read_are_not_reactive_dependencies() -> None:
    runs: list[int] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        value = reactive.value(0)

        @shiny_comm.register_target("a.target")
        def _(comm: ShinyComm, message: dict) -> None:
            comm.on_msg(lambda _: (runs.append(value()), value.set(value() + 1)))
            # Also called at the end of the session, without a reactive context.
            comm.on_close(lambda _: runs.append(value()))

    async def session() -> None:
        page = await Page(App(empty_ui(), serve)).open(**opening())
        for _ in range(2):
            page.set(**sending(ONE, {}))
            await settled(page)
        await page.close()

    finish(session())
    assert runs == [0, 1, 2]


@pytest.mark.parametrize("enabled", [True, False])
def test_use_announces_page_comms_without_a_target(
    enabled: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def session() -> Page:
        page = await Page(App(empty_ui(), None)).open(**opening())
        await settled(page)
        await page.close()
        return page

    original = App._create_session
    with shiny_comm.use(page_comms=enabled):
        page = finish(session())
    assert App._create_session is original
    assert ("shiny_comm_server" in str(page.frames)) is enabled
    assert len(page.of("comm_close")) == int(enabled)
    assert len(caplog.messages) == int(enabled)

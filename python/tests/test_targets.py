"""Comms that the page opens, and who can reach whose."""

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
from shiny_comm import _targets

ANNOUNCED = {".shiny_comm_frames": 2}
ONE, OTHER = "1" * 32, "2" * 32


class Number(anywidget.AnyWidget):
    """A widget with a value."""

    _esm = "export default {}"
    value = traitlets.Int(5).tag(sync=True)


def text(comm_id: str, data: object = None, *buffers: bytes, **content: object) -> str:
    """A message as the page writes it."""
    return json.dumps(
        {
            "content": {"comm_id": comm_id, "data": data or {}, **content},
            "metadata": {},
            "buffers": [b64encode(buffer).decode() for buffer in buffers],
            "header": {},
        }
    )


def opening(comm_id: str = ONE, target_name: str = "a.target", data: object = None) -> dict:
    """The inputs that open a comm."""
    return {"shiny_comm_open": text(comm_id, data, target_name=target_name)}


def sending(comm_id: str, data: object, *buffers: bytes) -> dict:
    """The inputs that send on a comm."""
    return {"shinywidgets_comm_send": text(comm_id, data, *buffers)}


def closing(comm_id: str, data: object = None) -> dict:
    """The inputs that close a comm."""
    return {"shiny_comm_close": text(comm_id, data)}


class Server:
    """A target that keeps what it gets and echoes it, and an app with it."""

    def __init__(self, **options: Any) -> None:
        self.comms: list[Any] = []
        self.got: list[tuple[str, Any]] = []
        self.options = options
        self.app = App(empty_ui(), self.serve)

    def serve(self, input: Inputs, output: Outputs, session: Session) -> None:
        """Register the target in the session."""
        shiny_comm.register_target("a.target", self.opened, **self.options)

    def opened(self, comm: ShinyComm, message: dict[str, Any]) -> None:
        """Be the target."""
        self.comms.append(comm)
        self.got.append(("open", message))
        comm.on_close(lambda message: self.got.append(("close", message)))

        @comm.on_msg
        def _(message: dict[str, Any]) -> None:
            self.got.append(("msg", message))
            comm.send({"echo": message["content"]["data"]}, buffers=message["buffers"])

    def kinds(self) -> list[str]:
        """What has come, by kind."""
        return [kind for kind, _ in self.got]


async def settled(page: Page) -> None:
    """All that was set is dealt with: the session's own answer to a request of the page's."""
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
        # The page knows of no comm any more.
        server.comms[0].send({})
        server.comms[0].close()
        await settled(page)
        await page.close()
        return page

    page = finish(session())
    assert [m.data for m in page.messages] == [{"echo": {"n": 2}}, {"echo": {"n": 3}}]
    assert page.messages[0].buffers == [b"bytes"]
    assert server.kinds() == ["open", "msg", "msg", "close"]
    assert [m["content"]["data"]["n"] for _, m in server.got] == [1, 2, 3, 4]
    assert server.got[0][1]["content"]["target_name"] == "a.target"
    [comm] = server.comms
    assert isinstance(comm, ShinyComm)
    assert comm.target_name == "a.target"
    assert ShinyCommManager.comms.get(ONE) is None


@pytest.mark.parametrize("inputs", [ANNOUNCED, {}])
def test_the_announcement_comes_before_the_first_idle(inputs: dict) -> None:
    async def session() -> Page:
        page = await Page(Server().app).open(**inputs)
        await page.until(lambda: ("busy", "idle") in page.frames)
        await page.close()
        return page

    frames = finish(session()).frames
    said = ("custom", {"shiny_comm_server": {"version": 1, "opens": True}})
    assert frames.count(said) == 1
    assert frames.index(said) < frames.index(("busy", "idle"))


def test_a_client_that_comes_later_is_told_too() -> None:
    said = ("custom", {"shiny_comm_server": {"version": 1, "opens": True}})

    async def session() -> None:
        page = await Page(Server().app).open()
        await page.until(lambda: said in page.frames)
        page.set(**ANNOUNCED)
        await page.until(lambda: page.frames.count(said) == 2)
        await page.close()

    finish(session())


def test_a_target_of_every_session_needs_nothing_in_the_app() -> None:
    server = Server()
    undo = shiny_comm.register_target("a.target", server.opened)
    original = App._create_session

    async def session(app: App, says: bool) -> None:
        page = await Page(app).open(**opening())
        await settled(page)
        assert ("shiny_comm_server" in str(page.frames)) is says
        await page.close()

    finish(session(App(empty_ui(), None), says=True))
    assert server.kinds() == ["open", "close"]
    undo()
    undo()
    assert App._create_session is not original
    finish(session(App(empty_ui(), None), says=False))
    assert server.kinds() == ["open", "close"]


def test_a_session_s_own_target_goes_before_all_sessions_and_a_later_one_before_both() -> None:
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


def test_messages_arrive_once_when_widgets_come_in_between() -> None:
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


def test_a_close_by_the_server_is_sent_and_ends_the_comm(caplog: pytest.LogCaptureFixture) -> None:
    server = Server()

    async def session() -> Page:
        page = await Page(server.app).open(**opening())
        await settled(page)
        # From where there is no session, as a task that runs on its own.
        server.comms[0].close({"why": "done"})
        server.comms[0].close()
        with pytest.raises(RuntimeError, match=f"comm {ONE}: it is closed"):
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


def test_the_end_of_the_session_closes_them_without_a_message() -> None:
    server = Server()

    async def session() -> Page:
        page = await Page(server.app).open(**opening())
        await settled(page)
        await page.close()
        return page

    page = finish(session())
    assert page.messages == []
    assert server.kinds() == ["open", "close"]
    assert _targets._inlets == {}
    with pytest.raises(RuntimeError, match=f"comm {ONE}: its session has ended"):
        server.comms[0].send({})


def test_what_is_sent_goes_to_the_comm_s_own_page_from_wherever_it_is_sent() -> None:
    server = Server()

    async def sessions() -> tuple[Page, Page]:
        pages = await Page(server.app).open(), await Page(server.app).open()
        for page, comm_id in zip(pages, (ONE, OTHER), strict=True):
            page.set(**opening(comm_id))
            await settled(page)
        # To all, in the callback of one.
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


def test_a_page_cannot_reach_close_or_take_over_a_comm_of_another_session() -> None:
    server = Server()

    async def sessions() -> tuple[Page, Page]:
        victim, thief = await Page(server.app).open(), await Page(server.app).open()
        victim.set(**opening())
        await settled(victim)
        thief.set(**sending(ONE, {"n": "stolen"}))
        thief.set(**closing(ONE))
        await settled(thief)
        assert server.kinds() == ["open"]
        # The same id is another comm, of its own.
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
    assert "stolen" not in str(server.got)
    assert server.kinds() == ["open", "open", "msg", "close", "msg", "close"]


@pytest.mark.parametrize("guarded", [True, False])
def test_a_page_changes_the_widgets_of_its_own_session_alone_with_use(
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


def test_the_id_of_a_widget_is_refused(caplog: pytest.LogCaptureFixture) -> None:
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
    assert "with the id of another" in caplog.text


def test_an_unknown_target_is_answered_with_a_close_and_one_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def session() -> Page:
        page = await Page(Server().app).open(**opening(target_name="no\nsuch"))
        await page.until(lambda: page.of("comm_close"))
        await page.close()
        return page

    [message] = finish(session()).messages
    assert message.comm_id == ONE
    assert caplog.messages == [f"shiny-comm: comm {ONE}: no target 'no\\nsuch' is registered"]


def test_a_target_that_fails_is_answered_with_a_close_and_the_session_goes_on(
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


def test_an_error_in_on_msg_or_on_close_is_logged_and_the_session_goes_on(
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
        # Shiny's own way to leave is none.
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
    "no JSON": "{",
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
    "a buffer that is no base64": json.dumps(
        {"content": {"comm_id": ONE, "target_name": "a.target"}, "buffers": ["*"]}
    ),
}


def test_what_is_malformed_is_logged_in_one_line_and_the_next_comm_opens(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server()

    async def session() -> Page:
        page = await Page(server.app).open()
        for value in MALFORMED.values():
            page.set(shiny_comm_open=value)
        page.set(shinywidgets_comm_send=text("x"))
        page.set(shiny_comm_close="{")
        # A second open for the same id leaves the first one be.
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
    assert caplog.messages[-1] == f"shiny-comm: comm {ONE}: the page has opened it already"


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
    assert "no more is said" in caplog.messages[-1]


@pytest.mark.skipif(find_spec("shiny.bookmark") is None, reason="Shiny had no bookmarks yet")
def test_what_the_page_sends_is_no_state_to_bookmark() -> None:
    states: list[list[str]] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        shiny_comm.register_target("a.target", id)
        states.append(session.bookmark.exclude)

    async def session() -> None:
        await (await Page(App(lambda _: empty_ui(), serve, bookmark_store="url")).open()).close()

    finish(session())
    assert {"shiny_comm_open", "shiny_comm_close", "shinywidgets_comm_send"} <= {*states[0]}


def test_an_ended_session_takes_no_target() -> None:
    sessions: list[Session] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        shiny_comm.register_target("a.target", id)
        sessions.append(session)

    async def session() -> None:
        await (await Page(App(empty_ui(), serve)).open()).close()

    finish(session())
    with session_context(sessions[0]), pytest.raises(RuntimeError, match="session has ended"):
        shiny_comm.register_target("a.target", id)


def test_an_express_app_registers_nothing_where_there_is_no_page_yet() -> None:
    from shiny.express._stub_session import ExpressStubSession

    with session_context(ExpressStubSession()):
        shiny_comm.register_target("a.target", id)()
    assert _targets._targets == {}
    assert _targets._inlets == {}


def test_a_task_sends_with_the_next_flush() -> None:
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


def test_values_that_callbacks_read_are_no_reactive_dependencies() -> None:
    runs: list[int] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        value = reactive.value(0)

        @shiny_comm.register_target("a.target")
        def _(comm: ShinyComm, message: dict) -> None:
            comm.on_msg(lambda _: (runs.append(value()), value.set(value() + 1)))
            # At the end of the session as well, where nothing reactive goes on.
            comm.on_close(lambda _: runs.append(value()))

    async def session() -> None:
        page = await Page(App(empty_ui(), serve)).open(**opening())
        for _ in range(2):
            page.set(**sending(ONE, {}))
            await settled(page)
        await page.close()

    finish(session())
    assert runs == [0, 1, 2]


@pytest.mark.parametrize("welcome", [True, False])
def test_use_lets_pages_open_comms_before_any_target_is_there(
    welcome: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def session() -> Page:
        page = await Page(App(empty_ui(), None)).open(**opening())
        await settled(page)
        await page.close()
        return page

    original = App._create_session
    with shiny_comm.use(page_comms=welcome):
        page = finish(session())
    assert App._create_session is original
    assert ("shiny_comm_server" in str(page.frames)) is welcome
    assert len(page.of("comm_close")) == int(welcome)
    assert len(caplog.messages) == int(welcome)

"""Unusual uses of widgets: shared layouts, replaced handlers, ends and second calls of `use()`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import ipywidgets
import pytest
import traitlets
from ipywidgets.widgets.widget import _instances
from page import Page, empty_ui, finish
from shiny import App, Inputs, Outputs, Session, module, reactive
from shiny.session import get_current_session, session_context
from widget_pages import ANNOUNCED, Number, opened, rendering, sending, settled

import shiny_comm


@pytest.fixture(autouse=True)
def used() -> None:
    """Use the package; the fixture of all tests undoes it."""
    shiny_comm.use()


# Layouts that several widgets use


def use_later(first: Any, second: Any) -> None:
    """Give a widget the default layout of another."""
    second.layout = first.layout


def use_new(first: Any, second: Any) -> None:
    """Give two widgets one new layout."""
    first.layout = second.layout = ipywidgets.Layout(width="3px")


@pytest.mark.parametrize("share", [use_later, use_new])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_layout_of_two_widgets_outlives_the_first(
    share: Callable[[Any, Any], None], is_open: bool
) -> None:
    widgets: list[Any] = []

    sessions: list[Session] = []

    def server(session: Session) -> None:
        sessions.append(session)
        widgets.extend([ipywidgets.HTML("first"), ipywidgets.HTML("second")])
        if not is_open:
            share(*widgets)

    async def run() -> Page:
        page = await opened(server, wants=6 if is_open else 5, **ANNOUNCED)
        if is_open:
            with session_context(sessions[0]):
                share(*widgets)
            await page.until(lambda: page.of("comm_msg"))
        await asyncio.to_thread(widgets[0].close)
        await page.until(lambda: page.of("comm_close"))
        await settled(page)
        # The name in ipykernel, which packages read.
        assert not widgets[1].layout.comm._closed
        await page.close()
        return page

    closed = {message.comm_id for message in finish(run()).of("comm_close")}
    assert widgets[1].layout.comm.comm_id not in closed


def test_a_layout_without_a_session_outlives_the_widgets_of_a_render() -> None:
    layout = ipywidgets.Layout(width="7px")

    async def run() -> Page:
        app = rendering(lambda: ipywidgets.HTML("text", layout=layout))
        page = await Page(app).open(go=0, **ANNOUNCED)
        await page.until(lambda: page.values.get("out"))
        page.set(go=1)
        await page.until(lambda: page.of("comm_close"))
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    assert layout.model_id not in {message.comm_id for message in page.of("comm_close")}
    assert len(page.of("comm_open", width="7px")) == 1
    layout.close()


def test_the_defaults_of_a_widget_without_a_session_open_in_each_session() -> None:
    slider = ipywidgets.IntSlider()

    async def run() -> list[Page]:
        app = rendering(lambda: slider)
        pages: list[Page] = []
        for _ in range(3):
            page = await Page(app).open(go=0, **ANNOUNCED)
            await page.until(lambda page=page: page.values.get("out"))
            pages.append(page)
            if len(pages) == 2:
                await pages[0].close()
        await pages[1].close()
        await pages[2].close()
        return pages

    for page in finish(run()):
        opens = page.of("comm_open")
        assert len(opens) == 3
        names = {f"IPY_MODEL_{message.comm_id}" for message in opens}
        state = opens[-1].data["state"]
        assert {state["layout"], state["style"]} <= names
    slider.close()


# Messages


def test_a_handler_that_replaces_the_one_of_ipywidgets_gets_each_message() -> None:
    got: list[Any] = []
    widgets: list[Number] = []

    async def run() -> None:
        page = await opened(lambda session: widgets.append(Number()), wants=1)
        widgets[0].comm.on_msg(lambda message: got.append(message["content"]["data"]))
        for data in ({"own": 1}, {"method": "update", "state": {"value": 6}}):
            page.set(**sending(widgets[0].model_id, data))
            await settled(page)
        await page.close()

    finish(run())
    assert got == [{"own": 1}, {"method": "update", "state": {"value": 6}}]
    assert widgets[0].value == 5


def test_a_message_of_a_package_s_own_protocol_waits_for_the_open() -> None:
    def server(session: Session) -> None:
        Number().comm.send({"own": 1})

    async def run() -> Page:
        page = await opened(server, wants=2)
        await page.close()
        return page

    first, second = finish(run()).messages
    assert (first.kind, second.kind) == ("comm_open", "comm_msg")
    assert second.data == {"own": 1}


def test_a_callback_runs_in_the_module_that_created_the_widget() -> None:
    widgets: list[Number] = []
    names: list[str] = []

    def record(change: object) -> None:
        session = get_current_session()
        assert session is not None
        names.append(str(session.ns("id")))

    @module.server
    def create(input: Inputs, output: Outputs, session: Session) -> None:
        widgets.append(Number())
        widgets[-1].observe(record, "value")

    def server(session: Session) -> None:
        create("one")
        create("two")

    async def run() -> None:
        page = await opened(server, wants=2)
        for widget in widgets:
            page.set(**sending(widget.model_id, {"method": "update", "state": {"value": 6}}))
            await settled(page)
        await page.close()

    finish(run())
    assert names == ["one-id", "two-id"]


def test_a_later_widget_with_the_same_id_gets_the_messages() -> None:
    widgets: list[Number] = []

    def server(session: Session) -> None:
        @reactive.effect
        def _() -> None:
            widgets.append(Number(model_id="chosen", value=session.input.go()))

    async def run() -> None:
        page = await opened(server, wants=1, go=1)
        page.set(go=2)
        await page.until(lambda: page.of("comm_open", value=2))
        await asyncio.to_thread(widgets[0].close)
        page.set(**sending("chosen", {"method": "update", "state": {"value": 7}}))
        await settled(page)
        await page.close()

    finish(run())
    assert [widget.value for widget in widgets] == [1, 7]


@pytest.mark.skipif(
    find_spec("shiny.bookmark") is None, reason="this version of Shiny has no bookmarks"
)
def test_a_bookmark_excludes_all_inputs_of_the_client() -> None:
    excluded: list[str] = []

    def server(session: Session) -> None:
        Number()
        excluded.extend(getattr(session, "bookmark").exclude)  # noqa: B009

    async def run() -> None:
        page = await opened(server, wants=1, **ANNOUNCED)
        await page.close()

    finish(run())
    assert {".shiny_comm_frames", "shinywidgets_comm_send"} <= set(excluded)


# Ends


class Closer(Number):
    """A widget that closes its parent while its state is read."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        """Close the parent."""
        self.parent.close()
        return super().get_state(key, drop_defaults)


def test_a_widget_that_its_child_closes_during_the_open_never_opens() -> None:
    def server(session: Session) -> None:
        parent = Number(value=3)
        child = Closer()
        parent.other, child.parent = child, parent

    async def run() -> Page:
        page = await opened(server, wants=1)
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    assert [message.data["state"]["value"] for message in page.of("comm_open")] == [5]


class Unsendable(Number):
    """A widget that sets a trait of its parent to a number that JSON does not have."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        """Change the parent."""
        self.parent.any = float("nan")
        return super().get_state(key, drop_defaults)


class Anything(Number):
    """A widget with a trait of any type."""

    any = traitlets.Any(1).tag(sync=True)


def test_a_change_during_the_open_that_cannot_be_sent_is_logged_and_other_widgets_open(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def server(session: Session) -> None:
        parent, child = Anything(), Unsendable()
        parent.other, child.parent = child, parent
        Number(value=9)

    async def run() -> Page:
        page = await opened(server, wants=3)
        await page.close()
        return page

    assert finish(run()).of("comm_open", value=9)
    assert "cannot send a change" in caplog.messages[0]


class Failing(Number):
    """A widget whose state cannot be read."""

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> Any:
        """Raise an error."""
        raise ValueError("no state")


def make_failing(session: Session) -> None:
    """Create a widget that cannot open."""
    Failing()
    Number()


def make_at_end(session: Session) -> None:
    """Create a widget after the session's comms have ended."""
    Number()

    def create() -> None:
        # Old versions of Shiny call it without the session.
        with session_context(session):
            Number()

    session.on_ended(create)


@pytest.mark.parametrize("make", [make_failing, make_at_end])
def test_widgets_that_never_open_are_not_kept(make: Callable[[Session], None]) -> None:
    before = set(_instances)

    async def run() -> None:
        page = await opened(make, wants=1)
        await page.close()

    finish(run())
    assert set(_instances) <= before


def test_a_widget_that_waits_for_its_open_closes_with_the_session() -> None:
    closed: list[object] = []

    class Closing(Number):
        def close(self) -> None:
            closed.append(self)
            super().close()

    def server(session: Session) -> None:
        @reactive.effect
        async def _() -> None:
            Closing()
            await session.close()

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        server(session)

    async def run() -> None:
        page = await Page(App(empty_ui(), serve)).open(())
        await page.until(lambda: page.closed_with)
        await page.close()

    finish(run())
    assert closed


# `use()`


@pytest.mark.parametrize("page_comms", [False, True])
def test_a_thread_may_create_the_first_widget_of_a_session(page_comms: bool) -> None:
    shiny_comm.use(page_comms=page_comms)
    tasks: list[asyncio.Task[Any]] = []

    def serve(input: Inputs, output: Outputs, session: Session) -> None:
        async def create(go: asyncio.Event) -> None:
            await go.wait()
            await asyncio.to_thread(Number)

        go = asyncio.Event()
        tasks.append(asyncio.create_task(create(go)))
        session.on_flushed(go.set)

    async def run() -> Page:
        page = await Page(App(empty_ui(), serve)).open(())
        await page.until(lambda: page.messages)
        await page.close()
        return page

    assert len(finish(run()).of("comm_open")) == 1


def test_a_second_call_keeps_the_blocks_of_output_widgets() -> None:
    def server(session: Session) -> None:
        output = ipywidgets.Output()
        with output:
            print("one")
            shiny_comm.use()
            print("two")
        with output:
            print("three")

    async def run() -> Page:
        page = await opened(server, wants=2, **ANNOUNCED)
        await settled(page)
        await page.close()
        return page

    [state] = [m.data["state"] for m in finish(run()).of("comm_open", _model_name="OutputModel")]
    assert [item["text"] for item in state["outputs"]] == ["one\ntwo\nthree\n"]

"""Sessions, renders and messages leave nothing behind, and no page fills the memory or the log."""

from __future__ import annotations

import asyncio
import gc
import json
import threading
from base64 import b64encode
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import pytest
import traitlets
from page import Page, empty_ui, finish
from shiny import App, Inputs, Outputs, Session, reactive
from shinywidgets import render_widget

import shiny_comm
from shiny_comm import _session_comms
from shiny_comm._session_comms import MAX_LOGGED_FAULTS

# pytest keeps each warning of an old version.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ANNOUNCED = {".shiny_comm_frames": 3}

#: The number of rounds before the first count: code that runs once is not growth.
WARM_UP = 20
ROUNDS = 40


@pytest.fixture(autouse=True)
def used() -> None:
    """Use the package; the fixture of all tests undoes it."""
    shiny_comm.use()


@ipywidgets.register
class Pair(ipywidgets.IntText):
    """A widget that creates another one."""

    _model_name = traitlets.Unicode("PairModel").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.other = ipywidgets.Label()


#: The state of the widget that a page creates.
PAIR = {
    name: Pair.class_traits()[name].default_value
    for name in (
        *("_model_module", "_model_module_version", "_model_name"),
        *("_view_module", "_view_module_version", "_view_name"),
    )
}


class Number(ipywidgets.Widget):
    """A widget with a value, without views."""

    _model_name = traitlets.Unicode("Number").tag(sync=True)
    value = traitlets.Int(5).tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)


class FromFile(anywidget.AnyWidget):
    """An anywidget whose module is a file, as in plotly."""

    _esm = Path(__file__).parent / "module.js"


class Module(anywidget.AnyWidget):
    """An anywidget whose module is served."""

    _esm = f"export default {{}} // {'x' * 20_000}"
    value = traitlets.Int(5).tag(sync=True)


def tree() -> ipywidgets.VBox:
    """Return a box of widgets of several kinds."""
    return ipywidgets.VBox([ipywidgets.IntSlider(), Module(), FromFile(), ipywidgets.Text("text")])


def text(comm_id: str, data: object, *buffers: bytes, **content: object) -> str:
    """Return the text of a message from the page."""
    encoded = [b64encode(buffer).decode() for buffer in buffers]
    return json.dumps(
        {"content": {"comm_id": comm_id, "data": data, **content}, "buffers": encoded}
    )


def sending(comm_id: str, data: object, *buffers: bytes) -> dict[str, str]:
    """Return the inputs that send a message."""
    return {"shinywidgets_comm_send": text(comm_id, data, *buffers)}


def update(comm_id: str, **state: object) -> dict[str, str]:
    """Return the inputs that change a widget."""
    return sending(comm_id, {"method": "update", "state": state, "buffer_paths": []})


async def settled(page: Page) -> None:
    """Wait until the session has handled the inputs of the page, and forget what it received."""
    page.ask()
    await page.until(page.answered)


def forget(page: Page) -> None:
    """Drop the received messages, which would count as growth."""
    for received in (page.messages, page.batches, page.frames):
        received.clear()


def living() -> Counter[str]:
    """Return the number of living objects by type, and of threads and tasks."""
    gc.collect()
    counts = Counter(type(each).__qualname__ for each in gc.get_objects())
    counts["thread"] = threading.active_count()
    counts["running task"] = len(asyncio.all_tasks())
    counts["open widget"] = len(ipywidgets.widgets.widget._instances)
    return counts


async def growth(one_round: Callable[[int], Awaitable[None]]) -> dict[str, int]:
    """Return the growing types of objects, and their growth."""
    living()
    for number in range(WARM_UP):
        await one_round(number)
    before = living()
    for number in range(WARM_UP, WARM_UP + ROUNDS):
        await one_round(number)
    after = living()
    return {name: n - before[name] for name, n in after.items() if n - before[name] >= ROUNDS / 2}


# Nothing is left behind


@pytest.mark.parametrize("version", [0, 3])
def test_renders_leave_nothing_behind(version: int) -> None:
    def server(input: Inputs, output: Outputs, session: Session) -> None:
        # Shiny itself keeps contexts of outputs that it may suspend:
        # docs/upstream/isolate-contexts.md
        @output(suspend_when_hidden=False)
        @render_widget
        def out() -> ipywidgets.VBox:
            input.go()
            return tree()

    async def run() -> dict[str, int]:
        app = App(empty_ui(), server)
        page = await Page(app).open(go=0, **{".shiny_comm_frames": version})
        routes = []

        async def render(number: int) -> None:
            page.set(go=number)
            await page.until(lambda: len(page.of("comm_open")) >= 8)
            await settled(page)
            forget(page)
            routes.append(len(app._dependency_handler.routes))

        grown = await growth(render)
        assert routes[-1] == routes[WARM_UP]
        await page.close()
        return grown

    assert finish(run()) == {}


@pytest.mark.parametrize("version", [0, 3])
def test_messages_leave_nothing_behind(version: int) -> None:
    widgets: list[Any] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        widgets.append(Number())
        ipywidgets.Label()
        widgets[0].observe(lambda change: input.other(), "value")
        shiny_comm.register_target("a.target", lambda comm, message: comm.send({}))

    async def run() -> dict[str, int]:
        page = await Page(App(empty_ui(), server)).open(
            (), other=1, **{".shiny_comm_frames": version}
        )
        await page.until(lambda: page.messages)

        async def change(number: int) -> None:
            page.set(**update(widgets[0].model_id, value=number))
            page.set(shiny_comm_open=text(f"{number:032x}", {}, target_name="a.target"))
            await asyncio.to_thread(widgets[0].send, {"number": number}, [b"bytes"])
            page.set(shiny_comm_close=text(f"{number:032x}", {}))
            # A widget of the page, and one that cannot be made.
            for comm_id, value in ((f"a{number:031x}", 7), (f"b{number:031x}", "text")):
                state = {**PAIR, "value": value}
                created = text(comm_id, {"state": state}, target_name="jupyter.widget")
                page.set(shiny_comm_open=created)
                page.set(**sending(comm_id, {"method": "request_state"}))
                page.set(shiny_comm_close=text(comm_id, {}))
            await settled(page)
            await page.until(lambda: len(page.messages) >= 2)
            forget(page)

        grown = await growth(change)
        await page.close()
        return grown

    assert finish(run()) == {}


def test_sessions_leave_nothing_behind() -> None:
    shared = ipywidgets.Layout(width="7px")

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        ipywidgets.HTML("text", layout=shared)
        tree().children[1].observe(lambda change: None, "value")
        shiny_comm.Comm("a.target").on_close(lambda message: None)
        shiny_comm.register_target("b.target", lambda comm, message: comm.send({}))

    async def run() -> dict[str, int]:
        app = App(empty_ui(), server)

        async def visit(number: int) -> None:
            page = await Page(app).open((), **ANNOUNCED)
            page.set(shiny_comm_open=text(f"{number:032x}", {}, target_name="b.target"))
            await settled(page)
            await page.until(lambda: len(page.messages) >= 10)
            await page.close()

        grown = await growth(visit)
        assert app._sessions == {}
        return grown

    assert finish(run()) == {}
    assert _session_comms._sessions == {}
    shared.close()


def test_a_widget_that_is_made_by_an_invalid_render_is_closed() -> None:
    made: list[Number] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        trigger = reactive.value(0)

        @render_widget
        def out() -> ipywidgets.Widget:
            number = trigger()
            if number < 3:
                # Invalidates the running render.
                trigger.set(number + 1)
            made.append(Number(value=number))
            made.append(Number(value=number))
            return ipywidgets.Label(str(number))

    async def run() -> Page:
        page = await Page(App(empty_ui(), server)).open()
        await page.until(lambda: page.values.get("out"))
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    assert [
        message.data["state"]["value"]
        for message in page.of("comm_open")
        if message.data["state"]["_model_name"] == "Number"
    ] == [3, 3]
    assert [widget.comm.closed for widget in made] == [True] * len(made)


# One session does not reach another


def test_no_page_reaches_the_widgets_of_another_session() -> None:
    count = 20
    made: list[Any] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        secret = f"secret-{len(made)}-"
        made.append([Number(text=secret), Module(), ipywidgets.Text(secret)])

    async def run() -> list[Page]:
        app = App(empty_ui(), server)
        pages: list[Page] = []
        for _ in range(count):
            pages.append(await Page(app).open((), **ANNOUNCED))
            await settled(pages[-1])
        for number, page in enumerate(pages):
            for widget in made[(number + 1) % count]:
                for method in ("update", "request_state", "custom"):
                    page.set(**sending(widget.model_id, {"method": method, "state": {"value": 6}}))
                page.set(shiny_comm_close=text(widget.model_id, {}))
                page.set(shiny_comm_open=text(widget.model_id, {}, target_name="jupyter.widget"))
            own = made[number][0]
            page.set(**update(own.model_id, value=100 + number))
        for number in range(count):
            # All sessions send at the same time, from threads.
            own = made[number][0]
            await asyncio.to_thread(own.send, {"secret": own.text})
        for page in pages:
            await settled(page)
            await page.until(lambda page=page: "custom" in str(page.of("comm_msg")))
            assert page.closed_with is None
        for page in pages:
            await page.close()
        return pages

    pages = finish(run())
    assert [widgets[0].value for widgets in made] == [100 + number for number in range(count)]
    for number, page in enumerate(pages):
        received = str(page.messages) + str(page.frames)
        assert {secret.split("-")[0] for secret in received.split("secret-")[1:]} == {str(number)}


# Malformed messages


class Listening(Number):
    """A widget whose callback fails."""

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.observe(self._fail, "value")

    def _fail(self, change: object) -> None:
        raise ValueError("callback fails")


def malformed(comm_id: str, box_id: str) -> list[dict[str, object]]:
    """Return inputs of each kind that the server cannot handle."""
    deep = "[" * 100_000
    datas: list[object] = [
        None,
        [],
        "text",
        {"method": "update", "state": {"value": "text"}},
        {"method": "update", "state": {"value": "line\n" * 100_000}},
        {"method": "update", "state": {"value": ["long"] * 100_000}},
        {"method": "update", "state": {"self": 1}},
        {"method": "update", "state": {"text": {}, "unknown": {}}, "buffer_paths": [[["text"]]]},
        {"method": "update", "state": [], "buffer_paths": 1},
        {"method": "x" * 100_000},
    ]
    box = [
        {"children": ["IPY_MODEL_unknown"]},
        {"children": 5},
        {"layout": "IPY_MODEL_unknown"},
        {"layout": {"deep": [{}]}},
        {"_dom_classes": [{}]},
    ]
    texts: list[object] = [
        1,
        {"not": "text"},
        "",
        "{",
        "[]",
        deep,
        '{"content": ' + deep,
        f'{{"content": {"9" * 5_000}}}',
        '{"content": {}}',
        json.dumps({"content": {"comm_id": [comm_id]}}),
        json.dumps({"content": {"comm_id": comm_id}, "metadata": 1}),
        json.dumps({"content": {"comm_id": comm_id}, "buffers": "text"}),
        json.dumps({"content": {"comm_id": comm_id}, "buffers": {"": 1}}),
        json.dumps({"content": {"comm_id": comm_id}, "buffers": ["?"]}),
        json.dumps({"content": {"comm_id": comm_id}, "buffers": [""] * 10_001}),
        *(text(comm_id, data) for data in datas),
        *(text(box_id, {"method": "update", "state": state}) for state in box),
    ]
    names = ("shinywidgets_comm_send", "shiny_comm_open", "shiny_comm_close")
    return [{name: each} for each in texts for name in names]


def test_each_malformed_message_is_logged_in_one_short_line(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_session_comms, "MAX_LOGGED_FAULTS", 10_000)
    widgets: list[Any] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        widgets.extend([Number(), ipywidgets.Box()])

    async def run() -> None:
        page = await Page(App(empty_ui(), server)).open(())
        await page.until(lambda: page.messages)
        for inputs in malformed(widgets[0].model_id, widgets[1].model_id):
            caplog.clear()
            page.set(**inputs)
            await settled(page)
            assert page.closed_with is None, str(inputs)[:200]
            # A page may close a comm that it does not know: the server may have closed it already.
            assert len(caplog.messages) <= 1, str(inputs)[:200]
            for message in caplog.messages:
                assert "\n" not in caplog.text.strip(), str(inputs)[:200]
                assert len(message) < 600
        page.set(**update(widgets[0].model_id, value=6))
        await settled(page)
        await page.close()

    finish(run())
    assert widgets[0].value == 6


def test_a_page_cannot_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    widgets: list[Any] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        widgets.extend([Listening(), ipywidgets.Box()])

    async def run() -> None:
        page = await Page(App(empty_ui(), server)).open(())
        await page.until(lambda: page.messages)
        for number, inputs in enumerate(malformed(widgets[0].model_id, widgets[1].model_id)):
            page.set(**inputs)
            page.set(**update(widgets[0].model_id, value=100 + number))
        for number in range(200):
            page.set(shiny_comm_open=text(f"{number:032x}", {}, target_name="x" * 1_000))
        page.set(**update(widgets[0].model_id, value=6))
        await settled(page)
        await page.close()

    finish(run())
    assert widgets[0].value == 6
    faults = [record for record in caplog.records if not record.exc_info]
    errors = [record for record in caplog.records if record.exc_info]
    # A line says that later faults are not logged, and one the same of errors.
    assert len(faults) == MAX_LOGGED_FAULTS + 2
    assert len(errors) == MAX_LOGGED_FAULTS


# Errors of the app


def test_an_invalid_trait_in_a_callback_does_not_end_the_session(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def opened(comm: shiny_comm.Comm, message: dict[str, Any]) -> None:
        if message["content"]["data"].get("fail"):
            fail(message)
        comm.on_msg(fail)
        comm.on_close(fail)

    def fail(message: object) -> None:
        raise traitlets.TraitError("callback fails")

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        shiny_comm.register_target("a.target", opened)

    async def run() -> None:
        page = await Page(App(empty_ui(), server)).open((), **ANNOUNCED)
        page.set(shiny_comm_open=text("1" * 32, {"fail": True}, target_name="a.target"))
        for digit in "23":
            page.set(shiny_comm_open=text(digit * 32, {}, target_name="a.target"))
        page.set(**sending("2" * 32, {}))
        page.set(shiny_comm_close=text("2" * 32, {}))
        await settled(page)
        assert page.closed_with is None
        await page.close()

    finish(run())
    assert [message.rpartition(": invalid")[2] for message in caplog.messages] == [
        " message: callback fails" for _ in range(4)
    ]
    assert _session_comms._sessions == {}


class Unclosable(Number):
    """A widget whose `close()` fails."""

    def close(self) -> None:
        """Fail."""
        raise ValueError("cannot close")


def test_a_widget_that_cannot_close_does_not_keep_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    widgets: list[Any] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        widgets.extend([Number(), Unclosable(), Number()])

    async def run() -> None:
        page = await Page(App(empty_ui(), server)).open((), **ANNOUNCED)
        await page.until(lambda: page.messages)
        await page.close()

    finish(run())
    assert "cannot close" in caplog.text
    assert [widget.comm.closed for widget in widgets] == [True] * 3
    assert _session_comms._sessions == {}
    Unclosable.close = ipywidgets.Widget.close

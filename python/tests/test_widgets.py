"""The comms of widgets: when and in which order they open, send and close."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
import traitlets
from page import Message, Page, finish
from shiny import Inputs, Outputs, Session, module, reactive
from shiny.express import wrap_express_app
from shiny.session import get_current_session
from shinywidgets import _render_widget_base
from widget_pages import (
    ANNOUNCED,
    Number,
    app_of,
    opened,
    rendering,
    sending,
    settled,
    update,
)

import shiny_comm
from shiny_comm import _session_comms
from shiny_comm._host import split_state
from shiny_comm._states import state_of

ISOLATED = [False, True] if hasattr(_render_widget_base, "WidgetRenderContext") else [False]


@pytest.fixture(autouse=True)
def used() -> None:
    """Use the package; the fixture of all tests undoes it."""
    shiny_comm.use()


def ids(messages: list[Message]) -> list[str]:
    """Return the ids of comms."""
    return [message.comm_id for message in messages]


def precede(messages: list[Message]) -> bool:
    """Return whether each widget opens after the widgets in its state."""
    seen: set[str] = set()
    for message in messages:
        references = json.dumps(message.data["state"]).split('"IPY_MODEL_')[1:]
        if not {reference[:32] for reference in references} <= seen:
            return False
        seen.add(message.comm_id)
    return True


# Opens


@pytest.mark.parametrize("version", [0, 1, 2, 3])
def test_the_widgets_of_a_flush_open_children_first(version: int) -> None:
    def server(session: Session) -> None:
        box = ipywidgets.VBox()
        tab = ipywidgets.Tab([box])
        box.children = [ipywidgets.IntSlider(value=n) for n in range(20)]
        ipywidgets.HBox([tab, box.children[3]])

    async def run() -> Page:
        page = await opened(server, wants=3 + 3 + 60, **{".shiny_comm_frames": version})
        await page.close()
        return page

    page = finish(run())
    opens = page.of("comm_open")
    assert len(opens) == len(set(ids(opens))) == 66
    assert precede(opens)
    assert page.batches == ([0] if version == 3 else [])
    assert [m.data["state"]["value"] for m in opens if "value" in m.data["state"]] == [*range(20)]


def test_an_open_in_a_batch_equals_the_open_as_text() -> None:
    widgets: list[Any] = []

    def server(session: Session) -> None:
        names = iter(f"{n:032x}" for n in range(100))
        layout = ipywidgets.Layout(model_id=next(names))
        style = ipywidgets.HTML.style.klass(model_id=next(names))
        for value in ("same", "same", "other"):
            widgets.append(ipywidgets.HTML(value, layout=layout, style=style, model_id=next(names)))

    async def run(**inputs: Any) -> Page:
        page = await opened(server, wants=5, **inputs)
        await page.close()
        return page

    batch, text = finish(run(**ANNOUNCED)), finish(run())
    assert batch.batches == [0]
    assert text.batches == []
    for one, other in zip(batch.messages, text.messages, strict=True):
        assert one.header["content"] == other.header["content"]
        assert one.header["metadata"] == other.header["metadata"]


def test_widgets_that_refer_to_each_other_open_once() -> None:
    def server(session: Session) -> None:
        one, other = Number(), Number()
        one.other, other.other = other, one
        chain = Number()
        for _ in range(2_000):
            chain = Number(other=chain)

    async def run() -> Page:
        page = await opened(server, wants=2_003, **ANNOUNCED)
        await page.close()
        return page

    opens = finish(run()).of("comm_open")
    assert len(set(ids(opens))) == len(opens) == 2_003
    assert precede(opens[2:])


def test_the_state_is_read_with_the_flush_and_needs_no_update() -> None:
    def server(session: Session) -> None:
        widget = Number()
        widget.value = 6
        widget.value = 7

    async def run() -> Page:
        page = await opened(server, wants=1)
        await settled(page)
        await page.close()
        return page

    [message] = finish(run()).messages
    assert message.data["state"]["value"] == 7


def test_custom_messages_before_the_open_wait_for_it_in_order() -> None:
    def server(session: Session) -> None:
        widget = Number()
        for n in range(5):
            widget.send({"n": n}, [bytes([n])] if n % 2 else None)
            widget.value = n

        @reactive.effect
        def _() -> None:
            widget.send({"n": 5})

    async def run(**inputs: Any) -> Page:
        page = await opened(server, wants=7, **inputs)
        await page.close()
        return page

    for inputs in ({}, {".shiny_comm_frames": 2}, ANNOUNCED):
        page = finish(run(**inputs))
        assert page.messages[0].kind == "comm_open"
        assert [m.data["content"]["n"] for m in page.messages[1:]] == [0, 1, 2, 3, 4, 5]
        assert [m.buffers for m in page.messages[1:]] == [[], [b"\1"], [], [b"\3"], [], []]


class ChangesParent(Number):
    """A widget whose state changes its parent when it is read."""

    parent: Any = None
    late = traitlets.Any().tag(sync=True)

    @traitlets.default("late")
    def _late(self) -> str:
        self.parent.value = 9
        return "read"


def test_a_change_while_the_state_is_read_is_sent() -> None:
    def server(session: Session) -> None:
        parent = Number(value=1)
        parent.other = ChangesParent()
        parent.other.parent = parent

    async def run() -> Page:
        page = await opened(server, wants=3)
        await page.close()
        return page

    page = finish(run())
    [change] = page.of("comm_msg")
    assert change.data["state"] == {"value": 9}
    assert change.comm_id == page.messages[1].comm_id


def test_a_widget_that_is_closed_before_the_flush_never_opens() -> None:
    def server(session: Session) -> None:
        closed = Number()
        closed.send({"n": 1})
        closed.close()
        Number(value=9)

    async def run() -> Page:
        page = await opened(server, wants=1)
        await settled(page)
        await page.close()
        return page

    [message] = finish(run()).messages
    assert message.data["state"]["value"] == 9


class Serialized(Number):
    """A widget with each kind of serializer and default."""

    date = traitlets.Any("a").tag(sync=True, to_json=lambda value, widget: [value, widget.value])
    made = traitlets.Any().tag(sync=True)
    data = traitlets.Any({"nested": [b"bytes"]}).tag(sync=True)
    local = traitlets.Any("not synced")

    @traitlets.default("made")
    def _made(self) -> str:
        return f"made for {self.value}"


class United(Number):
    """A widget whose serializer depends on the type of the value, like ipyvolume's."""

    either = traitlets.Union(
        [
            traitlets.Unicode().tag(to_json=lambda *_: "text"),
            traitlets.Int().tag(to_json=lambda *_: "number"),
        ],
        default_value="a",
    ).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.either = 1


class OtherMetadata(Number):
    """A widget with another lookup of metadata."""

    def trait_metadata(self, traitname: str, key: str, default: Any = None) -> Any:
        """Return a serializer."""
        return (lambda *_: traitname) if key == "to_json" else default


class OtherToJson(Number):
    """A widget with another default serializer."""

    @staticmethod
    def _trait_to_json(x: Any, self: Any) -> Any:
        return [x]


class OtherState(Number):
    """A widget whose state has one more key."""

    def get_state(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the state."""
        return {**super().get_state(*args, **kwargs), "more": 1}


@pytest.mark.parametrize(
    "widget_class",
    [
        Serialized,
        United,
        OtherMetadata,
        OtherToJson,
        OtherState,
        ipywidgets.Dropdown,
        ipywidgets.VBox,
    ],
)
def test_the_state_equals_that_of_ipywidgets(widget_class: type[Any]) -> None:
    def server(session: Session) -> None:
        for widget in (widget_class(), widget_class()):
            widget.add_traits(added=traitlets.Any(1).tag(sync=True, to_json=lambda *_: "added"))
            states.append((state_of(widget), split_state(widget.get_state())))

    states: list[Any] = []

    async def run() -> None:
        page = await opened(server, wants=2)
        await page.close()

    finish(run())
    for one, other in states:
        assert one == other
        assert one[0]["added"] in ("added", ["added"])


def test_the_state_of_each_control_equals_that_of_ipywidgets() -> None:
    def server(session: Session) -> None:
        for name in dir(ipywidgets):
            control = getattr(ipywidgets, name)
            if isinstance(control, type) and issubclass(control, ipywidgets.Widget):
                try:
                    widget = control()
                except (TypeError, traitlets.TraitError):
                    # It needs arguments.
                    continue
                states[name] = (state_of(widget), split_state(widget.get_state()))

    states: dict[str, Any] = {}

    async def run() -> None:
        page = await opened(server, wants=2)
        await page.close()

    finish(run())
    assert len(states) > 50
    for one, other in states.values():
        assert one == other


class Fails(Number):
    """A widget whose state cannot be read."""

    def get_state(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Fail."""
        raise ValueError("no state")


class Unserializable(Number):
    """A widget whose state is not JSON."""

    thing = traitlets.Any(object()).tag(sync=True)


@pytest.mark.parametrize("failing", [Fails, Unserializable])
def test_a_state_that_fails_is_logged_and_other_widgets_open(
    failing: type[Number], caplog: pytest.LogCaptureFixture
) -> None:
    def server(session: Session) -> None:
        Number(value=1)
        failing()
        Number(value=2)

    async def run() -> Page:
        page = await opened(server, wants=2)
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    assert [message.data["state"]["value"] for message in page.messages] == [1, 2]
    [record] = caplog.records
    assert f"cannot open the widget ({failing.__name__})" in record.getMessage()


class Endless(Number):
    """A widget whose representation creates widgets of its class, like pythreejs."""

    calls = 0
    keeps = False

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        Endless.calls += 1
        self.value = 8
        made = Endless()
        if Endless.keeps:
            self.other = made
        return {}


@pytest.mark.parametrize(("keeps", "values"), [(False, [8]), (True, [5, 8])])
def test_a_representation_is_made_once_and_not_for_the_widgets_that_it_makes(
    keeps: bool, values: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Endless, "calls", 0)
    monkeypatch.setattr(Endless, "keeps", keeps)
    before = set(ipywidgets.widgets.widget._instances)

    async def run() -> Page:
        page = await opened(lambda session: Endless(), wants=len(values))
        await settled(page)
        assert len(set(ipywidgets.widgets.widget._instances) - before) == len(values)
        await page.close()
        return page

    page = finish(run())
    assert Endless.calls == 1
    assert [message.data["state"]["value"] for message in page.messages] == values


class FailingRepr(Number):
    """A widget whose representation fails, like a part of a diagram of ipyelk."""

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        raise AttributeError("no diagram")


def test_a_representation_that_fails_is_logged_and_the_widget_opens(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def run() -> Page:
        page = await opened(lambda session: (FailingRepr(), FailingRepr()), wants=2)
        await page.close()
        return page

    page = finish(run())
    assert [message.data["state"]["value"] for message in page.messages] == [5, 5]
    [record] = caplog.records
    assert "`_repr_mimebundle_` of FailingRepr failed" in record.getMessage()


class Unhashable(Number):
    """A widget that cannot be in a set, like plotly's."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same widget."""
        return self is other


def test_a_widget_that_is_unhashable_opens_and_closes() -> None:
    async def run() -> Page:
        page = await Page(rendering(Unhashable)).open(go=0)
        await page.until(lambda: page.of("comm_open"))
        page.set(go=1)
        await page.until(lambda: page.of("comm_close"))
        await page.close()
        return page

    page = finish(run())
    assert ids(page.of("comm_close")) == ids(page.of("comm_open"))[:1]


def test_the_representation_of_ipywidgets_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: object) -> str:
        raise AssertionError("repr was called")

    monkeypatch.setattr(ipywidgets.Widget, "__repr__", fail)

    async def run() -> None:
        page = await opened(lambda session: ipywidgets.IntSlider(), wants=3)
        await page.close()

    finish(run())


def test_a_widget_in_a_module_opens_once() -> None:
    @module.server
    def inner(input: Inputs, output: Outputs, session: Session) -> None:
        Number(value=3)

    async def run() -> Page:
        page = await opened(lambda session: inner("inner"), wants=1)
        await settled(page)
        await page.close()
        return page

    assert [message.data["state"]["value"] for message in finish(run()).messages] == [3]


# Threads and tasks


@pytest.mark.parametrize("version", [0, 3])
def test_messages_of_a_thread_are_sent_in_order(version: int) -> None:
    widgets: list[Number] = []

    def work() -> None:
        assert get_current_session() is None
        for n in range(100):
            widgets[0].send({"n": n})
            widgets[0].value = 100 + n

    async def run() -> Page:
        page = await opened(
            lambda session: widgets.append(Number()), wants=1, **{".shiny_comm_frames": version}
        )
        thread = threading.Thread(target=work)
        thread.start()
        await page.until(lambda: len(page.of("comm_msg")) == 200)
        thread.join()
        await page.close()
        return page

    messages = finish(run()).of("comm_msg")
    assert [m.data["content"]["n"] for m in messages if "content" in m.data] == [*range(100)]
    assert [m.data["state"]["value"] for m in messages if "state" in m.data] == [*range(100, 200)]


def test_a_thread_s_change_updates_the_outputs_that_read_it() -> None:
    widgets: list[Any] = []

    def server(session: Session) -> None:
        widgets.append(Number())
        flushes.append(session.on_flushed(lambda: flushed.append(1), once=False))

    flushes: list[object] = []
    flushed: list[int] = []

    async def run() -> None:
        page = await opened(server, wants=1)
        before = len(flushed)
        await asyncio.to_thread(setattr, widgets[0], "value", 6)
        await page.until(lambda: page.of("comm_msg"))
        await page.until(lambda: len(flushed) > before)
        await page.close()

    finish(run())


def test_a_task_without_a_flush_opens_and_sends() -> None:
    async def run() -> Page:
        sessions: list[Session] = []
        page = await opened(lambda session: (sessions.append(session), Number()), wants=1)

        async def work() -> None:
            from shiny.session import session_context

            with session_context(sessions[0]):
                widget = Number(value=1)
                await asyncio.to_thread(widget.send, {"n": 1})
                await asyncio.to_thread(Number, value=2)

        await asyncio.create_task(work())
        await page.until(lambda: len(page.messages) == 4)
        await page.close()
        return page

    page = finish(run())
    assert [m.data["state"]["value"] for m in page.of("comm_open")] == [5, 1, 2]
    assert ids(page.of("comm_msg")) == ids(page.of("comm_open", value=1))


def test_a_thread_that_outlives_its_session_sends_nothing() -> None:
    widgets: list[Number] = []

    async def run() -> Page:
        page = await opened(lambda session: widgets.append(Number()), wants=1)
        await page.close()
        await asyncio.to_thread(widgets[0].send, {"n": 1})
        await asyncio.to_thread(setattr, widgets[0], "value", 6)
        return page

    assert len(finish(run()).messages) == 1
    assert _session_comms._sessions == {}


# Closes


@pytest.mark.parametrize("isolated", ISOLATED)
def test_a_render_closes_the_widgets_of_the_last_one_after_its_values(isolated: bool) -> None:
    rendered: list[Any] = []

    def make() -> Any:
        # shinywidgets before 0.6 closes with the innermost reactive context, such as `isolate`'s.
        with reactive.isolate() if isolated else nullcontext():
            rendered.append(ipywidgets.VBox([ipywidgets.IntSlider()]))
        return rendered[-1]

    async def run() -> Page:
        page = await Page(rendering(make)).open(go=0, **ANNOUNCED)
        await page.until(lambda: page.values.get("out"))
        page.set(go=1)
        await page.until(lambda: page.of("comm_close"))
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    first, second = rendered
    opens, closes = ids(page.of("comm_open")), ids(page.of("comm_close"))
    assert sorted(closes) == sorted(opens[:5])
    # Both opens come before the closes.
    assert page.batches == [0, 5, 10]
    # Packages use the id of a closed widget: https://github.com/posit-dev/py-shinywidgets/pull/192
    assert first.model_id in closes
    assert page.values["out"]["model_id"] == second.model_id
    assert first.model_id not in ipywidgets.widgets.widget._instances
    first.value = first.children = ()


def test_a_default_layout_and_style_close_with_their_widget() -> None:
    shared = "7px"

    async def run() -> Page:
        widgets: list[Any] = []

        def server(session: Session) -> None:
            layout = ipywidgets.Layout(width=shared)
            widgets.append(ipywidgets.HTML("default"))
            widgets.append(ipywidgets.HTML("changed before the flush"))
            widgets[-1].layout.height = "8px"
            widgets.append(ipywidgets.HTML("shared", layout=layout))

        page = await opened(server, wants=9, **ANNOUNCED)
        await asyncio.to_thread(lambda: [widget.close() for widget in widgets])
        await page.until(lambda: len(page.of("comm_close")) == 8)
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    closed = ids(page.of("comm_close"))
    assert len(closed) == 8
    [left] = [message for message in page.of("comm_open") if message.comm_id not in closed]
    assert left.data["state"]["width"] == shared


def test_the_end_of_a_session_closes_its_widgets() -> None:
    before = set(ipywidgets.widgets.widget._instances)
    widgets: list[Any] = []

    def server(session: Session) -> None:
        widgets.append(ipywidgets.VBox([ipywidgets.IntSlider()]))

    async def run() -> Page:
        page = await opened(server, wants=5)
        await page.close()
        return page

    page = finish(run())
    assert page.of("comm_close") == []
    assert set(ipywidgets.widgets.widget._instances) <= before
    assert _session_comms._sessions == {}
    assert widgets[0].comm.closed


# Messages of the page


def test_a_page_changes_a_widget_and_gets_the_echo() -> None:
    widgets: list[Number] = []

    async def run() -> Page:
        page = await opened(lambda session: widgets.append(Number(model_id="my-id")), wants=1)
        page.set(**update(widgets[0], value=6))
        await page.until(lambda: page.of("comm_msg"))
        await page.close()
        return page

    page = finish(run())
    assert widgets[0].value == 6
    assert page.of("comm_msg")[0].data["method"] == "echo_update"
    assert page.of("comm_msg")[0].comm_id == "my-id"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("text", "the data has no method"),
        ([], "the data has no method"),
        ({}, "the data has no method"),
        ({"method": 1}, "the data has no method"),
        ({"method": "update", "state": []}, "the state is not an object"),
        ({"method": "update", "state": {"value": "text"}}, "expected an int"),
        ({"method": "update", "state": {}, "buffer_paths": 1}, "invalid buffer_paths"),
        ({"method": "unknown"}, "unknown method 'unknown'"),
    ],
)
def test_an_invalid_message_is_logged_in_one_line_and_the_next_works(
    data: object, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    widgets: list[Number] = []

    async def run() -> None:
        page = await opened(lambda session: widgets.append(Number()), wants=1)
        page.set(**sending(widgets[0].model_id, data))
        page.set(**update(widgets[0], value=6))
        await settled(page)
        await page.close()

    finish(run())
    assert widgets[0].value == 6
    [message] = caplog.messages
    assert message.startswith(f"shiny-comm: comm {widgets[0].model_id}: ")
    assert fault in message
    assert "\n" not in message


def test_an_error_in_a_callback_is_logged_and_the_session_continues(
    caplog: pytest.LogCaptureFixture,
) -> None:
    widgets: list[Number] = []

    def fail(change: object) -> None:
        raise ValueError("callback fails")

    def server(session: Session) -> None:
        widgets.append(Number())
        widgets[0].observe(fail, "value")

    async def run() -> None:
        page = await opened(server, wants=1)
        page.set(**update(widgets[0], value=6))
        page.set(**update(widgets[0], value=7))
        await settled(page)
        assert page.closed_with is None
        await page.close()

    finish(run())
    assert widgets[0].value == 7
    assert len(caplog.records) == 2
    assert "callback fails" in caplog.text


def test_a_message_that_is_too_long_is_logged_and_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    widgets: list[Number] = []
    shiny_comm.use(max_message_length=1_000)

    async def run() -> None:
        page = await opened(lambda session: widgets.append(Number()), wants=1)
        page.set(**update(widgets[0], value=6, text="x" * 1_000))
        await settled(page)
        assert widgets[0].value == 5
        page.set(**update(widgets[0], value=7))
        await settled(page)
        await page.close()

    finish(run())
    assert widgets[0].value == 7
    [message] = caplog.messages
    assert "too long (expected at most 1000 characters" in message


def test_a_session_with_widgets_accepts_no_opens_without_page_comms() -> None:
    shiny_comm.use(page_comms=False)

    async def run() -> Page:
        page = await opened(lambda session: Number(), wants=1)
        page.set(**creating("Created"))
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    assert "shiny_comm_server" not in str(page.frames)
    assert len(page.messages) == 1


# Models that JavaScript creates

CREATED = "0123abcd-0000-4000-8000-0123456789ab"


def creating(model_name: str, module: str = "tests", **state: Any) -> dict[str, str]:
    """Return the input of a page that opens a comm for a model."""
    names = {"_model_name": model_name, "_model_module": module, "_model_module_version": "1.0.0"}
    views = {"_view_name": None, "_view_module": None, "_view_module_version": ""}
    content = {
        "comm_id": CREATED,
        "target_name": "jupyter.widget",
        "data": {"state": {**names, **views, **state}, "buffer_paths": []},
    }
    return {"shiny_comm_open": json.dumps({"content": content})}


@ipywidgets.register
class Created(Number):
    """A widget whose constructor changes its state."""

    _model_name = traitlets.Unicode("Created").tag(sync=True)
    _model_module = traitlets.Unicode("tests").tag(sync=True)
    _model_module_version = traitlets.Unicode("1.0.0").tag(sync=True)
    name = traitlets.Unicode("default").tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.name = "constructed"


def test_a_page_creates_a_widget_of_a_package_that_it_shows() -> None:
    parents: list[Created] = []

    async def run() -> tuple[Page, Any]:
        page = await opened(lambda session: parents.append(Created()), wants=1)
        page.set(**creating("Created", value=7))
        await settled(page)
        page.set(**update(parents[0], other=f"IPY_MODEL_{CREATED}"))
        await settled(page)
        created = parents[0].other
        page.set(**sending(CREATED, {"method": "update", "state": {"value": 8}}))
        await settled(page)
        created.value = 9
        await page.until(lambda: len(page.of("comm_msg", value=9)) == 1)
        page.set(
            shiny_comm_close=json.dumps({"content": {"comm_id": CREATED, "data": {}}}),
        )
        await settled(page)
        assert created.comm.closed
        created.value = 10
        await settled(page)
        await page.close()
        return page, created

    page, created = finish(run())
    assert type(created) is Created
    assert len(page.of("comm_open")) == 1
    states = [m.data["state"] for m in page.of("comm_msg") if m.comm_id == CREATED]
    assert states == [{"value": 8}, {"value": 9}]
    assert CREATED not in ipywidgets.widgets.widget._instances


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (creating("Created", "other"), "the page shows no widget of the module 'other'"),
        (creating("Created", ["x"]), "the page shows no widget of the module"),  # type: ignore[arg-type]
        (creating("HTMLModel", "@jupyter-widgets/controls"), "the page shows no widget"),
        (creating("Unknown"), "cannot create the widget"),
        (creating("Created", value="text"), "expected an int"),
    ],
)
def test_a_page_cannot_create_other_widgets(
    message: dict[str, str], fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = set(ipywidgets.widgets.widget._instances)

    async def run() -> Page:
        page = await opened(lambda session: Created(), wants=1)
        page.set(**message)
        await page.until(lambda: page.of("comm_close"))
        assert len(set(ipywidgets.widgets.widget._instances) - before) == 1
        await page.close()
        return page

    page = finish(run())
    assert ids(page.of("comm_close")) == [CREATED]
    [text] = caplog.messages
    assert text.startswith(f"shiny-comm: comm {CREATED}: ")
    assert fault in text


# Widgets without a session


def test_a_widget_without_a_session_opens_in_each_session_that_refers_to_it() -> None:
    shared = ipywidgets.Layout(width="7px")
    value = Number(value=1)
    widgets: list[Any] = []

    def server(session: Session) -> None:
        widgets.append(ipywidgets.HTML("text", layout=shared))
        widgets.append(Number(other=value))

    async def run() -> list[Page]:
        app = app_of(server)
        pages = [await Page(app).open((), **ANNOUNCED) for _ in range(2)]
        for page in pages:
            await page.until(lambda page=page: len(page.messages) == 5)
        pages[0].set(**update(value, value=2))
        for page in pages:
            await page.until(lambda page=page: page.of("comm_msg"))
        await pages[0].close()
        value.value = 3
        await pages[1].until(lambda: len(pages[1].of("comm_msg")) == 2)
        await pages[1].close()
        return pages

    pages = finish(run())
    for page in pages:
        assert precede(page.of("comm_open"))
        assert len(page.of("comm_open", width="7px")) == 1
    methods = [page.of("comm_msg")[0].data["method"] for page in pages]
    assert methods == ["echo_update", "update"]
    assert pages[1].of("comm_msg")[1].data["state"] == {"value": 3}
    value.close()
    shared.close()


def test_the_import_in_an_express_app_creates_widgets_for_each_session(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "package_with_widget.py").write_text(
        "import ipywidgets\nSHARED = ipywidgets.Layout(width='8px')\n"
    )
    path = tmp_path / "app.py"
    path.write_text(
        "import ipywidgets\n"
        "import package_with_widget\n"
        "from shinywidgets import render_widget\n"
        "@render_widget\n"
        "def out():\n"
        "    return ipywidgets.IntSlider(layout=package_with_widget.SHARED)\n"
    )

    async def run() -> list[Page]:
        app = wrap_express_app(path)
        pages = [await Page(app).open(**ANNOUNCED) for _ in range(2)]
        for page in pages:
            await page.until(lambda page=page: page.values.get("out"))
            await page.close()
        return pages

    for page in finish(run()):
        [shared] = page.of("comm_open", width="8px")
        [slider] = page.of("comm_open", _model_name="IntSliderModel")
        assert slider.data["state"]["layout"] == f"IPY_MODEL_{shared.comm_id}"
        assert precede(page.of("comm_open"))


def test_the_first_run_of_an_express_app_opens_nothing(tmp_path: Path) -> None:
    path = tmp_path / "app.py"
    path.write_text(
        "import ipywidgets\n"
        "from shiny.express import ui\n"
        "from shinywidgets import render_widget\n"
        "layout = ipywidgets.Layout(width='7px')\n"
        "@render_widget\n"
        "def out():\n"
        "    return ipywidgets.IntSlider(layout=layout)\n"
    )

    async def run() -> Page:
        page = await Page(wrap_express_app(path)).open(**ANNOUNCED)
        await page.until(lambda: page.values.get("out"))
        await page.close()
        return page

    page = finish(run())
    assert len(page.of("comm_open")) == 3
    assert precede(page.of("comm_open"))


# The public class


def test_the_server_opens_a_comm_sends_and_closes_it() -> None:
    received: list[Any] = []

    def server(session: Session) -> None:
        comm = shiny_comm.Comm("a.target", {"n": 1}, {"m": 1}, [b"open"])

        @comm.on_msg
        def _(message: dict[str, Any]) -> None:
            received.append(message["content"]["data"])
            comm.send({"n": 2}, buffers=[b"reply"])
            comm.close({"n": 3})

    async def run(**inputs: Any) -> Page:
        page = await opened(server, wants=1, **inputs)
        page.set(**sending(page.messages[0].comm_id, {"n": 0}))
        await page.until(lambda: page.of("comm_close"))
        await page.close()
        return page

    for inputs in ({}, {".shiny_comm_frames": 2}, ANNOUNCED):
        page = finish(run(**inputs))
        assert [m.kind for m in page.messages] == ["comm_open", "comm_msg", "comm_close"]
        assert [m.data for m in page.messages] == [{"n": 1}, {"n": 2}, {"n": 3}]
        assert [m.buffers for m in page.messages] == [[b"open"], [b"reply"], []]
        assert page.messages[0].header["content"]["target_name"] == "a.target"
    assert received == [{"n": 0}] * 3


def test_a_page_closes_a_comm_that_the_server_opened_but_no_widget() -> None:
    closed: list[Any] = []
    comms: list[Any] = []

    def server(session: Session) -> None:
        comms.append(shiny_comm.Comm("a.target"))
        comms[0].on_close(lambda message: closed.append(message["content"]["data"]))
        comms.append(Number().comm)

    async def run() -> Page:
        page = await opened(server, wants=2)
        for comm in comms:
            content = {"comm_id": comm.comm_id, "data": {"n": 1}}
            page.set(shiny_comm_close=json.dumps({"content": content}))
        await settled(page)
        assert [comm.closed for comm in comms] == [True, False]
        comms[0].send({})
        await settled(page)
        await page.close()
        return page

    page = finish(run())
    assert closed == [{"n": 1}]
    assert page.of("comm_msg") == page.of("comm_close") == []


def test_a_comm_needs_a_session() -> None:
    with pytest.raises(RuntimeError, match="active Shiny session"):
        shiny_comm.Comm("a.target")

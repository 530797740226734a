"""Output widgets without a kernel: their text reaches the page of their session, and no other."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import site
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ipywidgets
import pytest
from IPython import get_ipython
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML, clear_output, display, update_display
from ipywidgets import Output, interact, interact_manual, interactive, interactive_output
from page import Page, empty_ui, finish
from shiny import App, Inputs, Outputs, Session, module, reactive, req
from shinywidgets import render_widget

import shiny_comm
from shiny_comm import _output_area, _output_streams
from shiny_comm._output import install

WIDGET = "application/vnd.jupyter.widget-view+json"
Act = Callable[[Any], Any]


@pytest.fixture(autouse=True, params=["shinywidgets", "shiny_comm"])
def installed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Install for a test, with the comms of either package."""
    if request.param == "shiny_comm":
        shiny_comm.use()
    undo = install()
    yield
    undo()


class Shown:
    """A session with one widget, on its page."""

    def __init__(self, act: Act, make: Callable[[], Any] = Output, **app: Any) -> None:
        self.act, self.make = act, make
        self.widget: Any = None
        #: The id of the widget, if it is an Output. Its outputs may contain others.
        self.comm_id: str | None = None
        self.session: Any = None
        self.errors: list[BaseException] = []
        self.app = App(empty_ui(), self.serve, **app)
        self.page = Page(self.app)

    def serve(self, input: Inputs, output: Outputs, session: Session) -> None:
        """Show the widget, and act when the page asks for it."""
        self.session = session

        @render_widget
        def out() -> Any:
            self.widget = self.make()
            if isinstance(self.widget, Output):
                self.comm_id = self.widget.model_id
            return self.widget

        @reactive.effect
        @reactive.event(input.go)
        async def _() -> None:
            try:
                result = self.act(self.widget)
                if asyncio.iscoroutine(result):
                    await result
            except BaseException as error:
                self.errors.append(error)

    async def open(self) -> Shown:
        """Open the page."""
        await self.page.open()
        await self.page.until(lambda: "out" in self.page.values)
        return self

    async def go(self) -> None:
        """Let the server act, and wait until it has."""
        self.page.set(go=time.monotonic_ns())
        self.page.ask()
        await self.page.until(self.page.answered)

    def updates(self) -> list[Any]:
        """Return the outputs of each message, as the page gets them."""
        states = [
            message.data.get("state", {})
            for message in self.page.messages
            if self.comm_id in (None, message.comm_id)
        ]
        return [state["outputs"] for state in states if "outputs" in state]

    def outputs(self) -> list[dict[str, Any]]:
        """Return the last outputs."""
        return [*self.updates()[-1]] if self.updates() else []

    def text(self) -> str:
        """Return the text of all streams."""
        return "".join(item.get("text", "") for item in self.outputs())

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait until the page is as expected."""
        try:
            await self.page.until(condition)
        except asyncio.TimeoutError:
            raise AssertionError(f"the page has {str(self.outputs())[:2000]}") from None


def shown(act: Act, condition: Callable[[list[Any]], object] = bool, **options: Any) -> Shown:
    """Act in a session, and wait for the outputs."""

    async def go() -> Shown:
        view = await Shown(act, **options).open()
        await view.go()
        await view.until(lambda: condition(view.outputs()))
        await view.page.close()
        return view

    return finish(go())


def stream(text: str, name: str = "stdout") -> dict[str, Any]:
    return {"output_type": "stream", "name": name, "text": text}


# Streams


def test_prints_and_errors_of_streams_appear_in_order_and_are_merged() -> None:
    def act(out: Any) -> None:
        with out:
            print("a")
            print("b", end="")
            sys.stderr.write("c\n")
            print("d", file=sys.stderr)
            print("e")

    view = shown(act)
    assert view.outputs() == [stream("a\nb"), stream("c\nd\n", "stderr"), stream("e\n")]
    assert len(view.updates()) == 2  # the open, and one update


def test_text_outside_of_the_block_goes_to_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    def act(out: Any) -> None:
        print("before")
        with out:
            print("inside")
        print("after")

    assert shown(act).outputs() == [stream("inside\n")]
    assert capsys.readouterr().out == "before\nafter\n"


def test_ten_thousand_prints_of_one_flush_are_one_message() -> None:
    def act(out: Any) -> None:
        for number in range(10_000):
            with out:
                print(number)

    view = shown(act)
    assert view.text() == "".join(f"{number}\n" for number in range(10_000))
    assert len(view.updates()) == 2


def test_a_thread_that_prints_often_sends_at_most_twenty_updates_a_second() -> None:
    def work() -> None:
        for number in range(100):
            print(number)
            time.sleep(0.01)

    def act(out: Any) -> None:
        nonlocal started
        started = time.monotonic()
        with out:
            threading.Thread(target=work).start()

    started = 0.0
    view = shown(act, lambda outputs: outputs and outputs[-1]["text"].endswith("99\n"))
    seconds = time.monotonic() - started
    assert view.outputs() == [stream("".join(f"{number}\n" for number in range(100)))]
    assert 5 < len(view.updates()) <= 2 + 20 * seconds


def test_the_loop_of_pyodide_is_not_asked_for_a_moment_in_the_past(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # So short that each moment has passed already.
    monkeypatch.setattr(_output_area, "PERIOD", 1e-9)

    def act(out: Any) -> None:
        loop = asyncio.get_running_loop()
        call_at = loop.call_at

        # As in Pyodide (https://github.com/pyodide/pyodide/blob/main/src/py/pyodide/webloop.py).
        def call_later(delay: float, *args: Any, context: Any = None) -> Any:
            if delay < 0:
                raise ValueError("Can't schedule in the past")
            return call_at(loop.time() + delay, *args, context=context)

        monkeypatch.setattr(loop, "call_later", call_later)
        monkeypatch.setattr(
            loop, "call_at", lambda when, *args, **of: call_later(when - loop.time(), *args, **of)
        )
        with out:
            print("a")

    assert shown(act).outputs() == [stream("a\n")]


def test_earlier_text_is_left_out_beyond_the_limit() -> None:
    def act(out: Any) -> None:
        with out:
            display("kept")
            for number in range(400_000):
                print(f"line {number}")

    view = shown(act)
    kept, text = view.outputs()
    assert kept["data"]["text/plain"] == "'kept'"
    assert text["text"].startswith("[Earlier text is left out]\nline ")
    assert text["text"].endswith("line 399999\n")
    assert 900_000 < len(text["text"]) <= _output_area.MAX_TEXT + 100


def test_many_small_streams_are_limited_too() -> None:
    def act(out: Any) -> None:
        with out:
            for _ in range(15_000):
                print("o")
                print("e", file=sys.stderr)

    outputs = shown(act).outputs()
    assert 5_000 < len(outputs) < 10_000
    assert outputs[0]["text"].startswith("[Earlier text is left out]\n")


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["10%\r", "20%\r", "100%\n"], "100%\n"),
        (["done\n10%", "\r20%"], "done\n20%"),
        (["abcdef\rxy"], "abcdef\rxy"),
        (["a\r\nb"], "a\r\nb"),
        (["\rab\r", "\rabc"], "abc"),
    ],
)
def test_overwritten_parts_of_lines_are_not_sent(parts: list[str], text: str) -> None:
    def act(out: Any) -> None:
        with out:
            for part in parts:
                sys.stdout.write(part)
                assert out.outputs

    assert shown(act).outputs() == [stream(text)]


def test_the_stream_is_otherwise_the_stream_of_the_server() -> None:
    target = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    proxy = _output_streams.Stream("stdout", target)
    assert isinstance(proxy, io.TextIOWrapper)
    assert proxy.encoding == "latin-1"
    assert proxy.buffer is target.buffer
    proxy.extra = 1
    assert target.extra == 1  # type: ignore[attr-defined]
    proxy.reconfigure(encoding="utf-8")
    proxy.writelines(["a", "b"])
    proxy.flush()
    assert target.buffer.getvalue() == b"ab"  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        proxy.write(b"bytes")
    with pytest.raises(io.UnsupportedOperation):
        proxy.fileno()
    assert not proxy.isatty()


def test_a_stream_that_other_code_sets_is_used_and_kept() -> None:
    other = io.StringIO()

    def act(out: Any) -> None:
        with contextlib.redirect_stdout(other):
            print("other")
            with out:
                print("inside")
            print("other")

    before = sys.stdout
    assert shown(act).outputs() == [stream("inside\n")]
    assert other.getvalue() == "other\nother\n"
    assert sys.stdout is before


def test_a_redirect_in_the_block_wins() -> None:
    other = io.StringIO()

    def act(out: Any) -> None:
        with out, contextlib.redirect_stdout(other):
            print("other")
        with out:
            print("inside")

    assert shown(act).outputs() == [stream("inside\n")]
    assert other.getvalue() == "other\n"


def test_a_log_handler_of_an_earlier_stream_writes_to_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = logging.getLogger("test_output")
    log.propagate = False
    # pytest has set its own stream.
    earlier = logging.StreamHandler(sys.stderr)

    def act(out: Any) -> None:
        with out:
            for handler in (earlier, logging.StreamHandler()):
                log.handlers = [handler]
                log.warning("a warning")

    assert shown(act).outputs() == [stream("a warning\n", "stderr")]
    assert "a warning" in capsys.readouterr().err


# Blocks


def test_the_inner_block_wins() -> None:
    inner: list[Any] = []

    def make() -> Any:
        inner.append(Output())
        return Output()

    def act(out: Any) -> None:
        with out:
            print("outer")
            with inner[0]:
                print("inner")
                with out:
                    print("again")
                print("inner")
            print("outer")
        assert inner[0].outputs == (stream("inner\ninner\n"),)

    view = shown(act, make=make)
    assert view.errors == []
    assert [stream("outer\nagain\nouter\n")] in view.updates()


def test_a_decorated_function_prints_into_the_widget() -> None:
    def act(out: Any) -> Any:
        @out.capture(clear_output=True, wait=True)
        def work(word: str) -> str:
            print(word)
            return word

        @out.capture()
        async def later(word: str) -> str:
            await asyncio.sleep(0)
            print(word)
            return word

        assert work("first") == "first"
        assert work("second") == "second"

        async def go() -> None:
            assert await later("third") == "third"

        return go()

    view = shown(act, lambda outputs: outputs and "third" in outputs[0]["text"])
    assert view.errors == []
    assert view.outputs() == [stream("second\nthird\n")]


def test_the_methods_that_append_merge_and_send_one_message() -> None:
    def act(out: Any) -> None:
        for number in range(100):
            out.append_stdout(f"{number} ")
        out.append_stderr("oh\n")
        out.append_display_data(HTML("<b>bold</b>"))

    view = shown(act)
    text, error, html = view.outputs()
    assert text == stream("".join(f"{number} " for number in range(100)))
    assert error == stream("oh\n", "stderr")
    assert html["data"]["text/html"] == "<b>bold</b>"
    assert len(view.updates()) == 2
    assert not InteractiveShell.initialized()


def test_the_trait_has_what_was_printed_and_can_be_set() -> None:
    def act(out: Any) -> None:
        with out:
            print("lost")
        out.outputs = ()
        with out:
            print("a")
        assert out.outputs == (stream("a\n"),)
        out.outputs += (stream("b\n", "stderr"),)
        with out:
            print("c", file=sys.stderr)
        with pytest.raises(Exception, match="outputs"):
            out.outputs = 5
        assert len(out.outputs) == 2

    view = shown(act)
    assert view.errors == []
    assert view.outputs() == [stream("a\n"), stream("b\nc\n", "stderr")]


def test_observers_of_the_trait_that_print_do_not_change_it_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def act(out: Any) -> None:
        out.observe(lambda change: print("changed"), "outputs")
        with out:
            print("once")

    assert shown(act).outputs() == [stream("once\n")]
    assert capsys.readouterr().out == "changed\n"


def test_what_is_printed_before_the_open_is_sent_once() -> None:
    def make() -> Any:
        out = Output()
        with out:
            print("at once")
        return out

    view = shown(lambda out: None, make=make)
    assert view.updates() == [[stream("at once\n")]]


# Clearing


def test_a_clear_that_waits_keeps_the_outputs_until_the_next() -> None:
    def act(out: Any) -> None:
        with out:
            print("old")
            clear_output(wait=True)
            assert out.outputs == (stream("old\n"),)
            print("new")
            clear_output()
            assert out.outputs == ()
            print("newest")
        out.clear_output(wait=True)
        assert out.outputs == (stream("newest\n"),)
        out.append_stdout("last")

    view = shown(act)
    assert view.errors == []
    assert view.outputs() == [stream("last")]


def test_a_clear_outside_of_blocks_changes_no_widget() -> None:
    def act(out: Any) -> None:
        with out:
            print("kept")
        clear_output()

    assert shown(act).outputs() == [stream("kept\n")]


# Displays


def test_objects_are_displayed_by_mime_type() -> None:
    class Picture:
        def _repr_png_(self) -> bytes:
            return b"\x89PNG"

    class Data:
        def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
            return {"application/json": {"a": (1, 2)}, "text/plain": "data"}

    def act(out: Any) -> None:
        with out:
            display(HTML("<i>x</i>"), metadata={"text/html": {"isolated": True}})
            display(Picture())
            display(Data())
            display({"text/plain": "raw"}, raw=True)
            display(1, 2)

    first, picture, data, raw, one, two = shown(act).outputs()
    assert first["data"]["text/html"] == "<i>x</i>"
    assert first["metadata"] == {"text/html": {"isolated": True}}
    assert picture["data"]["image/png"] == "iVBORw=="
    assert data["data"]["application/json"] == {"a": [1, 2]}
    assert raw["data"] == {"text/plain": "raw"}
    assert [one["data"], two["data"]] == [{"text/plain": "1"}, {"text/plain": "2"}]


def test_a_widget_is_opened_before_the_output_that_shows_it() -> None:
    def act(out: Any) -> None:
        with out:
            display(ipywidgets.IntSlider(value=7))

    view = shown(act)
    model = view.outputs()[0]["data"][WIDGET]["model_id"]
    kinds = [message.kind for message in view.page.messages if message.comm_id == model]
    assert kinds == ["comm_open"]
    ids = [message.comm_id for message in view.page.messages]
    update = max(i for i, m in enumerate(view.page.messages) if "outputs" in str(m.data))
    assert ids.index(model) < update


def test_a_display_is_updated_inside_and_outside_of_the_block() -> None:
    def act(out: Any) -> None:
        with out:
            handle = display("one", display_id=True)
            display("two", display_id="named")
            print("text")
            update_display("zwei", display_id="named")
        assert handle is not None
        handle.update("eins")
        update_display("nothing", display_id="unknown")

    one, two, text = shown(act).outputs()
    assert one["data"] == {"text/plain": "'eins'"}
    assert two["data"] == {"text/plain": "'zwei'"}
    assert text == stream("text\n")


def test_a_display_without_a_block_is_printed_as_before(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown(lambda out: (display("plain", "text"), out.append_stdout("x")))
    assert capsys.readouterr().out == "plain text\n"


def test_no_shell_is_visible_to_other_code() -> None:
    def act(out: Any) -> None:
        with out:
            assert get_ipython() is None
            assert not InteractiveShell.initialized()
            print("none")

    assert shown(act).outputs() == [stream("none\n")]


def test_data_that_json_cannot_represent_is_an_error_of_its_display() -> None:
    def act(out: Any) -> None:
        with out:
            display({"application/json": {"x": float("nan")}}, raw=True)
        with out:
            print("still works")

    error, text = shown(act).outputs()
    assert error["ename"] == "ValueError"
    assert text == stream("still works\n")


# Errors


def test_an_error_is_shown_with_its_traceback_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    def act(out: Any) -> None:
        with out:
            print("before")
            raise ValueError("a bad value")

    view = shown(act)
    _, error = view.outputs()
    assert view.errors == []
    assert (error["output_type"], error["ename"]) == ("error", "ValueError")
    assert error["evalue"] == "a bad value"
    assert error["traceback"][0] == "Traceback (most recent call last):"
    assert error["traceback"][-1] == "ValueError: a bad value"
    assert "a bad value" in caplog.text


def test_an_error_is_sanitized_as_the_app_asks() -> None:
    def act(out: Any) -> None:
        with out:
            raise ValueError("a secret")

    async def go() -> Shown:
        view = Shown(act)
        view.app.sanitize_errors = True
        await view.open()
        await view.go()
        await view.until(view.outputs)
        await view.page.close()
        return view

    view = finish(go())
    assert "secret" not in json.dumps([message.header for message in view.page.messages])
    assert view.outputs()[0]["traceback"] == [view.app.sanitize_error_msg]


def test_cancellations_and_requirements_of_shiny_propagate() -> None:
    def act(out: Any) -> None:
        with out:
            print("before")
            raise error

    for error in (asyncio.CancelledError(), SystemExit(), GeneratorExit()):
        view = shown(act)
        assert view.errors == [error]
        assert view.outputs() == [stream("before\n")]

    def require(out: Any) -> None:
        with out:
            print("before")
            req(False)

    view = shown(require)
    assert type(view.errors[0]).__name__ == "SilentException"
    assert view.outputs() == [stream("before\n")]


# interactive


def square(x: int) -> int:
    """Print and return a square."""
    print(f"{x} squared is {x * x}")
    return x * x


def test_interactive_shows_the_output_of_each_call() -> None:
    def act(box: Any) -> None:
        assert box.result == 25
        box.children[0].value = 3
        assert box.result == 9

    view = shown(
        act,
        lambda outputs: outputs and "3 squared" in outputs[0].get("text", ""),
        make=lambda: interactive(square, x=(0, 10)),
    )
    assert view.errors == []
    assert view.updates() == [
        [stream("5 squared is 25\n")],
        [stream("3 squared is 9\n")],
    ]


def test_interactive_shows_an_error_and_the_next_result() -> None:
    def root(x: int) -> None:
        if x < 5:
            raise ValueError("too small")
        print(x)

    def act(box: Any) -> None:
        box.children[0].value = 3
        assert box.children[1].outputs[0]["evalue"] == "too small"
        box.children[0].value = 8

    view = shown(act, lambda o: o == [stream("8\n")], make=lambda: interactive(root, x=(0, 10)))
    assert view.errors == []


def test_interact_displays_its_controls_in_a_block() -> None:
    def act(out: Any) -> None:
        with out:
            interact(square, x=4)
            interact_manual(square, x=4)

    outputs = shown(act).outputs()
    assert [WIDGET in item.get("data", {}) for item in outputs] == [True, True]


def test_interactive_output_shows_the_output_of_its_function() -> None:
    sliders: list[Any] = []

    def make() -> Any:
        sliders.append(ipywidgets.IntSlider(value=2))
        return interactive_output(square, {"x": sliders[0]})

    def act(out: Any) -> None:
        sliders[0].value = 6

    view = shown(act, lambda outputs: outputs == [stream("6 squared is 36\n")], make=make)
    assert view.updates()[0] == [stream("2 squared is 4\n")]


# Threads and tasks


def test_threads_tasks_and_jobs_print_into_the_widget_of_their_start() -> None:
    def threads(out: Any) -> Any:
        released = threading.Event()
        pool = ThreadPoolExecutor(2)

        def work(word: str) -> None:
            released.wait(10)
            print(word)

        class Worker(threading.Thread):
            def run(self) -> None:
                work("subclass")

        async def task() -> None:
            await asyncio.to_thread(work, "to_thread")
            await asyncio.get_running_loop().run_in_executor(None, work, "executor")

        with out:
            threading.Thread(target=work, args=("thread",)).start()
            threading.Thread(
                target=lambda: threading.Thread(target=work, args=("nested",)).start()
            ).start()
            threading.Timer(0, work, ["timer"]).start()
            Worker().start()
            pool.submit(work, "submit")
            list_of = pool.map(work, ["map"])
            tasks.append(asyncio.create_task(task()))
        # The block has ended.
        released.set()
        del list_of
        pool.shutdown(wait=False)

    tasks: list[Any] = []
    words = ["nested", "timer", "subclass", "submit", "map", "to_thread", "executor"]

    def complete(outputs: list[Any]) -> bool:
        # The texts of threads may mix, as in a terminal.
        return bool(outputs) and all(word.strip() in outputs[0]["text"] for word in words)

    view = shown(threads, complete)
    assert len(view.outputs()) == 1


def test_an_error_of_a_thread_is_printed_into_the_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    # pytest has set another function.
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)

    def work() -> None:
        raise ValueError("in a thread")

    def act(out: Any) -> None:
        with out:
            threading.Thread(target=work).start()

    view = shown(act, lambda outputs: outputs and "in a thread\n" in outputs[0]["text"])
    assert view.outputs()[0]["name"] == "stderr"


def test_a_worker_of_a_pool_keeps_no_widget() -> None:
    pool = ThreadPoolExecutor(1)
    seen: list[Any] = []

    def act(out: Any) -> None:
        with out:
            pool.submit(print, "inside").result()
        pool.submit(lambda: seen.append(_output_area._blocks.get())).result()

    assert shown(act).outputs() == [stream("inside\n")]
    assert seen == [()]
    pool.shutdown()


def test_a_thread_that_a_package_starts_for_itself_prints_to_the_log(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path) + os.sep
    (tmp_path / "monitor.py").write_text(
        "import threading\n"
        "def run(function=None):\n"
        "    thread = threading.Thread(target=function or (lambda: print('monitor')))\n"
        "    thread.start()\n"
        "    thread.join()\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "monitor", raising=False)
    monkeypatch.setattr(_output_streams, "_LIBRARIES", (os.path.realpath(folder) + os.sep,))
    _output_streams._is_library.cache_clear()
    import monitor  # type: ignore[import-not-found]

    def act(out: Any) -> None:
        with out:
            monitor.run()
            monitor.run(lambda: print("of the app"))

    try:
        assert shown(act).outputs() == [stream("of the app\n")]
    finally:
        _output_streams._is_library.cache_clear()
    assert capsys.readouterr().out == "monitor\n"


def test_a_python_without_a_folder_of_the_user_has_libraries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # As in Pyodide.
    monkeypatch.setattr(site, "getusersitepackages", lambda: None)
    assert os.path.join(os.path.realpath(os.path.dirname(os.__file__)), "") in (
        _output_streams._folders()
    )


def test_a_thread_without_a_session_enters_the_widget() -> None:
    def act(out: Any) -> None:
        def work() -> None:
            with out:
                print("entered")
                display(HTML("<b>x</b>"))
                clear_output(wait=True)
                raise ValueError("in a thread")

        threading.Thread(target=work).start()

    view = shown(act, lambda outputs: outputs and outputs[0]["output_type"] == "error")
    assert [item["output_type"] for item in view.outputs()] == ["error"]


def test_a_task_prints_without_any_flush() -> None:
    async def work() -> None:
        for number in range(3):
            print(number)
            await asyncio.sleep(0.06)

    tasks: list[Any] = []

    def act(out: Any) -> None:
        with out:
            tasks.append(asyncio.create_task(work()))

    view = shown(act, lambda outputs: outputs and outputs[0]["text"] == "0\n1\n2\n")
    assert len(view.updates()) >= 3


# Sessions


def test_no_session_gets_the_text_of_another() -> None:
    count = 4

    def busy(name: str) -> Act:
        def thread() -> None:
            for number in range(60):
                print(f"{name} thread {number}")
                display(f"{name} display")
                time.sleep(0.001)

        async def task() -> None:
            for number in range(60):
                print(f"{name} task {number}")
                await asyncio.sleep(0.001)
            print(f"{name} is done")

        async def act(out: Any) -> None:
            with out:
                worker = threading.Thread(target=thread)
                worker.start()
                job = asyncio.create_task(task())
                kept.append((worker, job))

        return act

    kept: list[Any] = []

    async def go() -> list[Shown]:
        views = [await Shown(busy(f"<{n}>")).open() for n in range(count)]
        await asyncio.gather(*(view.go() for view in views))
        for view in views:
            await view.until(lambda view=view: "is done" in view.text())
        for worker, job in kept:
            await asyncio.to_thread(worker.join)
            await job
        for view in views:
            await view.until(lambda view=view: "thread 59" in view.text())
            await view.page.close()
        return views

    for number, view in enumerate(finish(go())):
        sent = json.dumps([message.header for message in view.page.messages])
        assert f"<{number}> thread 59" in sent
        for other in range(count):
            assert other == number or f"<{other}>" not in sent


def test_a_flush_in_a_block_runs_other_code_outside_of_the_block(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shared = reactive.value(0)

    async def act(out: Any) -> None:
        with out:
            shared.set(1)
            print("own text")
            await reactive.flush()

    async def go() -> list[Shown]:
        reader, writer = Shown(lambda out: None), Shown(act)
        serve = reader.serve

        def also_read(input: Inputs, output: Outputs, session: Session) -> None:
            serve(input, output, session)

            @reactive.effect
            def _() -> None:
                print("of another session", shared())

        reader.app.server = also_read

        @reactive.effect
        def of_no_session() -> None:
            print("of no session", shared())

        views = [await reader.open(), await writer.open()]
        await writer.go()
        await writer.until(writer.outputs)
        for view in views:
            await view.page.close()
        of_no_session.destroy()
        return views

    reader, writer = finish(go())
    assert writer.outputs() == [stream("own text\n")]
    assert reader.outputs() == []
    printed = capsys.readouterr().out
    assert "of another session 1\n" in printed
    assert "of no session 1\n" in printed


def test_text_after_the_end_of_the_session_goes_to_the_log(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = threading.Event()
    threads: list[threading.Thread] = []

    def act(out: Any) -> None:
        def work() -> None:
            print("during")
            ended.wait(10)
            print("after")
            display("shown")
            with out:
                print("entered")

        with out:
            threads.append(threading.Thread(target=work))
            threads[0].start()

    # `print` writes the end of the line separately.
    view = shown(act, lambda outputs: outputs and outputs[0]["text"].endswith("\n"))
    ended.set()
    threads[0].join(10)
    assert view.outputs() == [stream("during\n")]
    assert capsys.readouterr().out == "after\nshown\nentered\n"


def test_a_widget_that_is_closed_in_its_block_gets_no_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    other: list[Any] = []

    def act(out: Any) -> None:
        other.append(Output())
        with other[0]:
            print("lost")
            other[0].close()
            print("to the log")
        with out:
            print("works")

    assert shown(act).errors == []
    assert capsys.readouterr().out == "to the log\n"


def test_a_widget_that_no_session_made_is_not_captured() -> None:
    assert _output_area.area_of(Output.__new__(Output)) is None


def test_ended_sessions_leave_nothing_behind() -> None:
    import gc

    def act(out: Any) -> None:
        with out:
            print("x")

    shown(act)
    gc.collect()
    before = len(_output_area._areas), len(_output_area._areas_by_session)
    for _ in range(3):
        shown(act)
    gc.collect()
    assert (len(_output_area._areas), len(_output_area._areas_by_session)) <= before


def test_the_widget_of_a_module_is_captured() -> None:
    @module.server
    def inner(input: Inputs, output: Outputs, session: Session) -> None:
        @render_widget
        def out() -> Any:
            widget = Output()
            with widget:
                print("in a module")
            threading.Timer(0.01, lambda: widget.append_stdout("later\n")).start()
            return widget

    async def go() -> None:
        page = Page(App(empty_ui(), lambda input, output, session: inner("inner")))
        await page.open(outputs=("inner-out",))
        await page.until(lambda: "later" in str([m.data for m in page.messages]))
        await page.close()

    finish(go())


@pytest.mark.skipif(
    ipywidgets.__version__.startswith("8.0"), reason="widgets without a comm require ipykernel"
)
@pytest.mark.parametrize("pause", [0, 2 * _output_area.PERIOD])
def test_an_express_app_shows_what_its_file_prints(tmp_path: Any, pause: float) -> None:
    from shiny.express import wrap_express_app

    file = tmp_path / "app.py"
    file.write_text(
        "import time\n"
        "from ipywidgets import Output\n"
        "from shiny.express import ui\n"
        "from shinywidgets import render_widget\n"
        "widget = Output()\n"
        "with widget:\n"
        "    print('at the top')\n"
        "@render_widget\n"
        "def out():\n"
        # After a pause, the flush sends the text, otherwise the timer.
        f"    time.sleep({pause})\n"
        "    with widget:\n"
        "        print('in the output')\n"
        "    return widget\n"
    )

    async def go() -> None:
        page = Page(wrap_express_app(file))
        await page.open()
        text = stream("at the top\nin the output\n")
        await page.until(lambda: json.dumps(text) in json.dumps([m.data for m in page.messages]))
        await page.close()

    finish(go())


# Figures


@pytest.fixture
def plt() -> Any:
    """Return pyplot, with the backend of servers."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


def kinds(view: Shown) -> list[str]:
    """Return the types of the outputs."""
    return [
        "png" if "image/png" in item.get("data", {}) else item["output_type"]
        for item in view.outputs()
    ]


def test_figures_are_shown_in_their_place_and_closed(plt: Any) -> None:
    def act(out: Any) -> None:
        with out:
            print("first")
            plt.plot([1, 2])
            plt.show()
            print("second")
            figure, _ = plt.subplots()
            display(figure)
            figure.show()
            assert plt.get_fignums() == []

    view = shown(act)
    assert view.errors == []
    assert kinds(view) == ["stream", "png", "stream", "png", "png"]


def test_a_figure_of_the_session_is_shown_in_a_block(plt: Any) -> None:
    def act(out: Any) -> None:
        figure, _ = plt.subplots()
        with out:
            plt.title("same figure")
            assert plt.gcf() is figure
            plt.show()

    view = shown(act)
    assert view.errors == []
    assert kinds(view) == ["png"]


def test_interactive_shows_the_figures_that_its_function_leaves_open(plt: Any) -> None:
    def draw(x: int) -> None:
        plt.plot([x, 2])

    def act(box: Any) -> None:
        plt.figure()
        box.children[0].value = 3
        assert plt.get_fignums() == []

    async def go() -> Shown:
        view = await Shown(act, make=lambda: interactive(draw, x=(0, 10))).open()
        await view.until(view.updates)
        first = view.outputs()
        await view.go()
        await view.until(lambda: len(view.updates()) == 2)
        await view.page.close()
        assert first[0]["data"]["image/png"] != view.outputs()[0]["data"]["image/png"]
        return view

    view = finish(go())
    assert view.errors == []
    assert kinds(view) == ["png"]


def test_sessions_do_not_share_figures(plt: Any) -> None:
    figures: list[Any] = []

    def act(out: Any) -> None:
        with out:
            figures.append(plt.gcf())

    async def go() -> None:
        views = [await Shown(act).open() for _ in range(2)]
        for view in views:
            await view.go()
        assert plt.get_fignums() == []
        for view in views:
            await view.page.close()

    finish(go())
    assert figures[0] is not figures[1]


def test_matplotlib_is_patched_when_it_is_imported_in_a_block() -> None:
    pytest.importorskip("matplotlib")
    import subprocess

    script = """
import sys
sys.path.insert(0, "tests")
from shiny_comm._output import install
undo = install()
assert "matplotlib" not in sys.modules
from test_output import shown, kinds
def act(out):
    with out:
        import matplotlib.pyplot as plt
        plt.plot([1, 2])
        plt.show()
view = shown(act)
assert kinds(view) == ["png"], view.outputs()
import matplotlib.backend_bases as bases
assert type(bases.__spec__.loader).__module__ != "shiny_comm._output_figures"
undo()
assert type(bases.Gcf.figs).__name__ == "OrderedDict"
"""
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=os.path.dirname(os.path.dirname(__file__)),
        env={**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


# The installation


def test_the_installation_is_idempotent_and_undone() -> None:
    install()()
    names = "get set".split()
    trait = vars(Output)["outputs"]

    def state() -> list[Any]:
        return [
            sys.stdout,
            sys.stderr,
            threading.Thread.start,
            ThreadPoolExecutor.submit,
            [vars(InteractiveShell).get(name) for name in ("initialized", "instance")],
            [vars(trait).get(name) for name in names],
            {name: value for name, value in vars(Output).items() if callable(value)},
            [*sys.meta_path],
        ]

    before = state()
    undo = install()
    assert install() is undo
    changed = state()
    assert all(a != b for a, b in zip(before[:7], changed[:7], strict=True))
    undo()
    undo()
    assert state() == before


def test_other_versions_of_ipywidgets_and_matplotlib_cause_one_warning(
    plt: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib._pylab_helpers import Gcf

    install()()
    with monkeypatch.context() as context:
        context.setattr(Gcf, "figs", {})
        with pytest.warns(RuntimeWarning, match="Outputs do not show its figures"):
            undo = install()
        assert shown(lambda out: out.append_stdout("text")).outputs() == [stream("text")]
        undo()
    with monkeypatch.context() as context:
        context.delattr(Output, "capture")
        with pytest.warns(RuntimeWarning, match="capture"):
            install()()
        assert "__init__" not in vars(Output)

"""The outputs of one Output widget: merged, limited in length, and sent at a steady pace."""

from __future__ import annotations

import asyncio
import logging
import math
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast
from weakref import WeakKeyDictionary, WeakSet, ref

from shiny import reactive
from shiny.session import get_current_session, session_context
from traitlets import TraitError

if TYPE_CHECKING:
    from shiny import Session

#: The characters of text in one Output. Earlier text is left out, because each update of the widget
#: sends all of it.
MAX_TEXT: Final = 1_000_000

#: The line that replaces earlier text.
NOTE: Final = "[Earlier text is left out]\n"

#: The seconds between two updates of a widget. All widgets are updated at the same moments, because
#: each flush costs a message to every session.
PERIOD: Final = 0.05

#: The characters that one widget sends in a second; larger widgets are updated less often.
_RATE: Final = 1_000_000

#: What an output costs in addition to its text.
_OVERHEAD: Final = 100

logger = logging.getLogger("shiny_comm")

#: The blocks that the running code is in.
_blocks: ContextVar[tuple[Block, ...]] = ContextVar("shiny_comm_outputs", default=())

#: The attribute of a widget with its area. The area refers to the session, and the session to the
#: widget: a table would keep all three.
_AREA: Final = "_shiny_comm_area"

_areas: WeakSet[Area] = WeakSet()
_areas_by_session: WeakKeyDictionary[Session, WeakSet[Area]] = WeakKeyDictionary()
#: Loops with a flush that waits for Shiny's lock.
_waiting: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Task[None]] = WeakKeyDictionary()
_process: int | None = None
#: The sets of areas change in any thread.
_lock = threading.Lock()


def activate(active: bool) -> None:
    """Capture the output of this process, or no longer."""
    global _process
    _process = os.getpid() if active else None
    if not active:
        with _lock:
            areas = [*_areas]
        for area in areas:
            area.commit_on_loop()
            area.end()
        _areas_by_session.clear()


@dataclass(frozen=True)
class Block:
    """The ``with`` block of an Output."""

    area: Area
    #: Whether the block was entered in a session, not in a thread.
    has_session: bool


def current_area() -> Area | None:
    """Return the Output that gets the output of the running code."""
    blocks = _blocks.get()
    # A forked process has a copy of the widget, and shares the socket that wakes the loop.
    if not blocks or blocks[-1].area.has_ended or os.getpid() != _process:
        return None
    block = blocks[-1]
    # A flush in the block runs code of all sessions, and effects without one.
    session = get_current_session()
    if session is None:
        return None if block.has_session else block.area
    return block.area if session.root_scope() is block.area.session else None


def enter_block(area: Area) -> None:
    """Let the running code print into an Output."""
    block = Block(area, get_current_session() is not None)
    _blocks.set((*_blocks.get(), block))


def leave_block(area: Area) -> None:
    """Leave the last block of an Output."""
    blocks = _blocks.get()
    for index in reversed(range(len(blocks))):
        if blocks[index].area is area:
            _blocks.set(blocks[:index] + blocks[index + 1 :])
            return


def is_in_block() -> bool:
    """Return whether the running code is in a block, also in one of another session."""
    return bool(_blocks.get())


def set_blocks(of: tuple[Block, ...]) -> None:
    """Run this thread in other blocks to its end."""
    _blocks.set(of)


@contextmanager
def blocks(of: tuple[Block, ...] = ()) -> Generator[None, None, None]:
    """Run code in other blocks; by default in none."""
    token = _blocks.set(of)
    try:
        yield
    finally:
        _blocks.reset(token)


def blocks_for_thread() -> tuple[Block, ...]:
    """Return the blocks of the running code for a thread, which has no session."""
    if current_area() is None:
        return ()
    return tuple(Block(block.area, False) for block in _blocks.get())


def current_root() -> Session | None:
    """Return the session of the current Output, otherwise the current session."""
    area = current_area()
    if area is not None:
        return area.session
    session = get_current_session()
    return None if session is None else session.root_scope()


def area_of(widget: Any) -> Area | None:
    """Return the area of a widget; ``None`` for a widget that no session made."""
    return cast("dict[str, Area]", vars(widget)).get(_AREA)


def add_area(widget: Any, read: Callable[[Any], Any], write: Callable[[Any, Any], None]) -> None:
    """Give a new widget an area, if a session makes it.

    A widget without a session may be on the pages of all sessions. So it has no area.
    """
    session = get_current_session()
    if session is None or _process is None:
        return
    root = session.root_scope()
    with _lock:
        siblings = _areas_by_session.get(root)
        is_first = siblings is None
        if siblings is None:
            siblings = _areas_by_session[root] = WeakSet[Area]()
        loops = [area.loop for area in siblings if area.loop is not None]
        area = vars(widget)[_AREA] = Area(widget, root, read, write)
        if area.loop is None and loops:
            area.loop = loops[0]
        siblings.add(area)
        _areas.add(area)
    if is_first and not root.is_stub_session():
        root.on_ended(lambda: _end_all(siblings))


def _end_all(areas: WeakSet[Area]) -> None:
    with _lock:
        ended = [*areas]
    for area in ended:
        area.end()


def has_areas(session: Session) -> bool:
    """Return whether a session has Outputs."""
    return bool(_areas_by_session.get(session))


def update_displays(session: Session, display_id: str, data: Any, metadata: Any) -> None:
    """Replace the displays of a session with an id."""
    with _lock:
        areas = [*_areas_by_session.get(session, ())]
    for area in areas:
        area.update(display_id, data, metadata)


@dataclass(eq=False)
class _Item:
    """An output, in the form of nbformat, and the text that is still to be joined."""

    value: dict[str, Any]
    display_id: str | None = None
    parts: list[str] = field(default_factory=list[str])

    def is_stream(self, name: str | None = None) -> bool:
        """Return whether the output is text of a stream. Other code may have set any values."""
        value: Any = self.value
        return (
            isinstance(value, dict)
            and self.value.get("output_type") == "stream"
            and isinstance(self.value.get("text"), str)
            and (name is None or self.value.get("name") == name)
        )

    def join(self) -> None:
        if self.parts:
            text = _join(self.value["text"], "".join(self.parts))
            # A new object, because the page's state still has the old one.
            self.value = {**self.value, "text": text}
            self.parts.clear()

    def size(self) -> int:
        """Return the number of characters."""
        if self.is_stream():
            return _OVERHEAD + len(self.value["text"]) + sum(map(len, self.parts))
        value: Any = self.value
        data: Any = self.value.get("data") if isinstance(value, dict) else None
        values = cast("dict[str, Any]", data).values() if isinstance(data, dict) else ()
        return _OVERHEAD + sum(len(value) for value in values if isinstance(value, str))


def _join(text: str, added: str) -> str:
    """Append a text, without the parts of lines that carriage returns overwrite."""
    head, end, last = text.rpartition("\n")
    if "\r" not in added and "\r" not in last:
        return text + added
    lines = (last + added).split("\n")
    return head + end + "\n".join(map(_overwrite, lines))


def _overwrite(line: str) -> str:
    kept: list[str] = []
    for part in line.split("\r"):
        # A shorter part overwrites only the start of the line, which the page does.
        while kept and len(kept[-1]) <= len(part):
            kept.pop()
        kept.append(part)
    return "\r".join(kept)


class Area:
    """The outputs of a widget. Any thread may add to them.

    Additions change the trait with the next flush, or at the next moment of `PERIOD`. Until then
    they are merged. The trait's getter returns them immediately.
    """

    def __init__(
        self,
        widget: Any,
        session: Session,
        read: Callable[[Any], Any],
        write: Callable[[Any, Any], None],
    ) -> None:
        #: ``None`` after the end.
        self.session: Session | None = session
        self.has_ended = False
        self.loop: asyncio.AbstractEventLoop | None = None
        # The areas of running threads must not keep the widget.
        self._widget = ref(widget)
        self._write_trait = write
        self._lock = threading.RLock()
        self._items = [_Item(value) for value in read(widget)]
        self._clears_next: bool = False
        self._changed: bool = False
        #: The trait's next value, if it is known.
        self._value: tuple[dict[str, Any], ...] | None = None
        self._text_size = 0
        self._other_size = 0
        #: The start of the period of the last update.
        self._last = -math.inf
        self._timer: asyncio.TimerHandle | None = None
        self._cancel_flush: Callable[[], None] | None = None
        self._is_scheduled = False
        self._measure()
        self._on_loop()

    # Additions

    def stream(self, name: str, text: str) -> bool:
        """Append text to a stream; return whether the widget still exists."""
        with self._lock:
            if self.has_ended:
                return False
            if not text:
                return True
            self._clear_if_due()
            if self._items and self._items[-1].is_stream(name):
                self._items[-1].parts.append(text)
            else:
                value = {"output_type": "stream", "name": name, "text": ""}
                self._items.append(_Item(value, parts=[text]))
                self._text_size += _OVERHEAD
            self._text_size += len(text)
            if self._text_size > 2 * MAX_TEXT:
                self._trim()
            self._change()
        self._schedule()
        return True

    def append(self, value: dict[str, Any], display_id: str | None = None) -> None:
        """Append an output."""
        with self._lock:
            if self.has_ended:
                return
            self._clear_if_due()
            item = _Item(value, display_id)
            self._items.append(item)
            self._other_size += item.size()
            self._change()
        self._schedule()

    def update(self, display_id: str, data: Any, metadata: Any) -> None:
        """Replace the displays with an id."""
        with self._lock:
            items = [item for item in self._items if item.display_id == display_id]
            if not items or self.has_ended:
                return
            for item in items:
                item.value = {**item.value, "data": data, "metadata": metadata}
            self._measure()
            self._change()
        self._schedule()

    def clear(self, wait: bool) -> None:
        """Remove all outputs; with `wait`, before the next addition."""
        with self._lock:
            self._clears_next = wait
            if wait or not self._items:
                return
            self._items = []
            self._measure()
            self._change()
        self._schedule()

    def _clear_if_due(self) -> None:
        if self._clears_next:
            self._clears_next = False
            self._items = []
            self._measure()

    def _change(self) -> None:
        self._changed = True
        self._value = None

    def _measure(self) -> None:
        sizes = [(item.is_stream(), item.size()) for item in self._items]
        self._text_size = sum(size for is_stream, size in sizes if is_stream)
        self._other_size = sum(size for is_stream, size in sizes if not is_stream)

    def _trim(self) -> None:
        """Remove the earliest text."""
        for item in self._items:
            item.join()
        self._measure()
        excess = self._text_size - MAX_TEXT
        if excess <= 0:
            return
        kept: list[_Item] = []
        for item in self._items:
            if excess <= 0 or not item.is_stream():
                kept.append(item)
                continue
            text: str = item.value["text"]
            if item.size() <= excess:
                excess -= item.size()
                continue
            # Whole lines, if they are not very long.
            line_end = text.find("\n", excess, excess + 10_000)
            cut = excess if line_end < 0 else line_end + 1
            item.value = {**item.value, "text": NOTE + text[cut:]}
            kept.append(item)
            excess = 0
        self._items = kept
        self._measure()

    # The trait

    def pending_value(self) -> tuple[dict[str, Any], ...] | None:
        """Return the trait's next value; ``None`` if the trait has it already."""
        with self._lock:
            if not self._changed:
                return None
            if self._value is None:
                if self._text_size > MAX_TEXT:
                    self._trim()
                for item in self._items:
                    item.join()
                self._value = tuple(item.value for item in self._items)
            return self._value

    @contextmanager
    def replaced(self, values: Any) -> Generator[None, None, None]:
        """Drop pending additions, because other code sets the trait inside the context."""
        with self._lock:
            before = self._items, self._changed, self._clears_next
            # The trait accepts only these, and dictionaries in them.
            known = cast("list[Any]", values) if isinstance(values, (list, tuple)) else []
            self._items = [_Item(value) for value in known]
            self._changed = self._clears_next = False
            self._measure()
        try:
            yield
        except TraitError:
            with self._lock:
                self._items, self._changed, self._clears_next = before
                self._value = None
                self._measure()
            raise

    def commit(self) -> None:
        """Set the trait, in the loop's thread."""
        widget = self._widget()
        with self._lock:
            self._unschedule()
            value = self.pending_value()
            self._changed = False
            session = self.session
        if widget is None or value is None or session is None:
            return
        if self.loop is not None:
            self._last = math.floor(self.loop.time() / PERIOD) * PERIOD
        # Observers of the trait that print must not change it again.
        try:
            with blocks(), session_context(session):
                self._write_trait(widget, value)
        except Exception:
            logger.exception("cannot update an Output widget")

    def commit_on_loop(self) -> None:
        """Set the trait, if this is the thread of the loop."""
        if self._on_loop():
            self.commit()

    def end(self) -> None:
        """Drop everything: the widget is closed, or the session has ended."""
        with self._lock:
            self.has_ended = True
            self.session = None
            self._items = []
            self._changed = False
            self._value = None
        if self._on_loop():
            self._unschedule()

    # The pace

    def _on_loop(self) -> bool:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return False
        if self.loop is None:
            self.loop = loop
        return self.loop is loop

    def _schedule(self) -> None:
        session = self.session
        # The first run of an Express app has no page.
        if self._is_scheduled or session is None or session.is_stub_session():
            return
        if self._on_loop():
            self._is_scheduled = True
            # The code may run in a flush, which then sends the update.
            self._cancel_flush = session.on_flush(self._in_flush, once=True)
            self._start_timer()
        elif self.loop is not None:
            self._is_scheduled = True
            try:
                # Without the context of the thread, so that the callback prints into the log.
                self.loop.call_soon_threadsafe(self._start_timer, context=Context())
            except RuntimeError:
                # The loop is closed: the server stops.
                self.end()

    def _unschedule(self) -> None:
        self._is_scheduled = False
        timer, self._timer = self._timer, None
        if timer is not None:
            timer.cancel()
        cancel, self._cancel_flush = self._cancel_flush, None
        if cancel is not None:
            cancel()

    def _interval(self) -> float:
        return max(PERIOD, (self._text_size + self._other_size) / _RATE)

    def _start_timer(self) -> None:
        if self.loop is None or self._timer is not None or self.has_ended:
            return
        due = max(self.loop.time(), self._last + self._interval())
        # Less than an error of rounding, which would cost a period.
        moment = math.ceil(due / PERIOD - 1e-6) * PERIOD
        # Pyodide's loop rejects a moment that has just passed.
        delay = max(0, moment - self.loop.time())
        self._timer = self.loop.call_later(delay, self._tick, context=Context())

    def _in_flush(self) -> None:
        self._cancel_flush = None
        if self.loop is not None and self.loop.time() >= self._last + self._interval():
            self._commit_and_flush()

    def _tick(self) -> None:
        self._timer = None
        self._commit_and_flush()

    def _commit_and_flush(self) -> None:
        self.commit()
        widget = self._widget()
        comm = getattr(widget, "comm", None)
        # The comms of this package flush by themselves. A comm of shinywidgets waits for the next
        # flush, also in a flush: Shiny calls only the callbacks that are registered before it.
        if self.loop is not None and type(comm).__module__.startswith("shinywidgets."):
            _flush_soon(self.loop)


def _flush_soon(loop: asyncio.AbstractEventLoop) -> None:
    """Flush once for all widgets that were updated at the same moment."""
    if loop in _waiting:
        return

    async def flush() -> None:
        async with reactive.lock():
            _waiting.pop(loop, None)
            await reactive.flush()

    _waiting[loop] = loop.create_task(flush())

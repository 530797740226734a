"""The opens of a flush: children before parents."""

from __future__ import annotations

import logging
import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final, NamedTuple, Protocol

from ._outbox import OutgoingMessage

#: A reference to another widget in the JSON of a state.
_REFERENCE: Final = re.compile(r'"IPY_MODEL_([^"\\]+)"')

logger = logging.getLogger("shiny_comm")


class PendingComm(Protocol):
    """The comm of a new widget."""

    comm_id: str
    widget: Any
    #: Whether the widget opens only if the state of another widget refers to it.
    is_optional: bool

    def refers_to(self, child: Any) -> None:
        """Note that the first open with a reference to the comm `child` is of this widget."""
        ...

    def open_message(self) -> OutgoingMessage | None:
        """Return the open; ``None`` if the widget was closed meanwhile."""
        ...

    def opened(self) -> bool:
        """Register the comm, whose open is sent; false if the widget was closed meanwhile."""
        ...

    def close(self) -> None:
        """Close the comm, whose open has failed."""
        ...

    def close_widget(self) -> None:
        """Close the widget and its comm."""
        ...

    def end(self, send_error: str | None) -> None:
        """Close the widget at the end of the session."""
        ...


def open_in_order(new: deque[PendingComm]) -> Iterator[OutgoingMessage]:
    """Yield the opens of new widgets, each after the opens of the widgets in its state.

    Reading a state creates widgets, such as default layouts, which `new` then contains.
    """
    yield from _Opening(new).messages()


class _Reference(NamedTuple):
    parent: PendingComm | None
    comm_id: str


class _Ready(NamedTuple):
    comm: PendingComm
    message: OutgoingMessage


class _Opening:
    def __init__(self, new: deque[PendingComm]) -> None:
        self._new = new
        self._pending: dict[str, PendingComm] = {}
        self._optional: dict[str, PendingComm] = {}

    def messages(self) -> Iterator[OutgoingMessage]:
        self._sort_new()
        while self._pending:
            yield from self._with_descendants(next(iter(self._pending)))
            self._sort_new()
        for comm in self._optional.values():
            comm.close_widget()

    def _sort_new(self) -> None:
        # Threads may append meanwhile.
        while self._new:
            comm = self._new.popleft()
            (self._optional if comm.is_optional else self._pending)[comm.comm_id] = comm

    def _with_descendants(self, comm_id: str) -> Iterator[OutgoingMessage]:
        """Yield the opens of a widget's descendants, then of the widget.

        A stack, not recursion: a tree may be deeper than Python's stack.
        """
        stack: list[_Reference | _Ready] = [_Reference(None, comm_id)]
        while stack:
            item = stack.pop()
            if isinstance(item, _Ready):
                if item.comm.opened():
                    yield item.message
                continue
            table = self._pending if item.comm_id in self._pending else self._optional
            if item.comm_id not in table:
                continue
            comm = table.pop(item.comm_id)
            if item.parent is not None:
                item.parent.refers_to(comm)
            message = _message_of(comm)
            self._sort_new()
            if message is not None:
                stack.append(_Ready(comm, message))
                references = _REFERENCE.findall(message.content)
                stack += (_Reference(comm, child_id) for child_id in reversed(references))


def _message_of(comm: PendingComm) -> OutgoingMessage | None:
    try:
        return comm.open_message()
    except Exception:
        logger.exception(
            "shiny-comm: comm %s: cannot open the widget (%s)",
            comm.comm_id,
            type(comm.widget).__name__,
        )
        comm.close()
        return None

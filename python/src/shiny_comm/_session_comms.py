"""The comms of each session: a table, the handlers of the page's messages, and the outbox."""

from __future__ import annotations

import inspect
import logging
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary, WeakSet

from shiny import reactive
from shiny.session import session_context
from shiny.types import SilentException
from traitlets import TraitError

from . import _host
from ._comm import Comm, Message, PageComm
from ._incoming import InvalidMessageError, decode, shorten
from ._modules import untrusted_texts_of
from ._open_order import PendingComm, open_in_order
from ._options import options
from ._outbox import Outbox, OutgoingMessage
from ._protocol import (
    CLOSE_INPUT,
    FRAMES_INPUT,
    OPEN_INPUT,
    PROBE,
    SEND_INPUT,
    SERVER,
    SERVER_MESSAGE,
)

if TYPE_CHECKING:
    from shiny import Session
    from shiny.module import ResolvedId
    from shiny.reactive import Context

#: The number of faults in one page's messages that are logged: a page must not fill the log. The
#: same number of errors in callbacks is logged, because a page may cause them.
MAX_LOGGED_FAULTS: Final = 20

#: The length of a logged fault, whose text may contain a value from the page.
_MAX_FAULT_LENGTH: Final = 500

#: Higher than the priority of widgets, so that the announcement precedes the session's first idle.
_ANNOUNCE_PRIORITY: Final = 100_000

TargetCallback = Callable[[PageComm, Message], object]

logger = logging.getLogger("shiny_comm")


@dataclass(frozen=True)
class Target:
    """A callback for opens from the page."""

    callback: TargetCallback
    #: The session of the registration, which may be a module's; ``None`` for every session.
    session: Session | None


#: The targets of every session.
targets: dict[str, Target] = {}

_sessions: dict[Session, SessionComms] = {}
_ended: WeakSet[Session] = WeakSet()


def comms_of(session: Session) -> SessionComms:
    """Return the comms of a root session.

    Raises
    ------
    RuntimeError
        If the session has ended.

    """
    comms = _sessions.get(session)
    if comms is None:
        if session in _ended:
            raise RuntimeError("shiny-comm: the Shiny session has ended")
        comms = _sessions[session] = SessionComms(session)
    return comms


def has_ended(session: Session) -> bool:
    """Return whether the comms of a root session have ended."""
    return session in _ended


class SessionComms:
    """The comm manager of a session.

    Each session has its own table, unlike shinywidgets: no page can name another session's comm
    (docs/upstream/comm-table.md).
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.targets: dict[str, Target] = {}
        self.comms: dict[str, Comm] = {}
        self.outbox = Outbox(session, self._open_pending)
        #: The comms of new widgets, which open with the flush.
        self.pending: deque[PendingComm] = deque()
        #: The widgets that close when the render of an output is invalidated.
        self._rendered: WeakKeyDictionary[Context, dict[PendingComm, None]] = WeakKeyDictionary()
        self._fault_count = 0
        self._error_count = 0
        self._has_logged_foreign = False
        self._page_comm_count = 0
        self._accepts_opens = False
        with session_context(session):
            self._listen(SEND_INPUT, self._send)
        # A bookmark must not restore messages.
        _host.exclude_from_bookmarks(session, {OPEN_INPUT, SEND_INPUT, CLOSE_INPUT, FRAMES_INPUT})
        session.on_ended(self._end)

    def accept_opens(self) -> None:
        """Announce to the page that it may open comms. A second call does nothing."""
        if self._accepts_opens:
            return
        self._accepts_opens = True
        with session_context(self.session):
            self._announce_to_page()
            self._listen(OPEN_INPUT, self._open)
            self._listen(CLOSE_INPUT, self._close)

    def register_comm(self, comm: Comm) -> str:
        """Add a comm to the table, and return its id."""
        self.comms[comm.comm_id] = comm
        self._page_comm_count += comm.opened_by_page
        return comm.comm_id

    def unregister_comm(self, comm: Comm) -> Comm:
        """Remove a comm from the table."""
        # An app may give the id to a later widget.
        if self.comms.get(comm.comm_id) is comm:
            del self.comms[comm.comm_id]
            self._page_comm_count -= comm.opened_by_page
        return comm

    def get_comm(self, comm_id: str) -> Comm | None:
        """Return the comm with this id."""
        return self.comms.get(comm_id)

    def open_with_flush(self, comm: PendingComm) -> None:
        """Open the comm of a new widget with the flush, before the values of outputs."""
        self.pending.append(comm)
        self.outbox.request_opens()

    def close_with(self, context: Context, comm: PendingComm) -> None:
        """Close a widget when the render of its output is invalidated."""
        rendered = self._rendered.get(context)
        if rendered is not None:
            rendered[comm] = None
            return
        self._rendered[context] = {comm: None}
        # Calls the function now if the render is invalid already.
        context.on_invalidate(lambda: self._close_rendered(context))

    def forget_render(self, context: Context, comm: PendingComm) -> None:
        """Forget a closed widget, which would otherwise stay in memory until the next render."""
        self._rendered.get(context, {}).pop(comm, None)

    def _close_rendered(self, context: Context) -> None:
        # The comms refer to the context, which would otherwise never leave the table.
        with session_context(self.session):
            for comm in self._rendered.pop(context, ()):
                comm.close_widget()

    def _open_pending(self) -> list[OutgoingMessage]:
        with session_context(self.session), _host.isolate():
            return [*open_in_order(self.pending)]

    # Shiny tokenizes the source of each effect in each session, so effects are short:
    # https://github.com/posit-dev/py-shiny/blob/v1.8.0/shiny/otel/_attributes.py#L230

    def _announce_to_page(self) -> None:
        @reactive.effect(priority=_ANNOUNCE_PRIORITY)
        async def announce() -> None:
            await self._announce()

    async def _announce(self) -> None:
        # Runs again when the page sets the input after the session's start, as in dynamic UI.
        with suppress(SilentException):
            if self.session.input[FRAMES_INPUT]() == PROBE:
                await self.outbox.send_probe()
        # In Shinylive, the page's socket delivers bytes, but has no `binaryType`.
        probe = {"probe": True} if sys.platform == "emscripten" and options().binary_frames else {}
        await self.session.send_custom_message(SERVER_MESSAGE, {**SERVER, **probe})

    def _listen(self, name: ResolvedId, handle: Callable[[Message], Any]) -> None:
        value = self.session.input[name]

        @reactive.effect
        @reactive.event(value)
        async def listen() -> None:
            await self._receive(name, value(), handle)

    async def _receive(
        self, name: ResolvedId, text: object, handle: Callable[[Message], Any]
    ) -> None:
        try:
            message = decode(text, opens=name == OPEN_INPUT)
        except InvalidMessageError as error:
            self.log_fault(f"invalid message in input {name}: {error}")
            return
        await handle(message)

    async def _open(self, message: Message) -> None:
        comm_id: str = message["content"]["comm_id"]
        name: str = message["content"]["target_name"]
        if comm_id in self.comms:
            self.log_fault(f"comm {comm_id}: the page opened this comm twice")
            return
        target = self.targets.get(name) or targets.get(name)
        comm = PageComm(name, comm_id, self, self.session)
        if comm_id in _host.widgets_by_id():
            self.log_fault(f"comm {comm_id}: the page opened a comm with the id of a widget")
            comm.close()
        elif target is None:
            self.log_fault(f"comm {comm_id}: target {shorten(name)} is not registered")
            comm.close()
        elif self._page_comm_count > options().max_page_comms:
            limit = options().max_page_comms
            self.log_fault(f"comm {comm_id}: the page has {limit} open comms, which is the limit")
            comm.close()
        else:
            comm.context = target.session or self.session
            where = f"target {shorten(name)}"
            if not await self._call(comm, where, target.callback, comm, message):
                comm.close()

    async def _send(self, message: Message) -> None:
        comm_id: str = message["content"]["comm_id"]
        comm = self.get_comm(comm_id)
        if comm is None:
            # The server closed the comm, or shinywidgets has it, or it is another session's.
            self._log_foreign(comm_id)
        else:
            await self._call(comm, "on_msg", comm.handle_msg, message)

    def _log_foreign(self, comm_id: str) -> None:
        foreign = getattr(_host.widgets_by_id().get(comm_id), "comm", None)
        if isinstance(foreign, Comm) and not self._has_logged_foreign:
            self._has_logged_foreign = True
            logger.warning(
                "shiny-comm: comm %s: dropped a message from the page of another session "
                "(logged once per session)",
                comm_id,
            )

    async def _close(self, message: Message) -> None:
        comm = self.get_comm(message["content"]["comm_id"])
        # A page may not close the widgets of the server.
        if comm is not None and comm.page_may_close:
            comm.end(None)
            await self._call(comm, "on_close", comm.handle_close, message)

    async def _end(self) -> None:
        _ended.add(self.session)
        _sessions.pop(self.session, None)
        self.outbox.end()
        for pending in [*self.pending]:
            self._end_comm(pending)
        for comm in [*self.comms.values()]:
            self._end_comm(comm)
            if comm.has_close_callback:
                content: Message = {"comm_id": comm.comm_id, "data": {}}
                message: Message = {
                    "content": content,
                    "metadata": {},
                    "buffers": [],
                    "header": {},
                }
                await self._call(comm, "on_close", comm.handle_close, message)

    def _end_comm(self, comm: Comm | PendingComm) -> None:
        try:
            comm.end("the session has ended")
        except Exception:
            # A widget class may have another `close()`. The other widgets close, too.
            self._log_error(comm, "close")

    async def _call(
        self, comm: Comm, where: str, callback: Callable[..., object], *args: object
    ) -> bool:
        """Call an app's callback, and log its error, which would end the session.

        Return whether the callback succeeded.
        """
        try:
            texts = untrusted_texts_of(self.session)
            with session_context(comm.context), _host.isolate(), texts.handling(args[-1]):
                result = callback(*args)
                if inspect.isawaitable(result):
                    await result
        except SilentException:
            # Shiny's req().
            pass
        except (InvalidMessageError, TraitError) as error:
            self.log_fault(f"comm {comm.comm_id}: invalid message: {error}")
            return False
        except Exception:
            self._log_error(comm, where)
            return False
        return True

    def _log_error(self, comm: Comm | PendingComm, where: str) -> None:
        """Log the handled exception with its traceback."""
        self._error_count += 1
        if self._error_count <= MAX_LOGGED_FAULTS:
            logger.exception("shiny-comm: comm %s: error in %s", comm.comm_id, where)
        if self._error_count == MAX_LOGGED_FAULTS:
            logger.warning("shiny-comm: too many errors; later ones of this session are not logged")

    def log_fault(self, fault: str) -> None:
        """Log a fault in a message of the page, in one line."""
        self._fault_count += 1
        if self._fault_count <= MAX_LOGGED_FAULTS:
            # The text of an error may contain line breaks.
            line = " ".join(fault[:_MAX_FAULT_LENGTH].splitlines())
            logger.warning("shiny-comm: %s", line)
        if self._fault_count == MAX_LOGGED_FAULTS:
            logger.warning("shiny-comm: too many faults; later ones of this session are not logged")

"""Comms that the page opens: targets by name, and a session's inlet for what its page sends."""

from __future__ import annotations

import functools
import inspect
import json
import logging
import re
import warnings
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload
from weakref import WeakSet

from shiny import App, reactive
from shiny.module import ResolvedId
from shiny.session import get_current_session, session_context
from shiny.types import SilentException

from ._fast_path import FRAMES_INPUT
from ._modules import page_texts

if TYPE_CHECKING:
    from shiny import Session
    from shinywidgets._comm import ShinyComm

    from ._page_comm import PageComm

#: What the server says at the start of a session whose page may open comms.
SERVER_MESSAGE: Final = "shiny_comm_server"
SERVER: Final = {"version": 1, "opens": True}

#: The Shiny inputs that the page sets; each value is the text of a message.
OPEN_INPUT: Final = ResolvedId("shiny_comm_open")
SEND_INPUT: Final = ResolvedId("shinywidgets_comm_send")
CLOSE_INPUT: Final = ResolvedId("shiny_comm_close")

#: So many faults in what one page sends are logged: a page must not fill the log.
MAX_COMPLAINTS: Final = 20

#: Before widgets open their comms, so that the announcement comes before the session's first idle.
_FIRST: Final = 100_000

_COMM_ID: Final = re.compile("[0-9a-f]{32}")

Message = dict[str, Any]
TargetCallback = Callable[["ShinyComm", Message], object]
Callback = TypeVar("Callback", bound=TargetCallback)

#: The class whose method is changed.
_app_class: Any = App

logger = logging.getLogger("shiny_comm")


@dataclass(frozen=True)
class _Target:
    callback: TargetCallback
    #: Where it was registered, perhaps in a module; ``None`` when it is every session's.
    session: Session | None


#: The targets of every session, and the method of ``App`` that ours stands before.
_targets: dict[str, _Target] = {}
_original: Callable[..., Session] | None = None

#: Whether the pages of all sessions may open comms, targets or not.
_welcome = False

#: The inlets of the sessions that live.
_inlets: dict[Session, _Inlet] = {}
_ended: WeakSet[Session] = WeakSet()


@overload
def register_target(
    target_name: str, callback: TargetCallback, *, every_session: bool = False
) -> Callable[[], None]: ...


@overload
def register_target(
    target_name: str, *, every_session: bool = False
) -> Callable[[Callback], Callback]: ...


def register_target(
    target_name: str, callback: TargetCallback | None = None, *, every_session: bool = False
) -> Callable[..., Any]:
    """Say what happens when the page opens a comm for a target.

    Called in a session (in the server function, a module's, or an Express app) it holds for that
    session; elsewhere, or with ``every_session``, for each session that begins later. A later call
    for the same name takes the place of an earlier one; that of a session goes before that of every
    session. It does without ``use()``.

    The page can reach the comms of its own session alone, whatever ids it names. What is wrong with
    what it sends is logged by the logger ``shiny_comm``, in one line that names the comm; so is an
    error in a callback, with its traceback. The session goes on. An open for a target that nobody
    has registered, and one whose callback fails, is answered with a close.

    Parameters
    ----------
    target_name
        The name that the page gives.
    callback
        Called with the comm and the message, ``{"content": {"comm_id", "target_name", "data"},
        "metadata", "buffers", "header"}``; each buffer is a ``memoryview``. The comm is a
        ``ShinyComm`` of shinywidgets: ``on_msg(callback)``, ``on_close(callback)``, ``send(data,
        metadata, buffers)`` and ``close(data)``, with callbacks that take a message. ``on_close``
        is told when the page closes the comm or its session ends. What is sent goes to the comm's
        own page from wherever it is sent; after the page has closed the comm it is dropped, after
        ``close()`` and the end of the session it is a ``RuntimeError``. Callbacks run in the
        session, without reactive dependencies, and may be ``async``. Without a callback, what is
        returned is a decorator for it.
    every_session
        For packages, which do not know where they are imported.

    Returns
    -------
    :
        The undo; the decorator returns the function that it is given. Comms that are open stay so.

    Raises
    ------
    RuntimeError
        When the session in which it is called has ended.

    Examples
    --------
    ```python
    def server(input, output, session):
        @shiny_comm.register_target("my.target")
        def _(comm, message):
            comm.on_msg(lambda message: comm.send({"echo": message["content"]["data"]}))
    ```

    """
    if callback is None:

        def decorate(decorated: Callback) -> Callback:
            register_target(target_name, decorated, every_session=every_session)
            return decorated

        return decorate

    session = None if every_session else get_current_session()
    if session is None:
        targets, target = _targets, _Target(callback, None)
        _hook()
    elif session.is_stub_session():
        # An Express app's first run: the file is run again in each session.
        return lambda: None
    else:
        targets, target = _inlet_of(session.root_scope()).targets, _Target(callback, session)
    targets[target_name] = target

    def undo() -> None:
        if targets.get(target_name) is target:
            del targets[target_name]
        _unhook()

    return undo


def welcome(on: bool) -> None:
    """Whether each new session is to take opens, even where no target is registered yet."""
    global _welcome
    _welcome = on
    _hook() if on else _unhook()


def _hook() -> None:
    """Have each new session an inlet. Shiny has no public call for the start of a session."""
    global _original
    if _original is not None:
        return
    original = getattr(App, "_create_session", None)
    if original is None:
        warnings.warn(
            "shiny-comm: this version of Shiny begins sessions in a way that is not known; "
            "register targets in the server function.",
            RuntimeWarning,
            stacklevel=3,
        )
        return
    _original = original

    @functools.wraps(original)
    def create_session(self: App, *args: Any, **kwargs: Any) -> Session:
        session: Session = original(self, *args, **kwargs)
        if _targets or _welcome:
            _inlet_of(session)
        return session

    _app_class._create_session = create_session


def _unhook() -> None:
    global _original
    ours = getattr(App, "_create_session", None)
    # Another patch may stand on top of ours, which then merely passes everything on.
    is_ours = _original is not None and getattr(ours, "__wrapped__", None) is _original
    if is_ours and not _targets and not _welcome:
        _app_class._create_session = _original
        _original = None


def _inlet_of(session: Session) -> _Inlet:
    if session in _ended:
        raise RuntimeError("shiny-comm: the Shiny session has ended")
    inlet = _inlets.get(session)
    if inlet is None:
        inlet = _inlets[session] = _Inlet(session)
    return inlet


class _Malformed(ValueError):
    """A text from the page that is no message."""


class _Inlet:
    """What a session's page sends for the comms that it has opened.

    The comms stand in a table of the session's own, not in the one that shinywidgets has for all
    sessions: no page can name another's comm, and messages arrive without any widget, which
    shinywidgets' own way begins with.
    """

    def __init__(self, session: Session) -> None:
        from ._page_comm import PageComms

        self.session = session
        self.targets: dict[str, _Target] = {}
        self._comms = PageComms()
        self._complaints = 0
        with session_context(session):
            self._announce_to_page()
            self._listen(OPEN_INPUT, self._open)
            self._listen(SEND_INPUT, self._send)
            self._listen(CLOSE_INPUT, self._close)
        # What the page has sent is no state to come back to.
        exclude = getattr(getattr(session, "bookmark", None), "exclude", None)
        if isinstance(exclude, list):
            exclude.extend({OPEN_INPUT, SEND_INPUT, CLOSE_INPUT}.difference(exclude))
        session.on_ended(self._end)

    def _announce_to_page(self) -> None:
        frames = self.session.input[FRAMES_INPUT]

        @reactive.effect(priority=_FIRST)
        async def announce() -> None:
            # A client that a dynamic UI brings comes after the start: it is told when it is there.
            with suppress(SilentException):
                frames()
            await self.session.send_custom_message(SERVER_MESSAGE, {**SERVER})

    def _listen(self, name: ResolvedId, handle: Callable[[Message], Any]) -> None:
        value = self.session.input[name]

        @reactive.effect
        @reactive.event(value)
        async def listen() -> None:
            try:
                message = _decode(value(), opens=name == OPEN_INPUT)
            except _Malformed as error:
                # Those of widgets are shinywidgets' to judge.
                if name != SEND_INPUT:
                    self._complain(f"what the page sent as {name} is malformed: {error}")
                return
            await handle(message)

    async def _open(self, message: Message) -> None:
        from ._page_comm import PageComm, is_widget_comm

        comm_id: str = message["content"]["comm_id"]
        name: str = message["content"]["target_name"]
        if comm_id in self._comms.comms:
            self._complain(f"comm {comm_id}: the page has opened it already")
            return
        target = self.targets.get(name) or _targets.get(name)
        comm = PageComm(comm_id, self._comms, name, self.session)
        if is_widget_comm(comm_id):
            self._complain(f"comm {comm_id}: the page has opened it with the id of another")
            comm.close()
        elif target is None:
            self._complain(f"comm {comm_id}: no target {_short(name)} is registered")
            comm.close()
        else:
            comm.context = target.session or self.session
            if not await self._call(comm, f"target {_short(name)}", target.callback, comm, message):
                comm.close()

    async def _send(self, message: Message) -> None:
        comm = self._comms.get(message["content"]["comm_id"])
        # Another is a widget's, or has been closed meanwhile.
        if comm is not None:
            await self._call(comm, "on_msg", comm.handle_msg, message)

    async def _close(self, message: Message) -> None:
        comm = self._comms.get(message["content"]["comm_id"])
        # Another has been closed meanwhile; only those that the page has opened are its to close.
        if comm is not None:
            comm.end(None)
            await self._call(comm, "on_close", comm.handle_close, message)

    async def _end(self) -> None:
        _ended.add(self.session)
        _inlets.pop(self.session, None)
        for comm in self._comms.all():
            comm.end("its session has ended")
            content = {"comm_id": comm.comm_id, "data": {}}
            message = {"content": content, "metadata": {}, "buffers": [], "header": {}}
            await self._call(comm, "on_close", comm.handle_close, message)

    async def _call(
        self, comm: PageComm, what: str, callback: Callable[..., object], *args: object
    ) -> bool:
        """Call an app's callback; whether it went well. An error would end the session."""
        try:
            texts = page_texts(self.session)
            with session_context(comm.context), reactive.isolate(), texts.handling(args[-1]):
                result = callback(*args)
                if inspect.isawaitable(result):
                    await result
        except SilentException:
            # Shiny's req().
            pass
        except Exception:
            logger.exception("shiny-comm: comm %s: error in %s", comm.comm_id, what)
            return False
        return True

    def _complain(self, what: str) -> None:
        self._complaints += 1
        if self._complaints <= MAX_COMPLAINTS:
            logger.warning("shiny-comm: %s", what)
        if self._complaints == MAX_COMPLAINTS:
            logger.warning("shiny-comm: no more is said of what this session's page sends")


def _decode(text: object, *, opens: bool) -> Message:
    """Read a message of the page's: what is left of it has the types that it is to have."""
    if not isinstance(text, str):
        raise _Malformed(f"it is no text but a {type(text).__name__}")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _Malformed("it is no JSON") from error
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, dict):
        raise _Malformed("it has no content")
    comm_id = content.get("comm_id")
    if not isinstance(comm_id, str) or not _COMM_ID.fullmatch(comm_id):
        raise _Malformed(f"comm_id {_short(comm_id)} is not 32 hexadecimal digits")
    if opens and not isinstance(content.get("target_name"), str):
        raise _Malformed(f"comm {comm_id}: it has no target_name")
    metadata = message.get("metadata") or {}
    buffers = message.get("buffers") or []
    if not isinstance(metadata, dict):
        raise _Malformed(f"comm {comm_id}: its metadata is no object")
    try:
        views = [memoryview(b64decode(buffer, validate=True)) for buffer in buffers]
    except (TypeError, ValueError) as error:
        raise _Malformed(f"comm {comm_id}: its buffers are not a list of base64") from error
    content.setdefault("data", {})
    return {"content": content, "metadata": metadata, "buffers": views, "header": {}}


def _short(value: object) -> str:
    """A value from the page, so that it can stand in one line of a log."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}…"

"""Comms that the page opens: registered targets, and the page comms of each session."""

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
from shiny.session import get_current_session, session_context
from shiny.types import SilentException

from ._modules import untrusted_texts_of
from ._protocol import (
    CLOSE_INPUT,
    FRAMES_INPUT,
    OPEN_INPUT,
    SEND_INPUT,
    SERVER,
    SERVER_MESSAGE,
)

if TYPE_CHECKING:
    from shiny import Session
    from shiny.module import ResolvedId
    from shinywidgets._comm import ShinyComm

    from ._page_comm import PageComm

#: The number of faults in one page's messages that are logged: a page must not fill the log.
MAX_LOGGED_FAULTS: Final = 20

#: Higher than the priority of widgets, so that the announcement precedes the session's first idle.
_ANNOUNCE_PRIORITY: Final = 100_000

_COMM_ID: Final = re.compile("[0-9a-f]{32}")

Message = dict[str, Any]
TargetCallback = Callable[["ShinyComm", Message], object]
Callback = TypeVar("Callback", bound=TargetCallback)

#: The class whose method is patched.
_app_class: Any = App

logger = logging.getLogger("shiny_comm")


@dataclass(frozen=True)
class _Target:
    callback: TargetCallback
    #: The session of the registration, which may be a module's; ``None`` for every session.
    session: Session | None


#: The targets of every session, and the original method of ``App``.
_targets: dict[str, _Target] = {}
_original: Callable[..., Session] | None = None

#: Whether each session announces page comms, even without a target.
_page_comms_enabled = False

#: The page comms of each open session.
_sessions: dict[Session, _SessionComms] = {}
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
    """Register a callback for comms that the page opens with this target name.

    A call in a session (in the server function of an app or module, or in an Express app) registers
    the target for that session. A call elsewhere, or with ``every_session``, registers it for each
    later session. A later call replaces an earlier one with the same name. A session's target has
    priority over a target of every session. ``use()`` is not required.

    The page can reach only the comms of its own session. The logger ``shiny_comm`` logs an invalid
    message in one line that names the comm, and an error in a callback with its traceback. The
    session continues. An open for an unregistered target, or whose callback fails, is answered with
    a close.

    Parameters
    ----------
    target_name
        The name of the target in the page's open.
    callback
        A function of the comm and the message, which may be ``async``. The message is
        ``{"content": {"comm_id", "target_name", "data"}, "metadata", "buffers", "header"}``; each
        buffer is a ``memoryview``. The comm is a ``ShinyComm`` of shinywidgets:
        ``on_msg(callback)``, ``on_close(callback)``, ``send(data, metadata, buffers)`` and
        ``close(data)``, with callbacks that get a message. ``on_close`` callbacks are called when
        the page closes the comm, or its session ends. Messages go to the comm's page, from any
        session. After the page closed the comm, they are dropped. After ``close()``, or after the
        session ended, ``send()`` raises a ``RuntimeError``. Callbacks run in the session, without
        reactive dependencies. Without `callback`, the function returns a decorator.
    every_session
        Whether to register the target for every session, even in a call from a session. Packages
        need this, because an app may import them in a session.

    Returns
    -------
    :
        The undo, which keeps open comms; or a decorator, which returns its function.

    Raises
    ------
    RuntimeError
        If the session of the call has ended.

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
        _patch_app()
    elif session.is_stub_session():
        # The first run of an Express app, whose file runs again in each session.
        return lambda: None
    else:
        targets, target = _comms_of(session.root_scope()).targets, _Target(callback, session)
    targets[target_name] = target

    def undo() -> None:
        if targets.get(target_name) is target:
            del targets[target_name]
        _unpatch_app()

    return undo


def enable_page_comms(enabled: bool) -> None:
    """Set whether each new session supports opens from its page, even without a target."""
    global _page_comms_enabled
    _page_comms_enabled = enabled
    _patch_app() if enabled else _unpatch_app()


def _patch_app() -> None:
    """Add page comms to each new session. Shiny has no public hook for the start of a session."""
    global _original
    if _original is not None:
        return
    original = getattr(App, "_create_session", None)
    if original is None:
        warnings.warn(
            "shiny-comm: cannot register targets for every session: unsupported version of Shiny. "
            "Register them in the server function.",
            RuntimeWarning,
            stacklevel=3,
        )
        return
    _original = original

    @functools.wraps(original)
    def create_session(self: App, *args: Any, **kwargs: Any) -> Session:
        session: Session = original(self, *args, **kwargs)
        if _targets or _page_comms_enabled:
            _comms_of(session)
        return session

    _app_class._create_session = create_session


def _unpatch_app() -> None:
    global _original
    current = getattr(App, "_create_session", None)
    # A later patch by other code may wrap this one, which then only calls the original.
    is_patched = _original is not None and getattr(current, "__wrapped__", None) is _original
    if is_patched and not _targets and not _page_comms_enabled:
        _app_class._create_session = _original
        _original = None


def _comms_of(session: Session) -> _SessionComms:
    if session in _ended:
        raise RuntimeError("shiny-comm: cannot register a target: the Shiny session has ended")
    comms = _sessions.get(session)
    if comms is None:
        comms = _sessions[session] = _SessionComms(session)
    return comms


class _InvalidMessage(ValueError):
    """A text from the page that is not a comm message."""


class _SessionComms:
    """The comms that a session's page opened, and the handlers of the page's messages.

    Each session has its own table of comms, unlike shinywidgets: no page can name another session's
    comm. shinywidgets registers its handler with the first widget; these handlers need no widget.
    """

    def __init__(self, session: Session) -> None:
        from ._page_comm import PageComms

        self.session = session
        self.targets: dict[str, _Target] = {}
        self._comms = PageComms()
        self._fault_count = 0
        with session_context(session):
            self._announce_to_page()
            self._listen(OPEN_INPUT, self._open)
            self._listen(SEND_INPUT, self._send)
            self._listen(CLOSE_INPUT, self._close)
        # A bookmark must not restore messages.
        exclude = getattr(getattr(session, "bookmark", None), "exclude", None)
        if isinstance(exclude, list):
            exclude.extend({OPEN_INPUT, SEND_INPUT, CLOSE_INPUT}.difference(exclude))
        session.on_ended(self._end)

    def _announce_to_page(self) -> None:
        frames = self.session.input[FRAMES_INPUT]

        @reactive.effect(priority=_ANNOUNCE_PRIORITY)
        async def announce() -> None:
            # Runs again when the client of a dynamic UI sets the input, after the session's start.
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
            except _InvalidMessage as error:
                # The input is shared with widgets, whose messages shinywidgets checks.
                if name != SEND_INPUT:
                    self._log_fault(f"invalid message in input {name}: {error}")
                return
            await handle(message)

    async def _open(self, message: Message) -> None:
        from ._page_comm import PageComm, is_widget_comm

        comm_id: str = message["content"]["comm_id"]
        name: str = message["content"]["target_name"]
        if comm_id in self._comms.comms:
            self._log_fault(f"comm {comm_id}: the page opened this comm twice")
            return
        target = self.targets.get(name) or _targets.get(name)
        comm = PageComm(comm_id, self._comms, name, self.session)
        if is_widget_comm(comm_id):
            self._log_fault(f"comm {comm_id}: the page opened a comm with the id of a widget")
            comm.close()
        elif target is None:
            self._log_fault(f"comm {comm_id}: target {_shorten(name)} is not registered")
            comm.close()
        else:
            comm.context = target.session or self.session
            where = f"target {_shorten(name)}"
            if not await self._call(comm, where, target.callback, comm, message):
                comm.close()

    async def _send(self, message: Message) -> None:
        comm = self._comms.get(message["content"]["comm_id"])
        # An unknown id is a widget's, or the server closed the comm.
        if comm is not None:
            await self._call(comm, "on_msg", comm.handle_msg, message)

    async def _close(self, message: Message) -> None:
        comm = self._comms.get(message["content"]["comm_id"])
        # An unknown id is a widget's, which a page may not close, or the server closed the comm.
        if comm is not None:
            comm.end(None)
            await self._call(comm, "on_close", comm.handle_close, message)

    async def _end(self) -> None:
        _ended.add(self.session)
        _sessions.pop(self.session, None)
        for comm in self._comms.all():
            comm.end("the session has ended")
            content = {"comm_id": comm.comm_id, "data": {}}
            message = {"content": content, "metadata": {}, "buffers": [], "header": {}}
            await self._call(comm, "on_close", comm.handle_close, message)

    async def _call(
        self, comm: PageComm, where: str, callback: Callable[..., object], *args: object
    ) -> bool:
        """Call an app's callback, and log its error, which would end the session.

        Return whether the callback succeeded.
        """
        try:
            texts = untrusted_texts_of(self.session)
            with session_context(comm.context), reactive.isolate(), texts.handling(args[-1]):
                result = callback(*args)
                if inspect.isawaitable(result):
                    await result
        except SilentException:
            # Shiny's req().
            pass
        except Exception:
            logger.exception("shiny-comm: comm %s: error in %s", comm.comm_id, where)
            return False
        return True

    def _log_fault(self, fault: str) -> None:
        self._fault_count += 1
        if self._fault_count <= MAX_LOGGED_FAULTS:
            logger.warning("shiny-comm: %s", fault)
        if self._fault_count == MAX_LOGGED_FAULTS:
            logger.warning("shiny-comm: too many faults; later ones of this session are not logged")


def _decode(text: object, *, opens: bool) -> Message:
    """Decode a message from the page, and check its types."""
    if not isinstance(text, str):
        raise _InvalidMessage(f"not text (got {type(text).__name__})")
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _InvalidMessage("not JSON") from error
    content = message.get("content") if isinstance(message, dict) else None
    if not isinstance(content, dict):
        raise _InvalidMessage("no content")
    comm_id = content.get("comm_id")
    if not isinstance(comm_id, str) or not _COMM_ID.fullmatch(comm_id):
        raise _InvalidMessage(
            f"invalid comm_id (expected 32 hexadecimal digits, got {_shorten(comm_id)})"
        )
    if opens and not isinstance(content.get("target_name"), str):
        raise _InvalidMessage(f"comm {comm_id}: no target_name")
    metadata = message.get("metadata") or {}
    buffers = message.get("buffers") or []
    if not isinstance(metadata, dict):
        raise _InvalidMessage(f"comm {comm_id}: metadata is not an object")
    try:
        views = [memoryview(b64decode(buffer, validate=True)) for buffer in buffers]
    except (TypeError, ValueError) as error:
        raise _InvalidMessage(f"comm {comm_id}: buffers is not a list of base64 texts") from error
    content.setdefault("data", {})
    return {"content": content, "metadata": metadata, "buffers": views, "header": {}}


def _shorten(value: object) -> str:
    """Return a value from the page as text for one line of a log."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}…"

"""The optional fast path: buffers as binary frames, modules of anywidgets by URL."""

from __future__ import annotations

import inspect
import json
import logging
import warnings
from asyncio import Lock
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Final, cast
from weakref import WeakKeyDictionary, WeakSet, ref

from htmltools import TagList
from shiny import reactive
from shiny.session import get_current_session, session_context

from ._frames import DETACH_FROM_BYTES, MessageKind, encode_frame
from ._modules import MIN_LENGTH, module_server_of, untrusted_texts_of
from ._protocol import FRAMES_INPUT
from ._targets import enable_page_comms

if TYPE_CHECKING:
    from shiny import Session


_KINDS: Final[dict[str, MessageKind]] = {
    "shinywidgets_comm_open": "comm_open",
    "shinywidgets_comm_msg": "comm_msg",
    "shinywidgets_comm_close": "comm_close",
}

#: The parameters that ``ShinyComm._publish_msg`` must have.
_PARAMETERS: Final = ("self", "msg_type", "data", "metadata", "buffers")

Method = Callable[..., None]

logger = logging.getLogger("shiny_comm")


@dataclass(frozen=True)
class _Options:
    binary_frames: bool
    module_urls: bool


#: The active options, and the original methods of ``ShinyComm``; ``None`` without the fast path.
_options: _Options | None = None
_original: Method | None = None
_original_handle: Method | None = None

#: The version of frames that the client of a session announced.
_announced: WeakKeyDictionary[Session, object] = WeakKeyDictionary()
#: Locks that keep the frames of one message together on a session's websocket.
_send_locks: WeakKeyDictionary[Session, Lock] = WeakKeyDictionary()
_warned: set[str] = set()
#: The sessions whose messages to foreign comms were logged.
_logged_sessions: WeakSet[Session] = WeakSet()


class Undo:
    """Undoes `use()`, as a function or at the end of a ``with`` block."""

    def __call__(self) -> None:
        """Restore shinywidgets' methods; a second call does nothing."""
        global _options, _original, _original_handle
        enable_page_comms(False)
        if _original is None:
            return
        stock = _stock()
        # A later patch by other code may wrap this one, which then only calls the original.
        if stock._publish_msg is _publish:
            stock._publish_msg = _original
            _original = None
        if stock.handle_msg is _handle_msg:
            stock.handle_msg = _original_handle
            _original_handle = None
        _options = None

    def tagify(self) -> TagList:
        """Render nothing: Express puts the value of each expression on the page."""
        return TagList()

    def __enter__(self) -> Undo:
        """Return the undo."""
        return self

    def __exit__(self, *_: object) -> None:
        """Undo."""
        self()


def use(*, binary_frames: bool = True, module_urls: bool = True, page_comms: bool = True) -> Undo:
    """Send widget messages on the fast path to each page with the shiny-comm client.

    Call it once, at the start of the app. A second call replaces the options. Pages with another
    client, and messages that the fast path does not support, get the messages of shinywidgets.

    ``use()`` also isolates sessions. shinywidgets has one table of comms for all sessions of the
    process. A page that knows a widget's id can change it, even in another session. With ``use()``,
    a page's messages reach only the widgets of its own session.

    Parameters
    ----------
    binary_frames
        Whether messages with buffers are sent as binary websocket frames, not as base64 in JSON.
    module_urls
        Whether the app serves the module of an anywidget (``_esm``) of 16 KiB or more under a URL,
        which the browser fetches once. The widget's state has that URL; the trait keeps its text.
        Texts from a page are never served. Styles (``_css``) are sent as text, because a style from
        a URL would arrive after the widget is drawn.
    page_comms
        Whether each later session announces to its page that the page may open comms. An open for
        an unregistered target is closed. If false, only sessions with a target announce it.

    Returns
    -------
    :
        The undo, which is a function and a context manager.

    Examples
    --------
    ```python
    import shiny_comm

    shiny_comm.use()
    app_ui = ui.page_fluid(shiny_comm.dependency(), output_widget("plot"))
    ```

    """
    global _options, _original
    enable_page_comms(page_comms)
    if _original is None:
        _original = _patch_publish()
    if _original is None:
        _warn_once(
            "this version of shinywidgets is not supported; messages are sent without binary "
            "frames and without module URLs"
        )
        return Undo()
    _patch_handle()
    _options = _Options(binary_frames=binary_frames, module_urls=module_urls)
    return Undo()


def _patch_publish() -> Method | None:
    """Replace ``ShinyComm._publish_msg``. Return the original, or ``None`` if it is unsupported."""
    try:
        stock = _stock()
        original: Method = stock._publish_msg
        parameters = inspect.signature(original).parameters
    except (ImportError, AttributeError, TypeError, ValueError):
        return None
    if not set(_PARAMETERS) <= set(parameters):
        return None
    stock._publish_msg = _publish
    return original


def _patch_handle() -> None:
    """Replace ``ShinyComm.handle_msg``."""
    global _original_handle
    if _original_handle is None:
        stock = _stock()
        _original_handle, stock.handle_msg = stock.handle_msg, _handle_msg


def _stock() -> Any:
    """Return the class ``ShinyComm``, whose methods are patched."""
    from shinywidgets._comm import ShinyComm

    return ShinyComm


def _handle_msg(comm: Any, msg: dict[str, Any]) -> None:
    """Drop messages from other sessions' pages. Replaces ``ShinyComm.handle_msg``."""
    original, session = _original_handle, get_current_session()
    owner = getattr(comm, "_shiny_comm_session", None)
    if _options is not None and session is not None and owner is not None:
        root = session.root_scope()
        if owner() is not root:
            if root not in _logged_sessions:
                _logged_sessions.add(root)
                logger.warning(
                    "shiny-comm: comm %s: dropped a message from the page of another session "
                    "(logged once per session)",
                    comm.comm_id,
                )
            return
    if original is None:
        raise RuntimeError("shiny-comm: the fast path was called after its undo")
    if session is None:
        original(comm, msg)
        return
    with untrusted_texts_of(session).handling(msg):
        original(comm, msg)


def _publish(
    comm: Any,
    msg_type: str,
    data: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    buffers: list[Any] | None = None,
    **keys: object,
) -> None:
    """Send a message on the fast path where supported. Replaces ``ShinyComm._publish_msg``."""
    options, original, session = _options, _original, get_current_session()
    if original is None:
        raise RuntimeError("shiny-comm: the fast path was called after its undo")
    if session is not None and msg_type == "shinywidgets_comm_open":
        comm._shiny_comm_session = ref(session.root_scope())
    page = None if options is None or session is None else _page_frames(session)
    if options is not None and session is not None and page is not None:
        if options.module_urls and data is not None:
            data = _with_module_url(comm, msg_type, data, session)
        kind = _KINDS.get(msg_type)
        version = page if isinstance(page, int) else 0
        if options.binary_frames and version >= 1 and buffers and kind is not None:
            send = _bytes_sender(session)
            if send is not None:
                detach_from = DETACH_FROM_BYTES if version >= 2 else inf
                framing = _FramingSession(session, send, kind, _copies(buffers), detach_from)
                with session_context(cast("Session", framing)):
                    original(comm, msg_type, data=data, metadata=metadata, buffers=[], **keys)
                return
    original(comm, msg_type, data=data, metadata=metadata, buffers=buffers, **keys)


class _FramingSession:
    """Session proxy that sends one message with buffers as a frame.

    ``ShinyComm`` keeps the current session, registers with its hook ``on_flush`` or ``on_flushed``,
    and calls ``send_custom_message`` from the hook. The proxy passes the hooks to the real session,
    so the frame replaces the text at the same moment, and messages keep their order.
    """

    def __init__(
        self,
        session: Session,
        send: Callable[[list[bytes]], Awaitable[None]],
        kind: MessageKind,
        buffers: list[bytes],
        detach_from: float,
    ) -> None:
        self._session = session
        self._send = send
        self._kind: MessageKind = kind
        self._buffers = buffers
        self._detach_from = detach_from

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    async def send_custom_message(self, type: str, message: str) -> None:
        """Send the frame instead of the text."""
        header = json.loads(message)
        header.pop("buffers", None)
        # Shiny's envelope of a binary message: the length of the name, and the name.
        name = type.encode("ascii")
        envelope = bytes([len(name)]) + name
        least = self._detach_from
        frame = encode_frame(
            self._kind, header, self._buffers, prefix=envelope, detach_from_bytes=least
        )
        detached = [buffer for buffer in self._buffers if len(buffer) >= least]
        await self._send([frame, *detached])


def _page_frames(session: Session) -> object:
    """Return the version of frames that the page announced; ``None`` with another client."""
    root = session.root_scope()
    if root not in _announced:
        if root.is_stub_session():
            return None
        # Isolated, so that the announcement does not invalidate the code that sends.
        with reactive.isolate():
            value = root.input[FRAMES_INPUT]
            if not value.is_set():
                return None
            _announced[root] = value()
    return _announced[root]


def _bytes_sender(session: Session) -> Callable[[list[bytes]], Awaitable[None]] | None:
    """Return a function that sends frames on the session's websocket, without bytes in between.

    Return ``None`` if the connection supports text only.

    Shiny for Python has no public API for bytes. Only this function uses the private attributes of
    the connection (``StarletteConnection``) and of its websocket.
    """
    root = session.root_scope()
    connection = getattr(root, "_conn", None)
    send_bytes: Any = getattr(getattr(connection, "conn", None), "send_bytes", None)
    is_closed: Any = getattr(connection, "_is_closed", None)
    close: Any = getattr(connection, "close", None)
    if not all(map(callable, (send_bytes, is_closed, close))):
        _warn_once(
            f"a {type(connection).__name__} of this version of Shiny cannot send bytes; "
            "buffers are sent as text"
        )
        return None

    async def send(frames: list[bytes]) -> None:
        async with _send_locks.setdefault(root, Lock()):
            try:
                for frame in frames:
                    if is_closed():
                        return
                    await send_bytes(frame)
            except BaseException as error:
                # Shiny closes the connection after a failed text, too. After a cancelled send, the
                # page would wait for the detached buffers.
                if not is_closed():
                    await close(1008, "Send failure")
                if not isinstance(error, Exception):
                    raise

    return send


def _with_module_url(
    comm: Any, msg_type: str, data: dict[str, Any], session: Session
) -> dict[str, Any]:
    """Return the message's data, with the module's text replaced by its URL."""
    state = data.get("state")
    if not isinstance(state, dict):
        return data
    if msg_type == "shinywidgets_comm_open":
        comm._shiny_comm_anywidget = state.get("_model_module") == "anywidget"
        if comm._shiny_comm_anywidget:
            untrusted_texts_of(session).anywidgets.add(comm)
    text = state.get("_esm")
    if (
        not getattr(comm, "_shiny_comm_anywidget", False)
        or not isinstance(text, str)
        or len(text) < MIN_LENGTH
    ):
        return data
    root = session.root_scope()
    server = module_server_of(root.app)
    if server is None:
        _warn_once(
            "this version of Shiny cannot serve modules of anywidgets; they are sent as text"
        )
        return data
    try:
        url = server.url(text, root)
    except UnicodeEncodeError:
        # A lone surrogate is valid in a JSON message, but not in a UTF-8 file.
        return data
    if url is None:
        return data
    return {**data, "state": {**state, "_esm": url}}


def _copies(buffers: Iterable[Any]) -> list[bytes]:
    """Copy the buffers: widgets may change them before they are sent."""
    copies: list[bytes] = []
    for index, buffer in enumerate(buffers):
        # The same errors as ShinyComm's.
        try:
            view = memoryview(buffer)
        except TypeError as error:
            raise TypeError("Buffer objects must support the buffer protocol.") from error
        if not view.contiguous:
            raise ValueError(f"Buffer {index} ({buffer!r}) is not contiguous")
        copies.append(buffer if type(buffer) is bytes else view.tobytes())
    return copies


def _warn_once(message: str) -> None:
    if message not in _warned:
        _warned.add(message)
        warnings.warn(f"shiny-comm: {message}.", RuntimeWarning, stacklevel=3)

"""The fast path, for who asks for it: buffers as binary frames, anywidgets' modules by address."""

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
from shiny.module import ResolvedId
from shiny.session import get_current_session, session_context

from ._frames import SEPARATE_FROM, MessageKind, encode_frame
from ._modules import MIN_LENGTH, page_texts, shelf_of

if TYPE_CHECKING:
    from shiny import Session

#: The Shiny input by which the page says which version of binary frames its client takes.
FRAMES_INPUT: Final = ResolvedId(".shiny_comm_frames")

_KINDS: Final[dict[str, MessageKind]] = {
    "shinywidgets_comm_open": "comm_open",
    "shinywidgets_comm_msg": "comm_msg",
    "shinywidgets_comm_close": "comm_close",
}

#: What ``ShinyComm._publish_msg`` must take for this to work.
_PARAMETERS: Final = ("self", "msg_type", "data", "metadata", "buffers")

Method = Callable[..., None]

logger = logging.getLogger("shiny_comm")


@dataclass(frozen=True)
class _Options:
    binary_frames: bool
    module_urls: bool


#: What is in force, and the methods of ``ShinyComm`` that ours stand before; ``None`` without.
_options: _Options | None = None
_original: Method | None = None
_original_handle: Method | None = None

#: The version of frames that the page of a session takes, once it has said so.
_announced: WeakKeyDictionary[Session, object] = WeakKeyDictionary()
#: Whose turn it is to send bytes on a session's websocket.
_turns: WeakKeyDictionary[Session, Lock] = WeakKeyDictionary()
_warned: set[str] = set()
#: The sessions of which it has been logged that they named comms of others.
_trespassers: WeakSet[Session] = WeakSet()


class Undo:
    """Takes the fast path away: call it, or leave it as a context manager."""

    def __call__(self) -> None:
        """Send everything as shinywidgets does; a second call does nothing."""
        global _options, _original, _original_handle
        from ._targets import welcome

        welcome(False)
        if _original is None:
            return
        stock = _stock()
        # Another patch may stand on top of ours, which then merely passes everything on.
        if stock._publish_msg is _publish:
            stock._publish_msg = _original
            _original = None
        if stock.handle_msg is _handle_msg:
            stock.handle_msg = _original_handle
            _original_handle = None
        _options = None

    def tagify(self) -> TagList:
        """Be nothing on the page: Express puts the value of each line there."""
        return TagList()

    def __enter__(self) -> Undo:
        """Nothing is left to do."""
        return self

    def __exit__(self, *_: object) -> None:
        """Undo."""
        self()


def use(*, binary_frames: bool = True, module_urls: bool = True, page_comms: bool = True) -> Undo:
    """Send widgets' messages the faster way to each page that has the shiny-comm client.

    Call it once, where the app starts. Pages with another client, and whatever cannot be sent the
    faster way, get what shinywidgets sends without it. A further call changes the options.

    It also closes a gap: shinywidgets has one table of comms for all sessions of the process, so a
    page that knows the id of another session's widget can change it. With this, what a page sends
    reaches the widgets of its own session alone.

    Parameters
    ----------
    binary_frames
        Messages with buffers travel as binary websocket frames, not as base64 in JSON.
    module_urls
        The text of an anywidget's module (``_esm``) that is not quite small is served under an
        address of its own, which the browser fetches once; the widget's state carries that address.
        The trait keeps its text. What a page has sent is not served, and travels as text. So do
        styles (``_css``): from an address they would come after the widget has been drawn.
    page_comms
        Each session that begins later tells its page that it may open comms; an open for a target
        that `register_target()` has not been told of is closed. Without it, pages are told where a
        target has been registered.

    Returns
    -------
    :
        The undo, as a function and as a context manager.

    Examples
    --------
    ```python
    import shiny_comm

    shiny_comm.use()
    app_ui = ui.page_fluid(shiny_comm.dependency(), output_widget("plot"))
    ```

    """
    global _options, _original
    from ._targets import welcome

    welcome(page_comms)
    if _original is None:
        _original = _patch()
    if _original is None:
        _warn_once(
            "this version of shinywidgets sends its messages in a way that shiny-comm does not "
            "know; they are left as they are, without binary frames or modules by address"
        )
        return Undo()
    _guard()
    _options = _Options(binary_frames=binary_frames, module_urls=module_urls)
    return Undo()


def _patch() -> Method | None:
    """Put ours in the place of ``ShinyComm._publish_msg``, and return that; or ``None``."""
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


def _guard() -> None:
    """Put ours in the place of ``ShinyComm.handle_msg``."""
    global _original_handle
    if _original_handle is None:
        stock = _stock()
        _original_handle, stock.handle_msg = stock.handle_msg, _handle_msg


def _stock() -> Any:
    """The class ``ShinyComm``, whose methods are to be changed."""
    from shinywidgets._comm import ShinyComm

    return ShinyComm


def _handle_msg(comm: Any, msg: dict[str, Any]) -> None:
    """Stand in the place of ``ShinyComm.handle_msg``, through which all comes that pages send."""
    original, session = _original_handle, get_current_session()
    owner = getattr(comm, "_shiny_comm_session", None)
    if _options is not None and session is not None and owner is not None:
        root = session.root_scope()
        if owner() is not root:
            if root not in _trespassers:
                _trespassers.add(root)
                logger.warning(
                    "shiny-comm: comm %s: refused a message from the page of another session "
                    "(said once a session)",
                    comm.comm_id,
                )
            return
    if original is None:
        raise RuntimeError("shiny-comm's fast path has been undone, but something still calls it")
    if session is None:
        original(comm, msg)
        return
    with page_texts(session).handling(msg):
        original(comm, msg)


def _publish(
    comm: Any,
    msg_type: str,
    data: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    buffers: list[Any] | None = None,
    **keys: object,
) -> None:
    """Stand in the place of ``ShinyComm._publish_msg``."""
    options, original, session = _options, _original, get_current_session()
    if original is None:
        raise RuntimeError("shiny-comm's fast path has been undone, but something still calls it")
    if session is not None and msg_type == "shinywidgets_comm_open":
        comm._shiny_comm_session = ref(session.root_scope())
    page = None if options is None or session is None else _page_frames(session)
    if options is not None and session is not None and page is not None:
        if options.module_urls and data is not None:
            data = _with_module_address(comm, msg_type, data, session)
        kind = _KINDS.get(msg_type)
        version = page if isinstance(page, int) else 0
        if options.binary_frames and version >= 1 and buffers and kind is not None:
            send = _bytes_sender(session)
            if send is not None:
                separate_from = SEPARATE_FROM if version >= 2 else inf
                framing = _FramingSession(session, send, kind, _copies(buffers), separate_from)
                with session_context(cast("Session", framing)):
                    original(comm, msg_type, data=data, metadata=metadata, buffers=[], **keys)
                return
    original(comm, msg_type, data=data, metadata=metadata, buffers=buffers, **keys)


class _FramingSession:
    """Stands in for the session while ``ShinyComm`` publishes one message with buffers.

    ``ShinyComm`` keeps the session that it finds, calls one of its hooks ``on_flush`` and
    ``on_flushed``, and from there ``send_custom_message``. The hooks are those of the real session:
    the frame goes out at the very place where the text would have, whichever hook this version of
    shinywidgets uses, so that text and binary messages keep their order.
    """

    def __init__(
        self,
        session: Session,
        send: Callable[[list[bytes]], Awaitable[None]],
        kind: MessageKind,
        buffers: list[bytes],
        separate_from: float,
    ) -> None:
        self._session = session
        self._send = send
        self._kind: MessageKind = kind
        self._buffers = buffers
        self._separate_from = separate_from

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    async def send_custom_message(self, type: str, message: str) -> None:
        """Send the frame in the place of the text."""
        header = json.loads(message)
        # Its place in the text, without any.
        header.pop("buffers", None)
        # Shiny's own envelope around a binary message.
        name = type.encode("ascii")
        envelope = bytes([len(name)]) + name
        least = self._separate_from
        frame = encode_frame(
            self._kind, header, self._buffers, prefix=envelope, separate_from=least
        )
        await self._send([frame, *(one for one in self._buffers if len(one) >= least)])


def _page_frames(session: Session) -> object:
    """What the session's page has announced; ``None`` when it has another client."""
    root = session.root_scope()
    if root not in _announced:
        if root.is_stub_session():
            return None
        # An isolated read: a message must not be sent again because of it.
        with reactive.isolate():
            value = root.input[FRAMES_INPUT]
            if not value.is_set():
                return None
            _announced[root] = value()
    return _announced[root]


def _bytes_sender(session: Session) -> Callable[[list[bytes]], Awaitable[None]] | None:
    """The way to send bytes on the session's websocket, or ``None``, for text instead.

    What it is given goes out as one frame after the other, with no other bytes in between.

    Shiny for Python has no public call for it. This is the one place that knows of its private
    parts: of the connection (``StarletteConnection``) and of its websocket.
    """
    root = session.root_scope()
    connection = getattr(root, "_conn", None)
    send_bytes: Any = getattr(getattr(connection, "conn", None), "send_bytes", None)
    is_closed: Any = getattr(connection, "_is_closed", None)
    close: Any = getattr(connection, "close", None)
    if not all(map(callable, (send_bytes, is_closed, close))):
        _warn_once(
            f"no bytes can be sent on a {type(connection).__name__} of this version of Shiny; "
            "widgets' buffers travel as text"
        )
        return None

    async def send(frames: list[bytes]) -> None:
        async with _turns.setdefault(root, Lock()):
            try:
                for frame in frames:
                    if is_closed():
                        return
                    await send_bytes(frame)
            except BaseException as error:
                # As Shiny does with a text: the page cannot be counted on to have got it. Of one
                # that was called off in the midst of it, the page would wait for the rest.
                if not is_closed():
                    await close(1008, "Send failure")
                if not isinstance(error, Exception):
                    raise

    return send


def _with_module_address(
    comm: Any, msg_type: str, data: dict[str, Any], session: Session
) -> dict[str, Any]:
    """The message's data, with an address in the place of a module's text."""
    state = data.get("state")
    if not isinstance(state, dict):
        return data
    if msg_type == "shinywidgets_comm_open":
        comm._shiny_comm_anywidget = state.get("_model_module") == "anywidget"
        if comm._shiny_comm_anywidget:
            page_texts(session).anywidgets.add(comm)
    text = state.get("_esm")
    if (
        not getattr(comm, "_shiny_comm_anywidget", False)
        or not isinstance(text, str)
        or len(text) < MIN_LENGTH
    ):
        return data
    root = session.root_scope()
    shelf = shelf_of(root.app)
    if shelf is None:
        _warn_once(
            "this version of Shiny cannot serve the modules of anywidgets; they travel as text"
        )
        return data
    try:
        address = shelf.address(text, root)
    except UnicodeEncodeError:
        # No file has half a letter in it; a message may.
        return data
    if address is None:
        return data
    return {**data, "state": {**state, "_esm": address}}


def _copies(buffers: Iterable[Any]) -> list[bytes]:
    """The bytes as they are now: they are sent later, and widgets may change them meanwhile."""
    copies: list[bytes] = []
    for index, buffer in enumerate(buffers):
        # The errors are those of ShinyComm.
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

"""The server's end of a comm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal
from uuid import uuid4

from shiny.session import require_active_session

from ._outbox import outgoing

if TYPE_CHECKING:
    from shiny import Session

    from ._session_comms import SessionComms

#: A message in the form of ipykernel: ``{"content", "metadata", "buffers", "header"}``.
Message = dict[str, Any]
MessageCallback = Callable[[Message], object]
State = Literal["pending", "opening", "open", "closed"]


class Comm:
    """The server's end of a comm: a channel to the page of one session.

    The constructor opens the comm, like ipykernel's. The page needs a target with the same name, or
    registers one later.

    Parameters
    ----------
    target_name
        The name of the target in the page.
    data
        The data of the open, which JSON can represent.
    metadata
        The metadata of the open.
    buffers
        The buffers of the open: objects with contiguous bytes.
    comm_id
        The id; by default 32 random hexadecimal digits.
    session
        The session; by default the current one. Messages go to its page, from any thread.
    **keys
        More keys for the content of the open, such as ``html_deps``.

    Raises
    ------
    RuntimeError
        Without a session.
    TypeError, ValueError
        If JSON cannot represent the data, or a buffer is not contiguous bytes.

    Examples
    --------
    ```python
    def server(input, output, session):
        comm = shiny_comm.Comm("my.target", {"greeting": "hello"})
        comm.on_msg(lambda message: comm.send({"echo": message["content"]["data"]}))
    ```

    """

    #: ipywidgets sends updates only through a comm with a kernel.
    kernel: Final = "Shiny"

    def __init__(
        self,
        target_name: str,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
        *,
        comm_id: str | None = None,
        session: Session | None = None,
        **keys: Any,
    ) -> None:
        from ._session_comms import comms_of

        session = require_active_session(session)
        self._prepare(target_name, comm_id or uuid4().hex, comms_of(session.root_scope()), session)
        self.open(data, metadata, buffers, **keys)

    def _prepare(
        self, target_name: str, comm_id: str, comms: SessionComms, context: Session
    ) -> None:
        self.target_name = target_name
        self.comm_id = comm_id
        self.comm_manager = comms
        #: The session of the callbacks, which may be a module's.
        self.context = context
        self._state: State = "pending"
        #: Why `send()` raises an error; ``None`` if it drops the message instead.
        self._send_error: str | None = None
        #: Whether the page opened the comm.
        self.opened_by_page = False
        #: Whether the page may close the comm.
        self.page_may_close = True
        #: Whether messages after the end are dropped, also if the server ended the comm.
        self.drops_late_messages = False
        self._msg_callback: MessageCallback | None = None
        self._close_callback: MessageCallback | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.comm_id} of {self.target_name!r}: {self._state}>"

    @property
    def closed(self) -> bool:
        """Whether the comm was closed, by either end or because the session ended."""
        return self._state == "closed"

    @property
    def _closed(self) -> bool:
        """The name of `closed` in ipykernel and shinywidgets, which packages read."""
        return self.closed

    @property
    def has_close_callback(self) -> bool:
        """Whether `on_close()` was called."""
        return self._close_callback is not None

    def open(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
        **keys: Any,
    ) -> None:
        """Open the comm with the page. The constructor calls it."""
        content = {"data": data or {}, "target_name": self.target_name, "target_module": None}
        message = outgoing("comm_open", self.comm_id, {**content, **keys}, metadata, buffers)
        self.comm_manager.register_comm(self)
        self._state = "open"
        self.comm_manager.outbox.put(message)

    def send(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
    ) -> None:
        """Send a message to the page with the next flush, from any thread.

        Without a pending flush, one is started. After the page closed the comm, messages are
        dropped.

        Raises
        ------
        RuntimeError
            After `close()`, or after the session ended.
        TypeError, ValueError
            If JSON cannot represent the data, or a buffer is not contiguous bytes.

        """
        if self._send_error is not None:
            raise RuntimeError(f"shiny-comm: comm {self.comm_id}: cannot send: {self._send_error}")
        if self._state == "open":
            self._put("comm_msg", {"data": data or {}}, metadata, buffers)

    def close(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
        deleting: bool = False,
    ) -> None:
        """Close both ends; a second call does nothing. `deleting` is for ipykernel's signature."""
        if self._state == "closed":
            return
        was_open = self._state == "open"
        self._end("the comm is closed")
        if was_open:
            self._put("comm_close", {"data": data or {}}, metadata, buffers)

    def on_msg(self, callback: MessageCallback) -> MessageCallback:
        """Call a function, which may be async, with each message of the page.

        A later call replaces the function. The function is returned, so that this is a decorator.
        """
        self._msg_callback = callback
        return callback

    def on_close(self, callback: MessageCallback) -> MessageCallback:
        """Call a function when the page closes the comm, or when the session ends."""
        self._close_callback = callback
        return callback

    def handle_msg(self, msg: Message) -> Any:
        """Call the function of `on_msg()`; the result may be awaitable."""
        return None if self._msg_callback is None else self._msg_callback(msg)

    def handle_close(self, msg: Message) -> Any:
        """Call the function of `on_close()`; the result may be awaitable."""
        return None if self._close_callback is None else self._close_callback(msg)

    def end(self, send_error: str | None) -> None:
        """Mark the comm as closed by the page or by the end of the session.

        Later sends raise `send_error`; with ``None`` they are dropped.
        """
        self._end(send_error)

    def _end(self, send_error: str | None) -> None:
        self._state = "closed"
        self._send_error = None if self.drops_late_messages else send_error
        self.comm_manager.unregister_comm(self)

    def _put(
        self,
        kind: Literal["comm_msg", "comm_close"],
        content: dict[str, Any],
        metadata: dict[str, Any] | None,
        buffers: list[Any] | None,
    ) -> None:
        self.comm_manager.outbox.put(outgoing(kind, self.comm_id, content, metadata, buffers))


class PageComm(Comm):
    """A comm that the page opened."""

    def __init__(
        self, target_name: str, comm_id: str, comms: SessionComms, context: Session
    ) -> None:
        self._prepare(target_name, comm_id, comms, context)
        self.opened_by_page = True
        comms.register_comm(self)
        self._state = "open"

    def hand_over(self) -> None:
        """End this object without a message: another comm takes its id."""
        self._end("another comm has its id")

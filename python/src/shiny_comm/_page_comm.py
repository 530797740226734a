"""The server's end of a comm that the page opened: a ``ShinyComm`` in a table per session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from shiny.session import session_context
from shinywidgets._comm import ShinyComm, ShinyCommManager

if TYPE_CHECKING:
    from shiny import Session


class PageComms(ShinyCommManager):
    """The comms that one session's page opened; shinywidgets has one table for all sessions."""

    def __init__(self) -> None:
        self.comms: dict[str, ShinyComm] = {}

    def get(self, comm_id: str) -> PageComm | None:
        """Return the comm with this id."""
        return cast("PageComm | None", self.comms.get(comm_id))

    def all(self) -> list[PageComm]:
        """Return the open comms."""
        return cast("list[PageComm]", [*self.comms.values()])


class PageComm(ShinyComm):
    """A comm that the page opened."""

    def __init__(self, comm_id: str, comms: PageComms, target_name: str, session: Session) -> None:
        # ShinyComm declares both without a value.
        self._msg_callback = None
        self._close_callback = None
        self._session = session
        self._send_error: str | None = None
        #: The session of the callbacks: the module's session if a module registered the target.
        self.context = session
        super().__init__(comm_id, comms, target_name)

    def open(self, *_: Any, **__: Any) -> None:
        """Register the comm; the page opened it, so no message is sent."""
        self.comm_manager.register_comm(self)
        self._closed = False

    def send(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
    ) -> None:
        """Send a message to the comm's page; do nothing after the page closed the comm.

        Raises
        ------
        RuntimeError
            After `close()`, or after the session ended.

        """
        if self._send_error is not None:
            raise RuntimeError(f"shiny-comm: comm {self.comm_id}: cannot send: {self._send_error}")
        if not self._closed:
            with session_context(self._session):
                super().send(data, metadata, buffers)

    def close(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
        deleting: bool = False,
    ) -> None:
        """Close the comm on the server and on the page; a second call does nothing."""
        if self._closed or deleting:
            return
        self._send_error = "the comm is closed"
        with session_context(self._session):
            super().close(data, metadata, buffers)

    def end(self, send_error: str | None) -> None:
        """Mark the comm as closed by the page or the end of the session.

        Later sends raise `send_error`; with ``None`` they are dropped.
        """
        self._closed = True
        self._send_error = send_error
        self.comm_manager.unregister_comm(self)

    def handle_msg(self, msg: dict[str, Any]) -> Any:
        """Call the callback; the result may be awaitable."""
        return None if self._msg_callback is None else cast(Any, self._msg_callback)(msg)

    def handle_close(self, msg: dict[str, Any]) -> Any:
        """Call the callback; the result may be awaitable."""
        return None if self._close_callback is None else cast(Any, self._close_callback)(msg)


def is_widget_comm(comm_id: str) -> bool:
    """Return whether the server opened a comm with this id, in any session."""
    return comm_id in ShinyCommManager.comms

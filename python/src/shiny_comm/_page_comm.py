"""The server's end of a comm that the page has opened: shinywidgets' class, in its own table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from shiny.session import session_context
from shinywidgets._comm import ShinyComm, ShinyCommManager

if TYPE_CHECKING:
    from shiny import Session


class PageComms(ShinyCommManager):
    """The comms that one session's page has opened; shinywidgets has one table for all sessions."""

    def __init__(self) -> None:
        self.comms: dict[str, ShinyComm] = {}

    def get(self, comm_id: str) -> PageComm | None:
        """The comm of an id."""
        return cast("PageComm | None", self.comms.get(comm_id))

    def all(self) -> list[PageComm]:
        """All that are open now."""
        return cast("list[PageComm]", [*self.comms.values()])


class PageComm(ShinyComm):
    """A comm that is open on the page already."""

    def __init__(self, comm_id: str, comms: PageComms, target_name: str, session: Session) -> None:
        # shinywidgets' class names them, but gives them no value.
        self._msg_callback = None
        self._close_callback = None
        self._session = session
        self._why_closed: str | None = None
        #: The session in which its callbacks run: that of a module, where its target is of one.
        self.context = session
        super().__init__(comm_id, comms, target_name)

    def open(self, *_: Any, **__: Any) -> None:
        """Be known to the session; nothing is sent, for it is the page that has opened it."""
        self.comm_manager.register_comm(self)
        self._closed = False

    def send(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
    ) -> None:
        """Send to the comm's own page; nothing once that has closed the comm.

        Raises
        ------
        RuntimeError
            After `close()`, and after the end of the session.

        """
        if self._why_closed is not None:
            raise RuntimeError(f"shiny-comm: comm {self.comm_id}: {self._why_closed}")
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
        """Close it here and on the page; a second call does nothing."""
        if self._closed or deleting:
            return
        self._why_closed = "it is closed"
        with session_context(self._session):
            super().close(data, metadata, buffers)

    def end(self, why: str | None) -> None:
        """Be closed by the other side; `why` is the error of later sends, ``None`` drops them."""
        self._closed = True
        self._why_closed = why
        self.comm_manager.unregister_comm(self)

    def handle_msg(self, msg: dict[str, Any]) -> Any:
        """What the callback returns, which may be to be awaited."""
        return None if self._msg_callback is None else cast(Any, self._msg_callback)(msg)

    def handle_close(self, msg: dict[str, Any]) -> Any:
        """What the callback returns, which may be to be awaited."""
        return None if self._close_callback is None else cast(Any, self._close_callback)(msg)


def is_widget_comm(comm_id: str) -> bool:
    """Whether a comm of that id has been opened by the server, in whichever session."""
    return comm_id in ShinyCommManager.comms

"""The registry of targets, which the comms of the page name in their opens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from shiny.session import get_current_session

from . import _host
from ._session_comms import Target, TargetCallback, comms_of, targets

Callback = TypeVar("Callback", bound=TargetCallback)

_stop: Callable[[], None] | None = None
_page_comms_enabled = False


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
        buffer is a ``memoryview``. The comm is a `Comm`. Callbacks run in the session, without
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
        names, target = targets, Target(callback, None)
        _start_with_sessions()
    elif session.is_stub_session():
        # The first run of an Express app, whose file runs again in each session.
        return lambda: None
    else:
        comms = comms_of(session.root_scope())
        comms.accept_opens()
        names, target = comms.targets, Target(callback, session)
    names[target_name] = target

    def undo() -> None:
        if names.get(target_name) is target:
            del names[target_name]
        _stop_without_targets()

    return undo


def enable_page_comms(enabled: bool) -> None:
    """Set whether each new session supports opens from its page, even without a target."""
    global _page_comms_enabled
    _page_comms_enabled = enabled
    _start_with_sessions() if enabled else _stop_without_targets()


def _start_with_sessions() -> None:
    """Announce page comms to the page of each new session."""
    global _stop
    if _stop is not None:
        return
    _stop = _host.on_new_session(lambda session: comms_of(session).accept_opens())


def _stop_without_targets() -> None:
    global _stop
    if _stop is not None and not targets and not _page_comms_enabled:
        _stop()
        _stop = None

"""The comms of widgets, and the function for new widgets that replaces shinywidgets'."""

from __future__ import annotations

import itertools
import logging
from contextlib import suppress
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast
from uuid import uuid4
from weakref import WeakKeyDictionary, WeakSet

from ipywidgets import Layout, Style  # type: ignore[import-untyped]
from shiny.session import get_current_session, session_context
from traitlets import TraitError

from . import _host
from ._comm import Comm, Message, MessageCallback, PageComm
from ._incoming import InvalidMessageError, as_dict, shorten
from ._modules import with_module_url
from ._outbox import OutgoingMessage, outgoing
from ._session_comms import SessionComms, comms_of, has_ended
from ._states import state_of
from ._widget_files import mount_shared_files, processed_dependencies

if TYPE_CHECKING:
    from shiny import Session
    from shiny.reactive import Context

#: The numbers of comms, in the order of creation.
_numbers = itertools.count()

#: Packages whose `_repr_mimebundle_` has no effect on the widget
#: (docs/upstream/widget-representation.md).
_PLAIN_REPR: Final = ("ipywidgets", "anywidget")

#: The methods of messages whose values are in the state of a later open, too.
_UPDATES: Final = ("update", "echo_update")

#: Precedes the id of a widget in the state of another.
_REFERENCE: Final = "IPY_MODEL_"

#: Whether the running code is a widget's `_repr_mimebundle_`.
_in_repr: ContextVar[bool] = ContextVar("shiny_comm_in_repr", default=False)

#: The group of new comms, while a widget of the page is created or handles a message.
_group: ContextVar[list[WidgetComm] | None] = ContextVar("shiny_comm_group", default=None)

#: The comm that is opening: reading its state creates defaults, such as layouts.
_opening: ContextVar[WidgetComm | None] = ContextVar("shiny_comm_opening", default=None)

#: The classes whose `_repr_mimebundle_` failed.
_failing_reprs: WeakSet[type] = WeakSet()

logger = logging.getLogger("shiny_comm")


class WidgetComm(Comm):
    """The comm of a widget in one session, which opens with the flush."""

    def __init__(
        self,
        widget: Any,
        comm_id: str,
        comms: SessionComms,
        render: Context | None = None,
        context: Session | None = None,
    ) -> None:
        self._prepare("jupyter.widget", comm_id, comms, context or comms.session)
        self.widget = widget
        # ipywidgets sends changes of closed widgets, too.
        self.drops_late_messages = True
        self.page_may_close = False
        #: The render whose invalidation closes the widget.
        self.render = render
        #: Whether the widget needs a call of `_repr_mimebundle_` before its state is complete.
        self._needs_repr = _has_own_repr(widget)
        #: Whether `_repr_mimebundle_` made the widget, which opens only if a state refers to it.
        self.is_optional = _in_repr.get()
        #: The order of creation.
        self._number = next(_numbers)
        #: The default layout and style, which close with the widget.
        self._owned: list[WidgetComm] = []
        #: The last widget that used this layout or style, and whether several have.
        self._user_id: str | None = None
        self._is_shared = False
        self._was_opened = False
        #: The state of the open, and the names of traits that changed after they were read.
        self._read: dict[str, Any] = {}
        self._changed: set[str] = set()
        #: Messages that were sent before the open (docs/upstream/early-messages.md).
        self._early: list[OutgoingMessage] = []
        #: A widget of the page and the widgets that it created, such as default layouts. They close
        #: together; ``None`` for the widgets of the server.
        self.group: list[WidgetComm] | None = None
        #: Disconnects the widget from the files of its class.
        self._file_listeners = _host.file_listeners(widget)

    def send(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
    ) -> None:
        """Send a message. Before the open, messages wait, and updates are not needed."""
        data = data or {}
        method = data.get("method")
        is_open = self._state == "open"
        if self._state == "closed" or (not is_open and method in _UPDATES):
            if self._state == "opening":
                self._changed.update(data.get("state", {}))
            return
        if method in _UPDATES:
            self._use(data.get("state"))
        content = {"data": with_module_url(self, data, self.comm_manager.session)}
        message = outgoing("comm_msg", self.comm_id, content, metadata, buffers)
        self.comm_manager.outbox.run_on_loop(self._deliver, message)

    def _deliver(self, message: OutgoingMessage) -> None:
        if self._was_opened:
            self.comm_manager.outbox.put(message)
        elif self._state != "closed":
            self._early.append(message)

    def _use(self, state: object) -> None:
        """Mark the layout and style in a state as shared, if another widget has used them."""
        values = cast("dict[str, object]", state) if isinstance(state, dict) else {}
        for name in ("layout", "style"):
            value = values.get(name)
            if not isinstance(value, str) or not value.startswith(_REFERENCE):
                continue
            used = getattr(_host.widgets_by_id().get(value[len(_REFERENCE) :]), "comm", None)
            if isinstance(used, WidgetComm):
                used._is_shared |= used._user_id not in (None, self.comm_id)
                used._user_id = self.comm_id

    def close(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
        deleting: bool = False,
    ) -> None:
        """Close both ends; a widget that is not open yet never opens."""
        super().close(data, metadata, buffers, deleting)
        self._early.clear()
        owned, self._owned = self._owned, []
        for comm in owned:
            if not comm._is_shared:
                comm.close_widget()

    def refers_to(self, child: Any) -> None:
        """Own a layout or style that was created after this widget, as its default.

        ipywidgets leaves it open. The client closes it itself only if it opens after the widget.
        """
        widget: Any = child.widget
        is_later = isinstance(widget, (Layout, Style)) and child._number > self._number
        # A layout without a session belongs to all sessions.
        is_shared = getattr(widget, "comm", None) is not child
        if is_later and not is_shared:
            self._owned.append(child)

    def close_widget(self) -> None:
        """Close the widget, and keep its id: packages use it for references to a closed widget."""
        widget = self.widget
        if self._state == "closed":
            return
        widget.close()
        self._keep_id()

    def end(self, send_error: str | None) -> None:
        """Close the widget: the session has ended."""
        super().end(send_error)
        self._early.clear()
        if self.widget.comm is self:
            with session_context(self.comm_manager.session):
                self.widget.close()
            self._keep_id()

    def _end(self, send_error: str | None) -> None:
        super()._end(send_error)
        if self.render is not None:
            self.comm_manager.forget_render(self.render, self)
        if self.widget.comm is self:
            _host.forget_widget(self.widget, self.comm_id)
        for disconnect in self._file_listeners:
            disconnect()
        self._file_listeners.clear()
        if self.opened_by_page and self.group is not None:
            for comm in self.group:
                comm.close_widget()
            self.group.clear()

    def _keep_id(self) -> None:
        self.widget.comm = self
        # The assignment adds the widget to ipywidgets' table of open widgets.
        _host.forget_widget(self.widget, self.comm_id)

    def open_message(self) -> OutgoingMessage | None:
        """Read the state, and return the open; ``None`` if the widget was closed meanwhile."""
        if self._state != "pending":
            return None
        token = _opening.set(self)
        try:
            if self._needs_repr and not self.is_optional:
                self._make_repr()
            self._state = "opening"
            state, paths, buffers = state_of(self.widget)
            self._read = state
            self._use(state)
            session = self.comm_manager.session
            data = {"state": state, "buffer_paths": paths}
            content: dict[str, Any] = {
                "data": with_module_url(self, data, session),
                "target_name": self.target_name,
                "target_module": None,
                "html_deps": processed_dependencies(self.widget, session),
            }
            metadata = {"version": _host.protocol_version()}
            return outgoing("comm_open", self.comm_id, content, metadata, buffers)
        finally:
            _opening.reset(token)

    def _make_repr(self) -> None:
        """Call `_repr_mimebundle_`, which completes the state of plotly's widgets.

        Source: https://github.com/plotly/plotly.py/blob/v5.24.1/packages/python/plotly/plotly/basewidget.py#L733
        """
        self._needs_repr = False
        token = _in_repr.set(True)
        try:
            self.widget._repr_mimebundle_()
        except Exception as error:
            # Jupyter calls it for shown widgets only; the parts of ipyelk's diagrams raise errors.
            cls = cast("type[object]", type(self.widget))
            if cls not in _failing_reprs:
                _failing_reprs.add(cls)
                logger.warning(
                    "shiny-comm: comm %s: `_repr_mimebundle_` of %s failed (logged once): %r",
                    self.comm_id,
                    cls.__name__,
                    error,
                )
        finally:
            _in_repr.reset(token)

    def opened(self) -> bool:
        """Register the comm, and send the messages that waited for the open.

        Return whether the open is still wanted: a child may have closed the widget.
        """
        if self._state == "closed":
            return False
        self._state = "open"
        self._was_opened = True
        self.comm_manager.register_comm(self)
        try:
            self._send_changed()
        except Exception:
            # Such as a number that JSON does not have. Other widgets open.
            logger.exception("shiny-comm: comm %s: cannot send a change", self.comm_id)
        early, self._early = self._early, []
        for message in early:
            self.comm_manager.outbox.put(message)
        return True

    def _send_changed(self) -> None:
        """Send the traits that a child or a thread changed after they were read for the open."""
        changed, self._changed = self._changed, set()
        read, self._read = self._read, {}
        if changed:
            now, paths, _ = _host.split_state(self.widget.get_state(changed))
            has_buffers = {path[0] for path in paths}
            late = [
                name
                for name in changed
                if name in has_buffers
                or _host.pack_json(now[name]) != _host.pack_json(read.get(name))
            ]
            if late:
                self.widget.send_state(late)

    def handle_msg(self, msg: Message) -> Any:
        """Handle a message of the page like ipywidgets, whose handler logs errors without the comm.

        A widget class may have another handler.
        """
        if not self._has_standard_handler():
            return super().handle_msg(msg)
        data = as_dict(msg["content"]["data"], "the data has no method")
        token = _group.set(self.group)
        try:
            return self._handle_data(data, msg)
        finally:
            _group.reset(token)

    def _has_standard_handler(self) -> bool:
        """Return whether ipywidgets handles the messages, and not the class or a later `on_msg`."""
        is_replaced = self._msg_callback != self.widget._handle_msg
        return not is_replaced and _host.has_standard_handler(self.widget)

    def _handle_data(self, data: dict[str, Any], msg: Message) -> Any:
        method = data.get("method")
        if not isinstance(method, str):
            raise InvalidMessageError("the data has no method")
        state = as_dict(data.get("state", {}), "the state is not an object")
        if method == "update":
            put_buffers(state, data, msg["buffers"])
            self._set_state(state)
        elif method == "request_state":
            self.widget.send_state()
        elif method == "custom":
            self.widget._handle_custom_msg(data.get("content"), msg["buffers"])
        else:
            raise InvalidMessageError(f"unknown method {shorten(method)}")
        return None

    def _set_state(self, state: dict[str, Any]) -> None:
        try:
            self.widget.set_state(state)
        except TraitError:
            raise
        except Exception as error:
            # ipywidgets does not tell an error in a callback of the app from an invalid value.
            name = _invalid_name(self.widget, state)
            if name is None:
                raise
            raise InvalidMessageError(f"invalid {shorten(name)}: {error!r}") from error


class SharedComm:
    """The comm of a widget that was created outside a session, such as at the import of a package.

    Each session that refers to the widget opens it. The state is the same for all sessions.
    shinywidgets raises an error (docs/upstream/widgets-without-session.md).
    """

    kernel: Final = "Shiny"
    target_name: Final = "jupyter.widget"

    def __init__(self, widget: Any, comm_id: str) -> None:
        self._widget = widget
        self._comm_id = comm_id
        self._comms: dict[Session, WidgetComm] = {}
        self._msg_callback: MessageCallback | None = None
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether the widget was closed."""
        return self._closed

    @property
    def comm_id(self) -> str:
        """The id. A reference to the widget reads it, which opens the widget in the session."""
        session = get_current_session()
        if session is not None and not session.is_stub_session() and not self._closed:
            root = session.root_scope()
            if root not in self._comms and not has_ended(root):
                comm = WidgetComm(self._widget, self._comm_id, comms_of(root))
                if self._msg_callback is not None:
                    comm.on_msg(self._msg_callback)
                self._comms[root] = comm
                root.on_ended(partial(self._forget, root))
                comms_of(root).open_with_flush(comm)
        return self._comm_id

    def _forget(self, root: Session) -> None:
        self._comms.pop(root, None)

    def send(
        self,
        data: dict[str, Any] | None = None,
        metadata: dict[str, Any] | None = None,
        buffers: list[Any] | None = None,
    ) -> None:
        """Send a message to all sessions. An echo is an update for the sessions of other pages."""
        session = get_current_session()
        sender = None if session is None else session.root_scope()
        for root, comm in [*self._comms.items()]:
            if data is not None and data.get("method") == "echo_update" and root is not sender:
                comm.send({**data, "method": "update"}, metadata, buffers)
            else:
                comm.send(data, metadata, buffers)

    def close(self, *args: Any, **kwargs: Any) -> None:
        """Close the widget in all sessions."""
        self._closed = True
        for comm in [*self._comms.values()]:
            comm.close(*args, **kwargs)

    def on_msg(self, callback: MessageCallback) -> None:
        """Call a function with each message from a page."""
        self._msg_callback = callback
        for comm in self._comms.values():
            comm.on_msg(callback)

    def on_close(self, callback: MessageCallback) -> None:
        """Do nothing: a page cannot close a widget."""


def on_constructed(widget: Any) -> None:
    """Give a new widget a comm that opens with the flush. Replaces shinywidgets' function.

    shinywidgets creates an effect for each widget (docs/upstream/widget-effects.md), whose source
    Shiny tokenizes (docs/upstream/effect-source.md).
    """
    session = get_current_session()
    comm_id = getattr(widget, "_model_id", None)
    if comm_id is None:
        comm_id = widget._model_id = uuid4().hex
    # The first run of an Express app has a stub session. A package that is imported in that run may
    # create widgets for all sessions. The defaults of a shared widget are shared, too.
    opening = _opening.get()
    is_shared = opening is not None and isinstance(opening.widget.comm, SharedComm)
    if session is None or session.is_stub_session() or is_shared:
        widget.comm = SharedComm(widget, comm_id)
        _make_defaults(widget)
        return
    root = session.root_scope()
    if has_ended(root):
        widget.comm = SharedComm(widget, comm_id)
        widget.comm.close()
        _host.forget_widget(widget, comm_id)
        return
    mount_shared_files(session.app)
    comms = comms_of(root)
    render = _host.render_context(session) if opening is None else opening.render
    comm = widget.comm = WidgetComm(widget, comm_id, comms, render, session)
    comm.group = _group.get() if opening is None else opening.group
    if comm.group is not None:
        comm.group.append(comm)
    comms.open_with_flush(comm)
    if render is not None:
        comms.close_with(render, comm)


def _make_defaults(widget: Any) -> None:
    """Make the default layout and style of a widget now, before a session or render owns them."""
    for name in ("layout", "style"):
        cls = getattr(widget.traits().get(name), "klass", None)
        if isinstance(cls, type) and issubclass(cls, (Layout, Style)):
            # The class's own default may need what its constructor has not set yet.
            with suppress(Exception):
                getattr(widget, name)


def _invalid_name(widget: Any, state: dict[str, Any]) -> str | None:
    """Return the first name in a state that is not a trait, or whose value is unreadable."""
    for name, value in state.items():
        if name not in widget.keys:
            return name
        read = widget.trait_metadata(name, "from_json", widget._trait_from_json)
        try:
            read(value, widget)
        except Exception:
            return name
    return None


def open_from_page(comm: PageComm, message: Message) -> None:
    """Create the widget of a model that JavaScript created. The target ``jupyter.widget``.

    A page may create only widgets of the packages that it shows.

    Raises
    ------
    InvalidMessageError
        If the message does not describe a widget of these packages.

    """
    data = as_dict(message["content"]["data"], "no data")
    state = as_dict(data.get("state"), "no state")
    module = state.get("_model_module")
    shown = {
        shown.widget._model_module
        for shown in comm.comm_manager.comms.values()
        if isinstance(shown, WidgetComm)
    }
    if not isinstance(module, str) or module not in shown:
        raise InvalidMessageError(
            f"the page shows no widget of the module {shorten(module)}, so it may not create one"
        )
    put_buffers(state, data, message["buffers"])
    group: list[WidgetComm] = []
    token = _group.set(group)
    try:
        widget = _host.widget_class(state)(model_id=comm.comm_id)
        widget_comm: WidgetComm = widget.comm
        widget.set_state(state)
    except Exception as error:
        for failed in group:
            failed.close_widget()
        if isinstance(error, TraitError):
            raise
        raise InvalidMessageError(f"cannot create the widget: {error!r}") from error
    finally:
        _group.reset(token)
    comm.hand_over()
    widget_comm.opened_by_page = widget_comm.page_may_close = True
    widget_comm.opened()


def put_buffers(state: dict[str, Any], data: dict[str, Any], buffers: list[Any]) -> None:
    """Put the buffers of a page's message into a state."""
    try:
        _host.put_buffers(state, data.get("buffer_paths", []), buffers)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise InvalidMessageError(f"invalid buffer_paths: {error}") from error


_own_repr: WeakKeyDictionary[type[Any], bool] = WeakKeyDictionary()


def _has_own_repr(widget: object) -> bool:
    widget_class = type(widget)
    has_own = _own_repr.get(widget_class)
    if has_own is None:
        method = getattr(widget_class, "_repr_mimebundle_", None)
        module = str(getattr(method, "__module__", None) or "ipywidgets")
        has_own = callable(method) and module.partition(".")[0] not in _PLAIN_REPR
        _own_repr[widget_class] = has_own
    return has_own

"""The private parts of Shiny, shinywidgets and ipywidgets; no other file uses them for comms.

Each function checks for its part. `missing_parts()` lists the parts without which shinywidgets must
open the widgets.
"""

from __future__ import annotations

import inspect
import json
import sys
import warnings
from asyncio import Lock
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, partial, wraps
from importlib import import_module
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, cast
from weakref import WeakKeyDictionary

from htmltools import HTMLDependency, TagList
from ipywidgets import Widget  # type: ignore[import-untyped]
from shiny import App, Session, reactive
from shinywidgets import output_widget

if TYPE_CHECKING:
    from shiny.module import ResolvedId
    from shiny.reactive import Context
    from starlette.routing import BaseRoute

#: The name of the HTML dependency with shinywidgets' client.
CLIENT_NAME: Final = "ipywidget-output-binding"

Hook = Callable[[Any], None]
BytesSender = Callable[[list[bytes]], Awaitable[None]]

#: Locks that keep the frames of one message together on a session's websocket.
_send_locks: WeakKeyDictionary[Session, Lock] = WeakKeyDictionary()
_warned: set[str] = set()

#: The context of `isolate()`, whose end closes no widget.
_isolated: ContextVar[Context | None] = ContextVar("shiny_comm_isolated", default=None)


def warn_once(message: str) -> None:
    """Warn of a missing part, once in the process."""
    if message not in _warned:
        _warned.add(message)
        warnings.warn(f"shiny-comm: {message}.", RuntimeWarning, stacklevel=4)


def warn_missing(parts: Iterable[str], consequence: str) -> None:
    """Warn that private parts are not as known, unless earlier warnings have named all of them."""
    new = [part for part in parts if part not in _warned]
    if new:
        _warned.update(new)
        warn_once(f"{', '.join(new)}: missing or different in this version; {consequence}")


def _part(module: str, name: str) -> Any:
    try:
        return getattr(sys.modules.get(module) or import_module(module), name, None)
    except ImportError:
        return None


@cache
def _has_parameters(function: Callable[..., object]) -> bool:
    return len(inspect.signature(function).parameters) > 0


# ipywidgets


def construction_hook() -> Hook | None:
    """Return the function that ipywidgets calls with each new widget."""
    return cast("Hook | None", getattr(Widget, "_widget_construction_callback", None))


def set_construction_hook(hook: Hook | None) -> None:
    """Replace the function that ipywidgets calls with each new widget."""
    widget_class: Any = Widget
    widget_class.on_widget_constructed(hook)


def protocol_version() -> str:
    """Return the version of the widget protocol."""
    return str(_part("ipywidgets._version", "__protocol_version__"))


def widgets_by_id() -> dict[str, Widget]:
    """Return all open widgets of the process, by model id."""
    return cast("dict[str, Widget]", _part("ipywidgets.widgets.widget", "_instances") or {})


def forget_widget(widget: object, comm_id: str) -> None:
    """Remove a closed widget from the table of open widgets, unless another one has its id."""
    instances = widgets_by_id()
    if instances.get(comm_id) is widget:
        del instances[comm_id]


def split_state(state: dict[str, Any]) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Return a state without its buffers, the paths of the buffers, and the buffers."""
    remove_buffers: Any = _part("ipywidgets.widgets.widget", "_remove_buffers")
    split: tuple[dict[str, Any], list[Any], list[Any]] = remove_buffers(state)
    return split


def has_standard_state(widget_class: type[Any]) -> bool:
    """Return whether a class reads its state as ipywidgets 8 does."""
    if not str(_part("ipywidgets", "__version__")).startswith("8."):
        return False
    standard: Any = Widget
    return all(
        getattr(widget_class, name, None) is getattr(standard, name, ...)
        for name in ("get_state", "_trait_to_json", "trait_metadata")
    )


def put_buffers(state: dict[str, Any], paths: list[Any], buffers: list[Any]) -> None:
    """Put buffers into a state, at their paths."""
    put: Any = _part("ipywidgets.widgets.widget", "_put_buffers")
    put(state, paths, buffers)


def widget_class(state: dict[str, Any]) -> Any:
    """Return the class of a widget with this state.

    Raises
    ------
    KeyError, ValueError
        If no class is registered for the names in the state.

    """
    registry: Any = _part("ipywidgets.widgets.widget", "_registry")
    names = ("_model_module", "_model_module_version", "_model_name")
    view_names = ("_view_module", "_view_module_version", "_view_name")
    return registry.get(*(state[name] for name in (*names, *view_names)))


def has_standard_handler(widget: Widget) -> bool:
    """Return whether a widget handles messages with the method of ipywidgets."""
    return getattr(type(widget), "_handle_msg", None) is getattr(Widget, "_handle_msg", None)


def file_listeners(widget: object) -> list[Callable[[], None]]:
    """Return functions that disconnect a new anywidget from the files of its class.

    anywidget connects each widget, and keeps it in memory (docs/upstream/anywidget-files.md).
    """
    undos: list[Callable[[], None]] = []
    for cls in type(widget).__mro__:
        for name in ("_esm", "_css"):
            changed: Any = getattr(cls.__dict__.get(name), "changed", None)
            if changed is None:
                continue
            slots: list[Any] | None = getattr(changed, "_slots", None)
            if not isinstance(slots, list):
                part = f"{type(changed).__name__}._slots"
                warn_missing([part], "anywidgets whose module is a file stay in memory")
                continue
            # The last one, or one of the last if several threads create widgets.
            for slot in slots[-4:]:
                function: Any = getattr(slot, "dereference", lambda: None)()
                cells: Any = getattr(function, "__closure__", None) or ()
                if any(cell.cell_contents is widget for cell in cells):
                    undos.append(partial(changed.disconnect, function, missing_ok=True))
    return undos


# shinywidgets


def stock_hook() -> Hook | None:
    """Return shinywidgets' function for new widgets."""
    return cast("Hook | None", _part("shinywidgets._shinywidgets", "init_shiny_widget"))


def pack_json(value: object) -> str:
    """Return a value as JSON, with the conversions of shinywidgets (dates, bytes, numbers)."""
    pack: Any = _part("shinywidgets._serialization", "json_packer")
    if pack is None:
        # Without `use()`, an app's own comms still work.
        name = "shinywidgets._serialization.json_packer"
        warn_missing([name], "the data of comms can have only types of JSON")
        pack = partial(json.dumps, allow_nan=False)
    text: str = pack(value)
    return text


def render_context(session: Session) -> Context | None:
    """Return the context whose invalidation closes a new widget, as in the installed shinywidgets.

    shinywidgets 0.8 records the running render for the task, and 0.6 for the session. Earlier
    versions use any reactive context.
    """
    record: Any = _part("shinywidgets._render_widget_base", "WidgetRenderContext")
    if record is not None:
        arguments = (session,) if _has_parameters(record.is_rendering_widget) else ()
        if not record.is_rendering_widget(*arguments):
            return None
        return cast("Context", record.get_render_context(*arguments))
    context = _current_context()
    return None if context is _isolated.get() else context


def missing_parts() -> list[str]:
    """Return the names of parts that are not as known; shinywidgets then opens the widgets."""
    missing: list[str] = []

    def check(name: str, present: object) -> None:
        if not present:
            missing.append(name)

    hook = stock_hook()
    protocol = _part("ipywidgets._version", "__protocol_version__")
    check("ipywidgets._version.__protocol_version__", protocol)
    check("ipywidgets.Widget.on_widget_constructed", hasattr(Widget, "on_widget_constructed"))
    check("ipywidgets.Widget._widget_construction_callback", construction_hook())
    remove_buffers = _part("ipywidgets.widgets.widget", "_remove_buffers")
    check("ipywidgets.widgets.widget._remove_buffers", callable(remove_buffers))
    put_buffers = _part("ipywidgets.widgets.widget", "_put_buffers")
    check("ipywidgets.widgets.widget._put_buffers", callable(put_buffers))
    check("ipywidgets.Widget._handle_msg", hasattr(Widget, "_handle_msg"))
    registry = _part("ipywidgets.widgets.widget", "_registry")
    check("ipywidgets.widgets.widget._registry", hasattr(registry, "get"))
    custom = getattr(Widget, "_handle_custom_msg", None)
    check("ipywidgets.Widget._handle_custom_msg", callable(custom))
    instances = _part("ipywidgets.widgets.widget", "_instances")
    check("ipywidgets.widgets.widget._instances", isinstance(instances, dict))
    check("shinywidgets._shinywidgets.init_shiny_widget", callable(hook))
    pack = _part("shinywidgets._serialization", "json_packer")
    check("shinywidgets._serialization.json_packer", callable(pack))
    record = _part("shinywidgets._render_widget_base", "WidgetRenderContext")
    if record is None:
        context = _part("shiny.reactive._core", "get_current_context")
        check("shiny.reactive._core.get_current_context", callable(context))
        # Versions without the record use the current context themselves.
        source = getattr(hook, "__globals__", {})
        check("shinywidgets WidgetRenderContext", "has_current_context" in source)
    else:
        for name in ("is_rendering_widget", "get_render_context"):
            method = getattr(record, name, None)
            count = len(inspect.signature(method).parameters) if callable(method) else 2
            check(f"shinywidgets WidgetRenderContext.{name}", count < 2)
    check("shiny.Session._process_ui", hasattr(Session, "_process_ui"))
    check("shiny.App._dependency_handler", _has_method_with(App, "_dependency_handler"))
    return missing


def _has_method_with(owner: type, attribute: str) -> bool:
    """Return whether a method of a class uses an attribute, which only its objects have."""
    methods = (value for value in vars(owner).values() if isinstance(value, FunctionType))
    return any(attribute in method.__code__.co_names for method in methods)


def has_client_dependency() -> bool:
    """Return whether shinywidgets' client is an HTML dependency with the name that is replaced."""
    dependencies = TagList(output_widget("any")).get_dependencies()
    return any(dependency.name == CLIENT_NAME for dependency in dependencies)


# Shiny


@contextmanager
def isolate() -> Generator[None, None, None]:
    """Isolate code like `reactive.isolate()`, and release the context at the end.

    Each reactive value that the code reads keeps Shiny's context until the value changes
    (docs/upstream/isolate-contexts.md).
    """
    with reactive.isolate():
        token = _isolated.set(_current_context())
        try:
            yield
        finally:
            _release_context()
            _isolated.reset(token)


def peek(session: Session, name: ResolvedId) -> object:
    """Return the value of an input without a reactive dependency; ``None`` if it is not set."""
    with reactive.isolate():
        value = session.input[name]
        found: object = value() if value.is_set() else None
        _release_context()
    return found


def _release_context() -> None:
    context = _current_context()
    if context is not None:
        context.invalidate()


def _current_context() -> Context | None:
    current: Any = _part("shiny.reactive._core", "get_current_context")
    if not callable(current):
        part = "shiny.reactive._core.get_current_context"
        warn_missing([part], "reactive values keep the contexts that read them")
        return None
    try:
        return cast("Context", current())
    except RuntimeError:
        return None


def send_bytes(session: Session) -> BytesSender | None:
    """Return a function that sends frames on the session's websocket, without bytes in between.

    Shiny for Python has no public API for bytes. The function uses the private attributes of the
    connection (``StarletteConnection``) and of its websocket.

    Returns
    -------
    :
        The function, or ``None`` if the connection supports text only.

    """
    connection = getattr(session, "_conn", None)
    send: Any = getattr(getattr(connection, "conn", None), "send_bytes", None)
    is_closed: Any = getattr(connection, "_is_closed", None)
    close: Any = getattr(connection, "close", None)
    name = type(connection).__name__
    parts = {"conn.send_bytes": send, "_is_closed": is_closed, "close": close}
    missing = [f"{name}.{part}" for part, value in parts.items() if not callable(value)]
    if connection is None:
        missing = ["shiny.Session._conn"]
    if missing:
        warn_missing(missing, "the connection cannot send bytes, and buffers are sent as text")
        return None

    async def send_all(frames: list[bytes]) -> None:
        async with _send_locks.setdefault(session, Lock()):
            try:
                for frame in frames:
                    if is_closed():
                        return
                    await send(frame)
            except BaseException as error:
                # Shiny closes the connection after a failed text, too. After a cancelled send, the
                # page would wait for the detached buffers.
                if not is_closed():
                    await close(1008, "Send failure")
                if not isinstance(error, Exception):
                    raise

    return send_all


def on_new_session(start: Callable[[Session], object]) -> Callable[[], None] | None:
    """Call a function with each new session. Shiny has no public hook for the start of a session.

    Returns
    -------
    :
        The undo, or ``None`` if this version of Shiny creates sessions in another way.

    """
    app_class: Any = App
    original: Any = getattr(App, "_create_session", None)
    if not callable(original):
        warn_missing(
            ["shiny.App._create_session"],
            "pages open comms only in sessions with a target; register targets in the server "
            "function",
        )
        return None
    active = True

    def create_session(self: App, *args: object, **kwargs: object) -> Session:
        session = cast("Session", original(self, *args, **kwargs))
        if active:
            start(session)
        return session

    app_class._create_session = create_session

    def undo() -> None:
        nonlocal active
        active = False
        # A later patch by other code may wrap this one, which then only calls the original.
        if app_class._create_session is create_session:
            app_class._create_session = original

    return undo


def process_ui(session: Session, ui: TagList) -> list[dict[str, Any]]:
    """Serve the files of HTML dependencies, and return them as in a message."""
    private: Any = session
    processed: list[dict[str, Any]] = private._process_ui(ui)["deps"]
    return processed


def app_routes(app: App) -> list[BaseRoute] | None:
    """Return the routes of an app before its pages, to which shinywidgets adds its files.

    Shiny has no public API to add a route. shinywidgets adds one for each widget
    (docs/upstream/widget-routes.md).

    Returns
    -------
    :
        The list, or ``None`` if this version of Shiny has no such list.

    """
    routes: Any = getattr(getattr(app, "_dependency_handler", None), "routes", None)
    if isinstance(routes, list):
        return cast("list[BaseRoute]", routes)
    warn_missing(
        ["shiny.App._dependency_handler"],
        "the client's files are served uncompressed, modules of anywidgets are sent as text, and "
        "files that widget packages request are not served",
    )
    return None


def on_web_dependency(registered: Callable[[App, HTMLDependency], object]) -> None:
    """Call a function after each registration of an HTML dependency in an app."""
    original: Any = getattr(App, "_register_web_dependency", None)
    if not callable(original):
        warn_missing(
            ["shiny.App._register_web_dependency"], "the client's files are served uncompressed"
        )
        return

    @wraps(original)
    def register(app: App, dependency: HTMLDependency, *args: Any, **options: Any) -> Any:
        result = original(app, dependency, *args, **options)
        registered(app, dependency)
        return result

    # A string, because type checkers refuse an assignment to a method.
    setattr(App, "_register_web_dependency", register)  # noqa: B010


def exclude_from_bookmarks(session: Session, names: set[str]) -> None:
    """Exclude inputs from bookmarks; Shiny before 1.4 has no bookmarks."""
    exclude = getattr(getattr(session, "bookmark", None), "exclude", None)
    if isinstance(exclude, list):
        names_in_list = cast("list[str]", exclude)
        names_in_list.extend(names.difference(names_in_list))

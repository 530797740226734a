"""Output widgets without a kernel show the text, displays and errors of their blocks.

In Jupyter, the kernel sends the output, and the page puts it into the Output widget. Shiny has no
kernel. `install()` collects the output in the server, for the session that made the widget.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Final, cast

import shiny.types
from ipywidgets import Output  # type: ignore[import-untyped]

from ._host import warn_once
from ._output_area import (
    Area,
    activate,
    add_area,
    area_of,
    blocks,
    enter_block,
    leave_block,
    logger,
)
from ._output_display import format_display, patch_display
from ._output_figures import patch_figures
from ._output_streams import patch_threads, replace_streams, restore_streams
from ._patches import Patches

#: Exceptions with which code tells Shiny to stop, such as `req()`.
_CONTROL_FLOW: Final = tuple(
    getattr(shiny.types, name)
    for name in ("SilentException", "SilentCancelOutputException")
    if hasattr(shiny.types, name)
)

_LOGGED: Final = "the text in Output widgets goes to the log"

_undo: Callable[[], None] | None = None


def install() -> Callable[[], None]:
    """Let Output widgets of sessions show what is printed, displayed or raised in them.

    - A `with` block of an Output captures streams, `display()`, `clear_output()`, figures of
      matplotlib, and exceptions. `Output.capture()`, `interactive`, `interact` and
      `interactive_output` use such blocks.
    - Tasks, threads and jobs of pools that the app starts in the block print into the Output, also
      after the end of the block.
    - After the widget is closed, or its session has ended, text goes to the server's log.

    A second call does nothing. Only widgets that are made later are captured.

    Returns
    -------
    :
        The undo, which restores everything.

    """
    global _undo
    if _undo is not None:
        return _undo
    patches = Patches()
    try:
        _patch_widget(patches)
        patch_display(patches)
    except AttributeError as error:
        patches.undo()
        warn_once(f"this version of ipywidgets or IPython is not supported ({error}); {_LOGGED}")
        return lambda: None
    patch_threads(patches)
    forget_import = patch_figures(patches, warn_once)
    replace_streams()
    activate(True)

    def undo() -> None:
        global _undo
        if _undo is not undo:
            return
        _undo = None
        activate(False)
        restore_streams()
        forget_import()
        patches.undo()

    _undo = undo
    return undo


def _patch_widget(patches: Patches) -> None:
    output: Any = Output
    trait: Any = output.outputs
    read: Any = trait.get
    write: Any = trait.set
    init, enter, leave = output.__init__, output.__enter__, output.__exit__
    close, get_state, capture = output.close, output.get_state, output.capture
    append_stdout, append_stderr = output.append_stdout, output.append_stderr
    append_display_data = output.append_display_data

    def read_outputs(widget: Any, cls: Any = None) -> Any:
        area = None if widget is None else area_of(widget)
        value = None if area is None else area.pending_value()
        return read(widget, cls) if value is None else value

    def write_outputs(widget: Any, value: Any) -> None:
        area = area_of(widget)
        if area is None:
            write(widget, value)
            return
        with area.replaced(value):
            write(widget, value)

    def init_output(self: Any, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        add_area(self, read, write)

    def enter_output(self: Any) -> None:
        area = area_of(self)
        if area is None:
            enter(self)
            return
        replace_streams()
        enter_block(area)

    def leave_output(self: Any, kind: Any, error: Any, trace: Any) -> bool | None:
        area = area_of(self)
        if area is None:
            swallowed: bool | None = leave(self, kind, error, trace)
            return swallowed
        leave_block(area)
        # Cancelled tasks and the end of the process are no errors of the app.
        if not isinstance(error, Exception) or isinstance(error, _CONTROL_FLOW) or area.has_ended:
            return None
        _show_error(area, error)
        return True

    def close_output(self: Any) -> None:
        area = area_of(self)
        if area is not None:
            area.end()
        close(self)

    def get_output_state(self: Any, key: Any = None, drop_defaults: bool = False) -> Any:
        area = area_of(self)
        # So that the open of the widget is not followed by an update with the same outputs.
        if area is not None and key is None:
            area.commit_on_loop()
        return get_state(self, key, drop_defaults)

    def capture_output(
        self: Any, clear_output: bool = False, *clear_args: Any, **clear_kwargs: Any
    ) -> Any:
        decorate = capture(self, clear_output, *clear_args, **clear_kwargs)

        def decorate_any(function: Any) -> Any:
            if not inspect.iscoroutinefunction(function):
                return decorate(function)
            coroutine_function = cast("Callable[..., Awaitable[Any]]", function)

            @wraps(coroutine_function)
            async def inner(*args: Any, **kwargs: Any) -> Any:
                if clear_output:
                    self.clear_output(*clear_args, **clear_kwargs)
                with self:
                    return await coroutine_function(*args, **kwargs)

            return inner

        return decorate_any

    def append_to(name: str, append: Any) -> Any:
        def append_text(self: Any, text: str) -> None:
            area = area_of(self)
            if area is None or area.has_ended:
                append(self, text)
            else:
                area.stream(name, text)

        return append_text

    def append_display(self: Any, display_object: Any) -> None:
        area = area_of(self)
        if area is None or area.has_ended:
            append_display_data(self, display_object)
            return
        data, metadata = format_display(display_object)
        area.append({"output_type": "display_data", "data": data, "metadata": metadata})

    patches.set(trait, "get", read_outputs)
    patches.set(trait, "set", write_outputs)
    patches.set(Output, "__init__", init_output)
    patches.set(Output, "__enter__", enter_output)
    patches.set(Output, "__exit__", leave_output)
    patches.set(Output, "close", close_output)
    patches.set(Output, "get_state", get_output_state)
    patches.set(Output, "capture", capture_output)
    patches.set(Output, "append_stdout", append_to("stdout", append_stdout))
    patches.set(Output, "append_stderr", append_to("stderr", append_stderr))
    patches.set(Output, "append_display_data", append_display)


def _show_error(area: Area, error: Exception) -> None:
    app: Any = getattr(area.session, "app", None)
    is_safe = isinstance(error, shiny.types.SafeException)
    if getattr(app, "sanitize_errors", False):
        text = str(error) if is_safe else str(app.sanitize_error_msg)
        name, lines = "Error", [text]
    else:
        text, name = str(error), type(error).__name__
        formatted = traceback.format_exception(type(error), error, error.__traceback__)
        lines = "".join(formatted).rstrip("\n").split("\n")
    area.append({"output_type": "error", "ename": name, "evalue": text, "traceback": lines})
    # Not into an Output around this one.
    with blocks():
        logger.error("shiny-comm: an error in an Output widget", exc_info=error)

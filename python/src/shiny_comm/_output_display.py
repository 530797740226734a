"""IPython's `display()`, `update_display()` and `clear_output()` in an Output, without a kernel."""

from __future__ import annotations

import functools
import inspect
import io
import json
import sys
from base64 import b64encode
from types import FrameType
from typing import Any, Final, cast

import IPython.display
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell

from ._output_area import current_area, current_root, has_areas, update_displays
from ._patches import Patches

#: The module of IPython's functions, which ask for the shell when they are called.
_ipython: Any = IPython.display
_MODULE: Final = str(_ipython.display.__module__)


@functools.cache
def _formatter() -> Any:
    formatter = cast(Any, DisplayFormatter)()
    png = formatter.formatters["image/png"]
    png.for_type("matplotlib.figure.Figure", _figure_as_png)
    return formatter


def _figure_as_png(figure: Any) -> str:
    file = io.BytesIO()
    # As IPython shows figures.
    figure.savefig(file, format="png", bbox_inches="tight", facecolor=figure.get_facecolor())
    return b64encode(file.getvalue()).decode("ascii")


def format_display(value: Any, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an object's data by MIME type, and the metadata."""
    data, metadata = _formatter().format(value, **options)
    return _for_page(data), metadata


def _for_page(data: dict[str, Any]) -> dict[str, Any]:
    """Return data in a form that JSON can represent.

    Raises
    ------
    TypeError, ValueError
        If JSON cannot represent the data: the caller of `display()` has made it.

    """
    return {mime_type: _as_json(value) for mime_type, value in data.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    if isinstance(value, str):
        return value
    # Not the object, which may change later.
    return json.loads(json.dumps(value, allow_nan=False, default=str))


class _Publisher:
    """The publisher for the functions of IPython."""

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        area = current_area()
        display_id: str | None = (transient or {}).get("display_id")
        data = _for_page(data)
        if update:
            session = current_root()
            if session is not None and display_id is not None:
                update_displays(session, display_id, data, metadata or {})
        elif area is not None:
            value = {"output_type": "display_data", "data": data, "metadata": metadata or {}}
            area.append(value, display_id)

    def clear_output(self, wait: bool = False) -> None:
        area = current_area()
        if area is not None:
            area.clear(wait)


class _Formatter:
    """The formatter for the functions of IPython."""

    def format(self, value: Any, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return format_display(value, **options)


class _Shell:
    """The object that the functions of IPython get instead of a shell."""

    display_formatter = _Formatter()
    display_pub = _Publisher()


def _replaces_shell(caller: FrameType) -> bool:
    """Return whether a function of IPython asks for the shell, to use it for an Output.

    For all other code there is no shell: packages look for one to detect a notebook.
    """
    if caller.f_globals.get("__name__") != _MODULE:
        return False
    if current_area() is not None:
        return True
    # A display is also updated outside of the Output.
    frame: FrameType | None = caller
    while frame is not None and frame.f_globals.get("__name__") == _MODULE:
        if frame.f_code is inspect.unwrap(_ipython.update_display).__code__:
            session = current_root()
            return session is not None and has_areas(session)
        frame = frame.f_back
    return False


def patch_display(patches: Patches) -> None:
    """Let the functions of IPython use the current Output.

    Other modules have imported the functions by name. So the shell is replaced, not the functions.
    """
    shell = _Shell()
    shell_class: Any = InteractiveShell
    is_initialized = shell_class.initialized.__func__
    get_instance = shell_class.instance.__func__

    def initialized(cls: Any) -> bool:
        caller = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        return _replaces_shell(caller) or is_initialized(cls)

    def instance(cls: Any, *args: Any, **kwargs: Any) -> Any:
        caller = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        return shell if _replaces_shell(caller) else get_instance(cls, *args, **kwargs)

    patches.set(InteractiveShell, "initialized", classmethod(initialized))
    patches.set(InteractiveShell, "instance", classmethod(instance))

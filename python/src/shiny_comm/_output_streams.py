"""Standard output and errors, and the threads and pools that print: into the current Output."""

from __future__ import annotations

import functools
import inspect
import os
import site
import sys
import sysconfig
import types
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread, Timer
from typing import Any, Final, Literal, cast

from ._output_area import Block, blocks, blocks_for_thread, current_area, is_in_block, set_blocks
from ._patches import Patches

Name = Literal["stdout", "stderr"]
_NAMES: Final[tuple[Name, ...]] = ("stdout", "stderr")


class Stream:
    """A stream that prints into the current Output, and otherwise is another stream.

    It has all attributes of the other stream, also the class for `isinstance()`.
    """

    def __init__(self, name: Name, target: Any) -> None:
        object.__setattr__(self, "_shiny_comm_name", name)
        object.__setattr__(self, "_shiny_comm_target", target)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return _target(self).__class__

    def __getattr__(self, name: str) -> Any:
        return getattr(_target(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(_target(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(_target(self), name)

    def __repr__(self) -> str:
        return repr(_target(self))

    def __iter__(self) -> Any:
        return iter(_target(self))

    def __enter__(self) -> Any:
        return _target(self).__enter__()

    def __exit__(self, *error: Any) -> Any:
        return _target(self).__exit__(*error)

    def write(self, text: str) -> int:
        """Print a text."""
        # Other types are errors of the other stream.
        area = current_area() if isinstance(cast(object, text), str) else None
        name: Name = object.__getattribute__(self, "_shiny_comm_name")
        if area is not None and area.stream(name, text):
            return len(text)
        written: int = _target(self).write(text)
        return written

    def writelines(self, lines: Iterable[str]) -> None:
        """Print several texts."""
        for line in lines:
            self.write(line)

    def isatty(self) -> bool:
        """Return whether this is a terminal, which an Output is not."""
        return current_area() is None and _target(self).isatty()


def _target(stream: Stream) -> Any:
    return object.__getattribute__(stream, "_shiny_comm_target")


def replace_streams() -> None:
    """Replace the streams, if they are not replaced, or other code has set others since."""
    for name in _NAMES:
        stream = getattr(sys, name)
        # A server without a terminal may have no streams.
        if type(stream) is not Stream and stream is not None:
            setattr(sys, name, Stream(name, stream))


def restore_streams() -> None:
    """Restore the streams, unless other code has set others since."""
    for name in _NAMES:
        stream = getattr(sys, name)
        if type(stream) is Stream:
            setattr(sys, name, _target(stream))


def _folders() -> tuple[str, ...]:
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    paths = [sysconfig.get_paths()[name] for name in names]
    # Pyodide has no folder for packages of one user: the function returns `None`.
    user: str | None = site.getusersitepackages()
    paths += [*site.getsitepackages(), *([user] if user else [])]
    return tuple({os.path.join(os.path.realpath(path), "") for path in paths})


#: The folders of the standard library and of installed packages.
_LIBRARIES: Final = _folders()


@functools.lru_cache(maxsize=1024)
def _is_library(filename: str) -> bool:
    return filename.startswith("<frozen ") or os.path.realpath(filename).startswith(_LIBRARIES)


def _is_apps_function(function: Any) -> bool:
    while isinstance(function, functools.partial):
        function = cast("Any", function).func
    if isinstance(function, types.BuiltinFunctionType):
        return True
    function = inspect.unwrap(getattr(function, "__func__", function))
    # A callable object has a method instead.
    method: Any = vars(cast("type[object]", type(function))).get("__call__")
    code: Any = getattr(function, "__code__", None) or getattr(method, "__code__", None)
    return code is not None and not _is_library(code.co_filename)


def _inherits(thread: Thread, starter: types.FrameType) -> bool:
    """Return whether a thread prints into the Output in which it is started.

    It does if the app starts the thread, or the thread's function is the app's. A package may start
    a thread that later prints for other sessions, such as the monitor of tqdm or a pool's worker.
    """
    if not _is_library(starter.f_code.co_filename):
        return True
    if isinstance(thread, Timer):
        return _is_apps_function(thread.function)
    if type(thread).run is not Thread.run:
        return _is_apps_function(type(thread).run)
    return _is_apps_function(getattr(thread, "_target", None))


def patch_threads(patches: Patches) -> None:
    """Let threads that the app starts, and jobs of pools, print into the current Output.

    Python copies the context only to tasks and to `asyncio.to_thread()`. Its option for threads,
    ``thread_inherit_context``, would give the Output to the worker of a pool.
    """
    start: Any = Thread.start
    submit: Any = ThreadPoolExecutor.submit

    def start_in_output(self: Thread) -> None:
        if not is_in_block():
            start(self)
            return
        inherited = blocks_for_thread()
        starter = sys._getframe(1)  # pyright: ignore[reportPrivateUsage]
        attributes = vars(self)
        before = attributes.copy()
        if inherited and _inherits(self, starter):
            run = self.run

            def run_in_output() -> None:
                # The thread would refer to itself.
                attributes.pop("run", None)
                # To the end of the thread, which prints an error after `run()`.
                set_blocks(inherited)
                run()

            attributes["run"] = run_in_output
        try:
            with blocks():
                start(self)
        except BaseException:
            attributes.pop("run", None)
            if "run" in before:
                attributes["run"] = before["run"]
            raise

    def submit_in_output(
        self: ThreadPoolExecutor, fn: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> Any:
        inherited = blocks_for_thread()
        return submit(self, _in_blocks(inherited, fn) if inherited else fn, *args, **kwargs)

    patches.set(Thread, "start", start_in_output)
    patches.set(ThreadPoolExecutor, "submit", submit_in_output)


def _in_blocks(inherited: tuple[Block, ...], function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with blocks(inherited):
            return function(*args, **kwargs)

    return call

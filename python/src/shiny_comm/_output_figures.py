"""Figures of matplotlib in an Output, separate for each session."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, MutableMapping
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, cast
from weakref import WeakKeyDictionary, ref

import IPython.display

from ._output_area import Area, current_area, current_root
from ._patches import Patches

if TYPE_CHECKING:
    from shiny import Session

_MODULE: Final = "matplotlib.backend_bases"


class _Figures(MutableMapping[int, Any]):
    """pyplot's table of open figures, separate for each session.

    Otherwise `plt.plot()` of one session would draw into the figure of another.
    """

    def __init__(self, process: OrderedDict[int, Any]) -> None:
        #: The figures outside of sessions.
        self.process = process
        self._by_session: WeakKeyDictionary[Session, OrderedDict[int, Any]] = WeakKeyDictionary()
        #: The Output in which a figure was made.
        self._owners: WeakKeyDictionary[Any, ref[Area]] = WeakKeyDictionary()

    def _table(self) -> OrderedDict[int, Any]:
        session = current_root()
        if session is None:
            return self.process
        return self._by_session.setdefault(session, OrderedDict())

    def owner(self, manager: Any) -> Area | None:
        """Return the open Output in which a figure was made."""
        owner = self._owners.get(manager)
        area = None if owner is None else owner()
        return None if area is None or area.has_ended else area

    def __getitem__(self, number: int) -> Any:
        return self._table()[number]

    def __setitem__(self, number: int, manager: Any) -> None:
        area = current_area()
        if area is not None and number not in self._table():
            self._owners[manager] = ref(area)
        self._table()[number] = manager

    def __delitem__(self, number: int) -> None:
        del self._table()[number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._table())

    def __len__(self) -> int:
        return len(self._table())

    # matplotlib reads the last figure with `reversed()`.

    def keys(self) -> Any:
        return self._table().keys()

    def values(self) -> Any:
        return self._table().values()

    def items(self) -> Any:
        return self._table().items()

    def __reversed__(self) -> Iterator[int]:
        numbers: Iterator[int] = reversed(self._table())
        return numbers

    def move_to_end(self, number: int, last: bool = True) -> None:
        self._table().move_to_end(number, last)

    def popitem(self, last: bool = True) -> tuple[int, Any]:
        return self._table().popitem(last)


def patch_figures(patches: Patches, warn: Callable[[str], None]) -> Callable[[], None]:
    """Patch matplotlib now, or when it is imported; return the undo of the latter."""

    def patch() -> None:
        try:
            _patch(patches)
        except (AttributeError, TypeError):
            warn("this version of matplotlib is not supported; Outputs do not show its figures")

    if _MODULE in sys.modules:
        patch()
        return lambda: None
    finder = _AfterImport(patch)
    sys.meta_path.insert(0, finder)

    def undo() -> None:
        if finder in sys.meta_path:
            sys.meta_path.remove(finder)

    return undo


def _patch(patches: Patches) -> None:
    bases: Any = sys.modules[_MODULE]
    table: Any = bases.Gcf.figs
    if not isinstance(table, OrderedDict):
        raise TypeError
    figures = _Figures(cast("OrderedDict[int, Any]", table))
    show: Any = bases.FigureManagerBase.show

    def show_in_output(self: Any) -> None:
        area = current_area()
        if area is None:
            show(self)
        elif figures.owner(self) in (None, area):
            _show(self)

    patches.set(bases.Gcf, "figs", figures)
    patches.set(bases.FigureManagerBase, "show", show_in_output)

    interaction: Any = import_module("ipywidgets.widgets.interaction")
    show_plots: Any = interaction.show_inline_matplotlib_plots

    def show_plots_in_output() -> None:
        area = current_area()
        if area is None and current_root() is None:
            show_plots()
            return
        for manager in [*figures.values()]:
            # Other managers draw by themselves, such as ipympl's.
            if getattr(cast(Any, type(manager)), "show", None) is not show_in_output:
                continue
            owner = figures.owner(manager)
            if owner is area and area is not None:
                _show(manager)
            elif owner is None and area is None:
                # A notebook shows earlier figures before a call of `interactive`, and closes them.
                # Otherwise the call would draw into them.
                _close(manager)

    patches.set(interaction, "show_inline_matplotlib_plots", show_plots_in_output)


def _show(manager: Any) -> None:
    """Display a figure and close it, as in a notebook."""
    ipython: Any = IPython.display
    ipython.display(manager.canvas.figure)
    _close(manager)


def _close(manager: Any) -> None:
    plt: Any = import_module("matplotlib.pyplot")
    plt.close(manager.canvas.figure)


class _AfterImport(MetaPathFinder):
    """Calls a function after matplotlib's module is imported."""

    def __init__(self, patch: Callable[[], None]) -> None:
        self._patch = patch
        self._is_searching = False

    def find_spec(
        self, fullname: str, path: object, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of the module, with a loader that calls the function."""
        if fullname != _MODULE or self._is_searching:
            return None
        self._is_searching = True
        try:
            spec = find_spec(fullname)
        finally:
            self._is_searching = False
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, self._after)
        return spec

    def _after(self) -> None:
        if self in sys.meta_path:
            sys.meta_path.remove(self)
            self._patch()


class _PatchingLoader(Loader):
    def __init__(self, loader: Any, after: Callable[[], None]) -> None:
        self._loader = loader
        self._after = after

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._loader.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        module.__loader__ = self._loader
        self._loader.exec_module(module)
        self._after()

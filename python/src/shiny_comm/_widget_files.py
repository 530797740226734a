"""Front-end files of widget packages: where they are installed, and their routes in an app."""

from __future__ import annotations

import importlib
import json
import re
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import shinywidgets
from htmltools import HTMLDependency, TagList, tags
from jupyter_core.paths import jupyter_path
from packaging.version import InvalidVersion, Version
from shiny.http_staticfiles import StaticFiles
from starlette.routing import Mount

from . import _host
from ._labextensions import federated_dependency

if TYPE_CHECKING:
    from htmltools._core import (
        HTMLDependencySource,  # pyright: ignore[reportPrivateImportUsage]
    )
    from ipywidgets import Widget  # type: ignore[import-untyped]
    from shiny import App, Session

#: The name of a package, or of a file in it: neither an address nor a path out of a folder.
_MODULE_NAME: Final = re.compile(r"(@[\w-][\w.-]*/)?[\w-][\w.-]*(/[\w-][\w.-]*)*")

#: The names in a list of AMD modules, as ``define(["name"], …)`` or ``require(["name"], …)``.
_AMD_LIST: Final = re.compile(
    rb"""\b(?:define|require|requirejs)\(\s*(?:["'][^"']*["']\s*,)?\s*\[([^\]]{0,2000})\]"""
)
_AMD_NAME: Final = re.compile(rb"[\"']([^\"']+)[\"']")

#: Modules that every client has.
_CLIENT_MODULES: Final = "@jupyter-widgets/"


@dataclass(frozen=True, eq=False)
class _Module:
    """An AMD module, which is the file ``index.js`` of a folder."""

    name: str
    version: str
    folder: Path
    #: The names of its folder in Jupyter, from which it may request files.
    destinations: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Lookup:
    """The modules that the widgets of a class need."""

    modules: tuple[_Module | HTMLDependency, ...]


#: The lookups by class, then by the names of the modules and their version.
_lookups: WeakKeyDictionary[type[Widget], dict[tuple[object, ...], _Lookup]] = WeakKeyDictionary()
_warned: set[str] = set()


def widget_dependencies(widget: Widget, session: Session) -> list[HTMLDependency]:
    """Return the dependencies that make a widget's modules known to the page.

    Each module is looked up once, and its files are mounted once per app. A module is, in this
    order:

    1. the folder with its name in ``share/jupyter/nbextensions``,
    2. the folder there that the widget's package names in ``_jupyter_nbextension_paths``,
    3. the folder in that package, or in the package of a base class, which it names there,
    4. a labextension.

    shinywidgets knows the first two, for one module per widget. If several folders of Jupyter's
    path have the module, shinywidgets takes the last; this function takes the first, like Jupyter.

    Parameters
    ----------
    widget
        The widget, whose class has the names of its modules.
    session
        The session, which may be a module's.

    """
    return _app_files(session.app).entry(_look_up(widget), session)[0]


def processed_dependencies(widget: Widget, session: Session) -> list[dict[str, Any]]:
    """Return ``widget_dependencies`` as in a message: ``html_deps``. Do not change the list."""
    return _app_files(session.app).entry(_look_up(widget), session)[1]


def mount_shared_files(app: App) -> None:
    """Serve the files of shinywidgets under ``/dist/``, once per app.

    Bundles of ipywidgets request files from there.
    """
    files = _app_files(app)
    if files.has_shared_files:
        return
    files.has_shared_files = True
    folder = Path(shinywidgets.__file__ or "").parent / "static"
    if folder.is_dir():
        files.mount("dist", folder)


class _AppFiles:
    """The dependencies and routes of one app."""

    def __init__(self, app: App) -> None:
        self._lib_prefix: str | None = app.lib_prefix
        self._routes = _host.app_routes(app)
        self._mounted: set[str] = set()
        self.has_shared_files = False
        #: One dependency for each module: two addresses of a module would be two modules.
        self._dependencies: dict[tuple[str, Path], HTMLDependency] = {}
        self._entries: WeakKeyDictionary[
            _Lookup, tuple[list[HTMLDependency], list[dict[str, Any]]]
        ] = WeakKeyDictionary()

    def entry(
        self, lookup: _Lookup, session: Session
    ) -> tuple[list[HTMLDependency], list[dict[str, Any]]]:
        """Return the dependencies of a lookup, and their form in a message."""
        found = self._entries.get(lookup)
        if found is None:
            dependencies = [self._dependency(module) for module in lookup.modules]
            processed = _host.process_ui(session, TagList(*dependencies)) if dependencies else []
            found = self._entries[lookup] = (dependencies, processed)
        return found

    def mount(self, path: str, folder: Path) -> None:
        """Serve the files of a folder, once."""
        if path in self._mounted:
            return
        self._mounted.add(path)
        if self._routes is None:
            return
        # After the app's routes, which may have the same path, and before its static files at "/".
        paths = [getattr(route, "path", None) for route in self._routes]
        at = next((n for n, other in enumerate(paths) if other in ("", "/")), len(paths))
        self._routes.insert(at, Mount(f"/{path}", StaticFiles(directory=str(folder)), name=path))

    def _dependency(self, module: _Module | HTMLDependency) -> HTMLDependency:
        if isinstance(module, HTMLDependency):
            return module
        # Some modules request more files from here, below the page's `data-base-url`.
        for destination in module.destinations:
            self.mount(f"nbextensions/{destination}", module.folder)
        key = module.name, module.folder
        if key not in self._dependencies:
            source: HTMLDependencySource = {"subdir": str(module.folder)}
            bare = HTMLDependency(module.name, module.version, source=source)
            href = bare.source_path_map(lib_prefix=self._lib_prefix)["href"]
            config = {"paths": {module.name: f"{href}/index"}}
            self._dependencies[key] = HTMLDependency(
                module.name,
                module.version,
                source=source,
                all_files=True,
                head=tags.script(f"window.require.config({json.dumps(config)})"),
            )
        return self._dependencies[key]


_apps: WeakKeyDictionary[App, _AppFiles] = WeakKeyDictionary()


def _app_files(app: App) -> _AppFiles:
    files = _apps.get(app)
    if files is None:
        files = _apps[app] = _AppFiles(app)
    return files


_NOTHING: Final = _Lookup(())


def _look_up(widget: Widget) -> _Lookup:
    """Return the modules of a widget. Each class, name and version is looked up once."""
    wanted: list[object] = [
        getattr(widget, name, None) for name in ("_view_module", "_model_module")
    ]
    names = [n for n in wanted if isinstance(n, str) and n and not n.startswith(_CLIENT_MODULES)]
    if not names or _cdn_setting("SHINYWIDGETS_CDN_ONLY"):
        return _NOTHING
    lookups = _lookups.setdefault(_declared_class(widget), {})
    version: object = getattr(widget, "_model_module_version", "1.0")
    key = (*names, version)
    found = lookups.get(key)
    if found is None:
        # Without repetitions, and in order.
        found = lookups[key] = _find_all(dict.fromkeys(names), _parse_version(version), widget)
    return found


def _declared_class(widget: Widget) -> type[Widget]:
    """Return the class of a widget, not the subclass that `add_traits()` makes for each widget."""
    return next(cls for cls in type(widget).__mro__ if cls.__module__ != "traitlets.traitlets")


def _find_all(names: Iterable[str], version: str, widget: Widget) -> _Lookup:
    modules: dict[str, _Module | HTMLDependency] = {}
    for name in names:
        found = _find(name, version, type(widget)) or _find_federated(name, type(widget))
        if isinstance(found, _Module):
            # Before the module that needs them.
            modules |= _find_siblings(found)
        if found is not None:
            modules[name] = found
        elif _cdn_setting("SHINYWIDGETS_EXTENSION_WARNING"):
            _warn_once(
                f"the server does not have the module {name!r} of {_name_of(type(widget))}. Pages "
                "load it from a CDN; install the package as a Jupyter extension to avoid that",
                UserWarning,
            )
    return _Lookup(tuple(modules.values()))


def _find(name: str, version: str, cls: type[Widget]) -> _Module | None:
    """Find a module of a class."""
    if not _MODULE_NAME.fullmatch(name):
        return None
    folder = _installed_folder(name)
    if folder is not None:
        return _Module(name, version, folder, (name,))
    extensions = dict(_nbextensions(cls))
    for package in (_package_of(_definer(cls)), _package_of(cls)):
        for _, destination in extensions.get(package, [])[:1]:
            folder = _installed_folder(destination)
            if folder is not None:
                return _Module(name, version, folder, (name, destination))
    for package, entries in extensions.items():
        for source, destination in entries:
            folder = _package_folder(package, source) if destination == name else None
            if folder is not None:
                return _Module(name, version, folder, (name,))
    return None


def _definer(cls: type[Widget]) -> type:
    """Return the class, or the base class, that names the module."""
    names = {"_view_module", "_model_module"}
    return next((base for base in cls.__mro__ if names & vars(base).keys()), cls)


def _find_federated(name: str, cls: type[Widget]) -> HTMLDependency | None:
    """Find a module of a class in a labextension."""
    packages = dict.fromkeys(map(_package_of, (_definer(cls), cls)))
    return next(filter(None, (federated_dependency(name, package) for package in packages)), None)


def _find_siblings(module: _Module) -> dict[str, _Module]:
    """Find the installed modules that a module requests.

    In Jupyter, each extension's ``extension.js`` makes its module known. Shiny does not run it, so
    a page would not know ``jupyter-vue``, which ``jupyter-vuetify`` needs.
    """
    found: dict[str, _Module] = {}
    queue = [module]
    for requester in queue:
        for name in _requested_names(requester.folder):
            is_known = name in found or name == module.name
            folder = None if is_known else _installed_folder(name)
            # A file next to the module precedes: two packages may have different ones.
            if folder is None or (requester.folder / f"{name}.js").is_file():
                continue
            found[name] = _Module(name, module.version, folder, (name,))
            queue.append(found[name])
    # Each before the module that requests it.
    return dict(reversed(found.items()))


def _requested_names(folder: Path) -> Iterator[str]:
    """Yield the names of the AMD modules that the file ``index.js`` of a folder requests."""
    try:
        text = (folder / "index.js").read_bytes()
    except OSError:
        return
    for names in _AMD_LIST.findall(text):
        for found in _AMD_NAME.findall(names):
            name = found.decode(errors="replace")
            if not name.startswith(_CLIENT_MODULES) and _MODULE_NAME.fullmatch(name):
                yield name


def _installed_folder(name: str) -> Path | None:
    """Return the folder of a module in ``share/jupyter/nbextensions``."""
    if not _MODULE_NAME.fullmatch(name):
        return None
    for path in jupyter_path("nbextensions"):
        folder = Path(path, name)
        if _has_index(folder):
            return folder
    return None


def _package_folder(package: str, source: str) -> Path | None:
    """Return a folder below an imported package, and never the package itself."""
    module = sys.modules.get(package)
    # A namespace package has no file, such as an app in Shinylive
    # (docs/upstream/shinylive-classes.md).
    if module is None or not getattr(module, "__path__", None) or not module.__file__:
        return None
    root = Path(module.__file__).resolve().parent
    folder = (root / source).resolve()
    is_below = folder != root and folder.is_relative_to(root)
    return folder if is_below and _has_index(folder) else None


def _has_index(folder: Path) -> bool:
    return any(folder.glob("index*.js"))


def _nbextensions(cls: type[Widget]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the packages of a class and its bases, each with the folders of its nbextensions.

    The first of two folders is in the package, the second in ``share/jupyter/nbextensions``.
    """
    for package in dict.fromkeys(map(_package_of, cls.__mro__)):
        paths: Any = getattr(sys.modules.get(package), "_jupyter_nbextension_paths", None)
        if paths is None:
            continue
        try:
            entries = [(str(entry["src"]), str(entry["dest"])) for entry in paths()]
        except Exception as error:
            _warn_once(
                f"the files of {_name_of(cls)} are not served: `_jupyter_nbextension_paths` of "
                f"{package} failed ({type(error).__name__}: {error})"
            )
            continue
        yield package, entries


def _package_of(cls: type) -> str:
    return cls.__module__.partition(".")[0]


def _name_of(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def _parse_version(version: object) -> str:
    """Return a version that htmltools accepts: ``1.2.3`` for npm's range ``^1.2.3``.

    It has no local part, as ``+1``: see `_dependency.py`.
    """
    try:
        return Version(re.sub(r"^\D+", "", str(version))).public
    except InvalidVersion:
        return "0.0"


def _cdn_setting(name: str) -> bool:
    """Return a setting of shinywidgets, which it reads from the environment."""
    try:
        cdn = importlib.import_module("shinywidgets._cdn")
    except ImportError:
        return False
    return getattr(cdn, name, False) is True


def _warn_once(message: str, category: type[Warning] = RuntimeWarning) -> None:
    if message not in _warned:
        _warned.add(message)
        warnings.warn(f"shiny-comm: {message}.", category, stacklevel=2)

"""The client as an HTML dependency, which replaces the client of shinywidgets."""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Iterable
from typing import Final

from htmltools import HTMLDependency, Tag, TagList
from packaging.version import Version

from . import _host
from ._client_files import ClientFiles, client_files, serve_compressed
from ._version import __version__

#: The files that every page with widgets loads, without the hashes in their names.
_START: Final = ("chunks/start.js",)

#: The files of the bundled widget modules, as in ``src/script/preload.ts``.
_MODULES: Final = {
    "@jupyter-widgets/controls": ("chunks/controls-core.js", "chunks/controls.css"),
    "@jupyter-widgets/output": ("chunks/output-widget.js", "chunks/output.css"),
    "anywidget": ("chunks/anywidget.js",),
}


class ClientDependency(HTMLDependency):
    """The client's HTML dependency, with hints for files that the script loads later."""

    def __init__(self, files: ClientFiles, preload: Iterable[str] = ()) -> None:
        self.files = files
        names = [*_START, *(name for module in preload for name in _MODULES[module])]
        self.preloaded = [files.hashed[name] for name in names if name in files.hashed]
        super().__init__(
            _host.CLIENT_NAME,
            _version(files),
            source={"subdir": str(files.folder)},
            script={"src": "shiny-comm.js"},
            stylesheet={"href": "shiny-comm.css"},
            # The script loads more files from its own folder when a widget needs them.
            all_files=True,
        )

    def as_html_tags(
        self, *, lib_prefix: str | None = "lib", include_version: bool = True
    ) -> TagList:
        """Return the tags of the page's head."""
        tags = super().as_html_tags(lib_prefix=lib_prefix, include_version=include_version)
        paths = self.source_path_map(lib_prefix=lib_prefix, include_version=include_version)
        for file in self.preloaded:
            href = posixpath.join(paths["href"], file)
            # Scripts wait for all style sheets, so the client's script requests a chunk late. With
            # a low priority, the file delays none of them.
            link = Tag("link", rel="modulepreload", href=href, fetchpriority="low")
            if file.endswith(".css"):
                link.attrs.update({"rel": "preload", "as": "style"})
            tags.append(link)
        return tags


def dependency(*, preload: Iterable[str] = ()) -> HTMLDependency:
    """Return the shiny-comm client as an HTML dependency; put it anywhere in the app's UI.

    The client of shinywidgets is an HTML dependency named ``ipywidget-output-binding``. If two
    dependencies have the same name, htmltools keeps the higher version. The version of this one is
    the package's version with the prefix ``100.``, and the hash of the client's files as a number.

    The app serves the files compressed, and browsers cache them permanently.

    Parameters
    ----------
    preload
        The modules of the page's first widgets: ``"@jupyter-widgets/controls"``,
        ``"@jupyter-widgets/output"`` or ``"anywidget"``. The browser requests them with the page,
        and so saves a round trip before the first widget.

    Raises
    ------
    ValueError
        If `preload` has another module.
    FileNotFoundError
        In a clone of the repository without a built client.

    """
    preload = [*preload]
    unknown = [module for module in preload if module not in _MODULES]
    if unknown:
        raise ValueError(f"preload can have {', '.join(_MODULES)}, not {', '.join(unknown)}")
    # Shinylive has no network that compression would relieve.
    if sys.platform != "emscripten":
        serve_compressed()
    if not _host.has_client_dependency():
        _host.warn_missing(
            [f"shinywidgets' HTML dependency {_host.CLIENT_NAME}"], "pages load both clients"
        )
    return ClientDependency(client_files(), preload)


def _version(files: ClientFiles) -> str:
    # Digits and dots alone: Shiny in Pyodide takes the path of a dependency's files as a regular
    # expression, in which a plus is special (docs/upstream/shinylive-paths.md).
    release = ".".join(map(str, Version(__version__).release))
    return f"100.{release}.{int(files.hash, 16)}"

"""The client's files, which the app serves compressed and for permanent caching."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from . import _host
from ._content import Content
from ._version import REPOSITORY

if TYPE_CHECKING:
    from htmltools import HTMLDependency
    from shiny import App
    from starlette.requests import Request

#: The files whose names do not depend on their contents.
_NAMED: Final = ("shiny-comm.js", "shiny-comm.css", "shiny-comm.module.js", "THIRD-PARTY.txt")
#: The files with a hash of their contents in their names.
_HASHED: Final = ("chunks/*.js", "chunks/*.css", "fonts/*.woff2")

_TYPES: Final = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".txt": "text/plain",
    ".woff2": "font/woff2",
}
#: The types that are compressed already.
_DENSE: Final = {".woff2"}

#: The suffixes of the compressed files in the wheel, the preferred encoding first.
_ENCODED: Final = {"br": ".br", "gzip": ".gz"}


class ClientFiles:
    """The files of a built client.

    The constructor reads the files without a hash in their names; `hash` is the hash of these
    files. An app that runs during a build therefore never serves a new file under the old hash.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._contents = {
            name: _read(folder / name) for name in _NAMED if (folder / name).is_file()
        }
        self._unread = {
            path.relative_to(folder).as_posix(): path
            for pattern in _HASHED
            for path in folder.glob(pattern)
        }
        self.names: frozenset[str] = frozenset([*self._contents, *self._unread])
        #: The files with a hash in their names, by their names without it.
        self.hashed = {re.sub(r"-\w{8}(?=\.)", "", name): name for name in self._unread}
        digest = hashlib.sha256()
        for name, content in self._contents.items():
            digest.update(f"{name}\0{len(content.body)}\0".encode() + content.body)
        self.hash = digest.hexdigest()[:12]

    async def serve(self, request: Request) -> Response:
        """Answer a request for the path parameter ``name``."""
        name = request.path_params["name"]
        content = self._contents.get(name)
        if content is None:
            # Only names of this list are served.
            path = self._unread.get(name)
            if path is None or not path.is_file():
                return PlainTextResponse("no such file", status_code=404)
            content = self._contents[name] = _read(path)
        return await content.response(request)


def _read(path: Path) -> Content:
    encoded: dict[str, bytes] = {}
    for encoding, suffix in _ENCODED.items():
        compressed = path.with_name(path.name + suffix)
        if compressed.is_file():
            encoded[encoding] = compressed.read_bytes()
    return Content(
        path.read_bytes(),
        _TYPES[path.suffix],
        encoded=encoded,
        compressible=path.suffix not in _DENSE,
    )


def client_files() -> ClientFiles:
    """Return the files of the installed client, or of the client that the clone has built.

    Raises
    ------
    FileNotFoundError
        In a clone of the repository without a built client.

    """
    installed = Path(__file__).resolve().parent / "dist"
    for folder in (installed, REPOSITORY / "dist"):
        if (folder / "shiny-comm.js").is_file():
            # A new build in a clone is another client.
            stats = [(folder / name).stat() for name in _NAMED if (folder / name).is_file()]
            return _files_in(folder, tuple((stat.st_mtime_ns, stat.st_size) for stat in stats))
    raise FileNotFoundError(
        f"shiny-comm: no shiny-comm.js in {installed}: install a built package, or run "
        "`npm ci && npm run build` in the clone of the repository."
    )


@lru_cache(maxsize=2)
def _files_in(folder: Path, stamp: tuple[tuple[int, int], ...]) -> ClientFiles:
    return ClientFiles(folder)


#: The paths of the files in each app.
_paths: WeakKeyDictionary[App, set[str]] = WeakKeyDictionary()
_installed = False


def serve_compressed() -> None:
    """Let apps serve the client's files compressed; a second call does nothing.

    Shiny serves the files of an HTML dependency uncompressed and without ``Cache-Control``. An app
    that registers the client's dependency gets one more route, before the route from Shiny. Shiny
    has no public API for that. Without the private method or router, Shiny serves the files.
    """
    global _installed
    if not _installed:
        _installed = True
        _host.on_web_dependency(_add_route)


def _add_route(app: App, dependency: HTMLDependency) -> None:
    files = getattr(dependency, "files", None)
    routes = _host.app_routes(app) if isinstance(files, ClientFiles) else None
    if not isinstance(files, ClientFiles) or routes is None:
        return
    path = dependency.source_path_map(lib_prefix=app.lib_prefix)["href"]
    served = _paths.setdefault(app, set())
    if path not in served:
        served.add(path)
        name = f"shiny-comm-{files.hash}"
        routes.insert(0, Route(f"/{path}/{{name:path}}", files.serve, name=name))

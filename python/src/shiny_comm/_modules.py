"""The texts of anywidgets' modules, served by the app itself under the hash of what they say."""

from __future__ import annotations

import gzip
import hashlib
import sys
from functools import partial
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

import anyio.to_thread
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from shiny import App, Session
    from starlette.requests import Request

#: Below the address of the page, so that it is right behind a proxy's path as well.
FOLDER: Final = "shiny-comm-modules"

#: A shorter text (in letters) is sooner sent along than asked for.
MIN_LENGTH: Final = 16 * 1024

_HEADERS: Final = {
    # What the address stands for never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


class ServedModule:
    """A module's text, for as long as a session lives whose page has been told its address."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.body = text.encode()
        self.name = f"{hashlib.sha256(self.body).hexdigest()}.js"
        self.sessions: set[str] = set()
        self._gzipped: bytes | None = None

    async def gzipped(self) -> bytes:
        """The compressed text, made once."""
        if self._gzipped is None:
            compress = partial(gzip.compress, compresslevel=6, mtime=0)
            self._gzipped = await anyio.to_thread.run_sync(compress, self.body)
        return self._gzipped


class ModuleShelf:
    """The modules that one app serves."""

    def __init__(self) -> None:
        self._by_name: dict[str, ServedModule] = {}
        self._by_text: dict[str, ServedModule] = {}
        self._sessions: set[str] = set()
        self.route = Route(f"/{FOLDER}/{{name}}", self._serve, name=FOLDER)

    def __len__(self) -> int:
        return len(self._by_name)

    def address(self, text: str, session: Session) -> str:
        """The address of a module, relative to the page; it is good until the session ends."""
        module = self._by_text.get(text)
        if module is None:
            module = ServedModule(text)
            self._by_text[text] = self._by_name[module.name] = module
        if session.id not in self._sessions:
            self._sessions.add(session.id)
            session.on_ended(partial(self._forget, session.id))
        module.sessions.add(session.id)
        return f"./{FOLDER}/{module.name}"

    def _forget(self, session_id: str) -> None:
        self._sessions.discard(session_id)
        for module in [*self._by_name.values()]:
            module.sessions.discard(session_id)
            if not module.sessions:
                del self._by_name[module.name], self._by_text[module.text]

    async def _serve(self, request: Request) -> Response:
        module = self._by_name.get(request.path_params["name"])
        if module is None:
            return PlainTextResponse("no such module", status_code=404)
        body, headers = module.body, _HEADERS
        # There are no threads in Pyodide, and no network to save.
        if "gzip" in request.headers.get("accept-encoding", "") and sys.platform != "emscripten":
            body, headers = await module.gzipped(), {**_HEADERS, "Content-Encoding": "gzip"}
        return Response(body, media_type="text/javascript", headers=headers)


_shelves: WeakKeyDictionary[App, ModuleShelf] = WeakKeyDictionary()


def shelf_of(app: App) -> ModuleShelf | None:
    """The app's shelf of modules, made and mounted when it is first asked for.

    Shiny has no public call to serve something of one's own below the app's address. shinywidgets
    mounts its files on the same private router.

    Returns
    -------
    :
        ``None`` when this version of Shiny has no such router.

    """
    shelf = _shelves.get(app)
    if shelf is None:
        routes = getattr(getattr(app, "_dependency_handler", None), "routes", None)
        if not isinstance(routes, list):
            return None
        shelf = _shelves[app] = ModuleShelf()
        # In front: an app's own static files may stand at "/".
        routes.insert(0, shelf.route)
    return shelf

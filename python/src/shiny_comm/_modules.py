"""The texts of anywidgets' modules, served by the app itself under the hash of what they say."""

from __future__ import annotations

import gzip
import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary, WeakSet

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

#: So many bytes of modules an app serves at a time, and so many that one session has brought. What
#: is more travels as text.
MAX_BYTES: Final = 256 * 1024 * 1024
MAX_SESSION_BYTES: Final = 32 * 1024 * 1024

#: So many texts of a page are remembered; of a session whose page sent more, nothing new is served.
MAX_PAGE_TEXTS: Final = 1_000

_HEADERS: Final = {
    # What the address stands for never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


#: Whether what runs now was set off by a message from a page.
_from_page: ContextVar[bool] = ContextVar("shiny_comm_from_page", default=False)


class PageTexts:
    """The long texts that come from a session's page: none of them is to be served.

    A page may set each synced trait, and other traits may be linked to those. So a text is the
    page's when the page sent it, and when a message from the page has made it a widget's `_esm`.
    """

    def __init__(self) -> None:
        #: The comms of the session's anywidgets.
        self.anywidgets: WeakSet[Any] = WeakSet()
        self._hashes: set[int] = set()

    def __contains__(self, text: str) -> bool:
        return hash(text) in self._hashes or len(self._hashes) >= MAX_PAGE_TEXTS

    def add(self, text: object) -> None:
        """Note a text, if it is one that might be served."""
        if isinstance(text, str) and len(text) >= MIN_LENGTH and text not in self:
            self._hashes.add(hash(text))

    @contextmanager
    def handling(self, message: object) -> Iterator[None]:
        """Note what comes from the page while a message from it is handled."""
        for text in _texts_in(message):
            self.add(text)
        before = self._modules()
        token = _from_page.set(True)
        try:
            yield
        finally:
            _from_page.reset(token)
            for comm, module in self._modules().items():
                if before.get(comm, module) is not module:
                    self.add(module)

    def _modules(self) -> dict[Any, object]:
        """What the session's anywidgets have for their modules; to ask the trait would set it."""
        modules: dict[Any, object] = {}
        for comm in self.anywidgets:
            widget = getattr(getattr(comm, "_msg_callback", None), "__self__", None)
            modules[comm] = getattr(widget, "_trait_values", {}).get("_esm")
        return modules


_page_texts: WeakKeyDictionary[Session, PageTexts] = WeakKeyDictionary()


def page_texts(session: Session) -> PageTexts:
    """The texts of a session's page."""
    root = session.root_scope()
    texts = _page_texts.get(root)
    if texts is None:
        texts = _page_texts[root] = PageTexts()
    return texts


def _texts_in(value: object) -> Iterator[str]:
    """The texts in a message, however deep."""
    values = [value]
    while values:
        value = values.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value


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
        #: The ids of the sessions, each with how many bytes it has brought.
        self._sessions: dict[str, int] = {}
        self._size = 0
        self.route = Route(f"/{FOLDER}/{{name}}", self._serve, name=FOLDER)

    def __len__(self) -> int:
        return len(self._by_name)

    def address(self, text: str, session: Session) -> str | None:
        """The address of a module, relative to the page; it is good until the session ends.

        Returns
        -------
        :
            ``None`` for a text that the app does not serve yet, and that comes from the page or is
            more than the app is to keep.

        """
        module = self._by_text.get(text)
        if module is None:
            if _from_page.get() or text in page_texts(session):
                return None
            module = ServedModule(text)
            size = len(module.body)
            brought = self._sessions.get(session.id, 0) + size
            if brought > MAX_SESSION_BYTES or self._size + size > MAX_BYTES:
                return None
            self._follow(session)
            self._sessions[session.id] = brought
            self._size += size
            self._by_text[text] = self._by_name[module.name] = module
        self._follow(session)
        module.sessions.add(session.id)
        return f"./{FOLDER}/{module.name}"

    def _follow(self, session: Session) -> None:
        if session.id not in self._sessions:
            self._sessions[session.id] = 0
            session.on_ended(partial(self._forget, session.id))

    def _forget(self, session_id: str) -> None:
        del self._sessions[session_id]
        for module in [*self._by_name.values()]:
            module.sessions.discard(session_id)
            if not module.sessions:
                self._size -= len(module.body)
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

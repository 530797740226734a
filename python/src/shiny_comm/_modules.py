"""Modules of anywidgets, served by the app under a URL with the hash of their text."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary, WeakSet

from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from . import _host
from ._content import Content
from ._options import options
from ._outbox import announced_version

if TYPE_CHECKING:
    from shiny import App, Session
    from starlette.requests import Request

    from ._opens import WidgetComm

#: Relative to the page's URL, so that it works behind a proxy with a path.
FOLDER: Final = "shiny-comm-modules"

#: The length from which a module is served, in characters; shorter ones are faster in the message.
MIN_LENGTH: Final = 16 * 1024

#: The bytes of modules that an app serves at most, in all and for each session. Modules beyond
#: these limits are sent as text.
MAX_BYTES: Final = 256 * 1024 * 1024
MAX_SESSION_BYTES: Final = 32 * 1024 * 1024

#: The number of texts from a page that are recorded. After more, the session gets no new modules by
#: URL.
MAX_PAGE_TEXTS: Final = 1_000

#: Whether the running code handles a message from a page.
_from_page: ContextVar[bool] = ContextVar("shiny_comm_from_page", default=False)


class UntrustedTexts:
    """The long texts from a session's page, which the app must not serve as modules.

    A page can set each synced trait, and other traits can be linked to a synced one. A text is
    therefore untrusted if the page sent it, or if a message from the page set a widget's `_esm` to
    it.
    """

    def __init__(self) -> None:
        #: The comms of the session's anywidgets; the widgets themselves may be unhashable.
        self.anywidgets: WeakSet[WidgetComm] = WeakSet()
        self._hashes: set[int] = set()

    def __contains__(self, text: str) -> bool:
        return hash(text) in self._hashes or len(self._hashes) >= MAX_PAGE_TEXTS

    def add(self, text: object) -> None:
        """Record a text, if it is long enough for a module."""
        if isinstance(text, str) and len(text) >= MIN_LENGTH and text not in self:
            self._hashes.add(hash(text))

    @contextmanager
    def handling(self, message: object) -> Generator[None, None, None]:
        """Record the texts of a message, and the modules that its handling sets."""
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

    def _modules(self) -> dict[WidgetComm, object]:
        """Return the modules of the session's anywidgets, without the traits' default values."""
        return {
            comm: getattr(comm.widget, "_trait_values", {}).get("_esm") for comm in self.anywidgets
        }


_untrusted_texts: WeakKeyDictionary[Session, UntrustedTexts] = WeakKeyDictionary()


def untrusted_texts_of(session: Session) -> UntrustedTexts:
    """Return the untrusted texts of a session."""
    root = session.root_scope()
    texts = _untrusted_texts.get(root)
    if texts is None:
        texts = _untrusted_texts[root] = UntrustedTexts()
    return texts


def _texts_in(value: object) -> Iterator[str]:
    """Yield the strings in a message, at any depth."""
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
    """A served module, kept until the last session that got its URL ends."""

    def __init__(self, text: str) -> None:
        self.text = text
        body = text.encode()
        self.size = len(body)
        self.name = f"{hashlib.sha256(body).hexdigest()}.js"
        self.content = Content(body, "text/javascript")
        self.sessions: set[str] = set()


class ModuleServer:
    """The modules that one app serves."""

    def __init__(self) -> None:
        self._by_name: dict[str, ServedModule] = {}
        self._by_text: dict[str, ServedModule] = {}
        #: The bytes of modules that each session added, by session id.
        self._sessions: dict[str, int] = {}
        self._size = 0
        self.route = Route(f"/{FOLDER}/{{name}}", self._serve, name=FOLDER)

    def __len__(self) -> int:
        return len(self._by_name)

    def url(self, text: str, session: Session) -> str | None:
        """Return the URL of a module, relative to the page; it is valid until the session ends.

        Returns
        -------
        :
            The URL, or ``None`` for a new text that is untrusted or exceeds a limit.

        """
        module = self._by_text.get(text)
        if module is None:
            if _from_page.get() or text in untrusted_texts_of(session):
                return None
            module = ServedModule(text)
            size = module.size
            session_size = self._sessions.get(session.id, 0) + size
            if session_size > MAX_SESSION_BYTES or self._size + size > MAX_BYTES:
                return None
            self._track(session)
            self._sessions[session.id] = session_size
            self._size += size
            self._by_text[text] = self._by_name[module.name] = module
        self._track(session)
        module.sessions.add(session.id)
        return f"./{FOLDER}/{module.name}"

    def _track(self, session: Session) -> None:
        if session.id not in self._sessions:
            self._sessions[session.id] = 0
            session.on_ended(partial(self._forget, session.id))

    def _forget(self, session_id: str) -> None:
        del self._sessions[session_id]
        for module in [*self._by_name.values()]:
            module.sessions.discard(session_id)
            if not module.sessions:
                self._size -= module.size
                del self._by_name[module.name], self._by_text[module.text]

    async def _serve(self, request: Request) -> Response:
        module = self._by_name.get(request.path_params["name"])
        if module is None:
            return PlainTextResponse("no such module", status_code=404)
        return await module.content.response(request)


_servers: WeakKeyDictionary[App, ModuleServer] = WeakKeyDictionary()


def module_server_of(app: App) -> ModuleServer | None:
    """Return the app's module server, which the first call creates and mounts.

    Returns
    -------
    :
        The server, or ``None`` if the app cannot get a route.

    """
    server = _servers.get(app)
    if server is None:
        routes = _host.app_routes(app)
        if routes is None:
            return None
        server = _servers[app] = ModuleServer()
        # First, because the app may serve static files at "/".
        routes.insert(0, server.route)
    return server


def with_module_url(comm: WidgetComm, data: dict[str, Any], session: Session) -> dict[str, Any]:
    """Return the data of an anywidget's message, with the module's text replaced by its URL."""
    if not isinstance(data.get("state"), dict) or not options().module_urls:
        return data
    state: dict[str, Any] = data["state"]
    if getattr(comm.widget, "_model_module", None) != "anywidget":
        return data
    if announced_version(session) is None:
        return data
    untrusted_texts_of(session).anywidgets.add(comm)
    text = state.get("_esm")
    if not isinstance(text, str) or len(text) < MIN_LENGTH:
        return data
    server = module_server_of(session.app)
    if server is None:
        return data
    try:
        url = server.url(text, session)
    except UnicodeEncodeError:
        # A lone surrogate is valid in a JSON message, but not in a UTF-8 file.
        return data
    return data if url is None else {**data, "state": {**state, "_esm": url}}

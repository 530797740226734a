"""The page's end of a Shiny session, at the ASGI interface: the app, Shiny and widgets are real."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from shiny import App, ui

from shiny_comm import MessageKind, decode_frame
from shiny_comm._frames import separate_lengths

KINDS: dict[str, MessageKind] = {
    "shinywidgets_comm_open": "comm_open",
    "shinywidgets_comm_msg": "comm_msg",
    "shinywidgets_comm_close": "comm_close",
}

Result = TypeVar("Result")

_loop = asyncio.new_event_loop()


def finish(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run it to its end, in the one event loop of all tests, to which Shiny's lock belongs."""
    return _loop.run_until_complete(coroutine)


@dataclass
class Message:
    """A comm message as it came, whichever way."""

    kind: MessageKind
    binary: bool
    header: dict[str, Any]
    buffers: list[bytes]
    #: The lengths of those buffers that came after it.
    separate: tuple[int, ...] = ()

    @property
    def comm_id(self) -> str:
        """The comm that it is for."""
        return self.header["content"]["comm_id"]

    @property
    def data(self) -> dict[str, Any]:
        """What is in it."""
        return self.header["content"]["data"]


class Page:
    """A page that is connected to an app."""

    def __init__(self, app: App, *, fails_bytes: bool = False, slow: bool = False) -> None:
        self.app = app
        self.messages: list[Message] = []
        self.values: dict[str, Any] = {}
        #: Of each text frame, the kinds of what is in it, in the order in which they came.
        self.frames: list[tuple[str, Any]] = []
        self.closed_with: int | None = None
        self._fails_bytes = fails_bytes
        self._slow = slow
        #: A frame of which buffers are still to come, and those that have.
        self.parted: tuple[bytes, list[bytes]] | None = None
        self._asked = 0
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def open(self, outputs: tuple[str, ...] = ("out",), **inputs: object) -> Page:
        """Connect, with these inputs at the start; those of outputs are given by name."""
        scope = {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "scheme": "ws",
            "path": "/websocket/",
            "raw_path": b"/websocket/",
            "root_path": "",
            "query_string": b"",
            "headers": [],
            "subprotocols": [],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
            "state": {},
        }
        self._incoming.put_nowait({"type": "websocket.connect"})
        hidden = {f".clientdata_output_{name}_hidden": False for name in outputs}
        self._put({"method": "init", "data": {".clientdata_url_search": "", **hidden, **inputs}})
        self._task = asyncio.create_task(self.app(scope, self._incoming.get, self._take))
        return self

    def set(self, **inputs: object) -> None:
        """Set inputs, as the page's JavaScript does."""
        self._put({"method": "update", "data": inputs})

    def ask(self) -> None:
        """Send a request, which the session answers after all that was set before."""
        self._asked += 1
        self._put({"method": "none", "args": [], "tag": self._asked, "blobs": []})

    def answered(self) -> bool:
        """Whether the last request has been answered."""
        return any(k == "response" and v["tag"] == self._asked for k, v in self.frames)

    async def until(self, there: Callable[[], object]) -> None:
        """Wait for a condition on what has come."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: bool(there())), 10)

    async def close(self) -> None:
        """Leave."""
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})
        if self._task is not None:
            await asyncio.wait_for(self._task, 10)

    def of(self, kind: MessageKind, **state: object) -> list[Message]:
        """The messages of a kind whose state has such values."""
        return [
            message
            for message in self.messages
            if message.kind == kind
            and all(message.data.get("state", {}).get(key) == value for key, value in state.items())
        ]

    def _put(self, message: dict[str, object]) -> None:
        self._incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def _take(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            self.closed_with = event["code"]
            self._incoming.put_nowait({"type": "websocket.disconnect", "code": event["code"]})
        if event["type"] == "websocket.send":
            if event.get("bytes") is not None:
                if self._fails_bytes:
                    raise RuntimeError("the network is gone")
                self._take_bytes(event["bytes"])
                # A network that takes its time: others get to send meanwhile.
                for _ in range(20 if self._slow else 0):
                    await asyncio.sleep(0)
            else:
                self._take_text(json.loads(event["text"]))
        async with self._changed:
            self._changed.notify_all()

    def _take_bytes(self, data: bytes) -> None:
        if self.parted is None:
            self.parted = (data, [])
        else:
            self.parted[1].append(data)
        envelope, separate = self.parted
        length = envelope[0]
        frame = envelope[1 + length :]
        if len(separate) < len(separate_lengths(frame)):
            return
        self.parted = None
        kind = KINDS[envelope[1 : 1 + length].decode("ascii")]
        header, buffers = decode_frame(kind, frame, separate)
        sizes = tuple(len(buffer) for buffer in separate)
        self.messages.append(Message(kind, True, header, buffers, sizes))

    def _take_text(self, message: dict[str, Any]) -> None:
        self.values.update(message.get("values") or {})
        self.frames += message.items()
        for name, text in (message.get("custom") or {}).items():
            if name not in KINDS:
                continue
            header = json.loads(text)
            buffers = [b64decode(buffer) for buffer in header.pop("buffers")]
            self.messages.append(Message(KINDS[name], False, header, buffers))


async def get(
    app: App, path: str, headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    """Ask the app for a file: status, headers, body."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(key.encode(), value.encode()) for key, value in (headers or {}).items()],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }
    status, got, body = 0, {}, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        nonlocal status, got, body
        if event["type"] == "http.response.start":
            status = event["status"]
            got = {key.decode(): value.decode() for key, value in event["headers"]}
        else:
            body += event.get("body", b"")

    await app(scope, receive, send)
    return status, got, body


def empty_ui() -> ui.Tag:
    """No page is looked at here."""
    return ui.page_fluid()

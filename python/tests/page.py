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
from shiny_comm._frames import decode_batch, detached_lengths

KINDS: dict[str, MessageKind] = {
    "shinywidgets_comm_open": "comm_open",
    "shinywidgets_comm_msg": "comm_msg",
    "shinywidgets_comm_close": "comm_close",
}

#: The version of a frame with several messages.
BATCH = 3

#: The envelope of a probe.
PROBE = b"\x10shiny_comm_probe"

Result = TypeVar("Result")

_loop = asyncio.new_event_loop()


def finish(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in the event loop of all tests, which Shiny's global lock requires."""
    return _loop.run_until_complete(coroutine)


@dataclass
class Message:
    """A comm message, sent as text or as a frame."""

    kind: MessageKind
    binary: bool
    header: dict[str, Any]
    buffers: list[bytes]
    #: The lengths of the detached buffers of its frame.
    detached: tuple[int, ...] = ()

    @property
    def comm_id(self) -> str:
        """The id of the message's comm."""
        return self.header["content"]["comm_id"]

    @property
    def data(self) -> dict[str, Any]:
        """The data of the message."""
        return self.header["content"]["data"]


class Page:
    """A page that is connected to an app."""

    def __init__(self, app: App, *, fails_bytes: bool = False, slow: bool = False) -> None:
        self.app = app
        self.messages: list[Message] = []
        #: The position of the first message of each batch.
        self.batches: list[int] = []
        #: The payloads of probes.
        self.probes: list[bytes] = []
        self.values: dict[str, Any] = {}
        #: The keys and values of each text frame, in order.
        self.frames: list[tuple[str, Any]] = []
        self.closed_with: int | None = None
        self._fails_bytes = fails_bytes
        self._slow = slow
        #: A frame whose detached buffers are incomplete, and the received buffers.
        self.pending: tuple[bytes, list[bytes]] | None = None
        self._request = 0
        self._incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def open(self, outputs: tuple[str, ...] = ("out",), **inputs: object) -> Page:
        """Connect with visible outputs and initial inputs."""
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
        self._task = asyncio.create_task(self.app(scope, self._incoming.get, self._receive))
        return self

    def set(self, **inputs: object) -> None:
        """Set inputs, like the page's JavaScript."""
        self._put({"method": "update", "data": inputs})

    def ask(self) -> None:
        """Send a request, which the session answers after it handled earlier inputs."""
        self._request += 1
        self._put({"method": "none", "args": [], "tag": self._request, "blobs": []})

    def answered(self) -> bool:
        """Return whether the last request was answered."""
        return any(k == "response" and v["tag"] == self._request for k, v in self.frames)

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition, which is checked after each received frame."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(lambda: bool(condition())), 30)

    async def close(self) -> None:
        """Disconnect."""
        self._incoming.put_nowait({"type": "websocket.disconnect", "code": 1001})
        if self._task is not None:
            await asyncio.wait_for(self._task, 10)

    def of(self, kind: MessageKind, **state: object) -> list[Message]:
        """Return the messages of a kind whose state has these values."""
        return [
            message
            for message in self.messages
            if message.kind == kind
            and all(message.data.get("state", {}).get(key) == value for key, value in state.items())
        ]

    def _put(self, message: dict[str, object]) -> None:
        self._incoming.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def _receive(self, event: dict[str, Any]) -> None:
        if event["type"] == "websocket.close":
            self.closed_with = event["code"]
            self._incoming.put_nowait({"type": "websocket.disconnect", "code": event["code"]})
        if event["type"] == "websocket.send":
            if event.get("bytes") is not None:
                if self._fails_bytes:
                    raise RuntimeError("the network failed")
                self._receive_bytes(event["bytes"])
                # A slow network, on which other tasks try to send meanwhile.
                for _ in range(20 if self._slow else 0):
                    await asyncio.sleep(0)
            else:
                self._receive_text(json.loads(event["text"]))
        async with self._changed:
            self._changed.notify_all()

    def _receive_bytes(self, data: bytes) -> None:
        if data.startswith(PROBE):
            self.probes.append(data.removeprefix(PROBE))
            return
        if self.pending is None:
            self.pending = (data, [])
        else:
            self.pending[1].append(data)
        envelope, detached = self.pending
        length = envelope[0]
        frame = envelope[1 + length :]
        if len(detached) < len(detached_lengths(frame)):
            return
        self.pending = None
        kind = KINDS[envelope[1 : 1 + length].decode("ascii")]
        sizes = tuple(len(buffer) for buffer in detached)
        if frame[0] != BATCH:
            header, buffers = decode_frame(kind, frame, detached)
            self.messages.append(Message(kind, True, header, buffers, sizes))
            return
        self.batches.append(len(self.messages))
        for header, buffers in decode_batch(kind, frame, detached):
            self.messages.append(Message(kind, True, header, buffers, sizes))

    def _receive_text(self, message: dict[str, Any]) -> None:
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
    """Request a file from the app; return the status, headers and body."""
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

    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not requests:
            # While a file is sent, the app waits for a disconnect.
            await asyncio.Event().wait()
        return requests.pop()

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
    """Return an empty UI: these tests have no browser."""
    return ui.page_fluid()

"""The messages that wait for a session's flush, and how they are sent: text, frame or batch."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any, Final, cast

from shiny import reactive

from . import _host
from ._frames import DETACH_FROM_BYTES, MessageKind, encode_batch, encode_frame, like_element
from ._options import options
from ._protocol import FRAMES_INPUT, HANDLERS, PROBE_MESSAGE

if TYPE_CHECKING:
    from shiny import Session

#: A batch with more JSON than this is split, so that the page does not wait for one long frame.
_BATCH_LENGTH: Final = 16 * 1024 * 1024

#: The first version of frames with batches.
_BATCH_VERSION: Final = 3

logger = logging.getLogger("shiny_comm")


@dataclass
class OutgoingMessage:
    """A message to the page, whose data is JSON already: widgets may change it before the flush."""

    kind: MessageKind
    comm_id: str
    #: The JSON of the content after the comm's id, with the closing brace.
    content: str
    #: The JSON of the metadata.
    metadata: str
    buffers: list[bytes] = field(default_factory=list[bytes])
    is_custom: bool = False

    def header(self) -> str:
        """Return the JSON of the text message without its buffers and the last brace."""
        comm_id = json.dumps(self.comm_id)
        return f'{{"content": {{"comm_id": {comm_id}, {self.content}, "metadata": {self.metadata}'

    def text(self) -> str:
        """Return the text message."""
        buffers = json.dumps([b64encode(buffer).decode("ascii") for buffer in self.buffers])
        # shinywidgets and Jupyter send both keys.
        ident = json.dumps(f"comm-{self.comm_id}")
        return f'{self.header()}, "buffers": {buffers}, "ident": {ident}, "parent": {{}}}}'


def outgoing(
    kind: MessageKind,
    comm_id: str,
    content: dict[str, Any],
    metadata: dict[str, Any] | None,
    buffers: Iterable[Any] | None,
) -> OutgoingMessage:
    """Encode a message.

    Raises
    ------
    TypeError
        If JSON cannot represent the content, or a buffer does not support the buffer protocol.
    ValueError
        If a buffer is not contiguous, or a number is not finite.

    """
    text = _host.pack_json(content)[1:]
    data: object = content.get("data")
    method = cast("dict[str, object]", data).get("method") if isinstance(data, dict) else None
    is_custom = kind == "comm_msg" and method == "custom"
    return OutgoingMessage(
        kind, comm_id, text, _host.pack_json(metadata or {}), _copies(buffers or ()), is_custom
    )


def _copies(buffers: Iterable[Any]) -> list[bytes]:
    """Copy the buffers: widgets may change them before they are sent."""
    copies: list[bytes] = []
    for index, buffer in enumerate(buffers):
        # The same errors as shinywidgets'.
        try:
            view = memoryview(buffer)
        except TypeError as error:
            raise TypeError("Buffer objects must support the buffer protocol.") from error
        if not view.contiguous:
            raise ValueError(f"Buffer {index} ({buffer!r}) is not contiguous")
        copies.append(buffer if type(buffer) is bytes else view.tobytes())
    return copies


class Outbox:
    """The messages of a session to its page.

    Opens leave with the flush, before the values of outputs. All other messages leave after the
    values, so that a page has drawn a new widget before the old one is closed.

    Any thread may send. Without a pending flush, the outbox starts one
    (docs/upstream/thread-messages.md).

    Shiny flushes all sessions in turn (docs/upstream/flush-all-sessions.md), and waits for pages
    that do not read (docs/upstream/slow-page.md).
    """

    def __init__(self, session: Session, open_pending: Callable[[], list[OutgoingMessage]]) -> None:
        self._session = session
        #: Opens the new widgets, and returns their messages.
        self._open_pending = open_pending
        self._messages: deque[OutgoingMessage] = deque()
        self._cancels: list[Callable[[], None]] = []
        self._has_pending_opens = False
        self._has_ended = False
        self._flushes: set[asyncio.Task[None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._find_loop()

    def put(self, message: OutgoingMessage) -> None:
        """Send a message after the flush."""
        self.run_on_loop(self._put, message)

    def request_opens(self) -> None:
        """Call `open_pending` with the flush."""
        self.run_on_loop(self._request_opens)

    async def send_probe(self) -> None:
        """Send bytes that show the page whether its socket delivers them unchanged."""
        send_bytes = _host.send_bytes(self._session) if options().binary_frames else None
        if send_bytes is not None:
            await send_bytes([_envelope(PROBE_MESSAGE) + bytes(range(256))])

    def end(self) -> None:
        """Drop all messages: the session has ended."""
        self._has_ended = True
        self._messages.clear()

    def run_on_loop(self, function: Callable[..., None], *args: object) -> None:
        """Call a function now in the thread of the event loop, or there later."""
        if self._loop is None:
            self._find_loop()
        if self._loop is None or threading.get_ident() == self._thread:
            function(*args)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *args)

    def _find_loop(self) -> None:
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._thread = threading.get_ident()

    def _put(self, message: OutgoingMessage) -> None:
        if not self._has_ended:
            self._messages.append(message)
            self._schedule()

    def _request_opens(self) -> None:
        if not self._has_ended:
            self._has_pending_opens = True
            self._schedule()

    def _schedule(self) -> None:
        if self._cancels:
            return
        session = self._session
        self._cancels = [
            session.on_flush(self._send_opens),
            session.on_flushed(self._send_all),
        ]
        if self._loop is not None:
            self._loop.call_soon(self._ensure_flush)

    def _is_empty(self) -> bool:
        return self._has_ended or not (self._messages or self._has_pending_opens)

    def _ensure_flush(self) -> None:
        """Flush, unless the pending flush has sent all messages before that."""
        if self._loop is not None and not self._is_empty():
            task = self._loop.create_task(self._flush())
            self._flushes.add(task)
            task.add_done_callback(self._flushes.discard)

    async def _flush(self) -> None:
        try:
            async with reactive.lock():
                if not self._is_empty():
                    await reactive.flush()
        except Exception:
            logger.exception("shiny-comm: a flush for messages outside Shiny's flushes failed")

    async def _send_opens(self) -> None:
        while self._has_pending_opens and not self._has_ended:
            self._has_pending_opens = False
            await self._send(self._open_pending())

    async def _send_all(self) -> None:
        cancels, self._cancels = self._cancels, []
        for cancel in cancels:
            cancel()
        while not self._is_empty():
            # New widgets must be open before a message refers to them.
            await self._send_opens()
            messages, self._messages = self._messages, deque()
            await self._send(messages)

    async def _send(self, messages: Iterable[OutgoingMessage]) -> None:
        version = self._frame_version()
        send_bytes = _host.send_bytes(self._session) if version else None
        for (kind, _), run in itertools.groupby(messages, _group_of):
            if send_bytes is not None and version >= _BATCH_VERSION:
                for batch in _batches(run):
                    if len(batch) > 1 or batch[0].buffers:
                        await send_bytes(_batch_frames(kind, batch))
                    else:
                        await self._send_text(batch[0])
                continue
            for message in run:
                if message.buffers and send_bytes is not None:
                    detach_from = DETACH_FROM_BYTES if version >= 2 else inf
                    await send_bytes(_frames(message, detach_from))
                else:
                    await self._send_text(message)

    async def _send_text(self, message: OutgoingMessage) -> None:
        # Shiny's type is an object, but any JSON works, and shinywidgets sends a text.
        text: Any = message.text()
        await self._session.send_custom_message(HANDLERS[message.kind], text)

    def _frame_version(self) -> int:
        """Return the version of frames for the page; 0 stands for text."""
        version = announced_version(self._session) if options().binary_frames else 0
        return version if isinstance(version, int) else 0


def announced_version(session: Session) -> object:
    """Return the version of frames that the page announced; ``None`` with another client."""
    return _host.peek(session, FRAMES_INPUT)


def _group_of(message: OutgoingMessage) -> tuple[MessageKind, bool]:
    """Return the same value for messages that may share a batch.

    A page handles a batch in one task, and some updates end in later ones. A custom message may
    need the updates of other widgets before it, as ipyelk's command for the layout of a diagram.
    """
    return message.kind, message.is_custom


def _batches(messages: Iterable[OutgoingMessage]) -> Iterable[list[OutgoingMessage]]:
    batch: list[OutgoingMessage] = []
    length = 0
    for message in messages:
        if batch and length + len(message.content) > _BATCH_LENGTH:
            yield batch
            batch, length = [], 0
        batch.append(message)
        length += len(message.content)
    if batch:
        yield batch


def _envelope(handler: str) -> bytes:
    """Return Shiny's envelope of a binary message: the length of the name, and the name."""
    name = handler.encode("ascii")
    return bytes([len(name)]) + name


def _frames(message: OutgoingMessage, detach_from: float) -> list[bytes]:
    """Return the frame of a message, and the detached buffers."""
    header = json.loads(f"{message.header()}}}")
    buffers = message.buffers
    frame = encode_frame(
        message.kind,
        header,
        buffers,
        prefix=_envelope(HANDLERS[message.kind]),
        detach_from_bytes=detach_from,
    )
    return [frame, *(buffer for buffer in buffers if len(buffer) >= detach_from)]


def _batch_frames(kind: MessageKind, messages: list[OutgoingMessage]) -> list[bytes]:
    """Return the frame of several messages, and the detached buffers.

    Equal messages of several comms, such as opens of default layouts, refer to the first.
    """
    elements: list[tuple[str, list[bytes]]] = []
    firsts: dict[tuple[str, str], int] = {}
    for index, message in enumerate(messages):
        if message.buffers:
            count = f', "buffer_count": {len(message.buffers)}}}'
            elements.append((message.header() + count, message.buffers))
            continue
        first = firsts.setdefault((message.content, message.metadata), index)
        if first == index:
            elements.append((f"{message.header()}}}", []))
        else:
            elements.append((like_element(message.comm_id, first), []))
    frame = encode_batch(
        kind, elements, prefix=_envelope(HANDLERS[kind]), detach_from_bytes=DETACH_FROM_BYTES
    )
    buffers = (buffer for message in messages for buffer in message.buffers)
    return [frame, *(buffer for buffer in buffers if len(buffer) >= DETACH_FROM_BYTES)]

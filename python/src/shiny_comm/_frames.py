"""Encoder and decoder of binary frames: comm messages with their buffers (docs/frames.md)."""

from __future__ import annotations

import copy
import json
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from math import inf
from typing import Any, Final, Literal, NoReturn, cast

MessageKind = Literal["comm_open", "comm_msg", "comm_close"]

#: The bytes of a buffer.
Buffer = bytes | bytearray | memoryview

#: The highest supported version of the frame; lower versions are supported too.
FRAME_VERSION: Final = 3

#: The first byte of a frame that contains all buffers.
_INLINE: Final = 1
#: The first byte of a frame with detached buffers, which follow as websocket frames.
_DETACHED: Final = 2
#: The first byte of a batch, whose buffers are inline or detached.
_BATCH: Final = 3

#: The size from which the server detaches a buffer.
DETACH_FROM_BYTES: Final = 32 * 1024

_KIND_CODES: Final[dict[str, int]] = {"comm_open": 1, "comm_msg": 2, "comm_close": 3}
#: Version, kind, two zero bytes, length of the header, number of buffers, four zero bytes.
_FIXED: Final = struct.Struct("<BBHIII")
#: Offset and length of a buffer.
_ENTRY: Final = struct.Struct("<II")
#: The alignment of buffers, which suits any typed array.
_ALIGNMENT: Final = 8
#: The keys of a text message that a message in a batch does not have.
_LEFT_OUT: Final = frozenset(("buffers", "ident", "parent"))
#: The keys of a reference to an earlier message in a batch.
_REFERENCE_KEYS: Final = {"comm_id", "like"}
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class FrameError(ValueError):
    """The frame cannot be decoded or encoded; the message names the fault."""


def encode_frame(
    kind: MessageKind,
    header: Mapping[str, Any],
    buffers: Iterable[Buffer] = (),
    *,
    prefix: bytes = b"",
    detach_from_bytes: float = inf,
) -> bytes:
    """Encode a frame.

    Parameters
    ----------
    kind
        The kind of message; only the handler of this kind gets the frame.
    header
        The object of the text message, without its ``buffers``.
    buffers
        Objects with contiguous bytes.
    prefix
        Bytes to put before the frame, which saves a copy.
    detach_from_bytes
        The size from which a buffer is detached; by default no buffer is. The caller sends the
        detached buffers after the frame, in order, each as a binary websocket frame.

    Raises
    ------
    FrameError
        If JSON cannot represent the header, or a buffer is not contiguous bytes.

    """
    text = _json(header)
    views = _views(buffers)
    version = _DETACHED if any(view.nbytes >= detach_from_bytes for view in views) else _INLINE
    return _pack(version, kind, text, views, prefix, detach_from_bytes)


def batch_element(header: Mapping[str, Any], buffer_count: int = 0) -> str:
    """Return the JSON text of a message in a batch.

    Parameters
    ----------
    header
        The object of the text message. Its ``buffers``, ``ident`` and ``parent`` are left out.
    buffer_count
        The number of the message's buffers.

    Raises
    ------
    FrameError
        If JSON cannot represent the header.

    """
    element = {key: value for key, value in header.items() if key not in _LEFT_OUT}
    if buffer_count:
        element["buffer_count"] = buffer_count
    return _json(element)


def like_element(comm_id: str, index: int) -> str:
    """Return the JSON text of a message that equals an earlier one in its batch, in another comm.

    Parameters
    ----------
    comm_id
        The id of the message's comm.
    index
        The position of the earlier message, which has no buffers and is not a reference.

    """
    return _json({"comm_id": comm_id, "like": index})


def encode_batch(
    kind: MessageKind,
    messages: Iterable[tuple[str, Sequence[Buffer]]],
    *,
    prefix: bytes = b"",
    detach_from_bytes: float = inf,
) -> bytes:
    """Encode a batch: a frame with several messages of one kind.

    Parameters
    ----------
    kind
        The kind of the messages; only the handler of this kind gets the frame.
    messages
        For each message its text, from ``batch_element`` or ``like_element``, and its buffers.
    prefix
        Bytes to put before the frame, which saves a copy.
    detach_from_bytes
        The size from which a buffer is detached; by default no buffer is. The caller sends the
        detached buffers of all messages after the frame, in order.

    Raises
    ------
    FrameError
        If a buffer is not contiguous bytes, or the batch is too large.

    """
    texts: list[str] = []
    views: list[memoryview] = []
    for text, buffers in messages:
        texts.append(text)
        if buffers:
            views += _views(buffers)
    return _pack(_BATCH, kind, f"[{','.join(texts)}]", views, prefix, detach_from_bytes)


def decode_frame(
    kind: MessageKind,
    frame: Buffer,
    detached: Iterable[Buffer] = (),
) -> tuple[dict[str, Any], list[bytes]]:
    """Decode a frame.

    Every byte is checked: the parts must follow one another without gaps or extra data.

    Parameters
    ----------
    kind
        The expected kind of message.
    frame
        The frame, without Shiny's envelope.
    detached
        The buffers that followed the frame, in order.

    Returns
    -------
    :
        The header and the buffers.

    Raises
    ------
    FrameError
        If the frame is invalid.

    """
    text, buffers = _unpack(kind, frame, detached, (_INLINE, _DETACHED))
    header = _parse(text)
    if not isinstance(header, dict):
        _reject("the header is not an object")
    if "buffers" in header:
        _reject('the header contains "buffers"')
    return cast("dict[str, Any]", header), buffers


def decode_batch(
    kind: MessageKind,
    frame: Buffer,
    detached: Iterable[Buffer] = (),
) -> list[tuple[dict[str, Any], list[bytes]]]:
    """Decode a batch.

    Parameters
    ----------
    kind
        The expected kind of the messages.
    frame
        The frame, without Shiny's envelope.
    detached
        The buffers that followed the frame, in order.

    Returns
    -------
    :
        The header and the buffers of each message. A reference to an earlier message is a copy of
        that message's header with the reference's comm.

    Raises
    ------
    FrameError
        If the frame, or a message in it, is invalid.

    """
    text, buffers = _unpack(kind, frame, detached, (_BATCH,))
    elements = _parse(text)
    if not isinstance(elements, list):
        _reject("the header is not a list")
    pending = iter(buffers)
    messages: list[tuple[dict[str, Any], list[bytes]]] = []
    #: The messages that others may equal.
    plain: dict[int, dict[str, Any]] = {}
    for index, element in enumerate(cast("list[object]", elements)):
        if not isinstance(element, dict):
            _reject(f"message {index} is not an object")
        header = cast("dict[str, Any]", element)
        if "like" in header:
            messages.append((_alike(index, header, plain), []))
            continue
        if "buffers" in header:
            _reject(f'message {index} contains "buffers"')
        count = header.pop("buffer_count", 0)
        if type(count) is not int or count < 0:
            _reject(f"wrong buffer_count of message {index} (got {count!r})")
        own = [buffer for _, buffer in zip(range(count), pending, strict=False)]
        if len(own) < count:
            _reject(f"message {index} has too few buffers (expected {count}, got {len(own)})")
        if not count:
            plain[index] = header
        messages.append((header, own))
    if next(pending, None) is not None:
        _reject("a buffer belongs to no message")
    return messages


def detached_lengths(frame: Buffer) -> list[int]:
    """Return the lengths of the buffers that follow a frame, in order.

    The list is empty for an unreadable frame, whose fault ``decode_frame`` reports.
    """
    data = _view(frame)
    if len(data) < _FIXED.size or data[0] not in (_DETACHED, _BATCH):
        return []
    count: int = _FIXED.unpack_from(data)[4]
    if _FIXED.size + _ENTRY.size * count > len(data):
        return []
    entries = (_ENTRY.unpack_from(data, _FIXED.size + _ENTRY.size * n) for n in range(count))
    return [length for offset, length in entries if offset == 0]


def _view(buffer: Buffer) -> memoryview:
    view = memoryview(buffer)
    # An empty view with items larger than a byte cannot be cast.
    return view.cast("B") if view.nbytes else memoryview(b"")


def _views(buffers: Iterable[Buffer]) -> list[memoryview]:
    try:
        return [_view(buffer) for buffer in buffers]
    except (TypeError, ValueError) as error:
        raise FrameError(f"binary frame: cannot encode: {error}") from error


def _json(value: Mapping[str, Any]) -> str:
    """Return the same text as JSON.stringify in JavaScript."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise FrameError(f"binary frame: cannot encode: {error}") from error


def _pack(
    version: int,
    kind: MessageKind,
    text: str,
    views: list[memoryview],
    prefix: bytes,
    detach_from_bytes: float,
) -> bytes:
    """Join the parts of a frame."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        encoded = _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()

    end = _FIXED.size + _ENTRY.size * len(views) + len(encoded)
    entries: list[bytes] = []
    tail: list[bytes | memoryview] = []
    try:
        fixed = _FIXED.pack(version, _KIND_CODES[kind], 0, len(encoded), len(views), 0)
        for view in views:
            if view.nbytes >= detach_from_bytes:
                entries.append(_ENTRY.pack(0, view.nbytes))
                continue
            offset = _aligned(end)
            entries.append(_ENTRY.pack(offset, view.nbytes))
            tail += [bytes(offset - end), view]
            end = offset + view.nbytes
    except struct.error as error:
        raise FrameError("binary frame: cannot encode: larger than 4 GiB") from error
    return b"".join([prefix, fixed, *entries, encoded, *tail])


def _unpack(
    kind: MessageKind,
    frame: Buffer,
    detached: Iterable[Buffer],
    versions: tuple[int, ...],
) -> tuple[bytes, list[bytes]]:
    """Return the text of a frame's header, and the buffers."""
    data = _view(frame)
    if len(data) < _FIXED.size:
        _reject(f"too short (expected at least {_FIXED.size} bytes, got {len(data)})")
    version, code, zero, header_length, count, also_zero = _FIXED.unpack_from(data)
    if version not in versions:
        _reject(f"unsupported version (expected {' or '.join(map(str, versions))}, got {version})")
    if code != _KIND_CODES[kind]:
        _reject(f"wrong kind (expected {_KIND_CODES[kind]} for {kind}, got {code})")
    if zero or also_zero:
        _reject("non-zero reserved byte")
    header_start = _FIXED.size + _ENTRY.size * count
    end = header_start + header_length
    if end > len(data):
        _reject(
            f"too short for {count} buffers and a header of {header_length} bytes "
            f"(got {len(data)} bytes)"
        )

    text = bytes(data[header_start:end])
    buffers: list[bytes] = []
    pending = [bytes(buffer) for buffer in detached]
    for index in range(count):
        offset, length = _ENTRY.unpack_from(data, _FIXED.size + _ENTRY.size * index)
        if version != _INLINE and offset == 0:
            got = len(pending[0]) if pending else "none"
            if got != length:
                _reject(f"detached buffer {index} is missing (expected {length} bytes, got {got})")
            buffers.append(pending.pop(0))
            continue
        if offset != _aligned(end):
            _reject(f"wrong offset of buffer {index} (expected {_aligned(end)}, got {offset})")
        end = offset + length
        if end > len(data):
            _reject(f"buffer {index} ends after the frame (at byte {end} of {len(data)})")
        buffers.append(bytes(data[offset:end]))
    if end != len(data) or pending:
        _reject("unexpected data after the last buffer")
    return text, buffers


def _parse(text: bytes) -> object:
    try:
        return json.loads(text.decode(), parse_constant=_no_constant)
    except ValueError as error:
        raise FrameError(f"binary frame: the header is not JSON: {error}") from error


def _alike(
    index: int, reference: dict[str, Any], plain: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    """Return a copy of the message that a reference names, with the reference's comm."""
    comm_id, like = reference.get("comm_id"), reference["like"]
    original = plain.get(like) if type(like) is int else None
    if (
        reference.keys() != _REFERENCE_KEYS
        or not (isinstance(comm_id, str) and comm_id)
        or original is None
    ):
        _reject(f"message {index} is not like an earlier message without buffers (got {like!r})")
    content = original.get("content")
    if not isinstance(content, dict):
        _reject(f"message {index} is like a message without content")
    alike = copy.deepcopy(original)
    alike["content"]["comm_id"] = comm_id
    return alike


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _reject(fault: str) -> NoReturn:
    raise FrameError(f"binary frame: {fault}")

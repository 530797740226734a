"""Encoder and decoder of binary frames: a comm message with its buffers (docs/frames.md)."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, Final, Literal, NoReturn

MessageKind = Literal["comm_open", "comm_msg", "comm_close"]

#: The highest supported version of the frame; lower versions are supported too.
FRAME_VERSION: Final = 2

#: The first byte of a frame that contains all buffers.
_INLINE: Final = 1
#: The first byte of a frame with detached buffers, which follow as websocket frames.
_DETACHED: Final = 2

#: The size from which the server detaches a buffer.
DETACH_FROM_BYTES: Final = 32 * 1024

_KIND_CODES: Final[dict[str, int]] = {"comm_open": 1, "comm_msg": 2, "comm_close": 3}
#: Version, kind, two zero bytes, length of the header, number of buffers, four zero bytes.
_FIXED: Final = struct.Struct("<BBHIII")
#: Offset and length of a buffer.
_ENTRY: Final = struct.Struct("<II")
#: The alignment of buffers, which suits any typed array.
_ALIGNMENT: Final = 8
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class FrameError(ValueError):
    """The frame cannot be decoded or encoded; the message names the fault."""


def encode_frame(
    kind: MessageKind,
    header: Mapping[str, Any],
    buffers: Iterable[bytes | bytearray | memoryview] = (),
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
    try:
        # The same text as JSON.stringify in JavaScript.
        text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        views = [_view(buffer) for buffer in buffers]
    except (TypeError, ValueError) as error:
        raise FrameError(f"binary frame: cannot encode: {error}") from error
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        encoded = _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()

    end = _FIXED.size + _ENTRY.size * len(views) + len(encoded)
    entries: list[bytes] = []
    tail: list[bytes | memoryview] = []
    version = _DETACHED if any(view.nbytes >= detach_from_bytes for view in views) else _INLINE
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


def decode_frame(
    kind: MessageKind,
    frame: bytes | bytearray | memoryview,
    detached: Iterable[bytes | bytearray | memoryview] = (),
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
    data = _view(frame)
    if len(data) < _FIXED.size:
        _reject(f"too short (expected at least {_FIXED.size} bytes, got {len(data)})")
    version, code, zero, header_length, count, also_zero = _FIXED.unpack_from(data)
    if version not in (_INLINE, _DETACHED):
        _reject(f"unsupported version (expected {_INLINE} or {_DETACHED}, got {version})")
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

    header = _parse_header(bytes(data[header_start:end]))
    buffers: list[bytes] = []
    pending = [bytes(buffer) for buffer in detached]
    for index in range(count):
        offset, length = _ENTRY.unpack_from(data, _FIXED.size + _ENTRY.size * index)
        if version == _DETACHED and offset == 0:
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
    return header, buffers


def detached_lengths(frame: bytes | bytearray | memoryview) -> list[int]:
    """Return the lengths of the buffers that follow a frame, in order.

    The list is empty for an unreadable frame, whose fault ``decode_frame`` reports.
    """
    data = _view(frame)
    if len(data) < _FIXED.size or data[0] != _DETACHED:
        return []
    count: int = _FIXED.unpack_from(data)[4]
    if _FIXED.size + _ENTRY.size * count > len(data):
        return []
    entries = (_ENTRY.unpack_from(data, _FIXED.size + _ENTRY.size * n) for n in range(count))
    return [length for offset, length in entries if offset == 0]


def _view(buffer: bytes | bytearray | memoryview) -> memoryview:
    view = memoryview(buffer)
    # An empty view with items larger than a byte cannot be cast.
    return view.cast("B") if view.nbytes else memoryview(b"")


def _parse_header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode(), parse_constant=_no_constant)
    except ValueError as error:
        raise FrameError(f"binary frame: the header is not JSON: {error}") from error
    if not isinstance(header, dict):
        _reject("the header is not an object")
    if "buffers" in header:
        _reject('the header contains "buffers"')
    return header


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _reject(fault: str) -> NoReturn:
    raise FrameError(f"binary frame: {fault}")

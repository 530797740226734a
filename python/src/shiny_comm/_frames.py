"""Binary frame ⇄ message: a comm message with its buffers as bytes (docs/frames.md)."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterable, Mapping
from math import inf
from typing import Any, Final, Literal, NoReturn

MessageKind = Literal["comm_open", "comm_msg", "comm_close"]

#: The highest version of the frame that is spoken here; those below it are, too.
FRAME_VERSION: Final = 2

#: The first byte: all buffers are in the frame.
_WHOLE: Final = 1
#: The first byte: some come after it, each as a websocket frame of its own.
_PARTED: Final = 2

#: Of how many bytes on a buffer is sent as a websocket frame of its own.
SEPARATE_FROM: Final = 32 * 1024

_KIND_CODES: Final[dict[str, int]] = {"comm_open": 1, "comm_msg": 2, "comm_close": 3}
#: version, kind, two bytes of zero, header length, number of buffers, four bytes of zero
_FIXED: Final = struct.Struct("<BBHIII")
#: offset and length of a buffer
_ENTRY: Final = struct.Struct("<II")
#: Each buffer begins at a multiple of it, so that any typed array fits on it.
_ALIGNMENT: Final = 8
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class FrameError(ValueError):
    """A frame that cannot be read or written; the message says what is wrong."""


def encode_frame(
    kind: MessageKind,
    header: Mapping[str, Any],
    buffers: Iterable[bytes | bytearray | memoryview] = (),
    *,
    prefix: bytes = b"",
    separate_from: float = inf,
) -> bytes:
    """Write a frame.

    Parameters
    ----------
    kind
        What the message is; the frame goes to the handler of that kind alone.
    header
        What the text message would be, without its ``buffers``.
    buffers
        Anything with contiguous bytes.
    prefix
        Bytes that are to stand before the frame, so that it need not be copied again.
    separate_from
        Buffers of at least so many bytes are left out of the frame; whoever sends it sends them
        after it, in order, each as a binary websocket frame. By default all are in it.

    Raises
    ------
    FrameError
        When the header or a buffer cannot be written.

    """
    try:
        # As JavaScript's JSON.stringify writes it.
        text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        views = [_view(buffer) for buffer in buffers]
    except (TypeError, ValueError) as error:
        raise FrameError(f"binary frame: cannot be written ({error})") from error
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        encoded = _LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()

    end = _FIXED.size + _ENTRY.size * len(views) + len(encoded)
    entries: list[bytes] = []
    tail: list[bytes | memoryview] = []
    version = _PARTED if any(view.nbytes >= separate_from for view in views) else _WHOLE
    try:
        fixed = _FIXED.pack(version, _KIND_CODES[kind], 0, len(encoded), len(views), 0)
        for view in views:
            if view.nbytes >= separate_from:
                entries.append(_ENTRY.pack(0, view.nbytes))
                continue
            offset = _aligned(end)
            entries.append(_ENTRY.pack(offset, view.nbytes))
            tail += [bytes(offset - end), view]
            end = offset + view.nbytes
    except struct.error as error:
        raise FrameError("binary frame: more bytes than four bytes can count") from error
    return b"".join([prefix, fixed, *entries, encoded, *tail])


def decode_frame(
    kind: MessageKind,
    frame: bytes | bytearray | memoryview,
    separate: Iterable[bytes | bytearray | memoryview] = (),
) -> tuple[dict[str, Any], list[bytes]]:
    """Read a frame.

    Every byte is accounted for: a frame that is cut short, longer than it says, or whose parts lie
    anywhere but one behind the other is refused.

    Parameters
    ----------
    kind
        What the frame must be.
    frame
        Without Shiny's envelope.
    separate
        The buffers that came after it, in order.

    Returns
    -------
    :
        The header and the buffers.

    Raises
    ------
    FrameError
        Saying what is wrong.

    """
    data = _view(frame)
    if len(data) < _FIXED.size:
        _refuse(f"{len(data)} bytes are too few")
    version, code, zero, header_length, count, also_zero = _FIXED.unpack_from(data)
    if version not in (_WHOLE, _PARTED):
        _refuse(f"version {version}, but {_WHOLE} and {_PARTED} are spoken here")
    if code != _KIND_CODES[kind]:
        _refuse(f"kind {code}, but it came as {kind} ({_KIND_CODES[kind]})")
    if zero or also_zero:
        _refuse("a reserved byte is not zero")
    header_start = _FIXED.size + _ENTRY.size * count
    end = header_start + header_length
    if end > len(data):
        _refuse(f"{count} buffers and a header of {header_length} bytes in {len(data)} bytes")

    header = _parse_header(bytes(data[header_start:end]))
    buffers: list[bytes] = []
    after = [bytes(buffer) for buffer in separate]
    for index in range(count):
        offset, length = _ENTRY.unpack_from(data, _FIXED.size + _ENTRY.size * index)
        if version == _PARTED and offset == 0:
            if not after:
                _refuse(f"buffer {index} of {length} bytes has not come")
            if len(after[0]) != length:
                _refuse(f"buffer {index} has {len(after[0])} bytes, not {length}")
            buffers.append(after.pop(0))
            continue
        if offset != _aligned(end):
            _refuse(f"buffer {index} at byte {offset}, but {_aligned(end)} is its place")
        end = offset + length
        if end > len(data):
            _refuse(f"buffer {index} ends at byte {end} of {len(data)}")
        buffers.append(bytes(data[offset:end]))
    if end != len(data):
        _refuse(f"{len(data) - end} bytes too many")
    if after:
        _refuse(f"{len(after)} buffers too many came after it")
    return header, buffers


def separate_lengths(frame: bytes | bytearray | memoryview) -> list[int]:
    """Tell the lengths of the buffers that come after a frame, in order.

    Of a frame of which that cannot be read there are none; ``decode_frame`` says what is wrong.
    """
    data = _view(frame)
    if len(data) < _FIXED.size or data[0] != _PARTED:
        return []
    count: int = _FIXED.unpack_from(data)[4]
    if _FIXED.size + _ENTRY.size * count > len(data):
        return []
    entries = (_ENTRY.unpack_from(data, _FIXED.size + _ENTRY.size * n) for n in range(count))
    return [length for offset, length in entries if offset == 0]


def _view(buffer: bytes | bytearray | memoryview) -> memoryview:
    view = memoryview(buffer)
    # An empty one cannot be cast when it is of more than bytes.
    return view.cast("B") if view.nbytes else memoryview(b"")


def _parse_header(text: bytes) -> dict[str, Any]:
    try:
        header = json.loads(text.decode(), parse_constant=_no_constant)
    except ValueError as error:
        raise FrameError(f"binary frame: the header is not JSON ({error})") from error
    if not isinstance(header, dict):
        _refuse("the header is not an object")
    if "buffers" in header:
        _refuse("the header names buffers too")
    return header


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _refuse(what: str) -> NoReturn:
    raise FrameError(f"binary frame: {what}")

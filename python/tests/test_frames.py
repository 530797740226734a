"""Binary frames against the repository's test vectors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shiny_comm import FrameError, decode_frame, encode_frame
from shiny_comm._frames import detached_lengths

VECTORS = json.loads(
    (Path(__file__).parents[2] / "docs" / "frames.vectors.json").read_text(encoding="utf-8")
)
named = pytest.mark.parametrize


def names(vectors: list[dict]) -> list[str]:
    """Return the names of the vectors."""
    return [vector["name"] for vector in vectors]


@named("vector", VECTORS["valid"], ids=names(VECTORS["valid"]))
def test_encode_frame_writes_the_vector(vector: dict) -> None:
    buffers = [bytes.fromhex(buffer) for buffer in vector["buffers"]]
    assert encode_frame(vector["kind"], vector["header"], buffers).hex() == vector["frame"]


@named("vector", VECTORS["valid"], ids=names(VECTORS["valid"]))
def test_decode_frame_reads_the_vector(vector: dict) -> None:
    header, buffers = decode_frame(vector["kind"], bytes.fromhex(vector["frame"]))
    assert header == vector["header"]
    assert [buffer.hex() for buffer in buffers] == vector["buffers"]


@named("vector", VECTORS["invalid"], ids=names(VECTORS["invalid"]))
def test_decode_frame_rejects_the_invalid_vector(vector: dict) -> None:
    with pytest.raises(FrameError, match="binary frame: "):
        decode_frame(vector["kind"], bytes.fromhex(vector["frame"]))


@named("vector", VECTORS["detached"], ids=names(VECTORS["detached"]))
def test_a_frame_and_its_detached_buffers_are_written_and_read(vector: dict) -> None:
    buffers = [bytes.fromhex(buffer) for buffer in vector["buffers"]]
    least = vector["detachFromBytes"]
    frame = encode_frame(vector["kind"], vector["header"], buffers, detach_from_bytes=least)
    assert frame.hex() == vector["frame"]
    detached = [buffer for buffer in buffers if len(buffer) >= least]
    assert [buffer.hex() for buffer in detached] == vector["detachedBuffers"]
    assert detached_lengths(frame) == [len(buffer) for buffer in detached]
    assert decode_frame(vector["kind"], frame, detached) == (vector["header"], buffers)


@named("vector", VECTORS["invalidDetached"], ids=names(VECTORS["invalidDetached"]))
def test_decode_frame_rejects_invalid_detached_buffers(vector: dict) -> None:
    detached = [bytes.fromhex(buffer) for buffer in vector["detachedBuffers"]]
    with pytest.raises(FrameError, match="binary frame: "):
        decode_frame(vector["kind"], bytes.fromhex(vector["frame"]), detached)


def test_encode_frame_supports_each_object_with_contiguous_bytes() -> None:
    import array

    numbers = array.array("d", [1.5, 2.5])
    frame = encode_frame("comm_msg", {}, [numbers, memoryview(b"ab"), array.array("d"), b""])
    assert decode_frame("comm_msg", frame) == ({}, [numbers.tobytes(), b"ab", b"", b""])


def test_encode_frame_rejects_a_header_that_is_not_json_and_a_buffer_that_is_not_bytes() -> None:
    with pytest.raises(FrameError, match="cannot encode"):
        encode_frame("comm_msg", {"x": float("nan")})
    with pytest.raises(FrameError, match="cannot encode"):
        encode_frame("comm_msg", {}, [memoryview(b"abcd")[::2]])


def test_encode_frame_escapes_a_lone_surrogate_like_javascript() -> None:
    frame = encode_frame("comm_msg", {"half": "\ud83d", "whole": "😀"})
    assert b'{"half":"\\ud83d","whole":"\xf0\x9f\x98\x80"}' in frame
    assert decode_frame("comm_msg", frame)[0] == {"half": "\ud83d", "whole": "😀"}


def test_a_frame_with_a_changed_byte_or_a_cut_raises_only_frame_errors() -> None:
    vector = VECTORS["valid"][2]
    frame = bytes.fromhex(vector["frame"])
    for at in range(len(frame)):
        for changed in (frame[:at], frame[:at] + bytes([frame[at] ^ 0x81]) + frame[at + 1 :]):
            try:
                detached_lengths(changed)
                decode_frame("comm_open", changed)
            except FrameError:
                pass

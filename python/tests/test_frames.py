"""The frame, checked against the repository's test vectors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shiny_comm import FrameError, decode_frame, encode_frame
from shiny_comm._frames import separate_lengths

VECTORS = json.loads(
    (Path(__file__).parents[2] / "docs" / "frames.vectors.json").read_text(encoding="utf-8")
)
named = pytest.mark.parametrize


def names(vectors: list[dict]) -> list[str]:
    """What the vectors are called."""
    return [vector["name"] for vector in vectors]


@named("vector", VECTORS["valid"], ids=names(VECTORS["valid"]))
def test_is_written(vector: dict) -> None:
    buffers = [bytes.fromhex(buffer) for buffer in vector["buffers"]]
    assert encode_frame(vector["kind"], vector["header"], buffers).hex() == vector["frame"]


@named("vector", VECTORS["valid"], ids=names(VECTORS["valid"]))
def test_is_read(vector: dict) -> None:
    header, buffers = decode_frame(vector["kind"], bytes.fromhex(vector["frame"]))
    assert header == vector["header"]
    assert [buffer.hex() for buffer in buffers] == vector["buffers"]


@named("vector", VECTORS["invalid"], ids=names(VECTORS["invalid"]))
def test_is_refused(vector: dict) -> None:
    with pytest.raises(FrameError, match="binary frame: "):
        decode_frame(vector["kind"], bytes.fromhex(vector["frame"]))


@named("vector", VECTORS["detached"], ids=names(VECTORS["detached"]))
def test_is_written_and_read_with_what_comes_after_it(vector: dict) -> None:
    buffers = [bytes.fromhex(buffer) for buffer in vector["buffers"]]
    least = vector["detachFromBytes"]
    frame = encode_frame(vector["kind"], vector["header"], buffers, separate_from=least)
    assert frame.hex() == vector["frame"]
    separate = [buffer for buffer in buffers if len(buffer) >= least]
    assert [buffer.hex() for buffer in separate] == vector["detachedBuffers"]
    assert separate_lengths(frame) == [len(buffer) for buffer in separate]
    assert decode_frame(vector["kind"], frame, separate) == (vector["header"], buffers)


@named("vector", VECTORS["invalidDetached"], ids=names(VECTORS["invalidDetached"]))
def test_is_refused_with_what_comes_after_it(vector: dict) -> None:
    separate = [bytes.fromhex(buffer) for buffer in vector["detachedBuffers"]]
    with pytest.raises(FrameError, match="binary frame: "):
        decode_frame(vector["kind"], bytes.fromhex(vector["frame"]), separate)


def test_takes_whatever_has_contiguous_bytes() -> None:
    import array

    numbers = array.array("d", [1.5, 2.5])
    frame = encode_frame("comm_msg", {}, [numbers, memoryview(b"ab"), array.array("d"), b""])
    assert decode_frame("comm_msg", frame) == ({}, [numbers.tobytes(), b"ab", b"", b""])


def test_refuses_to_write_what_is_no_json_and_no_bytes() -> None:
    with pytest.raises(FrameError, match="cannot be written"):
        encode_frame("comm_msg", {"x": float("nan")})
    with pytest.raises(FrameError, match="cannot be written"):
        encode_frame("comm_msg", {}, [memoryview(b"abcd")[::2]])


def test_writes_half_a_letter_as_javascript_does() -> None:
    frame = encode_frame("comm_msg", {"half": "\ud83d", "whole": "😀"})
    assert b'{"half":"\\ud83d","whole":"\xf0\x9f\x98\x80"}' in frame
    assert decode_frame("comm_msg", frame)[0] == {"half": "\ud83d", "whole": "😀"}


def test_a_changed_byte_or_a_cut_is_read_or_refused_and_nothing_else() -> None:
    vector = VECTORS["valid"][2]
    frame = bytes.fromhex(vector["frame"])
    for at in range(len(frame)):
        for changed in (frame[:at], frame[:at] + bytes([frame[at] ^ 0x81]) + frame[at + 1 :]):
            try:
                separate_lengths(changed)
                decode_frame("comm_open", changed)
            except FrameError:
                pass

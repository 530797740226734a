"""Binary frames against the repository's test vectors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shiny_comm import FrameError, decode_frame, encode_frame
from shiny_comm._frames import (
    batch_element,
    decode_batch,
    detached_lengths,
    encode_batch,
    like_element,
)

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


@named("vector", VECTORS["batches"], ids=names(VECTORS["batches"]))
def test_a_batch_and_its_detached_buffers_are_written_and_read(vector: dict) -> None:
    least = vector.get("detachFromBytes", float("inf"))
    messages = [
        (message["header"], [bytes.fromhex(buffer) for buffer in message["buffers"]])
        for message in vector["messages"]
    ]
    texts = [
        like_element(element["comm_id"], element["like"])
        if "like" in element
        else batch_element(header, len(buffers))
        for element, (header, buffers) in zip(vector["elements"], messages, strict=True)
    ]
    assert [json.loads(text) for text in texts] == vector["elements"]
    parts = [(text, buffers) for text, (_, buffers) in zip(texts, messages, strict=True)]
    frame = encode_batch(vector["kind"], parts, prefix=b"name", detach_from_bytes=least)
    assert frame.hex() == b"name".hex() + vector["frame"]
    buffers = [buffer for _, own in messages for buffer in own]
    detached = [buffer for buffer in buffers if len(buffer) >= least]
    assert [buffer.hex() for buffer in detached] == vector["detachedBuffers"]
    assert detached_lengths(frame[4:]) == [len(buffer) for buffer in detached]
    assert decode_batch(vector["kind"], frame[4:], detached) == messages


@named("vector", VECTORS["partialBatches"], ids=names(VECTORS["partialBatches"]))
def test_decode_batch_rejects_a_batch_with_an_invalid_message(vector: dict) -> None:
    index = vector["messages"].index(None)
    with pytest.raises(FrameError, match=f"binary frame: .*message {index}"):
        decode_batch(vector["kind"], bytes.fromhex(vector["frame"]))


@named("vector", VECTORS["invalidBatches"], ids=names(VECTORS["invalidBatches"]))
def test_decode_batch_rejects_the_invalid_batch(vector: dict) -> None:
    detached = [bytes.fromhex(buffer) for buffer in vector["detachedBuffers"]]
    with pytest.raises(FrameError, match="binary frame: "):
        decode_batch(vector["kind"], bytes.fromhex(vector["frame"]), detached)


def test_a_batch_shares_no_object_between_messages() -> None:
    header = {"content": {"comm_id": "c1", "data": {"state": {"list": [{}]}}}}
    parts = [(batch_element(header), ()), (like_element("c2", 0), ()), (like_element("c3", 0), ())]
    first, second, third = decode_batch("comm_open", encode_batch("comm_open", parts))
    second[0]["content"]["data"]["state"]["list"][0]["x"] = 1
    for (other, _), comm_id in ((first, "c1"), (third, "c3")):
        assert other == {"content": {"comm_id": comm_id, "data": {"state": {"list": [{}]}}}}


def test_batch_element_leaves_out_what_a_batch_does_not_contain() -> None:
    header = {"content": {}, "ident": "comm-c1", "parent": {}, "buffers": ["AQID"]}
    assert batch_element(header, 1) == '{"content":{},"buffer_count":1}'
    with pytest.raises(FrameError, match="cannot encode"):
        batch_element({"x": float("nan")})


def test_encode_batch_escapes_lone_surrogates_and_rejects_a_buffer_that_is_not_bytes() -> None:
    frame = encode_batch("comm_msg", [(batch_element({"half": "\ud83d", "whole": "😀"}), ())])
    assert b'[{"half":"\\ud83d","whole":"\xf0\x9f\x98\x80"}]' in frame
    assert decode_batch("comm_msg", frame)[0][0] == {"half": "\ud83d", "whole": "😀"}
    with pytest.raises(FrameError, match="cannot encode"):
        encode_batch("comm_msg", [("{}", [memoryview(b"abcd")[::2]])])


def test_the_decoders_reject_each_other_s_frames() -> None:
    batch = encode_batch("comm_msg", [(batch_element({}), ())])
    with pytest.raises(FrameError, match=r"version \(expected 1 or 2, got 3\)"):
        decode_frame("comm_msg", batch)
    with pytest.raises(FrameError, match=r"version \(expected 3, got 1\)"):
        decode_batch("comm_msg", encode_frame("comm_msg", {}))


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


def test_a_changed_byte_or_a_cut_raises_only_frame_errors() -> None:
    single, batch = VECTORS["valid"][2], VECTORS["batches"][3]
    for vector, decode in ((single, decode_frame), (batch, decode_batch)):
        frame = bytes.fromhex(vector["frame"])
        for at in range(len(frame)):
            for changed in (frame[:at], frame[:at] + bytes([frame[at] ^ 0x81]) + frame[at + 1 :]):
                try:
                    detached_lengths(changed)
                    decode("comm_open", changed)
                except FrameError:
                    pass

"""Decodes the messages of a page, and checks their types."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any, Final, cast

from ._options import options

#: 32 hexadecimal digits, which JavaScript of Jupyter separates by hyphens.
_PAGE_COMM_ID: Final = re.compile("[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")


class InvalidMessageError(ValueError):
    """A text from the page that is not a comm message, or not a message of the widget."""


def decode(text: object, *, opens: bool) -> dict[str, Any]:
    """Return a message in the form of ipykernel, with buffers as ``memoryview``.

    Parameters
    ----------
    text
        The value of the input.
    opens
        Whether the message opens a comm, whose id the page chooses.

    Raises
    ------
    InvalidMessageError
        If the text is not a message, or longer than the limit.

    """
    if not isinstance(text, str):
        raise InvalidMessageError(f"not text (got {type(text).__name__})")
    limit = options().max_message_length
    if len(text) > limit:
        raise InvalidMessageError(
            f"too long (expected at most {limit} characters, got {len(text)})"
        )
    try:
        parsed: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        # An integer with more than 4,300 digits raises a plain ValueError.
        raise InvalidMessageError("not JSON") from error
    message = as_dict(parsed, "no content")
    content = as_dict(message.get("content"), "no content")
    comm_id = content.get("comm_id")
    # An app may choose any id for a widget.
    if not isinstance(comm_id, str) or (opens and not _PAGE_COMM_ID.fullmatch(comm_id)):
        raise InvalidMessageError(
            f"invalid comm_id (expected 32 hexadecimal digits, got {shorten(comm_id)})"
        )
    name = comm_id if _PAGE_COMM_ID.fullmatch(comm_id) else shorten(comm_id)
    if opens and not isinstance(content.get("target_name"), str):
        raise InvalidMessageError(f"comm {name}: no target_name")
    metadata = as_dict(message.get("metadata") or {}, f"comm {name}: metadata is not an object")
    views = _decode_buffers(message.get("buffers") or [], name)
    content.setdefault("data", {})
    return {"content": content, "metadata": metadata, "buffers": views, "header": {}}


def _decode_buffers(buffers: object, name: str) -> list[memoryview]:
    fault = f"comm {name}: buffers is not a list of base64 texts"
    if not isinstance(buffers, list):
        raise InvalidMessageError(fault)
    texts = cast("list[str]", buffers)
    # An empty buffer is three characters in the message, and 80 times as much in memory.
    limit = options().max_message_buffers
    if len(texts) > limit:
        raise InvalidMessageError(
            f"comm {name}: too many buffers (expected at most {limit}, got {len(texts)})"
        )
    try:
        return [memoryview(b64decode(text, validate=True)) for text in texts]
    except (TypeError, ValueError) as error:
        raise InvalidMessageError(fault) from error


def as_dict(value: object, fault: str) -> dict[str, Any]:
    """Return an object of JSON, or raise an error with the text of the fault."""
    if not isinstance(value, dict):
        raise InvalidMessageError(fault)
    return cast("dict[str, Any]", value)


def shorten(value: object) -> str:
    """Return a value from the page as text for one line of a log."""
    text = ascii(value)
    return text if len(text) <= 60 else f"{text[:60]}…"

"""The functions of orjson that Shiny calls. PyPI has no wheel of orjson for Pyodide."""

import json
from collections.abc import Callable
from typing import Any

OPT_SORT_KEYS = 32
JSONDecodeError = json.JSONDecodeError
loads = json.loads


def dumps(value: Any, default: Callable[[Any], Any] | None = None, option: int = 0) -> bytes:
    """Return a value as JSON."""
    text = json.dumps(
        value,
        default=default,
        sort_keys=bool(option & OPT_SORT_KEYS),
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return text.encode()

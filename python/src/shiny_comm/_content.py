"""Files for browsers, sent compressed and cached permanently."""

from __future__ import annotations

import gzip
import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import anyio.to_thread
from starlette.responses import Response

if TYPE_CHECKING:
    from starlette.requests import Request

_HEADERS: Final = {
    # A page in a sandbox has an opaque origin, and imports modules and fonts only with this header.
    # It reveals nothing: an address contains a hash of the content, so who has it has the content.
    "Access-Control-Allow-Origin": "*",
    # The address contains a hash of the content.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


def _compressors() -> dict[str, Callable[[bytes], bytes]]:
    """Return the compressors for the time of a request, the preferred encoding first."""
    # Pyodide has no threads, and no network that compression would relieve.
    if sys.platform == "emscripten":
        return {}
    compressors: dict[str, Callable[[bytes], bytes]] = {}
    try:
        brotli: Any = importlib.import_module("brotli")
        # Smaller than gzip, in the same time.
        compressors["br"] = partial(brotli.compress, quality=5)
    except (ImportError, AttributeError):
        pass
    compressors["gzip"] = partial(gzip.compress, compresslevel=6, mtime=0)
    return compressors


_COMPRESSORS: Final = _compressors()


def accepted_encoding(header: str, offered: Iterable[str]) -> str | None:
    """Choose an encoding by the header ``Accept-Encoding``.

    Parameters
    ----------
    header
        The header's value.
    offered
        The encodings, the preferred one first.

    Returns
    -------
    :
        The encoding, or ``None`` to send the content uncompressed.

    """
    weights: dict[str, float] = {}
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights[name] = _weight(parameters)

    def weigh(encoding: str) -> float:
        return weights.get(encoding, 0 if encoding == "identity" else weights.get("*", 0))

    # The first of equal weights.
    best = max((*offered, "identity"), key=weigh)
    return best if best != "identity" and weigh(best) > 0 else None


def _weight(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0
    return 1


class Content:
    """The content of one address, which never changes.

    Parameters
    ----------
    body
        The uncompressed content.
    media_type
        Its type.
    encoded
        The same content compressed earlier, by encoding, the preferred one first. Without it, the
        first request for an encoding compresses the content.
    compressible
        Whether compression makes the content smaller.

    """

    def __init__(
        self,
        body: bytes,
        media_type: str,
        *,
        encoded: Mapping[str, bytes] | None = None,
        compressible: bool = True,
    ) -> None:
        self.body = body
        self._media_type = media_type
        self._encoded = dict(encoded or {})
        self._offered = (*(self._encoded or _COMPRESSORS),) if compressible else ()

    async def response(self, request: Request) -> Response:
        """Return the answer to a request."""
        accepted = ", ".join(request.headers.getlist("accept-encoding"))
        encoding = accepted_encoding(accepted, self._offered)
        if encoding is None:
            return Response(self.body, media_type=self._media_type, headers=_HEADERS)
        return Response(
            await self._compressed(encoding),
            media_type=self._media_type,
            headers={**_HEADERS, "Content-Encoding": encoding},
        )

    async def _compressed(self, encoding: str) -> bytes:
        if encoding not in self._encoded:
            compress = partial(_COMPRESSORS[encoding], self.body)
            self._encoded[encoding] = await anyio.to_thread.run_sync(compress)
        return self._encoded[encoding]

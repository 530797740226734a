"""The gallery for ``npm run dev``: browsers revalidate its files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from app import app as gallery  # noqa: E402

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve the gallery with ``Cache-Control: no-cache`` in each answer.

    Without the header, a browser can use a cached file for some time, so a reloaded page would have an old
    client.
    """

    async def fresh(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"cache-control", b"no-cache")]
        await send(message)

    await gallery(scope, receive, fresh)

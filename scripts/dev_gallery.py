"""The gallery for ``npm run dev``: no browser may keep its files without asking."""

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

    Without it a browser takes a file that was built a while ago for good for some time more, and a
    reloaded page would have an old client.
    """

    async def fresh(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"cache-control", b"no-cache")]
        await send(message)

    await gallery(scope, receive, fresh)

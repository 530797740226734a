"""The apps of several test files in one process, each below its name."""

from __future__ import annotations

import expected
import places
import situations
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


def ready(request: Request) -> PlainTextResponse:
    """Answer the request that waits for the server."""
    return PlainTextResponse("ready")


app = Starlette(
    routes=[
        Route("/", ready),
        Mount("/expected", app=expected.app),
        Mount("/places", app=places.app),
        Mount("/situations", app=situations.app),
    ]
)

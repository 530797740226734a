"""The companion's app below a path, as behind a proxy or in a larger application."""

from companion import app as shiny_app
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route

app = Starlette(
    routes=[
        Mount("/below/here", app=shiny_app),
        Route("/", lambda request: PlainTextResponse("not here")),
    ]
)

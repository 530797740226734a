"""The app of the server's measurements, which runs in a separate process.

``python app.py stock|shiny-comm`` prints its port, and serves its figures at ``/figures``.
The page's address chooses the case: ``?case=widgets&name=7``.
"""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import ipywidgets
import psutil
import uvicorn
from shiny import App, Inputs, Outputs, Session, reactive, ui
from shinywidgets import render_widget
from shinywidgets._comm import ShinyCommManager

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python" / "src"))

#: The size of a message from a page, in bytes: more than all messages of the measurement.
WS_MAX_SIZE = 256 * 1024 * 1024


def widgets(session: Session, name: str, count: int) -> list[ipywidgets.IntSlider]:
    """Create sliders that carry the secret of their session."""
    return [
        ipywidgets.IntSlider(description=f"secret-{name}-", max=1_000_000) for _ in range(count)
    ]


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Run the case of the page's address."""
    with reactive.isolate():
        query = parse_qs(session.clientdata.url_search().removeprefix("?"))
    case, name = query["case"][0], query.get("name", ["0"])[0]
    if case == "figure":
        import plotly.graph_objects as go

        # Shiny keeps contexts of outputs that it may suspend: docs/upstream/isolate-contexts.md
        @output(suspend_when_hidden=False)
        @render_widget
        def out() -> go.FigureWidget:
            # shinywidgets merges plotly's default template into itself, which takes longer than all
            # other work of a render.
            layout = {"template": "none"}
            return go.FigureWidget(go.Scatter(x=[1, 2, 3], y=[3, 1, input.go()]), layout=layout)

    elif case == "widgets":
        widgets(session, name, int(query["count"][0]))


app = App(ui.page_fluid(), server)


#: The CPU time of the figures themselves.
own_cpu = 0.0


def figures(shiny_comm: Any) -> dict[str, float]:
    """Return the figures of the process, after garbage collection."""
    global own_cpu
    cpu = time.process_time()
    gc.collect()
    comms = len(ShinyCommManager.comms)
    if shiny_comm:
        comms += sum(len(each.comms) for each in shiny_comm._session_comms._sessions.values())
    result = {
        "cpu": cpu - own_cpu,
        "memory": psutil.Process().memory_info().rss,
        "objects": len(gc.get_objects()),
        "routes": len(app._dependency_handler.routes),
        "comms": comms,
        "widgets": len(ipywidgets.widgets.widget._instances),
        "changed": sum(
            getattr(each, "value", 0) == 666_666
            for each in ipywidgets.widgets.widget._instances.values()
        ),
        "sessions": len(app._sessions),
        "threads": threading.active_count(),
        "tasks": len(asyncio.all_tasks()),
    }
    own_cpu += time.process_time() - cpu
    return result


def main() -> None:
    """Serve the app until the process is ended."""
    shiny_comm = None
    if sys.argv[1] == "shiny-comm":
        import shiny_comm

        shiny_comm.use()

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"] != "/figures":
            await app(scope, receive, send)
            return
        body = json.dumps(figures(shiny_comm)).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    # Without this protocol, asyncio keeps Nagle's algorithm, which delays answers by 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind(("127.0.0.1", 0))
    bound.listen(1_000)
    print(bound.getsockname()[1], flush=True)
    config = uvicorn.Config(
        served,
        log_level="warning",
        access_log=False,
        ws_max_size=WS_MAX_SIZE,
        ws_per_message_deflate=False,
        # The measurement keeps this process busy for longer than uvicorn waits for a pong.
        ws_ping_interval=None,
    )
    asyncio.run(uvicorn.Server(config).serve(sockets=[bound]))


if __name__ == "__main__":
    main()

"""Widget packages from PyPI, each a page: ``/?package=<name>``, with ``&client=stock`` by the stock client.

``PACKAGES`` has a Python snippet for each, as JSON. A snippet makes ``widget``, calls ``tell(text)``, which
the page shows, and defines ``change()``, which the page's button calls. With ``USE=1`` the app calls
``shiny_comm.use()``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

USE = os.environ.get("USE") == "1"
if not USE:
    # Its import makes a widget, which shinywidgets supports neither outside a session nor in one.
    import ipyvuetify  # noqa: F401

from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, render_widget
from starlette.requests import Request

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "examples" / "01-gallery"), str(ROOT / "scripts")]

from case_app import DIST, query_of  # noqa: E402
from shiny_comm_dependency import shiny_comm  # noqa: E402

if USE:
    sys.path.insert(0, str(ROOT / "python" / "src"))
    import shiny_comm as companion

    companion.use()

SNIPPETS: dict[str, str] = json.loads(os.environ["PACKAGES"])


def app_ui(request: Request) -> ui.Tag:
    """The page of any package, with the client that is asked for."""
    own = companion.dependency if USE else lambda: shiny_comm(DIST)
    client = [] if request.query_params.get("client") == "stock" else [own()]
    return ui.page_fluid(
        *client,
        ui.input_action_button("change", "Change"),
        ui.output_text("told"),
        output_widget("widget"),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Runs the snippet of the package that the page is of."""
    text = reactive.value("nothing yet")
    scope = {"tell": lambda value: text.set(str(value))}

    @render_widget
    def widget():
        exec(SNIPPETS[query_of(session)["package"]], scope)
        return scope["widget"]

    @render.text
    def told() -> str:
        return text()

    @reactive.effect
    @reactive.event(input.change)
    def _() -> None:
        scope["change"]()


app = App(app_ui, server)

"""A Shiny app for measurements, with a page for each case: ``/?case=<name>&client=stock|shiny-comm``."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from shiny import App, Inputs, Outputs, Session, reactive, ui
from starlette.requests import Request

ROOT = Path(__file__).parents[1]
DIST = ROOT / "dist"


def case_app(folder: Path, **options: Any) -> App:
    """Return the app of a folder's cases.

    A case is a module in ``cases/`` with ``case_ui()`` and ``case_server(input, output, session)``,
    and with ``case_client()`` if its client is not the one in ``dist/``.
    ``options`` go to :class:`shiny.App`.
    """
    sys.path[:0] = [str(folder), str(ROOT / "examples" / "01-gallery")]
    from shiny_comm_dependency import shiny_comm

    names = [path.stem for path in sorted((folder / "cases").glob("[a-z]*.py"))]
    modules = {name: importlib.import_module(f"cases.{name}") for name in names}

    def app_ui(request: Request) -> ui.Tag:
        """Return the page of a case, with the client that the address names."""
        case = modules[request.query_params.get("case", names[0])]
        if request.query_params.get("client") == "stock":
            return ui.page_fluid(case.case_ui())
        client = case.case_client() if hasattr(case, "case_client") else shiny_comm(DIST)
        return ui.page_fluid(client, case.case_ui())

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        """Run the server of the page's case."""
        name = query_of(session).get("case", names[0])
        modules[name].case_server(input, output, session)

    return App(app_ui, server, **options)


def query_of(session: Session) -> dict[str, str]:
    """Return the parameters of the page's address, the first of each name."""
    with reactive.isolate():
        query = parse_qs(session.clientdata.url_search().removeprefix("?"))
    return {name: values[0] for name, values in query.items()}

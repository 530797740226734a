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

    A case is a module in ``cases/`` with ``case_ui()`` and ``case_server(input, output, session)``.
    With ``USES_PACKAGE = True``, pages with shiny-comm use the Python package, too: its client, and
    ``shiny_comm.use()``. That changes the whole process, so only one page may be open.
    ``options`` go to :class:`shiny.App`.
    """
    sys.path[:0] = [str(folder), str(ROOT / "examples" / "01-gallery")]
    # Last, so that an installed package has priority.
    sys.path.append(str(ROOT / "python" / "src"))
    import shiny_comm as package
    from shiny_comm_dependency import shiny_comm

    undo = package.Undo()
    names = [path.stem for path in sorted((folder / "cases").glob("[a-z]*.py"))]
    modules = {name: importlib.import_module(f"cases.{name}") for name in names}

    def app_ui(request: Request) -> ui.Tag:
        """Return the page of a case, with the client that the address names."""
        case = modules[request.query_params.get("case", names[0])]
        is_stock = request.query_params.get("client") == "stock"
        undo()
        if is_stock:
            return ui.page_fluid(case.case_ui())
        if not getattr(case, "USES_PACKAGE", False):
            return ui.page_fluid(shiny_comm(DIST), case.case_ui())
        package.use()
        return ui.page_fluid(package.dependency(), case.case_ui())

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

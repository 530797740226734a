"""The gallery, with a script in its pages' heads that records their faults."""

from __future__ import annotations

import sys
from pathlib import Path

from shiny import App, ui
from starlette.requests import Request

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "examples" / "01-gallery"), str(ROOT / "tests" / "engines")]

from app import app_ui, server  # noqa: E402
from watch import WATCH  # noqa: E402


def watched_ui(request: Request) -> ui.Tag:
    """The gallery's page, whose first script records faults."""
    page = app_ui(request)
    page.insert(0, ui.head_content(ui.tags.script(WATCH)))
    return page


app = App(watched_ui, server)

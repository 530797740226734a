"""The first slider of a page, with the Python package: its client, and its fast path."""

from __future__ import annotations

from htmltools import HTMLDependency

from cases.slider import case_server, case_ui

__all__ = ("case_client", "case_server", "case_ui")


def case_client() -> HTMLDependency:
    """Return the client of the Python package."""
    import shiny_comm

    shiny_comm.use()
    return shiny_comm.dependency()

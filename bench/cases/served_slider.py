"""The first slider of a page, with the Python package."""

from __future__ import annotations

from cases.slider import case_server, case_ui

__all__ = ("USES_PACKAGE", "case_server", "case_ui")

USES_PACKAGE = True

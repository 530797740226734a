"""One box of ``&n=`` sliders, with the Python package."""

from __future__ import annotations

from cases.sliders import case_server, case_ui

__all__ = ("USES_PACKAGE", "case_server", "case_ui")

USES_PACKAGE = True

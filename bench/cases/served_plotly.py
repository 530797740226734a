"""A plotly figure for each value of the input ``bench_turn``, with the Python package."""

from __future__ import annotations

from cases.plotly_figure import case_server, case_ui

__all__ = ("USES_PACKAGE", "case_server", "case_ui")

USES_PACKAGE = True

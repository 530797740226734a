"""Fixtures: each test starts without the fast path and without earlier warnings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import shiny_comm
from shiny_comm import _host


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Reset the package after a test."""
    _host._warned.clear()
    yield
    shiny_comm.Undo()()

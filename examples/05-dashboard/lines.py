"""The anywidget: a line for each country, a box over the lines, and the year of a click."""

from __future__ import annotations

from pathlib import Path

import anywidget
import numpy as np
import traitlets
from data import Box
from numpy.typing import ArrayLike

HERE = Path(__file__).parent

#: The values of a byte in ``states``.
HIDDEN, DIMMED, BRIGHT = 0, 1, 2


class Lines(anywidget.AnyWidget):
    """Lines over the years. A click sends ``{"year": …}``, as a custom message."""

    _esm = (HERE / "lines.js").read_text(encoding="utf-8")
    _css = (HERE / "lines.css").read_text(encoding="utf-8")

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    colors = traitlets.List(traitlets.Unicode()).tag(sync=True)
    years = traitlets.List(traitlets.Int()).tag(sync=True)
    #: A ``Float32Array`` on the page, with a row for each country and a column for each year.
    values = traitlets.Bytes().tag(sync=True)
    #: One byte for each country.
    states = traitlets.Bytes().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    year = traitlets.Int().tag(sync=True)
    #: The box, or an empty list; the page sets it.
    box = traitlets.List(traitlets.Float()).tag(sync=True)
    #: The number of the pointed country, or -1; both sides set it.
    hovered = traitlets.Int(-1).tag(sync=True)

    def chosen_box(self) -> Box | None:
        """Return the box over the lines."""
        return Box(*self.box) if len(self.box) == 4 else None


def floats(values: ArrayLike) -> bytes:
    """The bytes of a ``Float32Array``."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()

"""The anywidget: a line for each country, a box to draw over them, and the year to click."""

from __future__ import annotations

from pathlib import Path

import anywidget
import numpy as np
import traitlets
from data import Box
from numpy.typing import ArrayLike

HERE = Path(__file__).parent

#: What a byte of ``states`` says of a country.
HIDDEN, DIMMED, BRIGHT = 0, 1, 2


class Lines(anywidget.AnyWidget):
    """Lines over the years. A click sends ``{"year": …}``, as a custom message."""

    _esm = (HERE / "lines.js").read_text(encoding="utf-8")
    _css = (HERE / "lines.css").read_text(encoding="utf-8")

    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    colors = traitlets.List(traitlets.Unicode()).tag(sync=True)
    years = traitlets.List(traitlets.Int()).tag(sync=True)
    #: A ``Float32Array`` on the page: a row for each country, a column for each year.
    values = traitlets.Bytes().tag(sync=True)
    #: One byte a country.
    states = traitlets.Bytes().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    year = traitlets.Int().tag(sync=True)
    #: The box, or nothing; the page sets it.
    box = traitlets.List(traitlets.Float()).tag(sync=True)
    #: The number of the country that is pointed at, or -1; both sides set it.
    hovered = traitlets.Int(-1).tag(sync=True)

    def chosen_box(self) -> Box | None:
        """The box that is drawn over the lines."""
        return Box(*self.box) if len(self.box) == 4 else None


def floats(values: ArrayLike) -> bytes:
    """The bytes of a ``Float32Array``."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()

"""The data of Gapminder as arrays, with a row for each country, and filters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.data
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

# Colours for colour-blind people, too (Okabe and Ito).
COLORS = {
    "Africa": "#009e73",
    "Americas": "#e69f00",
    "Asia": "#d55e00",
    "Europe": "#3b8fd0",
    "Oceania": "#cc79a7",
}


@dataclass(frozen=True)
class Box:
    """A rectangle over the lines: two years and two values."""

    from_year: float
    to_year: float
    least: float
    most: float


@dataclass(frozen=True)
class Countries:
    """Names, continents, and numbers with a row for each country and a column for each year."""

    names: list[str]
    continents: NDArray[np.str_]
    years: NDArray[np.int64]
    life: Floats
    population: Floats
    income: Floats

    @classmethod
    def load(cls) -> Countries:
        """Read the data that plotly includes."""
        table = plotly.data.gapminder().sort_values(["country", "year"])
        years = np.unique(table["year"].to_numpy())
        rows = table.iloc[:: len(years)]

        def columns(name: str) -> Floats:
            return table[name].to_numpy(dtype=float).reshape(-1, len(years))

        return cls(
            names=[str(name) for name in rows["country"]],
            continents=rows["continent"].to_numpy(dtype=str),
            years=years,
            life=columns("lifeExp"),
            population=columns("pop"),
            income=columns("gdpPercap"),
        )

    def __len__(self) -> int:
        return len(self.names)

    def column(self, year: int) -> int:
        """Return the index of the column nearest to a year."""
        return int(np.abs(self.years - year).argmin())

    def of_continents(self, names: list[str] | tuple[str, ...]) -> Mask:
        """Return which countries are in one of these continents."""
        return np.isin(self.continents, list(names))

    def inside(self, box: Box) -> Mask:
        """Return which countries' lines of life expectancy stay in a box from left to right."""
        # The corners of the lines in the box, and their intersections with its sides.
        inner = self.years[(self.years > box.from_year) & (self.years < box.to_year)]
        at = np.clip([box.from_year, *inner, box.to_year], self.years[0], self.years[-1])
        lines = np.array([np.interp(at, self.years, row) for row in self.life])
        return np.all((lines >= box.least) & (lines <= box.most), axis=1)

"""The app of the benchmark, with a page for each case: ``/?case=<name>&client=stock|shiny-comm``."""

from __future__ import annotations

import sys
from pathlib import Path

import plotly

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "scripts"))

from case_app import case_app  # noqa: E402

#: The front-end module of plotly as a file, for the row with a module URL.
MODULES = Path(plotly.__file__).parent / "package_data"

app = case_app(HERE, static_assets={"/modules": MODULES})

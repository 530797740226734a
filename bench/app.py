"""What the benchmark runs on, each case a page: ``/?case=<name>&client=stock|shiny-comm``."""

from __future__ import annotations

import sys
from pathlib import Path

import plotly

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "scripts"))

from case_app import case_app  # noqa: E402

#: plotly's front-end module by an address, for the row in which it does not travel as text.
MODULES = Path(plotly.__file__).parent / "package_data"

app = case_app(HERE, static_assets={"/modules": MODULES})

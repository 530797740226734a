"""The app of the reliability measurements, with a page for each case:
``/?case=<name>&client=stock|shiny-comm``.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "scripts"))

from case_app import case_app  # noqa: E402

app = case_app(HERE)

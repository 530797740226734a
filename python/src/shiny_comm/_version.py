"""The version: that of the installed package, or of the clone that this file is run from."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: Where a clone of the repository would be, when this file is not installed.
REPOSITORY = Path(__file__).resolve().parents[3]


def _version() -> str:
    try:
        return version("shiny-comm")
    except PackageNotFoundError:
        package = (REPOSITORY / "package.json").read_text(encoding="utf-8")
        return str(json.loads(package)["version"])


__version__ = _version()

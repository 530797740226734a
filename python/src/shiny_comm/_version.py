"""The version of the installed package, or of the clone that contains this file."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

#: The root of the repository, if this file is in a clone.
REPOSITORY = Path(__file__).resolve().parents[3]


def _version() -> str:
    try:
        return version("shiny-comm")
    except PackageNotFoundError:
        package = (REPOSITORY / "package.json").read_text(encoding="utf-8")
        return str(json.loads(package)["version"])


__version__ = _version()

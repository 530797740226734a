"""The installed package: the client, its version and the dependencies."""

from __future__ import annotations

from importlib.metadata import requires, version
from pathlib import Path

from htmltools import TagList
from shinywidgets import output_widget

import shiny_comm


def test_the_client_replaces_the_stock_client() -> None:
    kept = TagList(shiny_comm.dependency(), output_widget("x")).get_dependencies()
    [dependency] = [d for d in kept if d.name == "ipywidget-output-binding"]
    assert str(dependency.version) == f"100.{version('shiny-comm')}"
    folder = Path(dependency.source_path_map()["source"])
    for name in ("shiny-comm.js", "shiny-comm.css", "THIRD-PARTY.txt"):
        assert (folder / name).is_file()
    assert list(folder.glob("chunks/*.js"))
    assert list(folder.glob("fonts/*.woff2"))


def test_the_version_equals_the_installed_version() -> None:
    assert shiny_comm.__version__ == version("shiny-comm")


def test_the_package_declares_its_imports_as_dependencies() -> None:
    declared = {line.split(">")[0] for line in requires("shiny-comm") or [] if "extra" not in line}
    # shinywidgets imports ipywidgets, and allows versions that are too old.
    assert declared == {"anyio", "htmltools", "ipywidgets", "shiny", "shinywidgets", "starlette"}

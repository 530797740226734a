"""What is installed: the client, its version, and what the package asks for."""

from __future__ import annotations

from importlib.metadata import requires, version
from pathlib import Path

from htmltools import TagList
from shinywidgets import output_widget

import shiny_comm


def test_the_client_takes_the_place_of_the_stock_one() -> None:
    kept = TagList(shiny_comm.dependency(), output_widget("x")).get_dependencies()
    [dependency] = [d for d in kept if d.name == "ipywidget-output-binding"]
    assert str(dependency.version) == f"100.{version('shiny-comm')}"
    folder = Path(dependency.source_path_map()["source"])
    for name in ("shiny-comm.js", "shiny-comm.css", "THIRD-PARTY.txt"):
        assert (folder / name).is_file()
    assert list(folder.glob("chunks/*.js"))
    assert list(folder.glob("fonts/*.woff2"))


def test_the_version_is_that_of_the_package() -> None:
    assert shiny_comm.__version__ == version("shiny-comm")


def test_the_package_asks_for_what_it_imports() -> None:
    asked = {line.split(">")[0] for line in requires("shiny-comm") or [] if "extra" not in line}
    # shinywidgets imports ipywidgets, and would take one that is too old.
    assert asked == {"anyio", "htmltools", "ipywidgets", "shiny", "shinywidgets", "starlette"}

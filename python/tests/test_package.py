"""The installed package: the client, its version and the dependencies."""

from __future__ import annotations

import gzip
from importlib.metadata import requires, version
from pathlib import Path

import brotli
import pytest
from htmltools import TagList
from shinywidgets import output_widget

import shiny_comm
from shiny_comm._client_files import client_files
from shiny_comm._version import REPOSITORY


def test_the_client_replaces_the_stock_client() -> None:
    kept = TagList(shiny_comm.dependency(), output_widget("x")).get_dependencies()
    [dependency] = [d for d in kept if d.name == "ipywidget-output-binding"]
    number = int(client_files().hash, 16)
    assert str(dependency.version) == f"100.{version('shiny-comm')}.{number}"
    folder = Path(dependency.source_path_map()["source"])
    for name in ("shiny-comm.js", "shiny-comm.css", "THIRD-PARTY.txt"):
        assert (folder / name).is_file()
    assert list(folder.glob("chunks/*.js"))
    assert list(folder.glob("fonts/*.woff2"))


def test_the_wheel_has_each_text_compressed() -> None:
    folder = client_files().folder
    if folder == REPOSITORY / "dist":
        pytest.skip("not installed from a wheel")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    compressed = {name for name in files if name.endswith((".br", ".gz"))}
    assert files - compressed == client_files().names
    texts = {name for name in files - compressed if not name.endswith(".woff2")}
    assert compressed == {name + suffix for name in texts for suffix in (".br", ".gz")}
    for name in texts:
        body = (folder / name).read_bytes()
        assert brotli.decompress((folder / f"{name}.br").read_bytes()) == body
        assert gzip.decompress((folder / f"{name}.gz").read_bytes()) == body


def test_the_version_equals_the_installed_version() -> None:
    assert shiny_comm.__version__ == version("shiny-comm")


def test_the_package_declares_its_imports_as_dependencies() -> None:
    declared = {line.split(">")[0] for line in requires("shiny-comm") or [] if "extra" not in line}
    # shinywidgets imports ipywidgets, and allows versions that are too old.
    assert declared == {
        "anyio",
        "htmltools",
        "ipython",
        "ipywidgets",
        "jupyter-core",
        "packaging",
        "shiny",
        "shinywidgets",
        "starlette",
        "traitlets",
    }

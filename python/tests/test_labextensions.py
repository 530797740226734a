"""Widget modules that are only in a labextension."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from shiny_comm import _labextensions
from shiny_comm._labextensions import federated_dependency

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Return a function that installs a labextension on Jupyter's path."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    monkeypatch.setattr(_labextensions, "_found", {})

    def write(folder: str, name: str, root: Path | None = None, **build: Any) -> Path:
        path = (root or tmp_path / "labextensions") / folder
        (path / "static").mkdir(parents=True)
        (path / "static/remoteEntry.abc.js").write_text("")
        members = {"load": "static/remoteEntry.abc.js", "extension": "./extension", **build}
        package = {"name": name, "version": "1.2.3", "jupyterlab": {"_build": members}}
        (path / "package.json").write_text(json.dumps(package))
        return path

    return write


def script_of(name: str, package: str | None = None) -> dict[str, Any]:
    """Return the script of a module as in an open."""
    dependency = federated_dependency(name, package)
    assert dependency is not None
    [script] = dependency.as_dict(lib_prefix="lib")["script"]
    return script


def test_a_labextension_is_found_by_its_folder(install: Install) -> None:
    install("my-widget", "my-widget", style="./style")
    assert script_of("my-widget") == {
        "src": "lib/my-widget-1.2.3/static/remoteEntry.abc.js",
        "type": "jupyterlab-extension",
        "data-module": "my-widget",
        "data-container": "my-widget",
        "data-extension": "./extension",
        "data-style": "./style",
    }


@pytest.mark.parametrize("name", ["my-widget", "@scope/my-widget"])
def test_a_labextension_is_found_by_the_name_in_its_package_json(
    install: Install, name: str
) -> None:
    install("@other/folder" if name.startswith("@") else "my_widget", name)
    assert script_of(name)["data-container"] == name


def test_a_labextension_is_found_by_its_python_package(
    install: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("@scope/front", "@scope/front")
    package = ModuleType("my_package")
    package.__file__ = str(Path(__file__).parent / "__init__.py")
    paths = [{"src": "labextension", "dest": "@scope/front"}]
    package._jupyter_labextension_paths = lambda: paths  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "my_package", package)
    assert federated_dependency("my-widget") is None
    script = script_of("my-widget", "my_package")
    assert (script["data-module"], script["data-container"]) == ("my-widget", "@scope/front")


def test_a_labextension_in_the_python_package_itself_is_found(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("labextension", "my-widget", root=tmp_path / "my_package")
    package = ModuleType("my_package")
    package.__file__ = str(tmp_path / "my_package/__init__.py")
    paths = [{"src": "labextension", "dest": "my-widget"}]
    package._jupyter_labextension_paths = lambda: paths  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "my_package", package)
    assert script_of("my-widget", "my_package")["data-container"] == "my-widget"


def test_the_first_folder_of_jupyters_path_is_used(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("my-widget", "my-widget")
    install("my-widget", "second", root=tmp_path / "second/labextensions")
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path}:{tmp_path / 'second'}")
    assert script_of("my-widget")["data-container"] == "my-widget"
    monkeypatch.setenv("JUPYTER_PATH", f"{tmp_path / 'second'}:{tmp_path}")
    assert script_of("my-widget")["data-container"] == "second"


def test_a_labextension_is_looked_up_once(install: Install) -> None:
    install("my-widget", "my-widget")
    assert federated_dependency("my-widget") is federated_dependency("my-widget")


@pytest.mark.parametrize(
    "name", ["../labextensions/my-widget", "/my-widget", "my-widget/static", ""]
)
def test_a_path_is_no_name_of_a_module(install: Install, name: str) -> None:
    install("my-widget", "my-widget")
    assert federated_dependency(name) is None


@pytest.mark.parametrize(
    "build",
    [
        {"load": "../../../secret.js"},
        {"load": "static/missing.js"},
        {"load": None},
        {"extension": None, "mimeExtension": "./mime"},
    ],
)
def test_an_invalid_labextension_is_none(
    install: Install, tmp_path: Path, build: dict[str, Any]
) -> None:
    (tmp_path / "secret.js").write_text("")
    install("my-widget", "my-widget", **build)
    assert federated_dependency("my-widget") is None


@pytest.mark.parametrize("text", ["", "[]", '{"jupyterlab": []}', "\xff"])
def test_a_folder_with_an_invalid_package_json_is_ignored(install: Install, text: str) -> None:
    folder = install("first", "my-widget")
    (folder / "package.json").write_text(text, encoding="latin-1")
    install("second", "my-widget")
    assert script_of("my-widget")["src"] == "lib/my-widget-1.2.3/static/remoteEntry.abc.js"


# Shiny in Pyodide does not serve a path with a plus (docs/upstream/shinylive-paths.md).
@pytest.mark.parametrize(("version", "kept"), [("1.0.0-next.1", "0.0"), ("1.2.3+build.4", "1.2.3")])
def test_a_version_that_htmltools_or_shinylive_does_not_accept_is_replaced(
    install: Install, version: str, kept: str
) -> None:
    folder = install("my-widget", "my-widget")
    package = json.loads((folder / "package.json").read_text())
    (folder / "package.json").write_text(json.dumps({**package, "version": version}))
    assert script_of("my-widget")["src"].startswith(f"lib/my-widget-{kept}/")

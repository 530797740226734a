"""Widget packages whose front end is only in ``share/jupyter/labextensions``, for JupyterLab."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, cast

from htmltools import HTMLDependency
from jupyter_core.paths import jupyter_path
from packaging.version import InvalidVersion, Version

#: The type of the script that the client loads as an extension of JupyterLab (docs/wire.md).
#: Browsers ignore scripts of unknown types, so another client does nothing.
SCRIPT_TYPE: Final = "jupyterlab-extension"

#: The name of a package: neither an address nor a path. A page can set a widget's module.
_PACKAGE_NAME: Final = re.compile(r"(@[\w-][\w.-]*/)?[\w-][\w.-]*")

#: The dependencies by module, Python package and Jupyter's path.
_found: dict[tuple[str, str | None, tuple[str, ...]], HTMLDependency] = {}


def federated_dependency(module_name: str, package: str | None = None) -> HTMLDependency | None:
    """Return the dependency that makes a labextension's widget module known to the page.

    The labextension is, in this order:

    1. the folder with the module's name in ``share/jupyter/labextensions``,
    2. the folder there whose ``package.json`` has the module's name,
    3. a folder that the Python package names in ``_jupyter_labextension_paths``.

    Names that differ in case, ``-`` and ``_`` are equal. If several folders of Jupyter's path have
    the labextension, the first is used, as in JupyterLab.

    Parameters
    ----------
    module_name
        The module, as in ``_model_module`` and ``_view_module``.
    package
        The Python package of the widget's class, if known. It must be imported already.

    Returns
    -------
    :
        The dependency, which serves all files of the labextension; ``None`` without one.

    """
    if not _PACKAGE_NAME.fullmatch(module_name):
        return None
    paths = tuple(jupyter_path("labextensions"))
    key = module_name, package, paths
    found = _found.get(key)
    if found is None:
        folders = _folders(module_name, package, paths)
        made = (_dependency(module_name, folder) for folder in folders)
        found = next(filter(None, made), None)
        if found is not None:
            _found[key] = found
    return found


def _folders(module_name: str, package: str | None, paths: tuple[str, ...]) -> Iterator[Path]:
    """Yield the folders that may be the module's labextension, best first."""
    yield from (Path(path, module_name) for path in paths)
    wanted = _normalized(module_name)
    for path in paths:
        root = Path(path)
        files = sorted([*root.glob("*/package.json"), *root.glob("@*/*/package.json")])
        for file in files:
            if _normalized(str(_read(file).get("name", ""))) == wanted:
                yield file.parent
    module = sys.modules.get(package or "")
    entries: Callable[[], Any] | None = getattr(module, "_jupyter_labextension_paths", None)
    if module is None or entries is None or not module.__file__:
        return
    try:
        pairs = [(str(entry["src"]), str(entry["dest"])) for entry in entries()]
    except Exception:
        # The function is for JupyterLab's commands, and may need packages that only these have.
        return
    for source, destination in pairs:
        yield from (Path(path, destination) for path in paths)
        yield Path(module.__file__).parent / source


def _dependency(module_name: str, folder: Path) -> HTMLDependency | None:
    """Return the dependency of a labextension's folder, if its ``package.json`` is valid."""
    package = _read(folder / "package.json")
    build: object = _dict(package.get("jupyterlab")).get("_build")
    name, version = package.get("name"), package.get("version")
    # JupyterLab's build adds these members:
    # https://jupyterlab.readthedocs.io/en/stable/extension/extension_dev.html
    load, extension, style = (_dict(build).get(key) for key in ("load", "extension", "style"))
    if not isinstance(name, str) or not isinstance(load, str) or not isinstance(extension, str):
        # An extension with `mimeExtension` alone has no widgets.
        return None
    root = folder.resolve()
    entry = (root / load).resolve()
    if not entry.is_relative_to(root) or not entry.is_file():
        return None
    script = {
        "src": load,
        "type": SCRIPT_TYPE,
        "data-module": module_name,
        "data-container": name,
        "data-extension": extension,
    }
    if isinstance(style, str):
        script["data-style"] = style
    return HTMLDependency(
        module_name,
        _parsed(version),
        source={"subdir": str(root)},
        # The type of htmltools does not have the attributes of `data-`.
        script=cast(Any, script),
        all_files=True,
    )


def _read(file: Path) -> dict[str, object]:
    try:
        return _dict(json.loads(file.read_bytes()))
    except (OSError, ValueError):
        return {}


def _dict(value: object) -> dict[str, object]:
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _normalized(name: str) -> str:
    return name.lower().replace("_", "-")


def _parsed(version: object) -> str:
    """Return a version that htmltools accepts, without a local part: see `_dependency.py`."""
    try:
        return Version(str(version)).public
    except InvalidVersion:
        return "0.0"

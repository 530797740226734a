"""Puts the repository's built client and its version into the Python package."""

from __future__ import annotations

import json
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

#: The files in ``dist/`` that pages load, and their licenses. The package excludes the npm entries
#: and their types.
INCLUDED = (
    "shiny-comm.js",
    "shiny-comm.css",
    "shiny-comm.module.js",
    "chunks/*.js",
    "chunks/*.css",
    "fonts/*.woff2",
    "THIRD-PARTY.txt",
)


def repository(root: str) -> Path:
    """Return the folder with ``package.json`` and ``dist/``: the parent, or `root` in an sdist."""
    for folder in (Path(root).parent, Path(root)):
        if (folder / "package.json").is_file() and (folder / "dist").is_dir():
            return folder
    raise FileNotFoundError(
        f"no package.json and dist/ in {root} and its parent: build in a clone of the repository, "
        "after `npm ci && npm run build`."
    )


class VersionHook(MetadataHookInterface):
    """Takes the version from ``package.json``."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict) -> None:
        """Set the version."""
        package = repository(self.root) / "package.json"
        metadata["version"] = json.loads(package.read_text(encoding="utf-8"))["version"]


class ClientHook(BuildHookInterface):
    """Adds the built client to the package."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict) -> None:
        """List the files to include; an editable install reads the files of the repository."""
        if version == "editable":
            return
        source = repository(self.root)
        dist = source / "dist"
        if not (dist / "shiny-comm.js").is_file():
            raise FileNotFoundError(f"no shiny-comm.js in {dist}: run `npm run build`.")
        prefix = "" if self.target_name == "sdist" else "shiny_comm/"
        include = build_data["force_include"]
        for path in sorted(found for pattern in INCLUDED for found in dist.glob(pattern)):
            include[str(path)] = f"{prefix}dist/{path.relative_to(dist).as_posix()}"
        if self.target_name == "sdist":
            include[str(source / "package.json")] = "package.json"

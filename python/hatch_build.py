"""Puts the repository's built client and its version into the Python package."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import brotli
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

#: The files that the wheel also contains compressed; fonts are compressed already.
COMPRESSED = (".js", ".css", ".txt")


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

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the version."""
        package = repository(self.root) / "package.json"
        metadata["version"] = json.loads(package.read_text(encoding="utf-8"))["version"]


class ClientHook(BuildHookInterface):
    """Adds the built client to the package; to the wheel also compressed, for the app to serve."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
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
            name = f"{prefix}dist/{path.relative_to(dist).as_posix()}"
            include[str(path)] = name
            if self.target_name != "sdist" and path.suffix in COMPRESSED:
                for compressed in self._compress(path, path.relative_to(dist)):
                    include[str(compressed)] = name + compressed.suffix
        if self.target_name == "sdist":
            include[str(source / "package.json")] = "package.json"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Delete the compressed files."""
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    _folder: Path | None = None

    def _compress(self, path: Path, name: Path) -> list[Path]:
        """Write a file compressed, the same bytes in each build."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="shiny-comm-"))
        body = path.read_bytes()
        encoded: dict[str, bytes] = {
            ".br": brotli.compress(body, quality=11),
            ".gz": gzip.compress(body, compresslevel=9, mtime=0),
        }
        written: list[Path] = []
        for suffix, compressed in encoded.items():
            target = (self._folder / name).with_name(path.name + suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(compressed)
            written.append(target)
        return written

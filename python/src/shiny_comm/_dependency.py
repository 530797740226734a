"""The client as an HTML dependency, which replaces the client of shinywidgets."""

from __future__ import annotations

from pathlib import Path

from htmltools import HTMLDependency

from ._version import REPOSITORY, __version__


def dependency() -> HTMLDependency:
    """Return the shiny-comm client as an HTML dependency; put it anywhere in the app's UI.

    The client of shinywidgets is an HTML dependency named ``ipywidget-output-binding``. If two
    dependencies have the same name, htmltools keeps the higher version. The version of this one is
    the package's version with the prefix ``100.``.

    Raises
    ------
    FileNotFoundError
        In a clone of the repository without a built client.

    """
    return HTMLDependency(
        "ipywidget-output-binding",
        f"100.{__version__}",
        source={"subdir": str(_dist())},
        script={"src": "shiny-comm.js"},
        stylesheet={"href": "shiny-comm.css"},
        # The script loads more files from its own folder when a widget needs them.
        all_files=True,
    )


def _dist() -> Path:
    installed = Path(__file__).resolve().parent / "dist"
    for folder in (installed, REPOSITORY / "dist"):
        if (folder / "shiny-comm.js").is_file():
            return folder
    raise FileNotFoundError(
        f"shiny-comm: no shiny-comm.js in {installed}: install a built package, or run "
        "`npm ci && npm run build` in the clone of the repository."
    )

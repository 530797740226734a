"""The client as an HTML dependency that takes the place of shinywidgets' own."""

from __future__ import annotations

from pathlib import Path

from htmltools import HTMLDependency

from ._version import REPOSITORY, __version__


def dependency() -> HTMLDependency:
    """The shiny-comm client; put it anywhere in the app's UI.

    shinywidgets sends its browser client as an HTML dependency of the name
    ``ipywidget-output-binding``. Of two dependencies with one name, htmltools keeps the one with
    the higher version; this one's is that of the package with ``100.`` in front.

    Raises
    ------
    FileNotFoundError
        In a clone of the repository whose client has not been built.

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
        f"There is no shiny-comm.js in {installed}: install a built package, or run "
        "`npm ci && npm run build` in the clone of the repository."
    )

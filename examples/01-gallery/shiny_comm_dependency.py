"""Adds the shiny-comm client to an app: copy this file and ``dist/`` next to your ``app.py``.

The client of ``shinywidgets`` is an HTML dependency, a named and versioned set of files, called
``ipywidget-output-binding``. If a page has several dependencies with one name, htmltools keeps the
one with the highest version. So the files of shiny-comm replace the stock client: they have the
same name and a higher version. Put the dependency anywhere in the app's UI::

    app_ui = ui.page_fluid(shiny_comm(), output_widget("plot"))
"""

from __future__ import annotations

import json
from pathlib import Path

from htmltools import HTMLDependency

HERE = Path(__file__).resolve().parent
DIST = HERE / "dist" if (HERE / "dist").is_dir() else HERE / "../../dist"


def shiny_comm(dist: Path = DIST) -> HTMLDependency:
    """Return the shiny-comm client as a dependency that replaces the client of shinywidgets.

    ``dist`` is the folder with the built files, such as ``shiny-comm.js``. The version is the
    prefix "100." and the version in the ``package.json`` next to that folder, if there is one. It
    is always higher than a version of shinywidgets, which is 0.x.
    """
    dist = Path(dist).resolve()
    if not (dist / "shiny-comm.js").is_file():
        raise FileNotFoundError(
            f"no shiny-comm.js in {dist}: build it with `npm run build`."
        )
    package = dist.parent / "package.json"
    version = json.loads(package.read_text("utf-8"))["version"] if package.is_file() else "0"
    return HTMLDependency(
        "ipywidget-output-binding",
        f"100.{version}",
        source={"subdir": str(dist)},
        script={"src": "shiny-comm.js"},
        stylesheet={"href": "shiny-comm.css"},
        # The script loads more files from its own folder when a widget needs them.
        all_files=True,
    )

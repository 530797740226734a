"""Put the shiny-comm client in a Shiny app: copy this file and ``dist/`` next to your ``app.py``.

``shinywidgets`` sends its browser client to the page as an HTML dependency, a named
and versioned set of files, called ``ipywidget-output-binding``. A page may hold any
number of dependencies of one name; htmltools then keeps the one with the highest
version and drops the rest. So nothing has to be patched: offering shiny-comm's files
under the same name, with a higher version, is enough for them to take the stock
client's place. Put the dependency anywhere in the app's UI::

    app_ui = ui.page_fluid(shiny_comm(), output_widget("plot"))
"""

from __future__ import annotations

import json
from pathlib import Path

from htmltools import HTMLDependency

HERE = Path(__file__).resolve().parent
DIST = HERE / "dist" if (HERE / "dist").is_dir() else HERE / "../../dist"


def shiny_comm(dist: Path = DIST) -> HTMLDependency:
    """The shiny-comm client, as a dependency that replaces shinywidgets' own.

    ``dist`` is the folder with the built files (``shiny-comm.js`` and its fellows).
    The version is the one in the ``package.json`` beside that folder, if there is one,
    with "100." in front: shinywidgets is at 0.x, so ours stays the higher of the two
    whichever releases are installed.
    """
    dist = Path(dist).resolve()
    if not (dist / "shiny-comm.js").is_file():
        raise FileNotFoundError(
            f"There is no shiny-comm.js in {dist}: build it with `npm run build`."
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

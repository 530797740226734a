"""The gallery: a page for each kind of Jupyter widget, in one Shiny app.

``/?page=plotly`` opens the app at the page "plotly". Shiny computes an output only while it is
visible, so only widgets of the visible page are created.

Environment variables:

``GALLERY_CLIENT=stock``
    omit shiny-comm, so that the page loads the client of shinywidgets (for comparison).
``GALLERY_TILES=0``
    draw the ipyleaflet map without tiles, which are the only files from the internet.
"""

from __future__ import annotations

import os
from types import ModuleType

from pages import (
    altair_page,
    anywidget_page,
    bokeh_page,
    bqplot_page,
    containers_page,
    controls_page,
    ipyleaflet_page,
    plotly_page,
    pydeck_page,
    quak_page,
    rerender_page,
)
from shiny import App, Inputs, Outputs, Session, ui
from shiny_comm_dependency import shiny_comm
from starlette.requests import Request

# Pages by the name in the URL, in the order of the menu.
PAGES: dict[str, ModuleType] = {
    "controls": controls_page,
    "containers": containers_page,
    "plotly": plotly_page,
    "altair": altair_page,
    "ipyleaflet": ipyleaflet_page,
    "bokeh": bokeh_page,
    "pydeck": pydeck_page,
    "quak": quak_page,
    "bqplot": bqplot_page,
    "anywidget": anywidget_page,
    "rerender": rerender_page,
}

# The menu sets the URL of a page, so a reload stays on the page.
KEEP_ADDRESS = """
$(document).on("shiny:inputchanged", (event) => {
  if (event.name !== "page") return;
  const url = new URL(location.href);
  url.searchParams.set("page", event.value);
  history.replaceState(null, "", url);
});
"""

STYLE = """
.gallery-intro { max-width: 70ch; color: var(--bs-secondary-color); }
.gallery-controls { display: grid; gap: .75rem;
  grid-template-columns: repeat(auto-fill, minmax(25rem, 1fr)); }
.gallery-controls .card, .gallery-cards .card { margin: 0; }
.gallery-controls .card-body { gap: .5rem; }
.gallery-controls .card-header, .gallery-cards .card-header {
  display: flex; justify-content: space-between; align-items: center; }
.gallery-cards { display: grid; gap: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(24rem, 1fr)); }
pre.shiny-text-output { margin: 0; padding: .35rem .6rem; font-size: .78rem;
  white-space: pre-wrap; overflow-wrap: anywhere; max-height: 8rem; overflow-y: auto; }
pre.shiny-text-output:empty { min-height: 1.9rem; }
"""


def app_ui(request: Request) -> ui.Tag:
    """Return the UI, with the page of the URL selected."""
    name = request.query_params.get("page", "controls")
    stock = os.environ.get("GALLERY_CLIENT") == "stock"
    return ui.page_navbar(
        *(
            ui.nav_panel(
                page.TITLE,
                ui.h2(page.TITLE, class_="h4"),
                ui.p(page.INTRO, class_="gallery-intro"),
                page.page_ui(),
                value=value,
            )
            for value, page in PAGES.items()
        ),
        ui.nav_spacer(),
        ui.nav_control(ui.input_dark_mode(id="mode")),
        id="page",
        selected=name if name in PAGES else "controls",
        title="Stock client" if stock else "shiny-comm",
        window_title="Widget gallery",
        header=[
            None if stock else shiny_comm(),
            ui.head_content(ui.tags.style(STYLE), ui.tags.script(KEEP_ADDRESS)),
        ],
        fluid=True,
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Each page has its own outputs, whose ids are unique in the app."""
    for page in PAGES.values():
        page.server(input, output, session)


app = App(app_ui, server)

# A slider of ipywidgets in Shiny Express, with the client's script tag.

from pathlib import Path

import ipywidgets
from htmltools import HTMLDependency
from shiny.express import app_opts, render, ui
from shinywidgets import reactive_read, render_widget

app_opts(static_assets={"/client": Path(__file__).parents[2] / "dist"})
TAGS = """<link rel="stylesheet" href="client/shiny-comm.css">
          <script src="client/shiny-comm.js"></script>"""
ui.TagList(HTMLDependency("ipywidget-output-binding", "100", head=TAGS))

@render_widget
def slider():
    return ipywidgets.IntSlider(7, description="A slider")

@render.text
def value():
    return f"Python has {reactive_read(slider.widget, 'value')}."

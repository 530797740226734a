"""Prints the states of widgets in Python. states.R makes the same widgets in R."""

import hashlib
import json

import bqplot
import ipyleaflet
import pandas as pd
import plotly.graph_objects as go
import quak
from ipywidgets.widgets.widget import Widget, _remove_buffers

BOX = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"name": "box"},
            "geometry": {"type": "Polygon", "coordinates": [[[10, 52], [11, 52], [11, 53], [10, 52]]]},
        }
    ],
}

x, y = bqplot.OrdinalScale(), bqplot.LinearScale()
scales = {"x": x, "y": y}
bars = bqplot.Bars(x=["a", "b"], y=[1.5, 2.5], scales=scales)
line = bqplot.Lines(x=["a", "b"], y=[[1.0, 2.0], [3.0, 4.0]], scales=scales)
points = bqplot.Scatter(x=["a", "b"], y=[3, 4], scales=scales, selected=[0])
axes = [bqplot.Axis(scale=x, label="letter"), bqplot.Axis(scale=y, label="number", side="left")]
marker = ipyleaflet.Marker(location=(52, 10), title="Here")

WIDGETS = {
    "map": ipyleaflet.Map(center=(52, 10), zoom=10, layers=[]),
    "tiles": ipyleaflet.Map().layers[0],
    "zoom": ipyleaflet.ZoomControl(),
    "attribution": ipyleaflet.AttributionControl(position="bottomright"),
    "marker": marker,
    "circle": ipyleaflet.Circle(location=(1.5, 2), radius=5),
    "area": ipyleaflet.GeoJSON(data=BOX, style={"color": "red"}, hover_style={"weight": 5}),
    "bars": bars,
    "line": line,
    "points": points,
    "axis": axes[1],
    "scale": x,
    "figure": bqplot.Figure(marks=[bars, line], axes=axes, title="A title"),
    "plotly": go.FigureWidget({"data": [{"x": [1, 2], "y": [3, 4]}], "layout": {"title": {"text": "T"}}}),
    "quak": quak.Widget(pd.DataFrame({"a": [1], "b": ["x"]})),
}


def plain(value: object) -> object:
    """Return a value without what differs from run to run."""
    if isinstance(value, str) and value.startswith("IPY_MODEL_"):
        return "model"
    if isinstance(value, str) and len(value) > 10_000:
        return hashlib.sha256(value.encode()).hexdigest()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items() if key != "uid"}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    # Fractions as R writes them.
    is_fraction = isinstance(value, float) and not value.is_integer()
    return float(f"{value:.12g}") if is_fraction else value


def state_of(widget: Widget) -> object:
    state, paths, buffers = _remove_buffers(widget.get_state())
    return {"state": plain(state), "paths": paths, "buffers": [bytes(part).hex() for part in buffers]}


print(json.dumps({name: state_of(widget) for name, widget in WIDGETS.items()}))

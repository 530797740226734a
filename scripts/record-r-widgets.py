"""Writes r/inst/python-widgets.json: the default states of the widgets in packages of Python.

    python scripts/record-r-widgets.py ipyleaflet bqplot jscatter

It records the named packages, which must be installed, and keeps the others. With `--check`, it
writes nothing, and fails if the file differs.
"""

import inspect
import json
import sys
import warnings
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import ipywidgets
import traitlets
from ipywidgets.widgets.widget import _remove_buffers

warnings.simplefilter("ignore")

FILE = Path(__file__).resolve().parent.parent / "r" / "inst" / "python-widgets.json"
REFERENCE = "IPY_MODEL_"

# The distribution of each package, and the modules of its classes.
PACKAGES = {
    "ipyleaflet": ("ipyleaflet", ("ipyleaflet",)),
    "bqplot": ("bqplot", ("bqplot", "bqscales")),
    "jscatter": ("jupyter-scatter", ("jscatter",)),
}

# These need other packages, have large data, or compute their state in Python.
OMITTED = {"bqplot.Map", "Choropleth", "DrawControlCompatibility", "GeoData", "HeatMap", "Image", "Radar", "WKTLayer"}

# Values that differ from day to day.
CHANGING = {"modisdate"}

TYPES = (
    (traitlets.Bool, "bool"),
    (traitlets.Int, "int"),
    (traitlets.Float, "float"),
    (traitlets.Unicode, "string"),
)


def needed(name):
    """Return the required arguments of a class."""
    if name == "LegendControl":
        return {"legend": {}}
    if name == "WidgetControl":
        return {"widget": ipywidgets.Label()}
    if name in ("Axis", "ColorAxis", "Toolbar"):
        bqplot = import_module("bqplot")
        scale = bqplot.ColorScale() if name == "ColorAxis" else bqplot.LinearScale()
        return {"figure": bqplot.Figure()} if name == "Toolbar" else {"scale": scale}
    return {}


def classes_of(package):
    module = import_module(package)
    if package == "jscatter":
        return {"JupyterScatter": module.Scatter(x=[0], y=[0]).widget}
    members = inspect.getmembers(module, inspect.isclass)
    if package == "bqplot":
        # The selectors, which bqplot does not import.
        members += inspect.getmembers(import_module("bqplot.interacts"), inspect.isclass)
    return {
        name: cls(**needed(name))
        for name, cls in members
        if issubclass(cls, ipywidgets.Widget)
        and cls.__module__.partition(".")[0] in PACKAGES[package][1]
        and not {name, f"{package}.{name}"} & OMITTED
    }


def type_of(trait, default):
    for cls, name in TYPES:
        if type(trait) is cls or (isinstance(trait, cls) and cls is not traitlets.Int):
            return name + ("?" if trait.allow_none or default is None else "")
    if type(trait).__name__ in ("Array", "NdArray"):
        return "array"
    return "list" if isinstance(trait, (traitlets.List, traitlets.Tuple)) else "any"


def record(package, widget, required=()):
    state, _, _ = _remove_buffers(widget.get_state())
    entry = {}
    for name, value in sorted(state.items()):
        if name in CHANGING or name in ("_esm", "_css", "_anywidget_id"):
            continue
        text = json.dumps(value)
        if name in required:
            entry[name] = ["model", None]
        elif isinstance(value, str) and value.startswith(REFERENCE):
            entry[name] = ["model", type(getattr(widget, name)).__name__]
        elif REFERENCE in text:
            # The lists of a map and of an axis.
            is_object = isinstance(value, dict)
            entry[name] = ["any" if is_object else "list", {} if is_object else []]
        else:
            kind = type_of(widget.traits()[name], value)
            if kind == "array":
                # The arrays of jupyter-scatter are its data.
                keep = value is not None and package != "jscatter"
                value = getattr(widget, name).tolist() if keep else None
            entry[name] = [kind, value]
    return entry


table = json.loads(FILE.read_text(encoding="utf8")) if FILE.exists() else {}
before = json.dumps(table)
for package in (argument for argument in sys.argv[1:] if argument != "--check"):
    widgets = sorted(classes_of(package).items())
    states = {name: record(package, widget, needed(name)) for name, widget in widgets}
    table[package] = {"version": version(PACKAGES[package][0]), "classes": states}
if "--check" in sys.argv:
    if json.dumps(table) != before:
        sys.exit(f"{FILE.name} is out of date: run this script without --check")
else:
    # A line for each class.
    packages = [
        f'{json.dumps(package)}: {{"version": {json.dumps(entry["version"])}, "classes": {{\n'
        + ",\n".join(
            f"{json.dumps(name)}: {json.dumps(state, separators=(',', ':'))}"
            for name, state in entry["classes"].items()
        )
        + "\n}}"
        for package, entry in sorted(table.items())
    ]
    FILE.write_text("{" + ",\n".join(packages) + "}\n", encoding="utf8")

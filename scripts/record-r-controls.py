"""Writes the table of ipywidgets' models into r/shiny_comm.R.

    python scripts/record-r-controls.py

Needs `ipywidgets` in the Python that runs it; two runs with the same version write the same. With
`--check` nothing is written, and it fails when the table is not what it would write.
"""

import json
import sys
from pathlib import Path

import ipywidgets
from ipywidgets.widgets.widget import Widget, _remove_buffers

FILE = Path(__file__).resolve().parent.parent / "r" / "shiny_comm.R"
BEGIN = "# ---- begin of what scripts/record-r-controls.py writes\n"
END = "# ---- end of what scripts/record-r-controls.py writes\n"
REFERENCE = "IPY_MODEL_"

# Required arguments of classes, with values that differ from the defaults.
NEEDED = {
    "SelectionSlider": ({"options": ["a"]}, {"_options_labels": []}),
    "SelectionRangeSlider": ({"options": ["a"]}, {"_options_labels": []}),
    "Link": ({"source": (ipywidgets.IntText(), "value"), "target": (ipywidgets.IntText(), "value")},
             {"source": [], "target": []}),
    "DirectionalLink": ({"source": (ipywidgets.IntText(), "value"), "target": (ipywidgets.IntText(), "value")},
                        {"source": [], "target": []}),
}  # fmt: skip


def name_of(widget_class, model_name):
    # Two parts of the Controller have names that other classes have too.
    return f"Controller{widget_class.__name__}" if model_name.startswith("Controller") and (
        widget_class.__name__ != "Controller"
    ) else widget_class.__name__  # fmt: skip


def record(widget_class):
    arguments, no_defaults = NEEDED.get(widget_class.__name__, ({}, {}))
    widget = widget_class(**arguments)
    state, paths, _ = _remove_buffers({**widget.get_state(), **no_defaults})
    models = {
        key: type(getattr(widget, key)).__name__
        for key, value in state.items()
        if isinstance(value, str) and value.startswith(REFERENCE)
    }
    entry = {"state": {key: value for key, value in state.items() if key not in models}}
    if models:
        entry["models"] = models
    if paths:
        entry["bytes"] = [key for (key,) in paths]
    return name_of(widget_class, state["_model_name"]), entry


def wrapped(text, width=98):
    """JSON over several lines, broken between entries."""
    lines = [""]
    for part in text.replace(", ", ",\0").split("\0"):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def table():
    # A class whose name begins with an underscore is a base of others.
    classes = {c for _, c in Widget._widget_types.items() if not c.__name__.startswith("_")}
    entries = dict(sorted(record(widget_class) for widget_class in classes))
    rows = [wrapped(f"{json.dumps(name)}: {json.dumps(entry)}") for name, entry in entries.items()]
    return (
        f"{BEGIN}# The states that the models of ipywidgets {ipywidgets.__version__} open with, as JSON.\n"
        'IPYWIDGETS <- r"---({\n' + ",\n".join(rows) + '\n})---"\n' + END
    )


before, rest = FILE.read_text(encoding="utf8").split(BEGIN)
_, after = rest.split(END)
text = before + table() + after
if "--check" not in sys.argv:
    FILE.write_text(text, encoding="utf8")
elif text != FILE.read_text(encoding="utf8"):
    sys.exit("r/shiny_comm.R: the table of controls is out of date: run this script to write it")

"""Writes the controls of ipywidgets for R: the table of their traits, and one function per control.

    python scripts/record-r-controls.py

Requires `ipywidgets` in the Python that runs it. Two runs with the same version write the same files. With
`--check`, the script writes nothing, and fails if the files differ from its result.
"""

import inspect
import json
import re
import sys
import textwrap
from pathlib import Path

import ipywidgets
import traitlets
from ipywidgets.widgets import trait_types, widget_controller, widget_link, widget_selection
from ipywidgets.widgets.widget import Widget, _remove_buffers

PACKAGE = Path(__file__).resolve().parent.parent / "r"
TABLE = PACKAGE / "inst" / "ipywidgets.json"
FUNCTIONS = PACKAGE / "R" / "controls-generated.R"

# Required arguments of classes, and values that replace the values from the arguments.
END = {"source": (ipywidgets.IntText(), "value"), "target": (ipywidgets.IntText(), "value")}
NEEDED = {
    "SelectionSlider": ({"options": ["a"]}, {"_options_labels": []}),
    "SelectionRangeSlider": ({"options": ["a"]}, {"_options_labels": []}),
    "Link": (END, {"source": None, "target": None}),
    "DirectionalLink": (END, {"source": None, "target": None}),
}

# The page creates these, and ipy_jslink() and ipy_jsdlink() make the links.
WITHOUT_FUNCTION = {widget_controller.Axis, widget_controller.Button, widget_link.Link, widget_link.DirectionalLink}

# Arguments that need no name, also if Python's constructor requires the name.
UNNAMED = ("value", "min", "max", "step")
SELECTIONS = (widget_selection._Selection, widget_selection._MultipleSelection)
SELECTION_ARGUMENTS = {
    "options": ("character()", "The options: a vector, a factor, or a list. Names are labels."),
    "value": ("", "The selected value or its label, see [control_values]."),
    "label": ("", "The selected label."),
}

# Longer texts for help that ipywidgets lacks.
HELP = {
    "allow_duplicates": "Whether a tag may occur twice.",
    "allowed_tags": "The allowed tags; all tags if it is empty.",
    "description": "The text next to the control.",
    "description_allow_html": "Whether the description is HTML.",
    "disabled": "Whether the user cannot change the control.",
    "format": "The format of the tags, as in d3-format.",
    "max": "The upper limit.",
    "min": "The lower limit.",
    "placeholder": "The text of an empty control.",
    "tabbable": "Whether the control is in the tab order.",
    "value": "The value.",
}

# The help for descriptions that are not next to the control.
DESCRIPTIONS = {
    **dict.fromkeys(("Button", "FileUpload", "ToggleButton"), "The text on the button."),
    **dict.fromkeys(
        ("ColorsInput", "FloatsInput", "IntsInput", "Play", "TagsInput"),
        "Not shown, as in Jupyter: put an `ipy_label()` before the control.",
    ),
}

TITLES = {
    "ColorPicker": "A color",
    "DescriptionStyle": "Style of a description",
    "HTMLMathStyle": "Style of HTML with mathematics",
    "Layout": "Layout of a control",
    "Output": "Text and other output",
    "Play": "Buttons that play an animation",
}

EXAMPLES = {
    "BoundedIntText": "ipy_bounded_int_text(7, min = 0, max = 10)",
    "Button": 'ipy_button("Start", icon = "play", button_style = "success")',
    "ButtonStyle": 'ipy_button("Stop", style = ipy_button_style(button_color = "tomato"))',
    "ColorPicker": 'ipy_color_picker("#ff8800", description = "Fill")',
    "ColorsInput": 'ipy_colors_input(c("red", "#00ff00"))',
    "Combobox": 'ipy_combobox("Rome", options = c("Paris", "Rome"))',
    "DatePicker": 'ipy_date_picker(as.Date("2026-01-31"), min = as.Date("2026-01-01"))',
    "DatetimePicker": 'ipy_datetime_picker(as.POSIXct("2026-01-31 12:00", tz = "UTC"))',
    "Dropdown": "ipy_dropdown(c(One = 1, Two = 2), value = 2)",
    "FileUpload": 'ipy_file_upload(accept = ".csv", multiple = TRUE)',
    "FloatRangeSlider": "ipy_float_range_slider(c(0.2, 0.4), max = 1, step = 0.1)",
    "FloatSlider": "ipy_float_slider(0.5, max = 1, step = 0.1)",
    "FloatsInput": "ipy_floats_input(c(0.5, 1.5), min = 0)",
    "HTML": 'ipy_html("<b>bold</b>")',
    "HTMLMath": 'ipy_html_math("$x^2$")',
    "Image": 'ipy_image("https://www.r-project.org/logo/Rlogo.png", width = 100)',
    "IntRangeSlider": 'ipy_int_range_slider(c(2, 4), max = 10, description = "Range")',
    "IntSlider": 'ipy_int_slider(7, max = 10, description = "Number")',
    "IntsInput": "ipy_ints_input(c(1, 2))",
    "Label": 'ipy_label("A label")',
    "Layout": 'ipy_int_slider(layout = ipy_layout(width = "50%", border = "1px solid"))',
    "NaiveDatetimePicker": 'ipy_naive_datetime_picker(as.POSIXct("2026-01-31 12:00", tz = "UTC"))',
    "Output": 'output <- ipy_output()\nappend_stdout(output, "Hello\\n")\noutput',
    "RadioButtons": 'ipy_radio_buttons(levels(iris$Species), value = "virginica")',
    "Select": 'ipy_select(month.name, value = "May", rows = 4)',
    "SelectMultiple": 'ipy_select_multiple(month.name, value = c("May", "June"))',
    "SelectionRangeSlider": 'ipy_selection_range_slider(month.name, value = c("May", "July"))',
    "SelectionSlider": 'ipy_selection_slider(c("small", "medium", "large"))',
    "SliderStyle": 'ipy_int_slider(style = ipy_slider_style(handle_color = "tomato"))',
    "TagsInput": 'ipy_tags_input(c("a", "b"), allowed_tags = letters)',
    "Text": 'ipy_text("Ada", description = "Name")',
    "TimePicker": 'ipy_time_picker("12:30")',
    "ToggleButtons": 'ipy_toggle_buttons(c("left", "right"), icons = c("arrow-left", "arrow-right"))',
}


def name_of(widget_class):
    # Two parts of the Controller have the names of other classes.
    is_part = widget_class.__module__ == widget_controller.__name__ and widget_class.__name__ != "Controller"
    return ("Controller" if is_part else "") + widget_class.__name__


def function_of(name):
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=HTML)(?=[A-Z])", "_", name)
    return "ipy_" + words.lower()


def is_protected(name):
    return re.match(r"_(model|view)_", name) is not None and name != "_view_count"


def type_of(trait):
    """Returns the type of a trait, without its default."""
    types = [
        (trait_types.Color, "color"), (trait_types.NumberFormat, "format"), (traitlets.CaselessStrEnum, "enum"),
        (traitlets.Unicode, "string"), (traitlets.Bool, "bool"), (traitlets.Int, "int"), (traitlets.Float, "float"),
        (traitlets.Union, "union"), (widget_link.WidgetTraitTuple, "endpoint"), (trait_types.Date, "date"),
        (trait_types.Datetime, "datetime"), (trait_types.Time, "time"), (trait_types.CByteMemoryView, "bytes"),
        (trait_types.InstanceDict, "part"), (traitlets.Dict, "object"), (traitlets.Instance, "widget"),
    ]  # fmt: skip
    if trait is None or type(trait) is traitlets.Any:
        return {"type": "any"}
    if trait.metadata.get("from_json") is ipywidgets.widgets.widget_upload._deserialize_value:
        return {"type": "files"}
    if trait.metadata.get("to_json") is trait_types.naive_to_json:
        return {"type": "naive", "null": True}
    if isinstance(trait, (traitlets.Tuple, traitlets.List, trait_types.TypedTuple)) and not isinstance(
        trait, widget_link.WidgetTraitTuple
    ):
        traits = getattr(trait, "_traits", None) or [trait._trait]
        length = {"length": len(traits)} if getattr(trait, "_traits", None) else {}
        return {"type": "list", "item": type_of(traits[0]), **length}
    # A container is an Instance, too.
    entry = {"type": next(name for trait_type, name in types if isinstance(trait, trait_type))}
    if entry["type"] == "enum":
        entry["values"] = list(trait.values)
    if entry["type"] == "union":
        entry["of"] = [type_of(part) for part in trait.trait_types]
    if entry["type"] in ("int", "float"):
        limits = {"min": getattr(trait, "min", None), "max": getattr(trait, "max", None)}
        entry.update({key: limit for key, limit in limits.items() if limit is not None and abs(limit) < float("inf")})
    if isinstance(trait, traitlets.CUnicode):
        entry["cast"] = True
    if trait.allow_none:
        entry["null"] = True
    return entry


def traits_of(widget_class):
    """Returns the synchronized traits in the order of their definition, the traits of the class first."""
    traits = widget_class.class_traits(sync=True)
    names = [name for base in widget_class.__mro__ for name in vars(base) if name in traits]
    # `traits` has each name; the same name of a base is not the first.
    return {name: traits[name] for name in dict.fromkeys(names)}


def record(widget_class):
    arguments, values = NEEDED.get(widget_class.__name__, ({}, {}))
    widget = widget_class(**arguments)
    state, paths, _ = _remove_buffers({**widget.get_state(), **values})
    entries = {}
    for name, trait in traits_of(widget_class).items():
        entry = type_of(trait)
        if entry["type"] == "part":
            entry["of"] = type(getattr(widget, name)).__name__
        elif entry["type"] != "bytes":
            entry["default"] = state[name]
        if trait.read_only or is_protected(name):
            entry["read_only"] = True
        if trait.metadata.get("echo_update") is False:
            entry["echo"] = False
        entries[name] = entry
    return entries


def positional(widget_class, traits):
    if issubclass(widget_class, SELECTIONS):
        return ["options", "value"]
    if issubclass(widget_class, (ipywidgets.Box, ipywidgets.Layout)) or "style" in widget_class.__name__.lower():
        return []
    if widget_class is ipywidgets.Button:
        return ["description"]
    if widget_class is ipywidgets.FileUpload:
        return []
    names = [name for name in inspect.signature(widget_class.__init__).parameters if name in traits]
    is_number = traits.get("value", {}).get("type") in ("int", "float") or "length" in traits.get("value", {})
    also = UNNAMED if is_number else UNNAMED[:1]
    # The limits of a FloatLogSlider are exponents.
    also = UNNAMED[:1] if widget_class is ipywidgets.FloatLogSlider else also
    return list(dict.fromkeys([*names, *(name for name in also if name in traits)]))


def literal(entry):
    """Returns the default as R code."""
    if entry["type"] == "bytes":
        return "raw()"
    if entry["type"] in ("part", "files"):
        return "NULL"
    default = entry["default"]
    if default is None:
        return "NULL"
    if isinstance(default, bool):
        return "TRUE" if default else "FALSE"
    if isinstance(default, str):
        # LaTeX, which makes the manual, does not know the zero-width space of empty placeholders.
        return json.dumps(default) if default.isascii() else ""
    if isinstance(default, (int, float)):
        return f"{default:g}"
    if default:
        return f"c({', '.join(f'{value:g}' for value in default)})"
    empty = {"string": "character()", "color": "character()", "int": "integer()", "float": "numeric()"}
    return empty.get(entry.get("item", {}).get("type"), "list()")


def describe(entry):
    """Returns the type in words."""
    kind = entry["type"]
    if kind == "list":
        item = entry["item"]["type"]
        if "length" in entry:
            return f"A vector of {entry['length']} numbers"
        words = {"string": "A character vector", "color": "A vector of colors", "int": "A vector of whole numbers"}
        return words.get(item, "A numeric vector" if item == "float" else "A list")
    if kind == "union":
        return " or ".join(describe(part) for part in entry["of"]).replace(" or One of", " or")
    text = {
        "any": "A value", "string": "A text", "color": 'A color of CSS, such as `"red"` or `"#ff0000"`',
        "format": 'A format of d3-format, such as `".2f"`', "bool": "`TRUE` or `FALSE`", "int": "A whole number",
        "float": "A number", "date": "A [Date]", "datetime": "A [POSIXct]", "naive": "A [POSIXct]",
        "time": 'A time such as `"12:30"`', "bytes": "A raw vector, a file, or a URL", "object": "A list",
        "files": "A data frame, see [control_values]", "widget": "A widget",
    }  # fmt: skip
    if kind == "enum":
        text["enum"] = "One of " + ", ".join(f'`"{value}"`' for value in entry["values"])
    if kind == "part":
        text["part"] = f"A widget of [{function_of(entry['of'])}()], or a list of its arguments"
    return text[kind] + (", or `NULL`" if entry.get("null") else "")


def sentence(text):
    text = " ".join(text.split()).rstrip(".")
    return text[:1].upper() + text[1:] + "." if text else ""


def roxygen(tag, text):
    lines = textwrap.wrap(f"{tag} {text}".strip(), 100, break_long_words=False, break_on_hyphens=False)
    return [f"#' {lines[0]}", *(f"#'   {line}" if tag else f"#' {line}" for line in lines[1:])]


def title_of(widget_class):
    name = widget_class.__name__
    if name in TITLES:
        return TITLES[name]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=HTML)(?=[A-Z])", " ", name)
    return words[0] + re.sub(r"[A-Z](?=[a-z])", lambda match: match.group().lower(), words[1:])


def write_function(name, widget_class, entries):
    function = function_of(name)
    helps = {trait: widget_class.class_traits()[trait].help for trait in entries}
    arguments = {}
    for trait, entry in entries.items():
        if trait.startswith("_") or entry.get("read_only"):
            continue
        if trait == "children":
            continue
        text = sentence(HELP.get(trait) or helps[trait] or "")
        arguments[trait] = (literal(entry), f"{describe(entry)}. {text}".strip())
    if issubclass(widget_class, SELECTIONS):
        arguments = {**SELECTION_ARGUMENTS, **arguments}
        arguments["index"] = ("", "The selected index, counted from 0.")
    if issubclass(widget_class, (ipywidgets.IntRangeSlider, ipywidgets.FloatRangeSlider)):
        arguments["value"] = ("", f"{arguments['value'][1]} By default the middle half of the limits.")
    if widget_class is ipywidgets.Layout:
        arguments["border"] = ("NULL", "A text, or `NULL`. All four borders.")
    if widget_class is ipywidgets.Tab:
        arguments["selected_index"] = ("", f"{arguments['selected_index'][1]} By default the first page.")
    if name in DESCRIPTIONS:
        arguments["description"] = (arguments["description"][0], f"A text. {DESCRIPTIONS[name]}")
    first = positional(widget_class, entries)
    # The arguments of all controls are last.
    last = [key for key in ("layout", "style", "tabbable", "tooltip") if key in arguments and key not in first]
    order = [*first, "...", *(key for key in arguments if key not in (*first, *last)), *last]
    arguments["..."] = (
        "",
        "The children: widgets, or lists of widgets."
        if issubclass(widget_class, ipywidgets.Box)
        else "Other traits by name, such as `_dom_classes`.",
    )
    session = "session = shiny::getDefaultReactiveDomain()"
    formals = []
    for key in order:
        quoted = f"`{key}`" if key == "repeat" else key
        default = arguments[key][0]
        # An argument without a default has one that depends on others.
        formals.append(f"{quoted} = {default}" if default else quoted)
    lines, line = [], "  "
    for part in [f"{formal}," for formal in formals] + [session]:
        if len(line) + len(part) > 104:
            lines.append(line.rstrip())
            line = "  "
        line += f"{part} "
    signature = "\n".join([*lines, line.rstrip()])
    example = EXAMPLES.get(name)
    if not example:
        is_box = issubclass(widget_class, ipywidgets.Box)
        titles = ', titles = c("One", "Other")' if "titles" in entries else ""
        example = f'{function}(ipy_label("a"), ipy_label("b"){titles})' if is_box else f"{function}()"
    if "Style" in name and name not in EXAMPLES:
        example = f"style <- {function}()\nstyle"
    docs = [f"#' {title_of(widget_class)}", "#'"]
    docs += roxygen("", f"The class `{name}` of ipywidgets. [control_values] describes values and limits.")
    docs += ["#'"]
    for key in order:
        docs += roxygen(f"@param {key}", arguments[key][1])
    docs += ["#' @param session As in [widget_open()].", "#' @return A widget; see [widget_open()].", "#' @examples"]
    docs += [f"#' {line}" for line in example.split("\n")]
    docs += ["#' @family controls", "#' @export"]
    return "\n".join([
        *docs, f"{function} <- function(", signature, ") {",
        f'  make_control("{name}", names(match.call())[-1], environment(), list(...), session)', "}", "",
    ])  # fmt: skip


def write_table(classes):
    def entry(name, traits):
        rows = [f"  {json.dumps(trait)}: {json.dumps(spec)}" for trait, spec in traits.items()]
        return f"{json.dumps(name)}: {{\n" + ",\n".join(rows) + "\n}"

    # ipywidgets misspells three: "beiae", "indianred " and "indigo ".
    names = sorted({"beige", *(name.strip() for name in trait_types._color_names)} - {"beiae"})
    colors = textwrap.fill(json.dumps(names), 108)
    rows = ",\n".join(entry(name, record(widget_class)) for name, widget_class in classes.items())
    return f'{{\n"version": {json.dumps(ipywidgets.__version__)},\n"colors": {colors},\n"classes": {{\n{rows}\n}}\n}}\n'


# A class whose name begins with an underscore is a base of others.
found = {c for _, c in Widget._widget_types.items()}
classes = {name_of(c): c for c in sorted(found, key=name_of) if not c.__name__.startswith("_")}
functions = [
    write_function(name, widget_class, record(widget_class))
    for name, widget_class in classes.items()
    if widget_class not in WITHOUT_FUNCTION
]
header = "# Written by scripts/record-r-controls.py: do not edit.\n\n"
files = {TABLE: write_table(classes), FUNCTIONS: header + "\n".join(functions)}
for path, text in files.items():
    if "--check" not in sys.argv:
        path.write_text(text, encoding="utf8")
    elif text != path.read_text(encoding="utf8"):
        sys.exit(f"{path.name}: out of date: run this script to write it")

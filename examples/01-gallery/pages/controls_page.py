"""All controls of ipywidgets 8, each in a separate output.

The control ``int_slider`` is in the output ``int_slider``. The text output ``int_slider_value``
shows its value in Python. The button ``int_slider_set`` sets another value from Python.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from io import BytesIO
from typing import Any

import ipywidgets as w
import traitlets
from PIL import Image as PillowImage
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

TITLE = "Controls"
INTRO = (
    "All the controls of ipywidgets 8. Each shows the value Python has for it, and a "
    "button that sets another from Python."
)


@dataclass(frozen=True)
class Control:
    """How to create a control, and the value that its button sets."""

    group: str
    make: Callable[[], w.DOMWidget]
    other: Any
    # The shown trait, and the trait that the button sets, if different.
    trait: str = "value"
    set_trait: str | None = None


class CountingButton(w.Button):
    """A button has no value; the value is the number of clicks that Python received."""

    clicks = traitlets.Int(0)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.on_click(lambda _: self.set_trait("clicks", self.clicks + 1))


def png(colour: str) -> bytes:
    """Return a small image of one colour."""
    buffer = BytesIO()
    PillowImage.new("RGB", (96, 48), colour).save(buffer, "png")
    return buffer.getvalue()


def play_linked() -> w.HBox:
    """Return a Play whose value the browser passes to a slider and a progress bar."""
    play = w.Play(value=0, min=0, max=20, interval=100)
    slider = w.IntSlider(max=20, tooltip="Frame", layout=w.Layout(width="9rem"))
    progress = w.IntProgress(max=20, layout=w.Layout(width="6rem"))
    w.jslink((play, "value"), (slider, "value"))
    w.jslink((play, "value"), (progress, "value"))
    return w.HBox([play, slider, progress])


def two_sliders(link: Callable[..., Any]) -> w.VBox:
    """Return two sliders that ``link`` links in the browser."""
    source, target = w.IntSlider(value=20), w.IntSlider(value=20)
    link((source, "value"), (target, "value"))
    return w.VBox([source, target])


FRUIT = ["apple", "banana", "cherry", "damson"]
UTC = timezone.utc

# fmt: off
CONTROLS: dict[str, Control] = {
    "int_slider": Control("Numbers", lambda: w.IntSlider(value=5, max=10, description="Int"), 8),
    "float_slider": Control("Numbers", lambda: w.FloatSlider(value=2.5, max=10, description="Float"), 7.5),
    "float_log_slider": Control("Numbers", lambda: w.FloatLogSlider(value=10, min=-2, max=4, description="Log"), 1000.0),
    "int_range_slider": Control("Numbers", lambda: w.IntRangeSlider(value=(2, 6), max=10, description="Ints"), (3, 9)),
    "float_range_slider": Control("Numbers", lambda: w.FloatRangeSlider(value=(2.5, 6.5), max=10, description="Floats"), (1.5, 8.5)),
    "int_progress": Control("Numbers", lambda: w.IntProgress(value=3, max=10, description="Int"), 9),
    "float_progress": Control("Numbers", lambda: w.FloatProgress(value=3.5, max=10, bar_style="success", description="Float"), 8.5),
    "bounded_int_text": Control("Numbers", lambda: w.BoundedIntText(value=5, max=10, description="0 to 10"), 7),
    "bounded_float_text": Control("Numbers", lambda: w.BoundedFloatText(value=2.5, max=10, step=0.5, description="0 to 10"), 9.5),
    "int_text": Control("Numbers", lambda: w.IntText(value=5, description="Int"), -40),
    "float_text": Control("Numbers", lambda: w.FloatText(value=2.5, description="Float"), -0.125),

    "toggle_button": Control("Yes or no", lambda: w.ToggleButton(value=False, description="Toggle", icon="check"), True),
    "checkbox": Control("Yes or no", lambda: w.Checkbox(value=False, description="Tick me"), True),
    "valid": Control("Yes or no", lambda: w.Valid(value=False, description="Valid?"), True),

    "dropdown": Control("Choices", lambda: w.Dropdown(options=FRUIT, value="apple", description="Fruit"), "cherry"),
    "radio_buttons": Control("Choices", lambda: w.RadioButtons(options=FRUIT, value="apple", description="Fruit"), "cherry"),
    "select": Control("Choices", lambda: w.Select(options=FRUIT, value="apple", rows=4, description="Fruit"), "cherry"),
    "selection_slider": Control("Choices", lambda: w.SelectionSlider(options=FRUIT, value="apple", description="Fruit"), "cherry"),
    "selection_range_slider": Control("Choices", lambda: w.SelectionRangeSlider(options=FRUIT, index=(0, 1), description="Fruit"), ("banana", "damson")),
    "toggle_buttons": Control("Choices", lambda: w.ToggleButtons(options=FRUIT[:3], value="apple", style={"button_width": "5rem"}), "cherry"),
    "select_multiple": Control("Choices", lambda: w.SelectMultiple(options=FRUIT, value=("apple",), rows=4, description="Fruit"), ("banana", "damson")),

    "text": Control("Text", lambda: w.Text(value="hello", description="Text"), "from Python"),
    "textarea": Control("Text", lambda: w.Textarea(value="hello", description="Textarea"), "two lines\nfrom Python"),
    "combobox": Control("Text", lambda: w.Combobox(value="apple", options=FRUIT, description="Fruit"), "elderberry"),
    "password": Control("Text", lambda: w.Password(value="secret", description="Password"), "from Python"),
    "label": Control("Text", lambda: w.Label(value="A label with $x^2$"), "A label from Python"),
    "html": Control("Text", lambda: w.HTML(value="Some <b>bold</b> text"), "Some <i>slanted</i> text from Python"),
    "html_math": Control("Text", lambda: w.HTMLMath(value=r"Maths: $\sum_{i=1}^n i$"), r"From Python: $\frac{n(n+1)}{2}$"),

    "button": Control("Buttons", lambda: CountingButton(description="Click me", icon="hand-pointer-o"), "From Python", "clicks", "description"),
    "file_upload": Control("Buttons", lambda: w.FileUpload(multiple=True), ()),

    "color_picker": Control("Colours, dates and times", lambda: w.ColorPicker(value="#3366cc", description="Colour"), "#cc3366"),
    "date_picker": Control("Colours, dates and times", lambda: w.DatePicker(value=date(2024, 2, 29), description="Date"), date(2025, 12, 31)),
    "time_picker": Control("Colours, dates and times", lambda: w.TimePicker(value=time(12, 30), description="Time"), time(23, 5)),
    "datetime_picker": Control("Colours, dates and times", lambda: w.DatetimePicker(value=datetime(2024, 2, 29, 12, 30, tzinfo=UTC), description="Zoned"), datetime(2025, 12, 31, 23, 5, tzinfo=UTC)),
    "naive_datetime_picker": Control("Colours, dates and times", lambda: w.NaiveDatetimePicker(value=datetime(2024, 2, 29, 12, 30), description="Naive"), datetime(2025, 12, 31, 23, 5)),

    "tags_input": Control("Lists", lambda: w.TagsInput(value=["apple"], allowed_tags=FRUIT, allow_duplicates=False), ["banana", "cherry"]),
    "colors_input": Control("Lists", lambda: w.ColorsInput(value=["red"]), ["green", "#3366cc"]),
    "ints_input": Control("Lists", lambda: w.IntsInput(value=[1, 2]), [3, 5, 8]),
    "floats_input": Control("Lists", lambda: w.FloatsInput(value=[1.5, 2.25]), [0.5, 3.75]),

    "image": Control("Media and devices", lambda: w.Image(value=png("#3366cc"), format="png"), png("#cc3366")),
    "controller": Control("Media and devices", lambda: w.Controller(index=0), 1, "index"),

    "play": Control("Links", play_linked, 12),
    "jslink": Control("Links", lambda: two_sliders(w.jslink), 80),
    "jsdlink": Control("Links", lambda: two_sliders(w.jsdlink), 80),
}
# fmt: on


def parts(widget: w.DOMWidget) -> tuple[w.Widget, ...]:
    """Return the widgets with the value: the children of a box, or the widget."""
    return widget.children if isinstance(widget, w.Box) else (widget,)


def describe(value: Any) -> str:
    """Return a value's repr, with bytes shortened to their length and digest."""
    if isinstance(value, (bytes, memoryview)):
        digest = hashlib.sha256(value).hexdigest()[:16]
        return f"<{len(value)} bytes, sha256 {digest}>"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k!r}: {describe(v)}" for k, v in value.items()) + "}"
    if isinstance(value, tuple):
        inside = ", ".join(map(describe, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return repr(value)


def card(name: str) -> ui.Tag:
    """Return a control with its value and its button."""
    return ui.card(
        ui.card_header(
            ui.tags.code(name),
            ui.input_action_button(
                f"{name}_set", "Set", class_="btn-outline-primary btn-sm py-0"
            ),
        ),
        ui.card_body(
            output_widget(name, fill=False, fillable=False),
            ui.output_code(f"{name}_value", placeholder=True),
            fillable=False,
        ),
    )


def page_ui() -> ui.TagList:
    """Return the cards, under a heading for each group."""
    groups = dict.fromkeys(control.group for control in CONTROLS.values())
    return ui.TagList(
        *(
            ui.tags.section(
                ui.h3(group, class_="h5 mt-3"),
                ui.div(
                    *(card(n) for n, c in CONTROLS.items() if c.group == group),
                    class_="gallery-controls",
                ),
            )
            for group in groups
        )
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Handle each control."""
    for name, control in CONTROLS.items():
        wire(name, control, input, output)


def wire(name: str, control: Control, input: Inputs, output: Outputs) -> None:
    """Render the outputs of one control, and handle its button."""

    @output(id=name)
    @render_widget
    def control_widget() -> w.DOMWidget:
        return control.make()

    @output(id=f"{name}_value")
    @render.code
    def value() -> str:
        held = tuple(
            reactive_read(part, control.trait) for part in parts(control_widget.widget)
        )
        return describe(held[0] if len(held) == 1 else held)

    @reactive.effect
    @reactive.event(input[f"{name}_set"])
    def set_other() -> None:
        part = parts(control_widget.widget)[0]
        setattr(part, control.set_trait or control.trait, control.other)

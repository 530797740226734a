"""Containers, output widgets and media.

Each is shown in the output of its name in ``CONTAINERS`` (``h_box``, ``tab``, ...).
"""

from __future__ import annotations

import base64
import contextlib
import io
import math
import struct
import wave
from collections.abc import Callable

import ipywidgets as w
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import HTML
from shiny import Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget
from traitlets.config import Config

from .controls_page import png

TITLE = "Containers"
INTRO = "Boxes, tabs and grids; outputs in the Output widget; sound and video."


def buttons(count: int) -> list[w.Button]:
    """Return buttons as children of a container."""
    styles = ["primary", "success", "info", "warning", "danger", ""]
    full = {"width": "auto", "height": "auto", "min_height": "2.2rem"}
    return [
        w.Button(description=f"Button {i + 1}", button_style=styles[i % 6], layout=full)
        for i in range(count)
    ]


def grid_box() -> w.GridBox:
    """Return six buttons in three columns."""
    layout = w.Layout(grid_template_columns="repeat(3, 1fr)", grid_gap="6px")
    return w.GridBox(buttons(6), layout=layout)


def accordion() -> w.Accordion:
    """Return two sections, with the first open."""
    return w.Accordion(
        [w.IntSlider(description="Inside"), w.Text(value="also inside")],
        titles=("Slider", "Text"),
        selected_index=0,
    )


def tab() -> w.Tab:
    """Return three tabs, one of them with a container."""
    nested = w.VBox([w.Checkbox(description="Nested"), w.Dropdown(options=["a", "b"])])
    return w.Tab(
        [w.IntSlider(description="First"), w.Textarea(value="second"), nested],
        titles=("One", "Two", "Three"),
    )


def stack() -> w.VBox:
    """Return a stack that a dropdown selects, linked in the browser only."""
    dropdown = w.Dropdown(options=["button", "slider", "text"], description="Show")
    shown = w.Stack(
        [w.Button(description="A button"), w.IntSlider(), w.Text(value="a text")],
        selected_index=0,
    )
    w.jslink((dropdown, "index"), (shown, "selected_index"))
    return w.VBox([dropdown, shown])


def app_layout() -> w.AppLayout:
    """Return a small page: header, three columns, footer."""
    header, left, center, right, footer = buttons(5)
    return w.AppLayout(
        header=header,
        left_sidebar=left,
        center=center,
        right_sidebar=right,
        footer=footer,
        pane_heights=["40px", "80px", "40px"],
    )


def two_by_two_layout() -> w.TwoByTwoLayout:
    """Return three widgets; the right one spans two cells."""
    one, two, three = buttons(3)
    return w.TwoByTwoLayout(
        top_left=one, bottom_left=two, bottom_right=three, grid_gap="6px"
    )


def gridspec_layout() -> w.GridspecLayout:
    """Return a three by three grid with a wide and a tall widget."""
    grid = w.GridspecLayout(3, 3, height="150px", grid_gap="6px")
    grid[0, :], grid[1:, 0], grid[1, 1:], grid[2, 1], grid[2, 2] = buttons(5)
    return grid


def interactive() -> w.VBox:
    """Return sliders for a function's arguments, with the result below them."""
    # Without a kernel, the output of a function is not redirected, so the result is put into the
    # output widget by hand. The widget is cleared by a control sequence, which would go to the
    # server's standard output.
    with contextlib.redirect_stdout(io.StringIO()):
        panel = w.interactive(lambda base, exponent: base**exponent, base=7, exponent=(0, 5))
    panel.clear_output = False

    def show_result(_: object = None) -> None:
        text = f"The result is {panel.result}\n"
        panel.out.outputs = (
            {"output_type": "stream", "name": "stdout", "text": text},
        )

    for slider in panel.kwargs_widgets:
        slider.observe(show_result, "value")
    show_result()
    return panel


def output_all() -> w.Output:
    """Return one output of each kind."""
    slider = w.IntSlider(value=3, description="Nested")
    view = {"version_major": 2, "version_minor": 0, "model_id": slider.model_id}

    def display(mime: str, data: object) -> dict[str, object]:
        both = {"text/plain": f"plain text in place of {mime}", mime: data}
        return {"output_type": "display_data", "data": both, "metadata": {}}

    out = w.Output()
    out.outputs = (
        {"output_type": "stream", "name": "stdout", "text": "Standard output\n"},
        {"output_type": "stream", "name": "stderr", "text": "Standard error\n"},
        display("text/html", "<p>Some <b>bold</b> HTML</p>"),
        display("text/latex", r"$\int_0^1 x^2\,dx = \frac{1}{3}$"),
        display("image/png", base64_png("#3366cc")),
        display("application/vnd.jupyter.widget-view+json", view),
        {
            "output_type": "error",
            "ename": "ZeroDivisionError",
            "evalue": "division by zero",
            "traceback": [
                "\x1b[0;31mZeroDivisionError\x1b[0m  Traceback (most recent call last)",
                "Cell \x1b[0;32mIn[1], line 1\x1b[0m\n\x1b[0;32m----> 1\x1b[0m 1 / 0",
                "\x1b[0;31mZeroDivisionError\x1b[0m: division by zero",
            ],
        },
    )
    return out


def base64_png(colour: str) -> str:
    """Return an image in the format of Jupyter messages."""
    return base64.b64encode(png(colour)).decode("ascii")


def tone() -> bytes:
    """Return half a second of the note A, as a WAV file."""
    rate = 8000
    samples = (
        int(9000 * math.sin(2 * math.pi * 440 * i / rate)) for i in range(rate // 2)
    )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
    return buffer.getvalue()


def audio() -> w.Audio:
    """Return an audio player without autoplay."""
    return w.Audio(value=tone(), format="wav", autoplay=False, loop=False)


def video() -> w.Video:
    """Return a player with a URL (of a missing file) instead of data."""
    return w.Video.from_url(
        "data:video/mp4;base64,", autoplay=False, loop=False, width="240"
    )


CONTAINERS: dict[str, Callable[[], w.DOMWidget]] = {
    "h_box": lambda: w.HBox(buttons(3)),
    "v_box": lambda: w.VBox(buttons(3)),
    "grid_box": grid_box,
    "accordion": accordion,
    "tab": tab,
    "stack": stack,
    "app_layout": app_layout,
    "two_by_two_layout": two_by_two_layout,
    "gridspec_layout": gridspec_layout,
    "interactive": interactive,
    "output_all": output_all,
    "output_append": w.Output,
    "audio": audio,
    "video": video,
}


def quiet_ipython() -> None:
    """Start IPython's shell, whose formatters ``append_display_data`` uses.

    Otherwise ``append_display_data`` starts it with a history database in the user's home folder.
    """
    if not InteractiveShell.initialized():
        config = Config({"HistoryManager": {"enabled": False}})
        InteractiveShell.instance(config=config)


def card(name: str) -> ui.Tag:
    """Return a container with its further elements."""
    extras = {
        "interactive": [ui.output_code("interactive_value")],
        "output_append": [
            ui.input_action_button(
                "output_append_go", "Append", class_="btn-outline-primary btn-sm"
            ),
            ui.input_action_button(
                "output_append_clear", "Clear", class_="btn-outline-secondary btn-sm"
            ),
        ],
    }
    return ui.card(
        ui.card_header(ui.tags.code(name)),
        ui.card_body(
            output_widget(name, fill=False, fillable=False),
            *extras.get(name, []),
            fillable=False,
        ),
    )


def page_ui() -> ui.Tag:
    """Return a card for each container."""
    return ui.div(*map(card, CONTAINERS), class_="gallery-cards")


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the containers, and handle the two cards with more elements."""
    renderers = {name: wire(name, make, output) for name, make in CONTAINERS.items()}

    @render.code
    def interactive_value() -> str:
        panel = renderers["interactive"].widget
        values = {s._kwarg: reactive_read(s, "value") for s in panel.kwargs_widgets}
        return repr(values)

    @reactive.effect
    @reactive.event(input.output_append_go)
    def append_outputs() -> None:
        quiet_ipython()
        out = renderers["output_append"].widget
        count = input.output_append_go()
        out.append_stdout(f"Line {count}\n")
        out.append_display_data(HTML(f"<b>Bold line {count}</b>"))

    @reactive.effect
    @reactive.event(input.output_append_clear)
    def clear_outputs() -> None:
        renderers["output_append"].widget.outputs = ()


def wire(
    name: str, make: Callable[[], w.DOMWidget], output: Outputs
) -> render_widget[w.DOMWidget, w.DOMWidget]:
    """Render the widget of ``make`` in the output ``name``."""

    @output(id=name)
    @render_widget
    def container() -> w.DOMWidget:
        return make()

    return container

"""Output widgets without a kernel: the cases of one page. The button changes some of them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import ipywidgets
import matplotlib
import shiny_comm
from IPython.display import HTML, Markdown, clear_output, display
from ipywidgets import Output, interact, interactive, interactive_output
from shiny import App, Inputs, Outputs, Session, module, reactive, ui
from shinywidgets import output_widget, render_widget

matplotlib.use("agg")
import matplotlib.pyplot as plt

shiny_comm.use()

Change = Callable[[], object]


def streams(out: Output, name: str) -> None:
    """Print."""
    with out:
        print("to the output")
        print("second line")


def displayed(out: Output, name: str) -> None:
    """Display a widget, and objects of other types."""
    with out:
        display(ipywidgets.IntSlider(value=7, description="A slider"))
        display(HTML("<b class='bold'>bold</b>"), Markdown("*slanted*"))


def figure(out: Output, name: str) -> None:
    """Show a figure between two texts."""
    with out:
        print("before")
        plt.figure(figsize=(3, 1.5))
        plt.plot([1, 3, 2])
        plt.show()
        print("after")


def error(out: Output, name: str) -> None:
    """Raise an error."""
    with out:
        raise ValueError("a bad value")


def append(out: Output, name: str) -> None:
    """Append text."""
    out.append_stdout("appended ")
    out.append_stdout("text\n")
    out.append_stderr("and an error\n")


def capture(out: Output, name: str) -> Change:
    """Call a decorated function, now and later."""

    @out.capture(clear_output=True, wait=True)
    def work(word: str) -> None:
        print("captured", word)

    work("first")
    return lambda: work("second")


def clear(out: Output, name: str) -> Change:
    """Replace the text later."""
    with out:
        print("old text")

    def change() -> None:
        with out:
            clear_output(wait=True)
            print("new text")

    return change


def update(out: Output, name: str) -> Change:
    """Replace a display later, outside of the block."""
    with out:
        handle: Any = display("before", display_id=True)
    return lambda: handle.update("after")


def interacted(out: Output, name: str) -> None:
    """Display the controls of a function."""
    with out:
        interact(lambda x: print(f"{name}: x is {x}"), x=(0, 10))


def threaded(out: Output, name: str) -> Change:
    """Print in a thread, whose text appears after the block."""

    def work() -> None:
        for number in range(50):
            print(f"{name}-{number}", end="\n" if number % 10 == 9 else " ")
            time.sleep(0.01)

    def change() -> None:
        with out:
            threading.Thread(target=work).start()

    return change


def task(out: Output, name: str) -> Change:
    """Print in a task."""
    tasks: list[asyncio.Task[None]] = []

    async def work() -> None:
        for number in range(20):
            print(f"{name}-{number}", end=" ")
            await asyncio.sleep(0.02)
        print("done")

    def change() -> None:
        with out:
            tasks.append(asyncio.create_task(work()))

    return change


def many(out: Output, name: str) -> Change:
    """Print many lines in one flush."""
    out.layout.max_height = "80px"
    out.layout.overflow = "auto"

    def change() -> None:
        with out:
            for number in range(10_000):
                print(f"line {number}")

    return change


CASES = [
    *(streams, displayed, figure, error, append, capture, clear, update),
    *(interacted, threaded, task, many),
]


@module.ui
def inner_ui() -> ui.Tag:
    """Show an Output in a module."""
    return output_widget("inner")


@module.server
def inner_server(input: Inputs, output: Outputs, session: Session) -> None:
    """Show an Output in a module."""

    @render_widget
    def inner() -> Output:
        out = Output()
        with out:
            print("in a module")
        return out


def square(x: int) -> int:
    """Print a square."""
    print(f"{x} squared is {x * x}")
    return x * x


def plot(x: int) -> None:
    """Leave a figure open, as in a notebook."""
    plt.figure(figsize=(3, 1.5))
    plt.plot([0, x, 5])
    plt.title(f"x is {x}")


app_ui = ui.page_fluid(
    shiny_comm.dependency(),
    ui.tags.style("h6 { border-top: 1px solid #ccc; margin: 4px 0 }"),
    ui.input_action_button("go", "Go"),
    ui.layout_columns(
        *(
            ui.div(ui.h6(name), output_widget(name, fillable=False))
            for name in (*(case.__name__ for case in CASES), "interactive", "plot", "controlled")
        ),
        ui.div(ui.h6("module"), inner_ui("module")),
        col_widths=4,
    ),
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Show all cases."""
    name = session.id[:8]
    changes: list[Change] = []
    inner_server("module")

    def show(case: Callable[[Output, str], Change | None]) -> None:
        @output(id=case.__name__)
        @render_widget
        def _() -> Output:
            out = Output()
            change = case(out, name)
            if change is not None:
                changes.append(change)
            return out

    for case in CASES:
        show(case)

    @output(id="interactive")
    @render_widget
    def _() -> Any:
        return interactive(square, x=(0, 10))

    @output(id="plot")
    @render_widget
    def _() -> Any:
        return interactive(plot, x=(0, 10))

    @render_widget
    def controlled() -> Any:
        slider = ipywidgets.IntSlider(value=3, max=10)
        return ipywidgets.VBox([slider, interactive_output(square, {"x": slider})])

    @reactive.effect
    @reactive.event(input.go)
    def _() -> None:
        for change in changes:
            change()


app = App(app_ui, server)

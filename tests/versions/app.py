"""Controls and anywidgets in an app for every supported server, whose API is the oldest one's.

The variable ``WITH_USE`` turns on ``shiny_comm.use()``.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import traitlets
from shiny import App, Inputs, Outputs, Session, reactive, render, ui
from shinywidgets import output_widget, reactive_read, render_widget

if os.environ.get("WITH_USE"):
    from shiny_comm import dependency, use

    use()
else:
    ROOT = Path(__file__).resolve().parents[2]
    sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

    from shiny_comm_dependency import shiny_comm as dependency  # noqa: E402

PACKAGES = ("shiny", "shinywidgets", "ipywidgets", "anywidget")


class Counter(anywidget.AnyWidget):
    """Counts together with Python, and exchanges bytes with it."""

    _esm = """
    const show = (view) => Array.from(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));

    export function render({ model, el }) {
      el.innerHTML = `<button class="count"></button> <button class="up">Send bytes</button>
        <code class="trait"></code> <code class="message"></code>`;
      const part = (name) => el.querySelector("." + name);
      const count = () => { part("count").textContent = `count is ${model.get("count")}`; };
      const trait = () => { part("trait").textContent = show(model.get("data")); };
      model.on("change:count", count);
      model.on("change:data", trait);
      model.on("msg:custom", (content, [buffer]) => {
        part("message").textContent = `${content.name}: ${show(buffer)}`;
      });
      count();
      trait();
      part("count").onclick = () => {
        model.set("count", model.get("count") + 1);
        model.save_changes();
      };
      part("up").onclick = () => {
        const whole = Uint8Array.of(9, 1, 2, 255, 9);
        model.send({ name: "up" }, undefined, [new DataView(whole.buffer, 1, 3)]);
      };
    }
    """
    count = traitlets.Int(3).tag(sync=True)
    data = traitlets.Bytes(b"\x00\x01\xff").tag(sync=True)
    received = traitlets.Unicode("nothing")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.on_msg(self._keep)

    def _keep(self, _: Any, content: Any, buffers: list[Any]) -> None:
        (buffer,) = buffers
        # Servers before shinywidgets 0.8 do not decode the base64 of buffers.
        kind = "text " + buffer if isinstance(buffer, str) else list(bytes(buffer))
        self.received = f"{content['name']}: {kind}"


class Figure(anywidget.AnyWidget):
    """A widget like plotly's: a long module, and a state that `_repr_mimebundle_` completes."""

    _esm = f"""
    // {"-" * 20_000}
    export function render({{ model, el }}) {{
      const show = () => {{ el.textContent = `${{model.get("title")}}: ${{model.get("points")}}`; }};
      model.on("change:points", show);
      show();
      el.className = "figure";
    }}
    """
    title = traitlets.Unicode("without a title").tag(sync=True)
    points = traitlets.List(traitlets.Int()).tag(sync=True)

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, str]:
        self.title = "Figure"
        return {"text/plain": "Figure"}


app_ui = ui.page_fluid(
    dependency(),
    ui.output_text_verbatim("versions"),
    ui.input_action_button("again", "Create new controls"),
    ui.input_action_button("set", "Set from Python"),
    output_widget("controls"),
    ui.output_text_verbatim("values"),
    output_widget("counter"),
    ui.output_text_verbatim("counted"),
    output_widget("figure"),
)


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render the controls and the counter, and their values in Python."""
    made: reactive.Value[Any] = reactive.Value(None)
    counters: reactive.Value[Any] = reactive.Value(None)
    figures: reactive.Value[Any] = reactive.Value(None)

    @output
    @render.text
    def versions() -> str:
        return " ".join(f"{name}=={importlib.metadata.version(name)}" for name in PACKAGES)

    @output
    @render_widget
    def controls() -> ipywidgets.VBox:
        input.again()
        slider = ipywidgets.IntSlider(60, description="Percent")
        text = ipywidgets.Text("old", description="Text")
        tabs = ipywidgets.Tab([slider, text], titles=["First", "Second"])
        made.set((slider, text))
        return ipywidgets.VBox([tabs, ipywidgets.HTML("<i>below</i>")])

    @output
    @render.text
    def values() -> str:
        slider, text = made()
        return f"{reactive_read(slider, 'value')} {reactive_read(text, 'value')}"

    @output
    @render_widget
    def counter() -> Counter:
        widget = Counter()
        counters.set(widget)
        return widget

    @output
    @render.text
    def counted() -> str:
        widget = counters()
        return f"{reactive_read(widget, 'count')}, {reactive_read(widget, 'received')}"

    @output
    @render_widget
    def figure() -> Figure:
        made = Figure(points=[input.again()])
        figures.set(made)
        return made

    @reactive.Effect
    @reactive.event(input.set)
    def _() -> None:
        slider, text = made()
        slider.value = 10
        text.value = "Größe 📏"
        figures().points = [1, 2, 3]
        counter = counters()
        counter.count = 14
        counter.data = b"\x07\x00"
        counter.send({"name": "down"}, [b"\x80\x02"])


app = App(app_ui, server)

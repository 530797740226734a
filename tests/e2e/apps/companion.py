"""The companion package ``shiny_comm`` in apps: ``/?case=<name>&client=stock|shiny-comm``."""

from __future__ import annotations

import asyncio
import hashlib
from urllib.parse import parse_qs

import anywidget
import ipywidgets
import shiny_comm
import traitlets
from shiny import App, Inputs, Outputs, Session, module, reactive, ui
from shinywidgets import output_widget, render_widget
from shinywidgets._comm import ShinyComm
from starlette.requests import Request

shiny_comm.use()


@shiny_comm.register_target("echo")
def echo(comm: ShinyComm, message: dict) -> None:
    """Echo the page's messages, until the page asks for the close."""

    @comm.on_msg
    def _(message: dict) -> None:
        data = message["content"]["data"]
        if data.get("close"):
            comm.close({"why": "asked"})
        else:
            comm.send({"echo": data}, buffers=message["buffers"])

    comm.on_close(lambda message: closed.append(message["content"]["comm_id"]))
    comm.send({"opened": message["content"]["data"]})


closed: list[str] = []


@shiny_comm.register_target("closes")
def closes(comm: ShinyComm, message: dict) -> None:
    """Send the id of the comm that the page closed last."""
    comm.send({"closed": closed[-1]})


KIB = 1024
SIZES = [0, 1, 64 * KIB, 8 * KIB * KIB]

#: Long enough that a module is served by address.
PADDING = "// " + "-" * 20_000


def pattern(size: int) -> bytes:
    """Bytes without a repeated pattern."""
    block = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(256))
    return (block * (size // len(block) + 1))[:size]


class Receiver(anywidget.AnyWidget):
    """Writes the digests of its messages, in the order of arrival."""

    _esm = """
    const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");
    const digest = async (view) => {
      if (!(view instanceof DataView) || view.byteOffset !== 0 || view.buffer.byteLength !== view.byteLength) {
        return "a view that does not own its bytes";
      }
      return `${view.byteLength} ${hex(await crypto.subtle.digest("SHA-256", view))}`;
    };
    export default {
      render({ model, el }) {
        el.innerHTML = "<ol class=received></ol>";
        const add = (...parts) => {
          const item = document.createElement("li");
          el.firstChild.append(item);
          // The item has its place before the digest is there.
          Promise.all(parts).then((texts) => { item.textContent = texts.join(" "); });
        };
        add("opened", digest(model.get("data")));
        model.on("msg:custom", ({ n }, buffers) => add(`message ${n}`, ...buffers.map(digest)));
        model.on("change:data", () => add("data", digest(model.get("data"))));
        model.on("change:count", () => add(`count ${model.get("count")}`));
      },
    };
    """
    data = traitlets.Bytes(pattern(5)).tag(sync=True)
    count = traitlets.Int(-1).tag(sync=True)


class Reloaded(anywidget.AnyWidget):
    """A widget with a long module."""

    _esm = f"export default {{ render({{ el }}) {{ el.innerHTML = '<b class=reloaded>first</b>'; }} }};\n{PADDING}"


SECOND = "export default { render({ model, el }) { el.innerHTML = `<b class=reloaded>${model.get('_anywidget_id') ? 'second' : ''}</b>`; } };\n"


@module.ui
def inner_ui() -> ui.Tag:
    """A receiver in a module."""
    return output_widget("receiver")


@module.server
def inner_server(input: Inputs, output: Outputs, session: Session) -> None:
    """A receiver in a module."""

    @render_widget
    def receiver() -> Receiver:
        return Receiver()


def app_ui(request: Request) -> ui.Tag:
    """The page of a case, with either client."""
    case = request.query_params.get("case", "sizes")
    stock = request.query_params.get("client") == "stock"
    return ui.page_fluid(
        None if stock else shiny_comm.dependency(),
        ui.input_action_button("go", "Go"),
        inner_ui("inner") if case == "module" else output_widget(case),
    )


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs of all cases. Shiny computes the outputs on the page."""
    inner_server("inner")

    def case() -> str:
        with reactive.isolate():
            return parse_qs(session.clientdata.url_search().removeprefix("?"))["case"][0]

    @render_widget
    def slider() -> ipywidgets.IntSlider:
        return ipywidgets.IntSlider()

    @render_widget
    def sizes() -> Receiver:
        return Receiver()

    @render_widget
    def order() -> Receiver:
        return Receiver()

    @reactive.effect
    @reactive.event(input.go)
    async def send() -> None:
        if case() == "sizes":
            for n, size in enumerate(SIZES):
                sizes.widget.send({"n": n}, [pattern(size)])
            sizes.widget.send({"n": len(SIZES)}, [pattern(size) for size in SIZES[:3]])
            sizes.widget.data = pattern(SIZES[-1])
        if case() == "order":
            for n in range(40):
                # Large and small, with and without bytes, in one flush and over several.
                order.widget.send({"n": n}, [pattern(n * 10_007)] if n % 2 else None)
                order.widget.count = n
                if n % 10 == 9:
                    await reactive.flush()
                    await asyncio.sleep(0)

    @render_widget
    def reloaded() -> Reloaded:
        return Reloaded()

    @reactive.effect
    @reactive.event(input.go)
    def reload() -> None:
        if case() == "reloaded":
            # A long text, then a short one, then the first again.
            texts = [SECOND + PADDING, SECOND.replace("second", "short"), Reloaded._esm]
            reloaded.widget._esm = texts[(input.go() - 1) % len(texts)]

    @render_widget
    def plotly() -> object:
        import plotly.graph_objects as go

        return go.FigureWidget(go.Scatter(y=[input.go(), 3, 1]))


app = App(app_ui, server)

"""Widgets that fail, hostile text and strict headers, each case on a separate page: ``/?case=<name>``.

``&csp=strict`` or ``&csp=blob`` sets a Content-Security-Policy, ``&dark=1`` Bootstrap's dark theme.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import anywidget
import ipywidgets as w
import plotly.graph_objects as go
import traitlets
from shiny import App, Inputs, Outputs, Session, reactive, ui
from shinywidgets import output_widget, render_widget
from starlette.requests import Request

ROOT = Path(__file__).parents[3]
sys.path[:0] = [str(ROOT / "examples" / "01-gallery"), str(ROOT / "reliability")]

from cases import hostile  # noqa: E402
from shiny_comm_dependency import shiny_comm  # noqa: E402

DIST = Path(os.environ.get("SHINY_COMM_DIST", ROOT / "dist"))
FILES = Path(__file__).parent / "files"


def amd(name: str, model: str, view: str) -> type[w.DOMWidget]:
    """A widget class whose front end is the module ``name``, which may be missing."""
    traits = {
        "_view_name": view,
        "_view_module": name,
        "_view_module_version": "1.2.3",
        "_model_name": model,
        "_model_module": name,
        "_model_module_version": "1.2.3",
    }
    return type(model, (w.DOMWidget,), {key: traitlets.Unicode(value).tag(sync=True) for key, value in traits.items()})


def afm(esm: str) -> type[anywidget.AnyWidget]:
    """An anywidget with this module."""
    return type("Failing", (anywidget.AnyWidget,), {"_esm": traitlets.Unicode(esm).tag(sync=True)})


#: What fails, by the name of its page. A later render of each shows a label.
FAILURES: dict[str, Any] = {
    "module_missing": lambda: amd("no-such-widget", "MissingModel", "MissingView")(),
    "module_throws": lambda: amd("test-throwing", "Model", "View")(),
    "child_missing": lambda: orphan(),
    "esm_empty": lambda: afm("export const nothing = 1;")(),
    "esm_missing": lambda: afm("/no/such/module.js")(),
    "esm_render": lambda: afm("export default { render() { throw new Error('cannot draw'); } };")(),
}


def orphan() -> w.VBox:
    """A box with a child that is never opened."""
    box = w.VBox([w.Label(value="beside it")])
    get_state = box.get_state
    child = f"IPY_MODEL_{box.children[0].model_id}"
    box.get_state = lambda *args, **kwargs: {
        **get_state(*args, **kwargs),
        "children": ["IPY_MODEL_" + "0" * 32, child],
    }
    return box


class Addressed(anywidget.AnyWidget):
    """An anywidget whose module is an address on the app's own server."""

    # A trait, because anywidget would read plain text as the path of a file.
    _esm = traitlets.Unicode("/files/module.js").tag(sync=True)
    value = traitlets.Unicode("by address").tag(sync=True)


class Textual(anywidget.AnyWidget):
    """An anywidget whose module is sent as text."""

    _esm = (FILES / "module.js").read_text(encoding="utf-8")
    value = traitlets.Unicode("by text").tag(sync=True)


XSS: list[str] = json.loads((FILES / "xss.json").read_text(encoding="utf-8"))


def hostile_texts(text: str, html: bool) -> list[w.Widget]:
    """Controls of each kind with a hostile text wherever a control takes text that is not HTML by design."""
    allow = {"description_allow_html": True} if html else {}
    said = {"description": text, **allow}
    tip = {"tooltip": text}
    children = [w.Label(value="a"), w.Label(value="b")]
    tabs = w.Tab(children[:1], titles=[text])
    accordion = w.Accordion(children[1:], titles=[text])
    return [
        w.IntSlider(**said, **tip),
        w.FloatRangeSlider(**said, **tip),
        w.IntProgress(**said),
        w.Checkbox(**said, **tip),
        w.Dropdown(options=[text, "b"], **said, **tip),
        w.Select(options=[text, "b"], **said),
        w.SelectMultiple(options=[text, "b"], value=[text], **said),
        w.SelectionSlider(options=[text, "b"], **said),
        w.RadioButtons(options=[text, "b"], **said),
        w.ToggleButtons(options=[text, "b"], tooltips=[text, text], **said),
        w.ToggleButton(description=text, tooltip=text),
        w.Button(description=text, tooltip=text),
        w.Text(value=text, placeholder=text, **said),
        w.Textarea(value=text, placeholder=text, **said),
        w.Password(value=text, placeholder=text, **said),
        w.Combobox(value=text, placeholder=text, options=[text], ensure_option=False, **said),
        w.IntText(**said),
        w.TagsInput(value=[text], placeholder=text),
        w.Label(value=text, **said),
        w.Valid(value=False, readout=text, **said),
        w.DatePicker(**said),
        w.ColorPicker(**said),
        w.FileUpload(description=text, accept=text),
        w.Play(**said),
        tabs,
        accordion,
    ]


def body(case: str) -> ui.TagList | ui.Tag:
    """The page of a case."""
    again = ui.input_action_button("go", "Render again")
    if case == "hostile":
        return hostile.case_ui()
    if case == "csp":
        names = ("slider", "amd", "output", "addressed")
        return ui.TagList(again, *(output_widget(name) for name in names))
    if case == "csp_text":
        return ui.TagList(output_widget("textual"), output_widget("figure"))
    if case in ("xss_text", "xss_html"):
        return output_widget(case)
    return ui.TagList(again, output_widget(case), output_widget("slider"))


def app_ui(request: Request) -> ui.Tag:
    """The page."""
    case = request.query_params.get("case", "hostile")
    dark = {"data-bs-theme": "dark"} if request.query_params.get("dark") else {}
    return ui.page_fluid(shiny_comm(DIST), ui.div(body(case), class_="bg-body text-body p-2", **dark))


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """The outputs of all cases. Shiny computes the outputs on the page."""
    with reactive.isolate():
        query = parse_qs(session.clientdata.url_search().removeprefix("?"))
    if query.get("case") == ["hostile"]:
        hostile.case_server(input, output, session)
        return

    def shown(name: str, make: Callable[[], w.Widget]) -> None:
        make.__name__ = name
        render_widget(make)

    def failing(name: str) -> Callable[[], w.Widget]:
        return lambda: w.Label(value="a later render") if input.go() else FAILURES[name]()

    for name in FAILURES:
        shown(name, failing(name))

    @render_widget
    def slider() -> w.IntSlider:
        return w.IntSlider(value=2, description="Beside it")

    shown("amd", lambda: amd("test-failing", "GoodModel", "GoodView")())

    html = {"text/html": "<b>bold</b>", "text/plain": "bold"}
    display = {"output_type": "display_data", "data": html, "metadata": {}}
    shown("output", lambda: w.Output(outputs=(display,)))

    @render_widget
    def addressed() -> Addressed:
        return Addressed()

    @render_widget
    def textual() -> Textual:
        return Textual()

    @render_widget
    def figure() -> go.FigureWidget:
        return go.FigureWidget(go.Bar(y=[1, 3, 2]))

    @render_widget
    def xss_text() -> w.VBox:
        return w.VBox([widget for text in XSS for widget in hostile_texts(text, html=False)])

    @render_widget
    def xss_html() -> w.VBox:
        return w.VBox([widget for text in XSS for widget in hostile_texts(text, html=True)])


INLINE = re.compile(rb"<script(?![^>]*\b(?:src|type=\"application)[^>]*)[^>]*>(.*?)</script>", re.S)


def policy(html: bytes, kind: str) -> str:
    """The strictest policy that Shiny's own page works under: its few inline scripts are named by their hashes."""
    hashes = sorted(
        {
            "'sha256-" + base64.b64encode(hashlib.sha256(text).digest()).decode() + "'"
            for text in INLINE.findall(html)
            if text
        }
    )
    scripts = ["'self'", *(["blob:"] if kind == "blob" else []), *hashes]
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(scripts)}",
            # Shiny, plotly and Lumino set styles by script and in attributes.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


class PolicyMiddleware:
    """Sets the header on every page that asks for it by its address."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        kind = parse_qs(scope.get("query_string", b"").decode()).get("csp", [""])[0]
        if scope["type"] != "http" or not kind:
            await self.app(scope, receive, send)
            return
        start: dict[str, Any] = {}
        page = b""

        async def held(message: dict[str, Any]) -> None:
            nonlocal start, page
            if message["type"] == "http.response.start":
                start = message
                return
            page += message.get("body", b"")
            if not message.get("more_body"):
                header = (b"content-security-policy", policy(page, kind).encode())
                await send({**start, "headers": [*start["headers"], header]})
                await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, held)


shiny_app = App(app_ui, server, static_assets={"/dist": DIST, "/files": FILES})
app = PolicyMiddleware(shiny_app)

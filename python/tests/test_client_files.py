"""The client's files, as the app serves them: compressed, cached permanently, by known names."""

from __future__ import annotations

import gzip
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
from htmltools import HTMLDependency, Tag
from page import Page, finish, get
from shiny import App, Inputs, Outputs, Session, render, ui
from shinywidgets import output_widget
from starlette.applications import Starlette
from starlette.routing import Mount

import shiny_comm
from shiny_comm import _client_files, _content, _host
from shiny_comm._client_files import ClientFiles, client_files
from shiny_comm._dependency import ClientDependency

DECODE: dict[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "": bytes,
}


def page_ui(*_: Any) -> Tag:
    """Return a page with one widget."""
    return ui.page_fluid(shiny_comm.dependency(), output_widget("out"))


def server(input: Inputs, output: Outputs, session: Session) -> None:
    """Render nothing."""


@pytest.fixture
def app() -> App:
    """Return an app with the client."""
    return App(page_ui(), server)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """Return the folder of a small client with compressed files, as in the wheel."""
    files = {
        "shiny-comm.js": b"script " * 100,
        "shiny-comm.css": b"style " * 100,
        "chunks/start-0123ABCD.js": b"start " * 100,
        "fonts/Main-0123ABCD.woff2": bytes(1_000),
        "secret.js": b"secret",
        "chunks/secret.json": b"secret",
    }
    folder = tmp_path / "dist"
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(body)
        if not name.endswith(".woff2"):
            (folder / f"{name}.br").write_bytes(brotli.compress(body))
            (folder / f"{name}.gz").write_bytes(gzip.compress(body))
    (tmp_path / "outside.js").write_bytes(b"outside")
    return folder


def app_with(folder: Path) -> tuple[App, str]:
    """Return an app with the client in a folder, and the path of its files."""
    shiny_comm.dependency()
    dependency = ClientDependency(ClientFiles(folder))
    return App(ui.page_fluid(dependency), server), "/" + dependency.source_path_map()["href"] + "/"


def with_method(app: App, method: str) -> Any:
    """Return the app for requests with another method than GET."""

    async def call(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await app({**scope, "method": method}, receive, send)

    return call


def base_of(app: App) -> str:
    """Return the path of the client's files."""
    html = finish(get(app, "/"))[2].decode()
    found = re.search(r'src="(lib/ipywidget-output-binding-[^/"]*)/shiny-comm.js"', html)
    assert found
    return f"/{found[1]}/"


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("", None),
        ("identity", None),
        ("deflate, zstd", None),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0,gzip;q=0", None),
        ("br; q=0.5, gzip; q=0.8", "gzip"),
        ("gzip;q=0.5, identity", None),
        ("*", "br"),
        ("br;q=0, *;q=0.1", "gzip"),
        ("*;q=0", None),
        ("identity;q=0, gzip", "gzip"),
        ("xbr, gzipped", None),
        ("br;q=nonsense", None),
        (";;q=,,", None),
    ],
)
def test_the_encoding_is_one_that_the_browser_accepts(header: str, encoding: str | None) -> None:
    assert _content.accepted_encoding(header, ("br", "gzip")) == encoding


@pytest.mark.parametrize("accepted", ["br", "gzip", ""])
def test_each_file_is_served_compressed_and_permanently(app: App, accepted: str) -> None:
    base = base_of(app)
    types = {
        ".js": "text/javascript; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".txt": "text/plain; charset=utf-8",
        ".woff2": "font/woff2",
    }
    files = client_files()
    assert len(files.names) > 20
    for name in files.names:
        status, headers, body = finish(get(app, base + name, {"accept-encoding": accepted}))
        assert status == 200
        encoding = headers.get("content-encoding", "")
        assert encoding == ("" if name.endswith(".woff2") else accepted)
        assert int(headers["content-length"]) == len(body)
        assert DECODE[encoding](body) == (files.folder / name).read_bytes()
        assert headers["content-type"] == types[Path(name).suffix]
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert headers["vary"] == "Accept-Encoding"
        assert headers["access-control-allow-origin"] == "*"


def test_files_that_were_compressed_at_the_build_are_sent_as_they_are(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_content, "_COMPRESSORS", {})
    app, base = app_with(built)
    for encoding, suffix in (("br", ".br"), ("gzip", ".gz")):
        for name in ("shiny-comm.js", "chunks/start-0123ABCD.js"):
            _, headers, body = finish(get(app, base + name, {"accept-encoding": encoding}))
            assert headers["content-encoding"] == encoding
            assert body == (built / (name + suffix)).read_bytes()


def test_files_without_compressed_ones_are_compressed_once(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in [*built.rglob("*.br"), *built.rglob("*.gz")]:
        path.unlink()
    calls: list[int] = []

    def compress(body: bytes) -> bytes:
        calls.append(len(body))
        return gzip.compress(body)

    monkeypatch.setattr(_content, "_COMPRESSORS", {"gzip": compress})
    app, base = app_with(built)
    for _ in range(3):
        _, headers, body = finish(get(app, f"{base}shiny-comm.js", {"accept-encoding": "br, gzip"}))
        assert headers["content-encoding"] == "gzip"
        assert gzip.decompress(body) == (built / "shiny-comm.js").read_bytes()
    assert calls == [700]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "none.js",
        "secret.js",
        "chunks/secret.json",
        "chunks",
        "chunks/",
        "shiny-comm.js.br",
        "shiny-comm.js/",
        "/shiny-comm.js",
        "../outside.js",
        "chunks/../../outside.js",
        "chunks/..%2f..%2foutside.js",
        "..\\outside.js",
        "/etc/passwd",
        "shiny-comm.js\0",
    ],
)
def test_other_names_are_not_found(built: Path, name: str) -> None:
    app, base = app_with(built)
    status, _, body = finish(get(app, base + name))
    assert status == 404
    assert b"outside" not in body
    assert b"secret" not in body


def test_a_head_request_gets_the_headers_and_other_methods_are_refused(app: App) -> None:
    path = f"{base_of(app)}shiny-comm.js"
    full = finish(get(app, path))
    status, headers, _ = finish(get(with_method(app, "HEAD"), path))
    assert (status, headers) == full[:2]
    assert finish(get(with_method(app, "POST"), path))[0] == 405


def test_a_request_for_a_range_gets_the_whole_file(app: App) -> None:
    path = f"{base_of(app)}shiny-comm.js"
    status, headers, body = finish(get(app, path, {"range": "bytes=0-9"}))
    assert (status, body) == (200, finish(get(app, path))[2])
    assert "accept-ranges" not in headers


def test_the_files_are_found_below_a_path(app: App) -> None:
    outer: Any = Starlette(routes=[Mount("/below/here", app=app)])
    html = finish(get(outer, "/below/here/"))[2].decode()
    addresses = re.findall(r'(?:src|href)="([^"]*ipywidget-output-binding[^"]*)"', html)
    assert [Path(address).name.split("-")[0] for address in addresses] == [
        "shiny",
        "shiny",
        "start",
    ]
    for address in addresses:
        assert not address.startswith("/")
        accept = {"accept-encoding": "br"}
        status, headers, _ = finish(get(outer, f"/below/here/{address}", accept))
        assert (status, headers["content-encoding"]) == (200, "br")


def test_the_files_are_served_to_pages_of_a_function_with_one_route() -> None:
    app = App(page_ui, server)
    base = base_of(app)
    routes = len(app._dependency_handler.routes)
    for _ in range(5):
        assert base_of(app) == base
    assert len(app._dependency_handler.routes) == routes
    headers = finish(get(app, f"{base}shiny-comm.js", {"accept-encoding": "br"}))[1]
    assert headers["content-encoding"] == "br"


def test_the_files_are_served_to_dynamic_ui() -> None:
    def with_ui(input: Inputs, output: Outputs, session: Session) -> None:
        @render.ui
        def out() -> HTMLDependency:
            return shiny_comm.dependency()

    async def run() -> None:
        app = App(ui.page_fluid(ui.output_ui("out")), with_ui)
        page = await Page(app).open()
        await page.until(lambda: "out" in page.values)
        [dependency] = page.values["out"]["deps"]
        [script] = dependency["script"]
        status, headers, _ = await get(app, f"/{script['src']}", {"accept-encoding": "br"})
        assert (status, headers["content-encoding"]) == (200, "br")
        await page.close()

    finish(run())


def test_the_prefix_of_the_app_is_in_the_address() -> None:
    app = App(page_ui, server)
    app.lib_prefix = "assets/of/app"
    html = finish(get(app, "/"))[2].decode()
    found = re.search(r'modulepreload" href="(assets/of/app/[^"]*/chunks/start-[^"]*)"', html) or (
        re.search(r'href="(assets/of/app/[^"]*/chunks/start-[^"]*)"[^>]*modulepreload', html)
    )
    assert found, html
    headers = finish(get(app, f"/{found[1]}", {"accept-encoding": "br"}))[1]
    assert headers["content-encoding"] == "br"


def test_static_files_at_the_root_do_not_hide_the_files(tmp_path: Path) -> None:
    app = App(page_ui(), server, static_assets=tmp_path)
    headers = finish(get(app, f"{base_of(app)}shiny-comm.js", {"accept-encoding": "br"}))[1]
    assert headers["content-encoding"] == "br"


def test_a_new_build_has_another_address_and_the_old_address_its_old_files(built: Path) -> None:
    app, old = app_with(built)
    for suffix in ("", ".br", ".gz"):
        (built / f"shiny-comm.js{suffix}").write_bytes(b"new")
    assert app_with(built)[1] != old
    assert finish(get(app, f"{old}shiny-comm.js"))[2] == b"script " * 100


def test_preloaded_modules_are_hints_in_the_head() -> None:
    for module, files in {
        "@jupyter-widgets/controls": ["controls-core", "controls"],
        "@jupyter-widgets/output": ["output-widget", "output"],
        "anywidget": ["anywidget"],
    }.items():
        html = str(shiny_comm.dependency(preload=[module]).as_html_tags())
        links = re.findall(r'<link [^>]*href="[^"]*/chunks/([^"]*)"[^>]*>', html)
        assert [name.rsplit("-", 1)[0] for name in links] == ["start", *files]
        assert html.count('rel="modulepreload"') == 2
        assert html.count('rel="preload"') == len(files) - 1
    with pytest.raises(ValueError, match="not bqplot"):
        shiny_comm.dependency(preload=["bqplot"])


def test_an_app_without_the_private_router_is_left_alone_with_one_warning() -> None:
    for expected in (1, 0):
        app = App(ui.page_fluid(), server)
        del app._dependency_handler
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            _client_files._add_route(app, ClientDependency(client_files()))
        assert len([w for w in caught if "served uncompressed" in str(w.message)]) == expected


def test_a_shiny_without_the_private_method_is_left_alone_with_one_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Future:
        """An app of a later version of Shiny."""

    monkeypatch.setattr(_host, "App", Future)
    monkeypatch.setattr(_client_files, "_installed", False)
    with pytest.warns(RuntimeWarning, match="served uncompressed"):
        shiny_comm.dependency()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shiny_comm.dependency()


def test_shiny_alone_serves_the_files_in_shinylive(monkeypatch: pytest.MonkeyPatch) -> None:
    class Pyodide:
        """An app in a browser."""

        def _register_web_dependency(self, dependency: HTMLDependency) -> None:
            raise NotImplementedError

    original = Pyodide._register_web_dependency
    monkeypatch.setattr(_host, "App", Pyodide)
    monkeypatch.setattr(_client_files, "_installed", False)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "emscripten")
        assert _content._compressors() == {}
        shiny_comm.dependency()
    assert Pyodide._register_web_dependency is original
    shiny_comm.dependency()
    assert Pyodide._register_web_dependency is not original

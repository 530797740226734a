"""Tests of the files of widget packages, with real folders, packages, apps and sessions."""

from __future__ import annotations

import gc
import importlib
import json
import sys
import warnings
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
import traitlets
from htmltools import HTMLDependency
from page import Page, empty_ui, finish, get
from shiny import App, Inputs, Outputs, Session
from shinywidgets import _cdn
from shinywidgets._comm import OrphanedShinyComm
from shinywidgets._dependencies import require_dependency

from shiny_comm import _widget_files
from shiny_comm._widget_files import (
    mount_shared_files,
    processed_dependencies,
    widget_dependencies,
)

INDEX = 'define(["@jupyter-widgets/base"], (base) => ({}));'


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Make widgets without a comm, and forget the modules and warnings of a test."""

    def without_comm(widget: Any) -> None:
        widget.comm = OrphanedShinyComm("0" * 32)

    monkeypatch.setattr(ipywidgets.Widget, "_widget_construction_callback", without_comm)
    yield
    _widget_files._lookups.clear()
    _widget_files._warned.clear()


@pytest.fixture
def jupyter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of installed nbextensions."""
    folder = tmp_path / "jupyter" / "nbextensions"
    folder.mkdir(parents=True)
    monkeypatch.setenv("JUPYTER_PATH", str(folder.parent))
    return folder


def write(folder: Path, text: str = INDEX, name: str = "index.js") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return folder


MakePackage = Callable[..., Any]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MakePackage]:
    """Return a function that makes and imports a Python package with one class, ``Own``."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))

    def make(name: str, paths: str | None = None, code: str = "") -> Any:
        root = tmp_path / "site" / name
        root.mkdir(parents=True)
        function = f"\ndef _jupyter_nbextension_paths():\n    {paths}\n" if paths else ""
        (root / "__init__.py").write_text(f"from .own import *\n{function}")
        (root / "own.py").write_text(
            code
            or "import ipywidgets, traitlets\n"
            "class Own(ipywidgets.DOMWidget):\n"
            f"    _view_module = traitlets.Unicode('{name}').tag(sync=True)\n"
            f"    _model_module = traitlets.Unicode('{name}').tag(sync=True)\n"
        )
        importlib.invalidate_caches()
        return importlib.import_module(name)

    yield make
    for name in set(sys.modules) - before:
        del sys.modules[name]


def in_session(use: Callable[[Session], Any], app_args: dict[str, Any] | None = None) -> App:
    """Run a function in a session of a new app, and return the app."""
    failures: list[BaseException] = []
    done: list[object] = []

    def server(input: Inputs, output: Outputs, session: Session) -> None:
        try:
            done.append(use(session))
        except BaseException as error:
            failures.append(error)

    app = App(empty_ui(), server, **(app_args or {}))

    async def visit() -> None:
        page = await Page(app).open(())
        await page.until(lambda: done or failures)
        await page.close()

    finish(visit())
    if failures:
        raise failures[0]
    return app


def widget_of(
    view: str | None, model: str | None = "of the view", version: str = "^1.2.3"
) -> ipywidgets.Widget:
    if model == "of the view":
        model = view

    class Widget(ipywidgets.DOMWidget):
        _view_module = traitlets.Unicode(view, allow_none=True).tag(sync=True)
        _model_module = traitlets.Unicode(model, allow_none=True).tag(sync=True)
        _model_module_version = traitlets.Unicode(version).tag(sync=True)

    return Widget()


def names(dependencies: list[HTMLDependency]) -> list[str]:
    return [dependency.name for dependency in dependencies]


def status(app: App, path: str) -> int:
    return finish(get(app, path))[0]


def served(widget: Callable[[], ipywidgets.Widget]) -> tuple[App, list[HTMLDependency]]:
    """Return an app that served a widget's files, and the dependencies."""
    found: list[HTMLDependency] = []

    def use(session: Session) -> None:
        made = widget()
        found.extend(widget_dependencies(made, session))
        processed_dependencies(made, session)

    return in_session(use), found


@pytest.mark.parametrize("version", ["^1.2.3", "2.0", "*"])
def test_a_dependency_equals_that_of_shinywidgets(jupyter: Path, version: str) -> None:
    write(jupyter / "@scope" / "drawn")

    def compare(session: Session) -> None:
        widget = widget_of("@scope/drawn", version=version)
        stock = require_dependency(widget, session)
        (ours,) = widget_dependencies(widget, session)
        assert ours == stock
        assert processed_dependencies(widget, session) == session._process_ui(stock)["deps"]

    app = in_session(compare)
    assert status(app, "/nbextensions/@scope/drawn/index.js") == 200


def test_the_path_of_a_dependency_has_no_plus(jupyter: Path) -> None:
    # Shiny in Pyodide does not serve it (docs/upstream/shinylive-paths.md).
    write(jupyter / "drawn")
    _, (dependency,) = served(lambda: widget_of("drawn", version="1.2.3+build.4"))
    assert dependency.source_path_map()["href"] == "lib/drawn-1.2.3"


def test_modules_of_the_client_need_no_dependency() -> None:
    def check(session: Session) -> None:
        for widget in (ipywidgets.IntSlider(), ipywidgets.Layout(), ipywidgets.Output()):
            assert widget_dependencies(widget, session) == []
            assert processed_dependencies(widget, session) == []

    in_session(check)


def test_routes_do_not_grow_with_the_number_of_widgets(jupyter: Path) -> None:
    write(jupyter / "drawn")
    counts: list[int] = []

    def make(session: Session) -> None:
        mount_shared_files(session.app)
        processed_dependencies(widget_of("drawn"), session)
        counts.append(len(session.app._dependency_handler.routes))

    app = in_session(lambda session: [make(session) for _ in range(40)])
    assert len(counts) == 40
    # The files of shinywidgets, the dependency, and its folder in Jupyter.
    assert set(counts) == {counts[0]}
    assert status(app, "/dist/output.js") == 200


def test_a_module_is_looked_up_once_for_a_class(
    jupyter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(jupyter / "drawn")
    made = type(widget_of("drawn"))
    looked: list[str] = []
    find = _widget_files._find

    def counted(name: str, version: str, cls: type[ipywidgets.Widget]) -> Any:
        looked.append(name)
        return find(name, version, cls)

    monkeypatch.setattr(_widget_files, "_find", counted)

    def check(session: Session) -> None:
        first = processed_dependencies(made(), session)
        assert processed_dependencies(made(), session) is first
        widget_dependencies(made(_model_module_version="7.0.0"), session)

    in_session(check)
    assert looked == ["drawn", "drawn"]
    in_session(check)
    assert looked == ["drawn", "drawn"]


def test_a_class_that_is_gone_is_not_remembered(jupyter: Path) -> None:
    write(jupyter / "drawn")

    def check(session: Session) -> weakref.ref[type]:
        widget = widget_of("drawn")
        processed_dependencies(widget, session)
        widget.close()
        return weakref.ref(type(widget))

    kept: list[weakref.ref[type]] = []
    in_session(lambda session: kept.append(check(session)))
    gc.collect()
    assert kept[0]() is None
    assert len(_widget_files._lookups) == 0


def test_view_and_model_may_have_different_modules(jupyter: Path) -> None:
    for name in ("of-view", "of-model"):
        write(jupyter / name)
    app, found = served(lambda: widget_of("of-view", "of-model"))
    assert names(found) == ["of-view", "of-model"]
    for name in names(found):
        assert status(app, f"/nbextensions/{name}/index.js") == 200
        assert status(app, f"/lib/{name}-1.2.3/index.js") == 200


@pytest.mark.parametrize(("view", "model"), [(None, "drawn"), ("drawn", None), (None, None)])
def test_a_module_may_be_none(jupyter: Path, view: str | None, model: str | None) -> None:
    write(jupyter / "drawn")

    def check(session: Session) -> None:
        widget = widget_of(view, model)
        expected = [name for name in (view, model) if name]
        assert names(widget_dependencies(widget, session)) == expected

    in_session(check)


def test_a_folder_in_jupyter_may_have_another_name(jupyter: Path, package: MakePackage) -> None:
    write(jupyter / "in-jupyter")
    own = package("other_name", 'return [{"src": "static", "dest": "in-jupyter"}]')
    app, found = served(own.Own)
    assert names(found) == ["other_name"]
    for name in ("other_name", "in-jupyter"):
        assert status(app, f"/nbextensions/{name}/index.js") == 200


def test_the_first_of_several_folders_in_jupyter_is_served(
    jupyter: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = tmp_path / "system"
    monkeypatch.setattr("jupyter_core.paths.SYSTEM_JUPYTER_PATH", [str(system)])
    write(system / "nbextensions" / "drawn", "old")
    write(jupyter / "drawn", "new")
    app, _ = served(lambda: widget_of("drawn"))
    assert finish(get(app, "/nbextensions/drawn/index.js"))[2] == b"new"


class TestPackageFolders:
    """The folder of a module in its package."""

    def test_a_module_is_found_in_its_package(self, package: MakePackage) -> None:
        own = package("in_package", 'return [{"src": "js/static", "dest": "in_package"}]')
        write(Path(own.__file__).parent / "js" / "static")
        app, found = served(own.Own)
        assert names(found) == ["in_package"]
        assert status(app, "/nbextensions/in_package/index.js") == 200
        assert status(app, "/lib/in_package-2.0.0/index.js") == 200
        assert status(app, "/nbextensions/in_package/own.py") == 404
        assert status(app, "/nbextensions/in_package/../own.py") == 404
        assert status(app, "/nbextensions/in_package/%2e%2e/%2e%2e/own.py") == 404

    def test_a_module_is_found_in_the_package_of_a_base_class(self, package: MakePackage) -> None:
        base = package("of_base", 'return [{"src": "static", "dest": "of_base"}]')
        write(Path(base.__file__).parent / "static")
        derived = package(
            "derived",
            'return [{"src": "static", "dest": "derived"}]',
            "import of_base\nclass Own(of_base.Own): pass\n",
        )
        write(Path(derived.__file__).parent / "static", "wrong")
        app, found = served(derived.Own)
        assert names(found) == ["of_base"]
        assert finish(get(app, "/nbextensions/of_base/index.js"))[2] == INDEX.encode()

        class InTheApp(base.Own):
            pass

        assert names(served(InTheApp)[1]) == ["of_base"]

    def test_a_package_may_have_several_folders(self, package: MakePackage) -> None:
        own = package(
            "several",
            'return [{"src": "one", "dest": "one"}, {"src": "two", "dest": "several"}]',
        )
        write(Path(own.__file__).parent / "one", "wrong")
        write(Path(own.__file__).parent / "two")
        app, _ = served(own.Own)
        assert finish(get(app, "/nbextensions/several/index.js"))[2] == INDEX.encode()

    @pytest.mark.parametrize(
        "source", ["..", ".", "", "static/..", "../outside", "{outside}", "link"]
    )
    def test_only_folders_below_a_package_are_served(
        self, package: MakePackage, tmp_path: Path, source: str
    ) -> None:
        outside = write(tmp_path / "site" / "outside")
        source = source.format(outside=outside)
        own = package("escapes", f'return [{{"src": {source!r}, "dest": "escapes"}}]')
        root = write(Path(own.__file__).parent)
        write(root.parent)
        (root / "link").symlink_to(outside)
        app, found = served(own.Own)
        assert found == []
        assert status(app, "/nbextensions/escapes/index.js") == 404

    @pytest.mark.parametrize(
        "paths", ['raise OSError("no file")', "return None", 'return [{"src": "static"}]']
    )
    def test_a_failing_package_causes_one_warning(self, package: MakePackage, paths: str) -> None:
        own = package("failing", paths)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            assert served(own.Own)[1] == []
            assert served(own.Own)[1] == []
        (warning,) = [w for w in caught if "shiny-comm" in str(w.message)]
        assert "failing.own.Own" in str(warning.message)


@pytest.mark.parametrize(
    "name", ["../secret", "a/../../secret", "/secret", "a\\..\\secret", "", "."]
)
def test_only_names_of_modules_are_looked_up(jupyter: Path, name: str) -> None:
    write(jupyter.parent / "secret")
    write(jupyter)
    if name == "/secret":
        name = str(jupyter.parent / "secret")
    _, found = served(lambda: widget_of(name))
    assert found == []


class TestSiblings:
    """Installed modules that a widget's module requests."""

    def test_siblings_are_named_and_served(self, jupyter: Path) -> None:
        write(jupyter / "vuetify", 'define(["vue","@jupyter-widgets/base"],(e,n)=>({}))')
        write(jupyter / "vue", "define('vue', ['module', \"deeper\", 'missing'], function () {})")
        write(jupyter / "deeper", "define([\n  'vue'\n], () => ({}))")
        write(jupyter / "unrelated")
        app, found = served(lambda: widget_of("vuetify"))
        assert names(found) == ["deeper", "vue", "vuetify"]
        assert 'paths": {"vue": "lib/vue-1.2.3/index"}' in str(found[1].head)
        for name in names(found):
            assert status(app, f"/nbextensions/{name}/index.js") == 200
        assert status(app, "/nbextensions/unrelated/index.js") == 404

    def test_a_sibling_has_one_address_in_an_app(self, jupyter: Path) -> None:
        write(jupyter / "vuetify", 'define(["vue"], () => ({}))')
        write(jupyter / "vue")

        def check(session: Session) -> None:
            sibling = widget_dependencies(widget_of("vuetify"), session)[0]
            (own,) = widget_dependencies(widget_of("vue", version="9.9.9"), session)
            assert own is sibling

        in_session(check)

    def test_a_file_next_to_the_module_precedes(self, jupyter: Path) -> None:
        write(jupyter / "drawn", 'define(["three"], () => ({}))')
        write(jupyter / "drawn", "define({})", "three.js")
        write(jupyter / "three")
        assert names(served(lambda: widget_of("drawn"))[1]) == ["drawn"]


def test_a_labextension_is_the_last_resort(jupyter: Path) -> None:
    extension = jupyter.parent / "labextensions" / "in-lab"
    write(extension / "static", name="remoteEntry.js")
    build = {"load": "static/remoteEntry.js", "extension": "./extension"}
    package = {"name": "in-lab", "version": "1.0.0", "jupyterlab": {"_build": build}}
    write(extension, json.dumps(package), "package.json")
    found = served(lambda: widget_of("in-lab"))[1]
    assert names(found) == ["in-lab"]
    assert found[0].script
    write(jupyter / "in-lab")
    _widget_files._lookups.clear()
    assert served(lambda: widget_of("in-lab"))[1][0].script == []


def test_nothing_is_served_if_a_cdn_is_the_only_source(
    jupyter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(jupyter / "drawn")
    monkeypatch.setattr(_cdn, "SHINYWIDGETS_CDN_ONLY", True)
    app, found = served(lambda: widget_of("drawn"))
    assert found == []
    assert status(app, "/nbextensions/drawn/index.js") == 404


@pytest.mark.parametrize("wanted", [True, False])
def test_missing_files_cause_a_warning_if_it_is_wanted(
    monkeypatch: pytest.MonkeyPatch, wanted: bool
) -> None:
    monkeypatch.setattr(_cdn, "SHINYWIDGETS_EXTENSION_WARNING", wanted)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(2):
            served(lambda: widget_of("not-installed"))
    about = [str(w.message) for w in caught if "not-installed" in str(w.message)]
    assert len(about) == (1 if wanted else 0)


def test_files_are_served_beside_static_files_at_the_root(jupyter: Path, tmp_path: Path) -> None:
    write(jupyter / "drawn")
    write(tmp_path / "www", "own", "own.js")

    def use(session: Session) -> None:
        processed_dependencies(widget_of("drawn"), session)

    app = in_session(use, {"static_assets": tmp_path / "www"})
    assert status(app, "/nbextensions/drawn/index.js") == 200
    assert status(app, "/own.js") == 200


def test_the_app_s_static_files_have_priority_at_the_same_path(tmp_path: Path) -> None:
    write(tmp_path / "www", "own", "own.js")

    def use(session: Session) -> None:
        mount_shared_files(session.app)

    app = in_session(use, {"static_assets": {"/dist": tmp_path / "www"}})
    assert status(app, "/dist/own.js") == 200


def test_an_app_without_routes_causes_one_warning(
    jupyter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(jupyter / "drawn")

    def use(session: Session) -> None:
        with monkeypatch.context() as patch:
            patch.delattr(session.app, "_dependency_handler")
            patch.setattr(session.app, "_register_web_dependency", lambda _: None)
            assert names(widget_dependencies(widget_of("drawn"), session)) == ["drawn"]

    with pytest.warns(RuntimeWarning, match="widget packages request are not served"):
        in_session(use)

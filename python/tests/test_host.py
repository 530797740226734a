"""Private parts of other packages: what works if a part is missing."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import shinywidgets
from shinywidgets import _render_widget_base
from shinywidgets._shinywidgets import init_shiny_widget

import shiny_comm
from shiny_comm import _host

#: The parts without which shinywidgets opens the widgets, by the names in the sources.
REQUIRED = {
    "_dependency_handler": "shiny.App._dependency_handler",
    "_handle_custom_msg": "ipywidgets.Widget._handle_custom_msg",
    "_handle_msg": "ipywidgets.Widget._handle_msg",
    "_instances": "ipywidgets.widgets.widget._instances",
    "_process_ui": "shiny.Session._process_ui",
    "_put_buffers": "ipywidgets.widgets.widget._put_buffers",
    "_registry": "ipywidgets.widgets.widget._registry",
    "_remove_buffers": "ipywidgets.widgets.widget._remove_buffers",
    "_widget_construction_callback": "ipywidgets.Widget._widget_construction_callback",
    "__protocol_version__": "ipywidgets._version.__protocol_version__",
    "init_shiny_widget": "shinywidgets._shinywidgets.init_shiny_widget",
    "json_packer": "shinywidgets._serialization.json_packer",
    "on_widget_constructed": "ipywidgets.Widget.on_widget_constructed",
}
if hasattr(_render_widget_base, "WidgetRenderContext"):
    REQUIRED |= {
        "WidgetRenderContext": "shinywidgets WidgetRenderContext",
        "get_render_context": "shinywidgets WidgetRenderContext.get_render_context",
        "is_rendering_widget": "shinywidgets WidgetRenderContext.is_rendering_widget",
    }
else:
    REQUIRED["has_current_context"] = "shinywidgets WidgetRenderContext"

#: The parts without which one ability is missing.
OPTIONAL = {
    "_conn": "shiny.Session._conn",
    "_create_session": "shiny.App._create_session",
    "_is_closed": "StarletteConnection._is_closed",
    "_register_web_dependency": "shiny.App._register_web_dependency",
    "ipywidget-output-binding": "shinywidgets' HTML dependency ipywidget-output-binding",
}

if "WidgetRenderContext" in REQUIRED:
    OPTIONAL["get_current_context"] = "shiny.reactive._core.get_current_context"
else:
    REQUIRED["get_current_context"] = "shiny.reactive._core.get_current_context"

PARTS = {**REQUIRED, **OPTIONAL}
ALONE = [(name,) for name in PARTS]
# Released versions keep their names: each part alone is for the newest version.
IS_NEWEST = shinywidgets.__version__ >= "0.8"
CASES = [(), *(ALONE if IS_NEWEST else []), tuple(PARTS)]


@cache
def results() -> dict[tuple[str, ...], dict[str, Any]]:
    """Run the app of `renamed.py` with each case."""
    script = Path(__file__).with_name("renamed.py")
    done = subprocess.run(
        [sys.executable, script, json.dumps(CASES)], capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert not any("failed" in line for line in lines), done.stderr
    return dict(zip(CASES, lines, strict=True))


@pytest.mark.skipif(sys.platform == "win32", reason="the script forks")
@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case) if len(case) < 2 else "all")
def test_widgets_work_both_ways_if_private_parts_have_other_names(case: tuple[str, ...]) -> None:
    result, expected = results()[case], results()[()]
    for key in ("opens", "read", "echoes"):
        assert result[key] == expected[key]
    is_stock = bool(REQUIRED.keys() & set(case))
    assert result["comms"] == ["shinywidgets._comm" if is_stock else "shiny_comm._opens"]
    assert result["binary"] is not (is_stock or "_conn" in case or "_is_closed" in case)
    # Each part is in one warning.
    named = [name for warning in result["warnings"] for name in names_in(warning)]
    assert sorted(named) == sorted(expected_names(case))
    assert len(result["warnings"]) == len(case) or len(case) > 1
    falls_back = [w for w in result["warnings"] if "shinywidgets opens the widgets" in w]
    assert len(falls_back) == is_stock


def names_in(warning: str) -> list[str]:
    """Return the parts that a warning names."""
    found = re.fullmatch(r"shiny-comm: (.*): missing or different in this version; .*", warning)
    assert found, warning
    return found[1].split(", ")


def expected_names(case: tuple[str, ...]) -> list[str]:
    """Return the parts that the warnings of a case must name."""
    hidden = set()
    if len(case) > 1:
        # The methods of a missing class, and of a missing connection.
        hidden = {"get_render_context", "is_rendering_widget", "_is_closed"}
    return [PARTS[name] for name in case if name not in hidden]


def test_a_missing_part_is_named_once_and_the_stock_hook_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("ipywidgets.widgets.widget._registry")
    with pytest.warns(RuntimeWarning, match="_registry") as caught:
        shiny_comm.use()
        shiny_comm.use()()
    assert len([w for w in caught if "shinywidgets opens the widgets" in str(w.message)]) == 1
    assert _host.construction_hook() is init_shiny_widget


def test_an_anywidget_whose_signal_has_no_private_list_causes_one_warning() -> None:
    class Signal:
        """The signal of a later version of psygnal."""

    class Contents:
        """The file of a module."""

        changed = Signal()

    class FromFile:
        """An anywidget with a module in a file."""

        _esm = Contents()

    with pytest.warns(RuntimeWarning, match=r"Signal\._slots") as caught:
        assert [_host.file_listeners(FromFile()) for _ in range(2)] == [[], []]
    assert len(caught) == 1

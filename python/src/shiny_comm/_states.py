"""The states of widgets, which ipywidgets reads slowly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from . import _host

ToJson = Callable[[Any, Any], Any]

#: The serializers of a class's synced traits, by name; ``None`` for a class with another method.
_serializers: WeakKeyDictionary[type[Any], dict[str, ToJson] | None] = WeakKeyDictionary()


def state_of(widget: Any) -> tuple[dict[str, Any], list[Any], list[Any]]:
    """Return the state of a widget without its buffers, the paths of the buffers, and the buffers.

    The result equals the result of `get_state()`, which looks up the metadata of each trait again.
    A slider with its layout and style has 73 traits.
    """
    serializers = _serializers_of(widget)
    # traitlets keeps the metadata of a Union's part in the widget.
    if serializers is None or _has_own_metadata(widget):
        return _host.split_state(widget.get_state())
    state: dict[str, Any] = {}
    for name in widget.keys:
        value = getattr(widget, name)
        to_json = serializers.get(name)
        state[name] = value if to_json is None else to_json(value, widget)
    return _host.split_state(state)


def _has_own_metadata(widget: object) -> bool:
    return any(name.endswith("_metadata") for name in vars(widget))


def _serializers_of(widget: object) -> dict[str, ToJson] | None:
    widget_class = type(widget)
    if widget_class not in _serializers:
        known = _host.has_standard_state(widget_class)
        _serializers[widget_class] = _to_json(widget_class) if known else None
    return _serializers[widget_class]


def _to_json(widget_class: type[Any]) -> dict[str, ToJson]:
    traits: dict[str, Any] = widget_class.class_traits()
    found = {name: trait.metadata.get("to_json") for name, trait in traits.items()}
    return {name: to_json for name, to_json in found.items() if to_json is not None}

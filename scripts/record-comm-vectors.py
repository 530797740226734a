"""Records what shinywidgets' `ShinyComm` and ipywidgets' `Widget` send, for the tests of `shiny-comm/testing`.

    python scripts/record-comm-vectors.py

Needs `shinywidgets` (and with it Shiny and ipywidgets) in the Python that runs it; nothing is
started and nothing asked of the network. Ids and random numbers are fixed, so two runs with the same
versions write the same bytes.

It writes tests/fixtures/server-comm.json:

- `comms`: calls of a `ShinyComm`, each with the custom message that it puts on the wire.
- `floats`: doubles (as hex, big-endian) with the text that the packer writes for each.
- `limits`: Python's text for values that JavaScript cannot distinguish.
- `buffers`: states, and the results of `_remove_buffers`.
- `widgets`: the messages of a widget when it opens, and after each step of a scenario.

Values that JSON does not support are objects with one key: `{"$bytes": hex}`, `{"$int": digits}`,
`{"$date": iso}`.
"""

import json
import random
import struct
from binascii import unhexlify
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import ipywidgets
import traitlets
from ipywidgets.widgets.widget import Widget, _remove_buffers
from recording_session import RecordingSession
from shiny.session import session_context
from shinywidgets._comm import OrphanedShinyComm, ShinyComm, ShinyCommManager
from shinywidgets._serialization import json_packer
from shinywidgets._shinywidgets import __protocol_version__

FIXTURE = Path(__file__).resolve().parent.parent / "tests" / "fixtures" / "server-comm.json"

COMM_ID = f"{0xA1:032x}"


def revive(value):
    """A value with parts that JSON does not support."""
    if isinstance(value, list):
        return [revive(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((key, text),) = value.items()
        if key == "$bytes":
            return unhexlify(text)
        if key == "$int":
            return int(text)
        if key == "$date":
            return datetime.fromisoformat(text).astimezone(timezone.utc)
    return {key: revive(item) for key, item in value.items()}


def record_comms():
    state = {"_model_name": "IntSliderModel", "value": 7, "layout": "IPY_MODEL_b2"}
    nested = {
        "list": [1, None, True, False, [], {}, [[["deep"]]]],
        "object": {"b": {"a": {}}, "a": [{"z": 1, "y": 2}]},
        "": "an empty key",
    }
    texts = {
        "umlauts": "Größe → 🧭",
        "schlüssel": "wert",
        "escapes": "\"quoted\" \\ / \b\f\n\r\t \u0000\u001f\u007f\u0080",
        "separators": "\u2028\u2029 </script>",
        "escaped": "\\u0041 \\ud800",
        "halves": "\ud83e alone, \udded alone",
    }
    numbers = {
        "ints": [0, 1, -1, 2**31, -(2**53) + 1, 2**53 - 1],
        "bigs": [{"$int": str(2**53 + 1)}, {"$int": str(-(10**30))}],
        "floats": [0.1, -0.5, 1.5e300, 5e-324, 1e-05, 0.0001, 1e-07, 123456.789, -0.0],
        "large": [1.5e16, 1e16 + 2, 1.7976931348623157e308, 123456789012345680.0],
    }
    dates = {
        "whole": {"$date": "2024-02-29T23:59:59+00:00"},
        "fraction": {"$date": "2024-02-29T23:59:59.123+00:00"},
    }
    pair = [b"\x00\x01\xff".hex(), b"".hex()]
    every = bytes(range(256)).hex()
    cases = [
        ("an open without anything", {"op": "open"}),
        ("an open with a state", {"op": "open", "data": {"state": state, "buffer_paths": []}}),
        (
            "an open as shinywidgets calls it",
            {
                "op": "open",
                "data": {"state": {**state, "list": [None]}, "buffer_paths": [["x"], ["list", 0]]},
                "metadata": {"version": __protocol_version__},
                "buffers": pair,
                "keys": {"html_deps": [{"name": "dep", "version": "1.0", "script": []}]},
            },
        ),
        ("a message without anything", {"op": "send"}),
        ("a message with data", {"op": "send", "data": {"method": "update", "state": state}}),
        ("a message with metadata", {"op": "send", "data": {}, "metadata": {"k": [1, "v"]}}),
        ("a message with buffers", {"op": "send", "data": {"n": 1}, "buffers": [*pair, every]}),
        ("nested data", {"op": "send", "data": nested}),
        ("texts", {"op": "send", "data": texts}),
        ("numbers", {"op": "send", "data": numbers}),
        ("dates", {"op": "send", "data": dates}),
        ("the order of keys", {"op": "send", "data": {"z": 1, "a": 2, "m": {"y": 1, "b": 2}}}),
        ("an empty list of buffers", {"op": "send", "data": {}, "metadata": {}, "buffers": []}),
        ("a close without anything", {"op": "close"}),
        ("a close with data", {"op": "close", "data": {"reason": "Größe"}}),
        (
            "a close with all",
            {"op": "close", "data": {"n": 0.5}, "metadata": {"m": None}, "buffers": pair},
        ),
    ]
    recorded = []
    for name, case in cases:
        session = RecordingSession()
        manager = ShinyCommManager()
        manager.comms = {}
        given = {
            "data": revive(case.get("data")),
            "metadata": case.get("metadata"),
            "buffers": [unhexlify(b) for b in case["buffers"]] if "buffers" in case else None,
        }
        with session_context(session):
            first = {**given, **case.get("keys", {})} if case["op"] == "open" else {}
            comm = ShinyComm(COMM_ID, manager, "jupyter.widget", **first)
            if case["op"] != "open":
                session.drain()
                getattr(comm, case["op"])(**given)
            (sent,) = session.drain()
            comm.close()
        recorded.append({"name": name, **case, "sent": sent})
    return recorded


def record_floats():
    source = random.Random(1)
    values = [struct.unpack(">d", source.randbytes(8))[0] for _ in range(400)]
    values += [source.uniform(-1e6, 1e6) for _ in range(100)]
    values += [source.uniform(1, 10) * 10.0 ** power for power in range(-8, 20) for _ in range(4)]
    finite = [value for value in values if value == value and abs(value) != float("inf")]
    fractional = [value for value in finite if not (value.is_integer() and abs(value) < 2**53)]
    return [[struct.pack(">d", value).hex(), json_packer(value)] for value in fractional]


def record_limits():
    return {
        "1.0": json_packer(1.0),
        "1e15": json_packer(1e15),
        "keys": json_packer({"10": 1, "2": 2, "x": 3}),
    }


def record_buffers():
    one, two, three = ({"$bytes": text} for text in ("00ff", "", "0102"))
    states = [
        ("a state without binary values", {"a": [1, {"b": 2}], "c": "text"}),
        ("binary values of keys", {"a": one, "b": 1, "c": two}),
        ("binary values in lists", {"a": [one, 1, two], "b": [[three]]}),
        ("binary values in both", {"z": [{"x": one, "y": [two, 0]}], "a": {"d": {"e": three}}}),
    ]
    recorded = []
    for name, given in states:
        state, paths, buffers = _remove_buffers(revive(given))
        recorded.append(
            {
                "name": name,
                "given": given,
                "state": json_packer(state),
                "buffer_paths": paths,
                "buffers": [bytes(b).hex() for b in buffers],
            }
        )
    return recorded


class Vector(ipywidgets.DOMWidget):
    """A widget with a trait of each kind that has special treatment."""

    _model_name = traitlets.Unicode("VectorModel").tag(sync=True)
    _model_module = traitlets.Unicode("vectors").tag(sync=True)
    _model_module_version = traitlets.Unicode("1.0.0").tag(sync=True)
    value = traitlets.Int(1).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    limited = traitlets.Int(0).tag(sync=True)
    quiet = traitlets.Int(0).tag(sync=True, echo_update=False)
    picture = traitlets.Bytes(b"\x01\x02").tag(sync=True)
    layout = None
    comm_id = COMM_ID


def record_widget():
    steps = [
        ("an update of the browser", {"receive": {"value": 3}}),
        ("the same update again", {"receive": {"value": 3}}),
        ("an update that is not echoed", {"receive": {"quiet": 4}}),
        ("an update of traits that are echoed and of one that is not", {"receive": {"value": 5, "quiet": 6, "text": "ä"}}),
        ("an update of a trait that is not there", {"receive": {"absent": 1}}),
        ("an update that the server corrects", {"receive": {"limited": 20}}),
        ("an update that the server leaves as it is", {"receive": {"limited": 10}}),
        ("an update with a buffer", {"receive": {"picture": {"$bytes": "0a0b"}}}),
        ("a value set by the server", {"set": {"value": 8}}),
        ("the same value set again", {"set": {"value": 8}}),
        ("a binary value set by the server", {"set": {"picture": {"$bytes": "0c"}}}),
        ("a custom message of the server", {"send": {"kind": "tile", "n": [1, 2]}, "buffers": ["00", "ff00"]}),
        ("a request for the state", {"request": True}),
    ]
    session = RecordingSession()
    manager = ShinyCommManager()
    manager.comms = {}
    # shinywidgets would open the comm by a reactive effect, which needs a server.
    callback, Widget._widget_construction_callback = Widget._widget_construction_callback, None
    try:
        with session_context(session):
            widget = Vector(comm=OrphanedShinyComm(COMM_ID))
            full = {key: value for key, value in widget.get_state().items()}
            state, paths, buffers = _remove_buffers(full)
            widget.comm = ShinyComm(
                COMM_ID,
                manager,
                "jupyter.widget",
                data={"state": state, "buffer_paths": paths},
                buffers=buffers,
                metadata={"version": __protocol_version__},
                html_deps=[],
            )
            opened = session.drain()
            widget.observe(lambda _: setattr(widget, "limited", min(widget.limited, 10)), "limited")
            recorded = []
            for name, step in steps:
                if "receive" in step:
                    state, paths, buffers = _remove_buffers(revive(step["receive"]))
                    data = {"method": "update", "state": state, "buffer_paths": paths}
                    # Shiny passes values through JSON.
                    message = {"content": {"comm_id": COMM_ID, "data": json.loads(json.dumps(data))}}
                    message["buffers"] = [memoryview(b) for b in buffers]
                    widget.comm.handle_msg(message)
                elif "set" in step:
                    for trait, value in revive(step["set"]).items():
                        setattr(widget, trait, value)
                elif "send" in step:
                    widget.send(step["send"], [unhexlify(b) for b in step["buffers"]])
                else:
                    data = {"method": "request_state"}
                    widget.comm.handle_msg({"content": {"data": data}, "buffers": []})
                recorded.append({"name": name, **step, "sent": session.drain()})
            widget.close()
            session.drain()
    finally:
        Widget._widget_construction_callback = callback
    given = {
        key: {"$bytes": value.hex()} if isinstance(value, bytes) else value
        for key, value in full.items()
    }
    return {"state": given, "opened": opened, "steps": recorded}


if __name__ == "__main__":
    packages = ("shinywidgets", "shiny", "ipywidgets")
    recorded = {
        "recorded_with": {package: version(package) for package in packages},
        "comms": record_comms(),
        "floats": record_floats(),
        "limits": record_limits(),
        "buffers": record_buffers(),
        "widgets": record_widget(),
    }
    text = json.dumps(recorded, indent=1, ensure_ascii=True) + "\n"
    FIXTURE.write_text(text, encoding="utf-8")

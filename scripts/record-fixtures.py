"""Records messages that the server's packages write and read, for the unit tests.

    python scripts/record-fixtures.py

Needs `shinywidgets` (and with it Shiny and ipywidgets) in the Python that runs it; nothing is
started and nothing asked of the network. Ids are fixed, so two runs with the same versions write
the same bytes.

- tests/fixtures/comm-messages.json: custom messages as `shinywidgets._comm.ShinyComm` puts them on
  the wire, each with what was put in (buffers as hex).
- tests/fixtures/comm-replies.json: texts for the input `shinywidgets_comm_send`, each with what
  the server's decoder made of it (buffers as hex). The texts are written here as the browser's
  `JSON.stringify` writes them; a unit test holds the encoder to them.
"""

import json
from importlib.metadata import version
from pathlib import Path

from ipywidgets.widgets.widget import _remove_buffers
from recording_session import RecordingSession
from shiny.session import session_context
from shinywidgets._comm import ShinyComm, ShinyCommManager
from shinywidgets._shinywidgets import __protocol_version__, _decode_comm_buffers

FIXTURES = Path(__file__).resolve().parent.parent / "tests" / "fixtures"

ALL_BYTES = bytes(range(256))


def record_messages():
    session = RecordingSession()
    manager = ShinyCommManager()
    cases = []
    comms = {}

    def record(name, content, metadata, buffers):
        (recorded,) = session.drain()
        cases.append(
            {
                "name": name,
                **recorded,
                "expected": {
                    "content": content,
                    "metadata": metadata,
                    "buffers": [bytes(b).hex() for b in buffers],
                },
            }
        )

    def opening(name, comm_id, full_state, html_deps=()):
        state, buffer_paths, buffers = _remove_buffers(full_state)
        data = {"state": state, "buffer_paths": buffer_paths}
        metadata = {"version": __protocol_version__}
        comms[comm_id] = ShinyComm(
            comm_id=comm_id,
            comm_manager=manager,
            target_name="jupyter.widget",
            data=data,
            buffers=buffers,
            metadata=metadata,
            html_deps=list(html_deps),
        )
        content = {
            "comm_id": comm_id,
            "data": data,
            "target_name": "jupyter.widget",
            "target_module": None,
            "html_deps": list(html_deps),
        }
        record(name, content, metadata, buffers)

    def sending(name, comm_id, data, buffers=None):
        comms[comm_id].send(data=data, buffers=buffers)
        record(name, {"comm_id": comm_id, "data": data}, {}, buffers or [])

    def state_of(method, full_state):
        state, buffer_paths, buffers = _remove_buffers(full_state)
        return {"method": method, "state": state, "buffer_paths": buffer_paths}, buffers

    one, two, three = (f"{n:032x}" for n in (0xA1, 0xB2, 0xC3))
    with session_context(session):
        opening(
            "an open without buffers",
            one,
            {"_model_name": "IntSliderModel", "value": 7, "layout": f"IPY_MODEL_{two}"},
        )
        opening(
            "an open with nested buffer paths",
            two,
            {
                "image": memoryview(ALL_BYTES),
                "layers": [{"points": bytearray(b"\x00\x01\x02"), "name": "first"}, b"\xff\xfe"],
                "plain": [1, None, {"deep": [True, 0.5]}],
            },
        )
        opening(
            "an open with HTML dependencies",
            three,
            {"value": None},
            [
                {
                    "name": "ipyleaflet",
                    "version": "0.20.0",
                    "script": [],
                    "stylesheet": [],
                    "meta": [],
                    "head": '<script>window.require.config({"paths": {"jupyter-leaflet": '
                    '"lib/ipyleaflet-0.20.0/index"}})</script>',
                }
            ],
        )
        sending("an update without buffers", one, state_of("update", {"value": 8})[0])
        sending(
            "an update with buffers",
            two,
            *state_of("update", {"image": b"\x00", "list": [b"ab", {"x": b"abc"}]}),
        )
        sending("an echo of an update", one, state_of("echo_update", {"value": 9})[0])
        sending(
            "an echo of an update with a buffer", two, *state_of("echo_update", {"image": b"\x80"})
        )
        sending(
            "a custom message with buffers that no path names",
            two,
            {"method": "custom", "content": {"kind": "tile", "n": [1, 2]}},
            [b"first", bytearray(b"second"), memoryview(b"\xfa\xfb")],
        )
        sending(
            "a custom message whose content is not an object",
            one,
            {"method": "custom", "content": "ping"},
        )
        sending("empty buffers", two, *state_of("update", {"image": b"", "list": [b""]}))
        sending(
            "text beyond ASCII",
            one,
            state_of(
                "update",
                {
                    "description": "Größe \u2192 \U0001f9ed \u2028 \u0000 \"quoted\" \\ </script>",
                    "schlüssel": "wert",
                },
            )[0],
        )
        for comm_id, name in ((two, "a close"), (one, "a close with data")):
            data = {} if comm_id == two else {"reason": "done"}
            comms[comm_id].close(data=data or None)
            record(name, {"comm_id": comm_id, "data": data}, {}, [])
    return cases


def record_replies():
    comm_id = f"{0xA1:032x}"

    def text(data, metadata, buffers):
        content = {"comm_id": comm_id, "data": data}
        message = {"content": content, "metadata": metadata, "buffers": buffers, "header": {}}
        return json.dumps(message, ensure_ascii=False, separators=(",", ":"))

    given = [
        ("an update", text({"method": "update", "state": {"value": 3}, "buffer_paths": []}, {}, [])),
        (
            "an update with buffers",
            text(
                {"method": "update", "state": {"list": [None]}, "buffer_paths": [["a"], ["list", 0]]},
                {},
                ["AP8Q", "gA=="],
            ),
        ),
        ("a request for all state", text({"method": "request_state"}, {}, [])),
        (
            "a custom message beyond ASCII with an empty buffer",
            text({"method": "custom", "content": {"text": "Größe \U0001f9ed"}}, {"k": "v"}, [""]),
        ),
    ]
    cases = []
    for name, reply in given:
        decoded = _decode_comm_buffers(json.loads(reply))
        decoded["buffers"] = [bytes(b).hex() for b in decoded["buffers"]]
        cases.append({"name": name, "text": reply, "decoded": decoded})
    return cases


def write(name, cases):
    packages = ("shinywidgets", "shiny", "ipywidgets")
    recorded = {"recorded_with": {p: version(p) for p in packages}, "cases": cases}
    text = json.dumps(recorded, indent=2, ensure_ascii=True) + "\n"
    (FIXTURES / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    FIXTURES.mkdir(parents=True, exist_ok=True)
    write("comm-messages.json", record_messages())
    write("comm-replies.json", record_replies())

"""Names that the page and the server share (docs/wire.md)."""

from __future__ import annotations

from typing import Final

from shiny.module import ResolvedId

from ._frames import MessageKind

#: The custom messages to the page, by the kind of comm message.
HANDLERS: Final[dict[MessageKind, str]] = {
    "comm_open": "shinywidgets_comm_open",
    "comm_msg": "shinywidgets_comm_msg",
    "comm_close": "shinywidgets_comm_close",
}

#: The Shiny input with the highest version of binary frames that the client supports.
FRAMES_INPUT: Final = ResolvedId(".shiny_comm_frames")

#: The value of that input with which the page asks for a probe. The probe is a custom message in
#: bytes, which contains each byte once.
PROBE: Final = "probe"
PROBE_MESSAGE: Final = "shiny_comm_probe"

#: The custom message that announces the server to a page that may open comms, and its content.
SERVER_MESSAGE: Final = "shiny_comm_server"
SERVER: Final = {"version": 1, "opens": True}

#: The Shiny inputs with the page's messages; each value is the text of a message.
OPEN_INPUT: Final = ResolvedId("shiny_comm_open")
SEND_INPUT: Final = ResolvedId("shinywidgets_comm_send")
CLOSE_INPUT: Final = ResolvedId("shiny_comm_close")

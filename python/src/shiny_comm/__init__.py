"""Jupyter widgets in Shiny for Python: the shiny-comm client and its server."""

from ._comm import Comm
from ._dependency import dependency
from ._frames import FRAME_VERSION, FrameError, MessageKind, decode_frame, encode_frame
from ._targets import register_target
from ._use import Undo, use
from ._version import __version__

__all__ = (
    "FRAME_VERSION",
    "Comm",
    "FrameError",
    "MessageKind",
    "Undo",
    "__version__",
    "decode_frame",
    "dependency",
    "encode_frame",
    "register_target",
    "use",
)

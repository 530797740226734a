"""The options of `use()`, whose defaults apply to comms without `use()`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: The length of a message from a page, in characters. uvicorn refuses more than 16 MiB by default.
MAX_MESSAGE_LENGTH: Final = 64 * 1024 * 1024
#: The number of buffers in a message from a page.
MAX_MESSAGE_BUFFERS: Final = 10_000
#: The number of comms that a page may have open at the same time.
MAX_PAGE_COMMS: Final = 1_000


@dataclass(frozen=True)
class Options:
    """The options of `use()`."""

    binary_frames: bool = True
    module_urls: bool = False
    page_comms: bool = False
    max_message_length: int = MAX_MESSAGE_LENGTH
    max_message_buffers: int = MAX_MESSAGE_BUFFERS
    max_page_comms: int = MAX_PAGE_COMMS


_options = Options()


def options() -> Options:
    """Return the active options."""
    return _options


def set_options(new: Options) -> None:
    """Replace the active options."""
    global _options
    _options = new

"""`use()`: shiny-comm opens the widgets of all sessions, instead of shinywidgets."""

from __future__ import annotations

from collections.abc import Callable

from htmltools import TagList

from . import _host
from ._opens import on_constructed, open_from_page
from ._options import (
    MAX_MESSAGE_BUFFERS,
    MAX_MESSAGE_LENGTH,
    MAX_PAGE_COMMS,
    Options,
    set_options,
)
from ._output import install
from ._session_comms import comms_of
from ._targets import enable_page_comms, register_target

#: The undos of the last call.
_undos: list[Callable[[], None]] = []
#: The undo for Output widgets, which a second call keeps: open ones continue to capture.
_output_undos: list[Callable[[], None]] = []


def _undo_all(undos: list[Callable[[], None]]) -> None:
    while undos:
        undos.pop()()


class Undo:
    """Undoes `use()`, as a function or at the end of a ``with`` block."""

    def __call__(self) -> None:
        """Let shinywidgets open new widgets again; a second call does nothing."""
        _undo_all(_undos)
        _undo_all(_output_undos)
        enable_page_comms(False)
        # A later hook of other code stays.
        if _host.construction_hook() is on_constructed:
            _host.set_construction_hook(_host.stock_hook())
            set_options(Options())

    def tagify(self) -> TagList:
        """Render nothing: Express puts the value of each expression on the page."""
        return TagList()

    def __enter__(self) -> Undo:
        """Return the undo."""
        return self

    def __exit__(self, *_: object) -> None:
        """Undo."""
        self()


def use(
    *,
    binary_frames: bool = True,
    module_urls: bool = True,
    page_comms: bool = True,
    outputs: bool = True,
    max_message_length: int = MAX_MESSAGE_LENGTH,
    max_message_buffers: int = MAX_MESSAGE_BUFFERS,
    max_page_comms: int = MAX_PAGE_COMMS,
) -> Undo:
    """Open widgets with this package instead of shinywidgets, in all sessions of the process.

    Call it once, at the start of the app. A second call replaces the options. Widgets that are open
    already keep their comms.

    - The new widgets of a flush are opened together, in one frame on pages with the shiny-comm
      client. Children are opened before their parents.
    - Messages before the open, from threads, and from tasks without a flush are sent.
    - A page's messages reach only the widgets of its own session. shinywidgets has one table of
      comms for all sessions, in which a page can change any widget whose id it knows.
    - An error in a callback of a widget is logged, as in Jupyter. The session continues. In each
      session, at most 20 such errors and 20 faults of the page are logged.

    Parameters
    ----------
    binary_frames
        Whether messages with buffers, and several messages of a flush, are sent as binary websocket
        frames. Pages with another client get the texts of shinywidgets.
    module_urls
        Whether the app serves the module of an anywidget (``_esm``) of 16 KiB or more under a URL,
        which the browser fetches once. The widget's state has that URL; the trait keeps its text.
        Texts from a page are never served. Styles (``_css``) are sent as text, because a style from
        a URL would arrive after the widget is drawn.
    page_comms
        Whether each later session announces to its page that the page may open comms. An open for
        an unregistered target is closed. If false, only sessions with a target announce it.
        JavaScript of a widget may then create models, like pythreejs, of packages that the page
        shows.
    outputs
        Whether ``Output`` widgets capture text, displays, figures and errors without a kernel.
    max_message_length
        The length of a message from a page, in characters. Longer ones are logged and dropped.
    max_message_buffers
        The number of buffers in a message from a page. Messages with more are logged and dropped.
    max_page_comms
        The number of comms that a page may have open at the same time. More are logged and closed.

    Returns
    -------
    :
        The undo, which is a function and a context manager.

    Examples
    --------
    ```python
    import shiny_comm

    shiny_comm.use()
    app_ui = ui.page_fluid(shiny_comm.dependency(), output_widget("plot"))
    ```

    """
    _undo_all(_undos)
    enable_page_comms(page_comms)
    missing = _host.missing_parts()
    if missing or not outputs:
        _undo_all(_output_undos)
    if missing:
        _host.warn_missing(missing, "shinywidgets opens the widgets")
        return Undo()
    set_options(
        Options(
            binary_frames=binary_frames,
            module_urls=module_urls,
            page_comms=page_comms,
            max_message_length=max_message_length,
            max_message_buffers=max_message_buffers,
            max_page_comms=max_page_comms,
        )
    )
    _host.set_construction_hook(on_constructed)
    if page_comms:
        _undos.append(register_target("jupyter.widget", open_from_page, every_session=True))
    else:
        # So that a thread may create the first widget of a session.
        stop = _host.on_new_session(comms_of)
        if stop is not None:
            _undos.append(stop)
    if outputs and not _output_undos:
        _output_undos.append(install())
    return Undo()

#' Jupyter widgets in Shiny apps
#'
#' Shows ipywidgets' controls, anywidgets and the widgets of Python packages in Shiny apps, without
#' Python. [widget_output()] is the output of a widget in the UI, [render_widget()] renders a widget.
#' [ipy_int_slider()] and its siblings make controls, [anywidget()] makes a widget from a JavaScript
#' module, [comm_open()] opens a channel without a widget.
#'
#' @keywords internal
"_PACKAGE"

#' @importFrom rlang %||%
NULL

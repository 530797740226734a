# ipywidgets' controls.

#' A control of ipywidgets by its name
#'
#' @param name The class in Python, such as `"IntSlider"`.
#' @param ... The traits by name. Unnamed arguments are children, or lists of children. `layout` and
#'   `style` are widgets, or lists of their traits.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' server <- function(input, output, session) {
#'   output$date <- render_widget(ipy_control("DatePicker", description = "Day"))
#' }
#' @export
ipy_control <- function(name, ..., session = shiny::getDefaultReactiveDomain()) {
  model <- ipywidgets_models()[[name]]
  if (is.null(model)) stop("shinycomm: ipywidgets has no ", name, call. = FALSE)
  given <- with_children(list(...))
  named_values(given)
  state <- model$state
  for (key in model$bytes) state[[key]] <- raw()
  unknown <- setdiff(names(given), c(names(state), names(model$models)))
  if (length(unknown) > 0) stop("shinycomm: ", name, " has no ", unknown[[1]], call. = FALSE)
  for (key in names(model$models)) {
    part <- given[[key]]
    if (!inherits(part, "shinycomm_widget")) {
      if (!is.null(part) && !is.list(part)) {
        stop("shinycomm: ", key, " of ", name, " must be a widget or a list", call. = FALSE)
      }
      arguments <- c(list(model$models[[key]]), part, list(session = session))
      part <- owned_by_parent(do.call(ipy_control, arguments))
    }
    given[[key]] <- part
  }
  state[names(given)] <- given
  new_widget(name, lapply(state, trait_any), list(), FALSE, session)
}

# Collects the unnamed values as children.
with_children <- function(values) {
  unnamed <- !nzchar(names(values) %||% rep("", length(values)))
  if (!any(unnamed)) return(values)
  children <- lapply(values[unnamed], function(child) {
    if (inherits(child, "shinycomm_widget")) list(child) else as.list(child)
  })
  c(list(children = unlist(unname(children), recursive = FALSE)), values[!unnamed])
}

ipywidgets_models <- local({
  models <- NULL
  function() {
    if (is.null(models)) {
      models <<- jsonlite::read_json(system.file("ipywidgets.json", package = "shinycomm"))
    }
    models
  }
})

#' Controls
#'
#' @param ... Traits.
#' @param value,min,max,step,description,options,index Traits.
#' @return A widget.
#' @name controls
NULL

#' @rdname controls
#' @export
ipy_layout <- function(...) ipy_control("Layout", ...)

#' @rdname controls
#' @export
ipy_int_slider <- function(value = 0, min = 0, max = 100, step = 1, description = "", ...) {
  ipy_control("IntSlider", value = value, min = min, max = max, step = step,
    description = description, ...)
}

#' @rdname controls
#' @export
ipy_float_slider <- function(value = 0, min = 0, max = 100, step = 0.1, description = "", ...) {
  ipy_control("FloatSlider", value = value, min = min, max = max, step = step,
    description = description, ...)
}

#' @rdname controls
#' @export
ipy_checkbox <- function(value = FALSE, description = "", ...) {
  ipy_control("Checkbox", value = value, description = description, ...)
}

#' @rdname controls
#' @export
ipy_text <- function(value = "", description = "", ...) {
  ipy_control("Text", value = value, description = description, ...)
}

#' @rdname controls
#' @export
ipy_dropdown <- function(options, index = 0, description = "", ...) {
  ipy_control("Dropdown", `_options_labels` = as.list(unname(options)), index = index,
    description = description, ...)
}

#' @rdname controls
#' @export
ipy_button <- function(description = "", ...) {
  ipy_control("Button", description = description, ...)
}

#' @rdname controls
#' @export
ipy_label <- function(value = "", ...) ipy_control("Label", value = value, ...)

#' @rdname controls
#' @export
ipy_vbox <- function(...) ipy_control("VBox", ...)

#' @rdname controls
#' @export
ipy_hbox <- function(...) ipy_control("HBox", ...)

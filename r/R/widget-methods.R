# The methods of widgets. See widget_open() for what they do.

#' @export
`$.shinycomm_widget` <- function(x, name) {
  member <- get0(name, envir = x, inherits = FALSE)
  if (is.null(member)) x[[name]] else member
}

#' @export
`[[.shinycomm_widget` <- function(x, i) get0(".parts", envir = x, inherits = FALSE)$read(i)

#' @export
`$<-.shinycomm_widget` <- function(x, name, value) { # nolint: object_name_linter.
  if (exists(name, envir = x, inherits = FALSE)) {
    stop("shinycomm: cannot replace the member ", name, " of a widget", call. = FALSE)
  }
  get0(".parts", envir = x, inherits = FALSE)$set(name, value)
  x
}

#' @export
`[[<-.shinycomm_widget` <- function(x, i, value) {
  get0(".parts", envir = x, inherits = FALSE)$set(i, value)
  invisible(x)
}

#' @export
names.shinycomm_widget <- function(x) {
  names <- x$.parts$names()
  names[!startsWith(names, "_")]
}

#' @importFrom utils .DollarNames
#' @export
.DollarNames.shinycomm_widget <- function(x, pattern = "") { # nolint: object_name_linter.
  members <- c("close", "comm", "model_id", "on_msg", "send", "update")
  grep(pattern, c(names(x), members), value = TRUE)
}

#' @export
format.shinycomm_widget <- function(x, ...) {
  closed <- if (!x$comm$is_open()) " (closed)" else ""
  paste0("<", x$.parts$class, " ", substr(x$model_id, nchar(x$model_id) - 7, nchar(x$model_id)), closed, ">")
}

#' @export
print.shinycomm_widget <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  names <- setdiff(names(x), c("layout", "style", "comm"))
  values <- lapply(names, function(name) x$.parts$current(name))
  shown <- !vapply(values, function(value) is.null(value) || identical(value, ""), TRUE)
  lines <- paste0("  ", format(names[shown]), "  ", vapply(values[shown], describe, ""))
  if (any(shown)) cat(lines, sep = "\n")
  invisible(x)
}

#' @export
as.list.shinycomm_widget <- function(x, ...) {
  lapply(stats::setNames(nm = names(x)), function(name) x[[name]])
}

#' Observe a trait of a widget
#'
#' Calls a function after the page or R changed a trait. Unlike [shiny::observeEvent()], each change is a
#' call, in order. A failing callback is a warning, and the others are called. If a callback changes a
#' value, the callbacks for that change run after the current ones. A callback runs in the session or
#' module that calls `observe_widget()`, until that session ends.
#'
#' @param widget A widget.
#' @param names The names of traits.
#' @param callback A function that gets the value, and also the name of the trait if it has two
#'   arguments.
#' @return A function that removes the callback, invisibly.
#' @examples
#' server <- function(input, output, session) {
#'   slider <- ipy_int_slider(7)
#'   label <- ipy_label()
#'   stop_observing <- observe_widget(slider, "value", function(value) {
#'     label$value <- paste("The slider is at", value)
#'   })
#'   output$controls <- render_widget(ipy_vbox(slider, label))
#' }
#' @export
observe_widget <- function(widget, names, callback) {
  if (!inherits(widget, "shinycomm_widget")) {
    stop("shinycomm: observe_widget(): expected a widget, got ", describe(widget), call. = FALSE)
  }
  undos <- lapply(names, function(name) widget$.parts$observe(name, callback))
  invisible(function() {
    for (undo in undos) undo()
    invisible()
  })
}

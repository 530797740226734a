#' The output for a widget
#'
#' Creates the place of a widget in the UI. [render_widget()] fills it. The output brings the client
#' (see [widget_dependency()]).
#'
#' @param id The id of the output, in a module `ns("id")`.
#' @param width,height The size in CSS units, such as `"400px"` or `400`; by default, the size of the
#'   widget. A widget that fills its output is 400 pixels high by default; `anywidget(fill = FALSE)` has the
#'   height of its content.
#' @param fill Whether the output fills a fillable container, such as a card of bslib.
#' @return A tag.
#' @examples
#' widget_output("slider")
#' @export
widget_output <- function(id, width = NULL, height = NULL, fill = TRUE) {
  size <- htmltools::css(
    width = htmltools::validateCssUnit(width), height = htmltools::validateCssUnit(height)
  )
  container <- htmltools::tags$div(
    id = id, class = "shiny-ipywidget-output shiny-report-size shiny-report-theme", style = size
  )
  container <- htmltools::bindFillRole(container, item = fill, container = TRUE)
  htmltools::attachDependencies(container, widget_dependency(), append = TRUE)
}

#' Render a widget
#'
#' Renders a widget in an output of [widget_output()]. The output owns the widgets that a run of `expr`
#' opens. They are closed after the next run, unless an output shows them or an open widget refers to
#' them. A run that `req(FALSE, cancelOutput = TRUE)` ends keeps the widget of the run before.
#' A [shiny::reactive()] owns its widgets until it is invalidated. Widgets that are made elsewhere
#' stay open until the session ends.
#'
#' @section Removed outputs:
#' `output$x <- NULL` closes the widgets that the output owns. [shiny::removeUI()] alone does not: Shiny
#' shows the last value again when an output with the same id returns to the page.
#'
#' @param expr An expression that returns a widget, a promise of a widget, or `NULL` for an empty output.
#'   An object of another class is a widget if [as_widget()] has a method for the class.
#' @param env The environment of `expr`.
#' @param quoted Whether `expr` is a quoted expression.
#' @return A render function, for an output.
#' @examples
#' server <- function(input, output, session) {
#'   slider <- ipy_int_slider(7)
#'   output$slider <- render_widget(slider)
#'   output$value <- shiny::renderText(slider$value)
#' }
#' @export
render_widget <- function(expr, env = parent.frame(), quoted = FALSE) {
  make <- NULL
  shiny::installExprFunction(expr, "make", env, quoted, label = "render_widget")
  # For snapshots of tests, whose model ids would differ in each run.
  class <- NULL
  render <- shiny::markRenderFunction(widget_output, function(shinysession, name, ...) {
    registry <- comm_registry(shinysession)
    registry$renders[[name]] <- output_function(registry, name)
    previous <- registry$owned[[name]]
    registry$owned[[name]] <- list()
    # Replaces what the last run shows and owns.
    replace <- function(comm) {
      registry$shown[[name]] <- comm
      release(registry, previous)
    }
    fail <- function(cancelled) {
      if (!cancelled) return(replace(NULL))
      # The page keeps the widget of the last run.
      release(registry, registry$owned[[name]])
      registry$owned[[name]] <- previous %||% list()
    }
    show <- function(value) {
      widget <- as_shown(value, name)
      if (is.null(widget)) return(replace(NULL))
      fault <- widget_fault(widget, registry)
      if (!is.null(fault)) stop("shinycomm: output ", name, ": ", fault, call. = FALSE)
      replace(widget$comm)
      class <<- widget$.parts$class
      list(model_id = widget$model_id, fill = widget$fill)
    }
    owned <- owning_domain(registry, name)
    promises::with_promise_domain(owned, owned$wrapSync({
      value <- run_and(make(), fail)
      if (promises::is.promising(value)) {
        promises::then(promises::then(value, show), onRejected = function(error) {
          fail(is_cancel(error))
          stop(error)
        })
      } else {
        run_and(show(value), fail)
      }
    }))
  }, cacheHint = FALSE)
  shiny::snapshotPreprocessOutput(render, function(value) if (!is.null(value)) list(widget = class))
}

# Runs code, and calls `fail` if it does not complete. The condition continues, with its stack trace.
run_and <- function(code, fail) {
  complete <- cancelled <- FALSE
  on.exit(if (!complete) fail(cancelled))
  value <- withCallingHandlers(code, error = function(e) cancelled <<- is_cancel(e))
  complete <- TRUE
  value
}

# Returns whether a condition is of req(FALSE, cancelOutput = TRUE), which leaves an output unchanged.
is_cancel <- function(condition) inherits(condition, c("shiny.output.cancel", "shiny.output.progress"))

# Returns a promise domain: its code, and the callbacks of promises that the code makes, open widgets
# for an output.
owning_domain <- function(registry, name) {
  owned <- function(code) {
    outer <- registry$rendering
    on.exit(registry$rendering <- outer)
    registry$rendering <- name
    code
  }
  wrap <- function(callback) function(...) owned(callback(...))
  promises::new_promise_domain(wrapOnFulfilled = wrap, wrapOnRejected = wrap, wrapSync = owned)
}

# Returns the widget for the value of a render expression, or NULL.
as_shown <- function(value, name) {
  if (is.null(value) || inherits(value, "shinycomm_widget")) return(value)
  widget <- tryCatch(as_widget(value), shinycomm_no_widget = function(e) {
    stop("shinycomm: output ", name, ": expected a widget or NULL, got ", class(value)[[1]], call. = FALSE)
  })
  if (!inherits(widget, "shinycomm_widget")) {
    stop("shinycomm: as_widget() of ", class(value)[[1]], " returned no widget", call. = FALSE)
  }
  widget
}

#' Convert an object to a widget
#'
#' A package defines a method for its class. [render_widget()] then shows objects of the class.
#'
#' @param x An object.
#' @param ... Arguments of methods.
#' @return A widget.
#' @examples
#' .S3method("as_widget", "hello", function(x, ...) ipy_label(paste("Hello", x$name)))
#' as_widget(structure(list(name = "Ada"), class = "hello"))
#' @export
as_widget <- function(x, ...) UseMethod("as_widget")

#' @export
as_widget.default <- function(x, ...) {
  hint <- if (is.object(x)) paste0(": ", method_hint("as_widget", class(x)[[1]]))
  stop(errorCondition(
    paste0("shinycomm: no widget for an object of class ", class(x)[[1]], hint), class = "shinycomm_no_widget"
  ))
}

#' @export
as_widget.shinycomm_widget <- function(x, ...) x

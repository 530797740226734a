# The controls of ipywidgets. controls-generated.R has a function for each, ipywidgets.json their traits.

#' A control of ipywidgets by its name
#'
#' @param name The class in Python, such as `"IntSlider"`.
#' @param ... The traits by name. Unnamed arguments are children, or lists of children.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @seealso Each control has a function, such as [ipy_int_slider()].
#' @examples
#' ipy_control("DatePicker", description = "Day")
#' @export
ipy_control <- function(name, ..., session = shiny::getDefaultReactiveDomain()) {
  open_control(name, list(...), session)
}

#' Values of controls
#'
#' The functions of controls have the names, the arguments and the defaults of ipywidgets 8 in Python. A
#' value of a wrong type is an error. If the page sends it, R warns, and sends its own value back.
#'
#' @section Selections:
#' `options` are a vector, a list or a factor, which counts with its levels. Names are the labels. `value`
#' is an option: `w$value` returns the option, not its label. `w$value <- x` selects the option that
#' equals `x`, otherwise the option with the label `x`. `w$label` is the label, and `w$index` the index,
#' counted from 0 as in Python. A change of `w$options` selects the first option. `NULL` selects none.
#'
#' In [ipy_select_multiple()], `value`, `label` and `index` are vectors. In
#' [ipy_selection_range_slider()], they have the two ends of the range.
#'
#' @section Limits:
#' A value outside of `min` and `max` becomes the nearest limit. A `min` above `max` is an error. If a
#' change of `min` or `max` excludes the value, the value changes, too. The value of a range slider is a
#' vector of two numbers.
#'
#' @section Dates and times:
#' | control | value in R |
#' | --- | --- |
#' | [ipy_date_picker()] | a [Date]; a text such as `"2026-01-31"` is converted |
#' | [ipy_datetime_picker()] | a [POSIXct], from the page in UTC |
#' | [ipy_naive_datetime_picker()] | a [POSIXct] in UTC that reads as the clock of the user |
#' | [ipy_time_picker()] | a text such as `"12:30:00"`; `"12:30"`, [difftime] and [POSIXct] are converted |
#'
#' `NULL` is an empty picker. `as.difftime(w$value)` converts a text of a time picker.
#'
#' @section Files and media:
#' The value of [ipy_file_upload()] is a data frame with a row for each file. Its columns are `name`, `type`,
#' `size`, `last_modified` and `content`. `last_modified` is a [POSIXct], and `content` a list of raw
#' vectors. `w$value <- NULL` removes the files.
#'
#' The value of [ipy_image()], [ipy_audio()] and [ipy_video()] is a raw vector. A text is the name of a
#' file, or a URL that begins with `http:`, `https:` or `data:`. The ending of the file sets `format`.
#'
#' @section Buttons:
#' `button$clicks` counts the clicks. It is a reactive value like an [shiny::actionButton()]: for
#' [shiny::observeEvent()] and [shiny::req()], a button without clicks has no value. [observe_click()]
#' calls a function for each click.
#'
#' @section Layouts and styles:
#' `layout` and `style` are widgets of functions such as [ipy_layout()] and [ipy_slider_style()], or lists
#' of their arguments. `w$layout$width <- "50%"` changes one trait.
#'
#' @examples
#' dropdown <- ipy_dropdown(c(One = 1, Two = 2), value = "Two")
#' dropdown$value
#' dropdown$options <- c("a", "b", "c")
#' dropdown$value
#'
#' slider <- ipy_int_range_slider(c(2, 14), max = 10, layout = list(width = "50%"))
#' slider$value
#'
#' server <- function(input, output, session) {
#'   button <- ipy_button("Start")
#'   output$button <- render_widget(button)
#'   shiny::observeEvent(button$clicks, message("started"))
#' }
#' @name control_values
NULL

# Opens the control of a function in controls-generated.R. `given` are the names of its arguments, and
# `frame` has their values.
make_control <- function(name, given, frame, dots, session) {
  given <- setdiff(as.character(given), c("", "session", names(dots)))
  open_control(name, c(mget(given, envir = frame), dots), session)
}

open_control <- function(name, values, session) {
  control <- control_of(name)
  values <- named_values(with_children(values, name, control), name)
  known <- c(names(control$traits), names(control$computed))
  unknown <- setdiff(names(values), known)
  if (length(unknown) > 0) {
    stop("shinycomm: ", name, " has no ", unknown[[1]], suggestion(unknown[[1]], known), call. = FALSE)
  }
  # As in Python, NULL is the default of a trait that cannot be NULL.
  for (key in intersect(names(values)[vapply(values, is.null, TRUE)], names(control$traits))) {
    if (!control$traits[[key]]$null) values[[key]] <- NULL
  }
  values <- control$start(values)
  for (key in names(control$parts)) {
    part <- values[[key]]
    if (is_widget(part)) next
    if (!is.null(part) && (!is.list(part) || is.data.frame(part))) {
      stop(
        "shinycomm: ", key, " of ", name, ": must be a widget or a list, got ", describe(part), call. = FALSE
      )
    }
    values[[key]] <- owned_by_parent(open_control(control$parts[[key]], part %||% list(), session))
  }
  widget <- new_widget(control$kind, values, FALSE, session)
  if (name == "Button") count_clicks(widget)
  widget
}

is_widget <- function(x) inherits(x, "shinycomm_widget")

# Collects the unnamed values as children.
with_children <- function(values, name, control) {
  unnamed <- !nzchar(names(values) %||% rep("", length(values)))
  if (!any(unnamed)) return(values)
  if (is.null(control$traits$children)) {
    value <- describe(values[unnamed][[1]])
    stop("shinycomm: ", name, ": the argument ", value, " has no name", call. = FALSE)
  }
  children <- lapply(values[unnamed], function(child) if (is_widget(child)) list(child) else as.list(child))
  c(list(children = unlist(unname(children), recursive = FALSE)), values[!unnamed])
}

# Returns the table of ipywidgets' classes, which scripts/record-r-controls.py writes.
ipywidgets_table <- function() {
  if (is.null(tables$ipywidgets)) {
    tables$ipywidgets <- jsonlite::read_json(system.file("ipywidgets.json", package = "shinycomm"))
  }
  tables$ipywidgets
}
tables <- new.env(parent = emptyenv())

# Returns the traits and the rules of a class.
control_of <- function(name) {
  if (is.null(tables[[paste0("class ", describe_name(name))]])) {
    classes <- ipywidgets_table()$classes
    if (!is.character(name) || !name %in% names(classes)) {
      stop(
        "shinycomm: ipywidgets has no ", describe_name(name), suggestion(name, names(classes)), call. = FALSE
      )
    }
    assign(paste0("class ", name), new_control(name, classes[[name]]), envir = tables)
  }
  tables[[paste0("class ", name)]]
}

new_control <- function(name, specs) {
  traits <- lapply(specs, control_trait)
  parts <- lapply(Filter(function(spec) spec$type == "part", specs), function(spec) spec$of)
  rules <- list(
    limits_rule(name, specs), selection_rule(name, specs), pages_rule(name, specs), tags_rule(name, specs),
    range_rule(name, specs), media_rule(name, specs), border_rule(name), button_rule(name)
  )
  rules <- rules[!vapply(rules, is.null, TRUE)]
  adjusts <- Filter(Negate(is.null), lapply(rules, function(rule) rule$adjust))
  starts <- Filter(Negate(is.null), lapply(rules, function(rule) rule$start))
  traits <- Reduce(replace_values, lapply(rules, function(rule) rule$traits), traits)
  computed <- do.call(c, lapply(rules, function(rule) rule$computed)) %||% list()
  adjust <- function(values, present) {
    for (adjust in adjusts) values <- adjust(values, present)
    values
  }
  list(
    kind = widget_kind(name, traits, computed, adjust),
    traits = traits,
    parts = parts,
    computed = computed,
    start = function(values) {
      for (start in starts) values <- start(values)
      values
    }
  )
}

#' Observe the clicks of a button
#'
#' @param button A widget of [ipy_button()].
#' @param callback A function that is called after each click; it may have the button as an argument.
#' @return A function that removes the callback, invisibly.
#' @seealso `button$clicks` counts the clicks, and is reactive.
#' @examples
#' server <- function(input, output, session) {
#'   button <- ipy_button("Start")
#'   observe_click(button, function() button$description <- "Started")
#'   output$button <- render_widget(button)
#' }
#' @export
observe_click <- function(button, callback) {
  if (!is_widget(button) || !"clicks" %in% names(button)) {
    stop("shinycomm: observe_click(): expected a Button, got ", describe(button), call. = FALSE)
  }
  as_callback(callback, "observe_click")
  observe_widget(button, "clicks", function(value) {
    if (has_arguments(callback, 1)) callback(button) else callback()
  })
}

#' Append text to an output control
#'
#' @param output A widget of [ipy_output()].
#' @param text A character vector; each element is a line, as [utils::capture.output()] returns them.
#' @return The output control, invisibly.
#' @seealso `output$outputs <- list()` removes the text.
#' @examples
#' output <- ipy_output()
#' append_stdout(output, capture.output(summary(cars)))
#' append_stderr(output, "A warning")
#' @export
append_stdout <- function(output, text) append_stream(output, text, "stdout")

#' @rdname append_stdout
#' @export
append_stderr <- function(output, text) append_stream(output, text, "stderr")

append_stream <- function(output, text, stream) {
  if (!is_widget(output) || !"outputs" %in% names(output)) {
    stop("shinycomm: append_", stream, "(): expected an Output, got ", describe(output), call. = FALSE)
  }
  lines <- paste0(sub("\n$", "", as.character(text)), "\n", collapse = "")
  entry <- list(output_type = "stream", name = stream, text = lines)
  output$outputs <- c(output$.parts$current("outputs"), list(entry))
  invisible(output)
}

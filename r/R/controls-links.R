# Links between traits of widgets.

#' Link traits of widgets
#'
#' `ipy_link()` keeps two traits equal, and `ipy_dlink()` copies changes of the first to the second. The
#' changes go through R, and stay within the limits of both widgets. `ipy_jslink()` and `ipy_jsdlink()` do
#' the same on the page, without R.
#'
#' @param source,target Lists of a widget and the name of a trait, such as `list(slider, "value")`. At
#'   first, the target gets the value of the source.
#' @param transform A function that returns the value for the target.
#' @return A function that removes the link, invisibly.
#' @examples
#' server <- function(input, output, session) {
#'   slider <- ipy_int_slider(7)
#'   text <- ipy_bounded_int_text(max = 100)
#'   label <- ipy_label()
#'   ipy_link(list(slider, "value"), list(text, "value"))
#'   ipy_dlink(list(slider, "value"), list(label, "value"), function(value) paste(value, "%"))
#'   output$controls <- render_widget(ipy_vbox(slider, text, label))
#' }
#' @export
ipy_link <- function(source, target) {
  source <- endpoint(source, "ipy_link", "source")
  target <- endpoint(target, "ipy_link", "target")
  # The limits of one end may change the value of the other.
  copy_both <- function(from, to) {
    copy(from, to)
    copy(to, from)
  }
  copy_both(source, target)
  join_undos(
    follow(source, target, function() copy_both(source, target)),
    follow(target, source, function() copy_both(target, source))
  )
}

#' @rdname ipy_link
#' @export
ipy_dlink <- function(source, target, transform = identity) {
  source <- endpoint(source, "ipy_dlink", "source")
  target <- endpoint(target, "ipy_dlink", "target")
  as_callback(transform, "ipy_dlink")
  copy(source, target, transform)
  join_undos(follow(source, target, function() copy(source, target, transform)))
}

#' @rdname ipy_link
#' @export
ipy_jslink <- function(source, target) js_link("Link", source, target)

#' @rdname ipy_link
#' @export
ipy_jsdlink <- function(source, target) js_link("DirectionalLink", source, target)

js_link <- function(class, source, target) {
  session <- if (is.list(source) && is_widget(source[[1]])) source[[1]]$comm$session
  link <- open_control(class, list(source = source, target = target), session)
  invisible(function() if (link$comm$is_open()) link$close())
}

endpoint <- function(value, where, argument) {
  if (!is.list(value) || length(value) != 2 || !is_widget(value[[1]])) {
    stop(
      "shinycomm: ", where, "(): ", argument,
      " must be a widget and a name, such as list(slider, \"value\"), got ", describe(value), call. = FALSE
    )
  }
  # An error for an unknown name.
  value[[1]]$.parts$current(value[[2]])
  list(widget = value[[1]], name = value[[2]])
}

copy <- function(source, target, transform = identity) {
  target$widget[[target$name]] <- transform(source$widget$.parts$current(source$name))
}

follow <- function(source, target, update) {
  observe_widget(source$widget, source$name, function(value) {
    if (source$widget$comm$is_open() && target$widget$comm$is_open()) update()
  })
}

join_undos <- function(...) {
  undos <- list(...)
  invisible(function() {
    for (undo in undos) undo()
    invisible()
  })
}

#' An anywidget
#'
#' Opens a widget whose JavaScript is a module of [anywidget](https://anywidget.dev). The named arguments
#' are its traits, with the names for `model.get()` in the module. [new_anywidget()] makes a constructor
#' with types instead.
#'
#' @param ... The first unnamed argument is the module: a file such as `"widget.js"`, or the text of the
#'   module. The others have names: values of traits, or traits such as [trait_int()].
#' @param esm The module, instead of the first unnamed argument.
#' @param css A file such as `"widget.css"`, or the text of a style sheet.
#' @param id An id that makes the style sheets of hot reloads replace one another; by default the file.
#' @param fill,session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @section Development:
#' After `options(shinycomm.hot_reload = TRUE)` or `options(shiny.autoreload = TRUE)`, a change of the
#' files changes the widgets that are open, and the state stays. Shiny's `shiny.autoreload` also reloads
#' the page for a `.js` file in the folder of the app, which loses the state.
#' @examples
#' counter <- "
#' function render({ model, el }) {
#'   const button = document.createElement('button');
#'   const show = () => { button.textContent = `count is ${model.get('count')}`; };
#'   button.addEventListener('click', () => {
#'     model.set('count', model.get('count') + 1);
#'     model.save_changes();
#'   });
#'   model.on('change:count', show);
#'   show();
#'   el.append(button);
#' }
#' export default { render };
#' "
#' server <- function(input, output, session) {
#'   widget <- anywidget(counter, count = 3)
#'   output$counter <- render_widget(widget)
#'   output$count <- shiny::renderText(widget$count)
#' }
#' @export
anywidget <- function(..., esm, css = NULL, id = NULL, fill = TRUE,
                      session = shiny::getDefaultReactiveDomain()) {
  # `...` is first, because R would match a value named `e` with `esm`.
  values <- list(...)
  if (missing(esm)) {
    unnamed <- which(!nzchar(names(values) %||% rep("", length(values))))
    if (length(unnamed) == 0) stop("shinycomm: anywidget(): no module", call. = FALSE)
    esm <- values[[unnamed[[1]]]]
    values[[unnamed[[1]]]] <- NULL
  }
  open_anywidget("anywidget", as_traits("anywidget", values), list(), esm, css, id, fill, session)
}

# Returns the traits for values and traits by name.
as_traits <- function(name, values) {
  named_values(values, name)
  for (own in intersect(names(values), c("_esm", "_css"))) {
    stop("shinycomm: ", name, ": use the argument ", substring(own, 2), " instead of ", own, call. = FALSE)
  }
  lapply(stats::setNames(nm = names(values)), function(key) {
    value <- values[[key]]
    if (is.function(value)) {
      stop("shinycomm: ", key, " of ", name, ": expected a value or a trait, got a function", call. = FALSE)
    }
    if (is_trait(value)) value else trait_any(value)
  })
}

#' Make a constructor of anywidgets
#'
#' @param .name The name of the widget, for errors and prints.
#' @param ... The traits by name, such as `count = trait_int(0)`.
#' @param esm,css,id,fill As in [anywidget()].
#' @return A function with the traits as arguments, which returns a widget.
#' @examples
#' counter <- new_anywidget(
#'   "counter", count = trait_int(0, min = 0), label = trait_string("Clicks"),
#'   esm = "export default { render({ model, el }) { el.textContent = model.get('label'); } };"
#' )
#' server <- function(input, output, session) {
#'   output$counter <- render_widget(counter(count = 3))
#' }
#' @export
new_anywidget <- function(.name, ..., esm, css = NULL, id = NULL, fill = TRUE) {
  if (missing(.name) || !is.character(.name) || length(.name) != 1) {
    stop("shinycomm: new_anywidget(): the first argument must be the name of the widget", call. = FALSE)
  }
  if (missing(esm)) stop("shinycomm: new_anywidget(): no module: esm is missing", call. = FALSE)
  traits <- as_traits(.name, list(...))
  if ("session" %in% names(traits)) {
    stop("shinycomm: ", .name, ": a trait cannot have the name session", call. = FALSE)
  }
  # A mistake in the files is an error here.
  read_source(esm, "js")
  read_source(css, "css")
  force(id)
  force(fill)
  constructor <- function() {
    arguments <- as.list(match.call())[-1]
    values <- lapply(arguments, eval, parent.frame())
    session <- if ("session" %in% names(values)) values$session else shiny::getDefaultReactiveDomain()
    values$session <- NULL
    unnamed <- !nzchar(names(values) %||% rep("", length(values)))
    if (any(unnamed)) stop("shinycomm: ", .name, ": an argument has no name", call. = FALSE)
    open_anywidget(.name, traits, values, esm, css, id, fill, session)
  }
  formals(constructor) <- as.pairlist(c(
    alist(... = ), # nolint: spaces_inside_linter.
    lapply(traits, function(trait) trait$default),
    alist(session = shiny::getDefaultReactiveDomain())
  ))
  constructor
}

open_anywidget <- function(name, traits, values, esm, css, id, fill, session) {
  base <- list(
    `_model_module` = "anywidget", `_model_module_version` = "~0.11.*", `_model_name` = "AnyModel",
    `_view_module` = "anywidget", `_view_module_version` = "~0.11.*", `_view_name` = "AnyView",
    `_view_count` = NULL, `_dom_classes` = list(), tabbable = NULL, tooltip = NULL
  )
  base$`_esm` <- read_source(esm, "js")
  base$`_css` <- read_source(css, "css")
  base$`_anywidget_id` <- id %||% (if (is_file(esm, "js")) basename(esm))
  if (!"layout" %in% names(traits)) base["layout"] <- list(NULL)
  traits <- c(lapply(base[setdiff(names(base), names(traits))], trait_any), traits)
  unknown <- setdiff(names(values), names(traits))
  if (length(unknown) > 0) {
    similar <- suggestion(unknown[[1]], names(traits))
    stop("shinycomm: ", name, " has no ", unknown[[1]], similar, call. = FALSE)
  }
  if (is.null(values[["layout"]]) && is.null(default_of(traits, "layout"))) {
    values$layout <- owned_by_parent(ipy_layout(session = session))
  }
  widget <- new_widget(widget_kind(name, traits), values, fill, session)
  reload_changes(widget, list(`_esm` = esm, `_css` = css), session)
  widget
}

# Returns whether a source is the name of a file, not a text.
is_file <- function(source, extension) {
  is.character(source) && length(source) == 1 && nchar(source, "bytes") < 1000 && !grepl("[\n{;]", source) &&
    grepl(paste0("\\.m?", extension, "$"), source)
}

# Returns the text of a file or of lines.
read_source <- function(source, extension) {
  if (is.null(source)) return(NULL)
  if (!is.character(source)) {
    stop("shinycomm: expected a .", extension, " file or its text, got ", describe(source), call. = FALSE)
  }
  if (!is_file(source, extension)) return(paste(source, collapse = "\n"))
  if (!file.exists(source)) stop("shinycomm: no file ", source, " in ", getwd(), call. = FALSE)
  text <- readChar(source, file.size(source), useBytes = TRUE)
  Encoding(text) <- "UTF-8"
  if (!validUTF8(text)) stop("shinycomm: ", source, " is not UTF-8", call. = FALSE)
  text
}

# In development, updates a widget after its files have changed.
reload_changes <- function(widget, sources, session) {
  files <- Filter(function(source) is_file(source, "js") || is_file(source, "css"), sources)
  enabled <- getOption("shinycomm.hot_reload", getOption("shiny.autoreload", FALSE))
  if (!isTRUE(enabled) || length(files) == 0 || is.null(session)) return(invisible())
  files <- lapply(files, normalizePath)
  read <- lapply(files, file.mtime)
  watch <- shiny::observe(domain = session, {
    shiny::invalidateLater(500, session)
    for (name in names(files)) {
      time <- file.mtime(files[[name]])
      if (is.na(time) || identical(time, read[[name]])) next
      read[[name]] <<- time
      text <- tryCatch(read_source(files[[name]], "js|css"), error = function(e) NULL)
      if (!is.null(text)) widget[[name]] <- text
    }
  })
  widget$comm$on_close(function() watch$destroy(), NULL)
}

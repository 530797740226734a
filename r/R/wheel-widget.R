#' A widget of a Python package, without Python
#'
#' Opens a widget whose JavaScript is in a wheel. The class, its traits and their defaults are read from
#' the Python source in the wheel. Python does not run: what a class computes in Python is missing. A trait
#' whose default only Python knows is `NULL` until R or the page sets it. The
#' constructors [py_plotly()], [py_leaflet()], [py_bqplot()], [py_scatter()], [py_drawdata()] and [py_quak()]
#' have that part in R.
#'
#' @param ... The first unnamed argument is the wheel, as for [read_wheel()]. The second one is the class in
#'   Python, such as `"ScatterWidget"`. It is needed only if the wheel has several; `read_wheel()` lists
#'   them. The others have names: the values of traits.
#' @param fill,session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @section Modules:
#' - The module of an anywidget (`_esm`), and its style sheet, come from the wheel.
#' - An older widget has its module in `share/jupyter/nbextensions` or `share/jupyter/labextensions` of its
#'   wheel, or of a wheel that it requires: `jupyter_leaflet` for `ipyleaflet`. A required wheel is
#'   searched next to the wheel, and in the folder `getOption("shinycomm.wheels")`.
#' - Without a class, the names that select the model and the view are given as traits:
#'   `` widget_from_wheel(wheel, `_model_name` = "LeafletMapModel", `_view_name` = "LeafletMapView") ``.
#' - The browser caches modules permanently: their address has the version and a hash of the wheel.
#' @examples
#' server <- function(input, output, session) {
#'   wheel <- "wheels/drawdata-0.5.2-py3-none-any.whl"
#'   drawing <- widget_from_wheel(wheel, "ScatterWidget", width = 600)
#'   output$drawing <- render_widget(drawing)
#'   output$points <- shiny::renderText(length(drawing$data))
#' }
#' @export
widget_from_wheel <- function(..., fill = TRUE, session = shiny::getDefaultReactiveDomain()) {
  values <- list(...)
  unnamed <- !nzchar(names(values) %||% rep("", length(values)))
  if (!any(unnamed)) stop("shinycomm: widget_from_wheel(): no wheel", call. = FALSE)
  wheel <- read_wheel(values[unnamed][[1]])
  if (sum(unnamed) > 2) stop("shinycomm: widget_from_wheel(): a value of a trait has no name", call. = FALSE)
  class <- if (sum(unnamed) == 2) values[unnamed][[2]]
  values <- named_values(values[!unnamed], "widget_from_wheel()")
  if (is.null(class) && !is.null(values[["_model_name"]])) {
    traits <- lapply(values, function(value) if (is_trait(value)) value else trait_any(value))
    return(open_from_wheel(wheel, sub("Model$", "", values[["_model_name"]]), traits, list(), TRUE, fill,
      session))
  }
  class <- choose_class(wheel, class)
  traits <- class$traits
  unknown <- setdiff(names(values), c(names(traits), "layout", "tabbable", "tooltip", "_dom_classes"))
  if (length(unknown) > 0) {
    stop("shinycomm: ", class$name, " has no ", unknown[[1]], suggestion(unknown[[1]], names(traits)),
      call. = FALSE)
  }
  if (is.null(class$esm)) {
    has_view <- any(c("DOMWidget", "DescriptionWidget") %in% class$all_bases)
    return(open_from_wheel(wheel, class$name, traits, values, has_view, fill, session))
  }
  traits <- traits[!grepl("^_(model|view)_", names(traits))]
  open_anywidget(
    class$name, traits, values, class_source(wheel, class, "esm"), class_source(wheel, class, "css"),
    class$id, fill, session
  )
}

# Returns the text of the module or the style sheet of a class, or NULL.
class_source <- function(wheel, class, kind) {
  source <- class[[kind]]
  if (is.null(source)) NULL else source$text %||% source_text(wheel, source$file)
}

# Returns the text of a file in a wheel, which is read once.
source_text <- function(wheel, file) {
  key <- paste("text", wheel$path, wheel$digest, file)
  if (is.null(wheels[[key]])) assign(key, read_wheel_text(wheel, file), envir = wheels)
  wheels[[key]]
}

choose_class <- function(wheel, name) {
  classes <- python_classes(wheel)
  found <- Filter(function(class) is_widget_class(class, classes), classes)
  public <- grep("^[^_]", names(found), value = TRUE)
  if (is.null(name)) {
    if (length(public) != 1) {
      found <- paste("several classes, name one of", paste(public, collapse = ", "))
      if (length(public) == 0) found <- "no class of a widget"
      stop("shinycomm: ", format(wheel), " has ", found, call. = FALSE)
    }
    name <- public
  }
  if (!is.character(name) || length(name) != 1 || !name %in% names(found)) {
    stop("shinycomm: ", format(wheel), " has no class ", describe_name(name), suggestion(name, public),
      call. = FALSE)
  }
  class <- resolve_class(classes, name, constant_lookup(wheel))
  class$name <- name
  module <- sub("[.]__init__$", "", gsub("/", ".", sub("[.]py$", "", class$path), fixed = TRUE))
  class$id <- paste0(module, ".", name)
  class
}

# Opens a widget whose JavaScript is an nbextension or a labextension.
open_from_wheel <- function(wheel, name, traits, values, has_view, fill, session, ...) {
  module <- values[["_model_module"]] %||% default_of(traits, "_model_module") %||%
    (if (length(wheel$modules) == 1) names(wheel$modules))
  if (is.null(module)) {
    stop("shinycomm: ", name, ": set `_model_module` to one of the modules in ", format(wheel),
      if (length(wheel$modules) > 0) ": ", paste(names(wheel$modules), collapse = ", "), call. = FALSE)
  }
  base <- list(
    `_model_module` = module, `_model_module_version` = "*", `_view_module` = module,
    `_view_module_version` = "*", `_view_name` = NULL, `_view_count` = NULL
  )
  if (has_view) base <- c(base, list(`_dom_classes` = list(), tabbable = NULL, tooltip = NULL, layout = NULL))
  absent <- names(base)[vapply(names(base), function(key) is.null(default_of(traits, key)), TRUE)]
  traits[absent] <- lapply(base[absent], trait_any)
  if (has_view && is.null(values[["layout"]])) values$layout <- owned_by_parent(ipy_layout(session = session))
  modules <- unlist(lapply(c("_model_module", "_view_module"), function(key) {
    if (is.null(default_of(traits, sub("module", "name", key)))) NULL else default_of(traits, key)
  }))
  modules <- modules[!startsWith(modules, "@jupyter-widgets/")]
  kind <- widget_kind(name, traits, ...)
  new_widget(kind, values, fill, session, module_dependencies(wheel, modules))
}

#' Write a first anywidget
#'
#' Writes a module, its style sheet, an app with it, and a test of the app. `shiny::runApp()` shows the app,
#' `shiny::runTests()` runs the test. Existing files stay: without an `app.R` in the folder, all files are
#' written; with one, the module and the style sheet.
#'
#' @param name The name of the widget, such as `"counter"`: letters, digits, `_` and `.`.
#' @param dir The folder.
#' @return The names of the files, invisibly.
#' @examples
#' folder <- tempfile()
#' use_anywidget("counter", dir = folder)
#' @export
use_anywidget <- function(name, dir = ".") {
  if (!is.character(name) || length(name) != 1 || is.na(name) || make.names(name) != name) {
    stop("shinycomm: use_anywidget(): the name must be a name of R, got ", describe(name), call. = FALSE)
  }
  with_app <- !file.exists(file.path(dir, "app.R"))
  templates <- c(widget.js = paste0(name, ".js"), widget.css = paste0(name, ".css"))
  if (with_app) {
    test <- file.path("tests", "testthat", sprintf("test-%s.R", name))
    templates <- c(templates, app.R = "app.R", testthat.R = file.path("tests", "testthat.R"), test.R = test)
  }
  files <- file.path(dir, templates)
  existing <- files[file.exists(files)]
  if (length(existing) > 0) {
    stop("shinycomm: use_anywidget(): ", existing[[1]], " exists; nothing was written", call. = FALSE)
  }
  for (i in seq_along(files)) {
    template <- system.file("anywidget", names(templates)[[i]], package = "shinycomm")
    lines <- readLines(template, encoding = "UTF-8")
    dir.create(dirname(files[[i]]), recursive = TRUE, showWarnings = FALSE)
    writeLines(gsub("{{name}}", name, lines, fixed = TRUE), files[[i]], useBytes = TRUE)
    message("Wrote ", files[[i]])
  }
  if (with_app) {
    message("Show the app with shiny::runApp(", dQuote(dir, FALSE), ").")
  } else {
    message(
      "Add to app.R: ", name, " <- new_anywidget(", dQuote(name, FALSE), ", count = trait_int(0), esm = \"",
      name, ".js\", css = \"", name, ".css\")"
    )
  }
  invisible(files)
}

#' The client of widgets, for a page
#'
#' [widget_output()] includes this dependency. A page whose first widget comes later, by
#' [shiny::renderUI()] or [shiny::insertUI()], loads the client earlier with it.
#'
#' @return An [htmltools::htmlDependency()] with the client of this package's version.
#' @examples
#' ui <- shiny::fluidPage(widget_dependency(), shiny::uiOutput("later"))
#' @export
widget_dependency <- function() {
  check_client(system.file("client", package = "shinycomm"))
  dependency <- htmltools::htmlDependency(
    # The name and a higher version replace the client of the Python package shinywidgets.
    "ipywidget-output-binding", paste0("100.", client_version()),
    package = "shinycomm", src = c(file = "client"),
    script = "shiny-comm.js", stylesheet = "shiny-comm.css",
    # The script loads more files from its own folder when a widget needs them.
    all_files = TRUE
  )
  # Otherwise a chunk of R Markdown prints a list.
  structure(dependency, class = c("shinycomm_dependency", class(dependency)))
}

# An installation from the repository by a tool that does not run bootstrap.R has no client.
check_client <- function(folder) {
  if (file.exists(file.path(folder, "shiny-comm.js"))) return(invisible())
  stop(
    "shinycomm: this installation has no client: install the tarball of a release, ",
    "or install the package pkgbuild before remotes::install_github()",
    call. = FALSE
  )
}

client_version <- function() as.character(utils::packageVersion("shinycomm"))

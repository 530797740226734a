# Serves the apps below the folder SAMPLES: /?app=<page>/<file>. One process starts faster than one for each app.
library(shiny)
library(shinycomm)
options(shinycomm.wheels = Sys.getenv("WHEELS"), shiny.testmode = TRUE)

# Runs code as an app in a folder runs.
in_folder <- function(folder, code) {
  before <- setwd(folder)
  on.exit(setwd(before))
  code
}

read_app <- function(name) {
  file <- file.path(Sys.getenv("SAMPLES"), name)
  folder <- dirname(file)
  environment <- new.env(parent = globalenv())
  environment$shinyApp <- function(ui, server, ...) list(ui = ui, server = server)
  app <- in_folder(folder, source(basename(file), local = environment)$value)
  server <- function(...) in_folder(folder, app$server(...))
  list(ui = app$ui, server = server)
}

shinyApp(
  function(request) {
    name <- parseQueryString(request$QUERY_STRING)$app
    if (is.null(name)) return(fluidPage("samples"))
    read_app(name)$ui
  },
  function(input, output, session) {
    read_app(isolate(getQueryString())$app)$server(input, output, session)
  }
)

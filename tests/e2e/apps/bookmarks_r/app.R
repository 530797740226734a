# Bookmarks of an R app with a widget, in the address.
library(shiny)
source("../../../../r/shiny_comm.R")

ui <- function(request) {
  fluidPage(
    shiny_comm_dependency("../../../../dist"),
    numericInput("number", "Number", 1),
    widget_output("slider"),
    textOutput("value"),
    bookmarkButton()
  )
}

server <- function(input, output, session) {
  slider <- reactiveVal()
  start <- 2
  onBookmark(function(state) state$values$slider <- slider()$get("value"))
  onRestore(function(state) start <<- state$values$slider)
  output$slider <- render_widget({
    slider(ipy_int_slider(start, description = "Slider"))
    isolate(slider())
  })
  output$value <- renderText(paste(input$number, "and", req(slider())$read("value")))
}

shinyApp(ui, server, enableBookmarking = "url")

# Bookmarks of an R app with a widget, in the address.
library(shiny)
library(shinycomm)

ui <- function(request) {
  fluidPage(
    numericInput("number", "Number", 1),
    widget_output("slider"),
    textOutput("value"),
    bookmarkButton()
  )
}

server <- function(input, output, session) {
  slider <- ipy_int_slider(2, description = "Slider")
  onBookmark(function(state) state$values$slider <- slider$value)
  onRestore(function(state) slider$value <- state$values$slider)
  output$slider <- render_widget(slider)
  output$value <- renderText(paste(input$number, "and", slider$value))
}

shinyApp(ui, server, enableBookmarking = "url")

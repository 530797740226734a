library(shiny)
library(shinycomm)

# Changes of the module and the style sheet show without a reload of the page.
options(shinycomm.hot_reload = interactive())

{{name}} <- new_anywidget(
  "{{name}}", count = trait_int(0, min = 0), esm = "{{name}}.js", css = "{{name}}.css",
  # A chart would fill its output instead.
  fill = FALSE
)

ui <- fluidPage(
  widget_output("{{name}}"),
  textOutput("count"),
  actionButton("reset", "Reset")
)

server <- function(input, output, session) {
  widget <- {{name}}(count = 3)
  output${{name}} <- render_widget(widget)
  output$count <- renderText(paste("R has the count", widget$count))
  observeEvent(input$reset, widget$count <- 0)
}

shinyApp(ui, server)

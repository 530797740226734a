# Jupyter widgets in R Shiny: controls and anywidgets, and their bytes in binary frames.
library(shiny)
library(shinycomm)

ui <- fluidPage(
  titlePanel("Jupyter widgets in R"),
  fluidRow(
    column(
      6,
      h4("Controls of ipywidgets"),
      widget_output("controls"),
      p("R has: ", textOutput("values", inline = TRUE)),
      actionButton("reset", "Set the slider to 10, from R")
    ),
    column(
      6,
      h4("An anywidget"),
      widget_output("counter"),
      p("R counts: ", textOutput("count", inline = TRUE)),
      actionButton("add", "Add 10, from R"),
      h4("Bytes"),
      p("The volcano, scaled by the slider: R sends its heights as bytes, in a binary frame."),
      widget_output("volcano"),
      p("The page has sent R ", textOutput("sent_back", inline = TRUE))
    )
  )
)

server <- function(input, output, session) {
  height <- ipy_int_slider(60, description = "Height")
  check <- ipy_checkbox(TRUE, description = "Checked")
  name <- ipy_text("R", description = "Name", placeholder = "a name")
  button <- ipy_button("Click")
  label <- ipy_label("60 %")
  clicks <- 0
  observe_widget(height, "value", function(value) label$value <- paste(value, "%"))
  observe_widget(name, "value", function(value) button$description <- paste("Click,", value))
  button$on_msg(function(content, buffers) {
    clicks <<- clicks + 1
    label$value <- paste(clicks, "clicks")
  })
  output$controls <- render_widget(ipy_vbox(height, check, name, ipy_hbox(button, label)))
  output$values <- renderText(paste(height$value, check$value))
  observeEvent(input$reset, height$value <- 10)

  counter <- anywidget("counter.js", count = 3)
  output$counter <- render_widget(counter)
  output$count <- renderText(counter$count)
  observeEvent(input$add, counter$count <- counter$count + 10)

  pixels <- reactive(as.raw(round(volcano / max(volcano) * 255 * height$value / 100)))
  picture <- anywidget("picture.js", width = nrow(volcano), height = ncol(volcano), pixels = isolate(pixels()))
  output$volcano <- render_widget(picture)
  observe(picture$pixels <- pixels())
  sent_back <- reactiveVal("nothing yet: click the picture")
  picture$on_msg(function(content, buffers) {
    same <- identical(rev(buffers[[1]]), picture$pixels)
    sent_back(paste(length(buffers[[1]]), "bytes,", content$what, if (same) "and whole"))
  })
  output$sent_back <- renderText(sent_back())
}

shinyApp(ui, server)

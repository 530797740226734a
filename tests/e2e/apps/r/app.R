# The R package in an app: modules by address, Shiny modules and dynamic UI, bookmarks, opens.
library(shiny)
library(shinycomm)
enableBookmarking("url")

# Long enough that the module is served by address.
long_module <- paste0(
  "export default { render({ model, el }) {",
  "  el.innerHTML = `<b class=long>größer ${model.get('round')}</b>`;",
  "} };\n// ", strrep("-", 20000)
)

inner_ui <- function(id) {
  ns <- NS(id)
  tagList(widget_output(ns("slider")), textOutput(ns("value")))
}

inner_server <- function(id) {
  moduleServer(id, function(input, output, session) {
    slider <- ipy_int_slider(5, description = "Inside")
    output$slider <- render_widget(slider)
    output$value <- renderText(slider$value)
    # The callback runs in the module.
    comm_target("inner", function(comm, message) comm$send(list(namespace = session$ns("x"))))
  })
}

ui <- function(request) {
  fluidPage(
    actionButton("go", "Go"),
    textInput("name", "Name", "R"),
    widget_output("long"),
    uiOutput("dynamic"),
    actionButton("bookmark", "Bookmark"),
    textOutput("url")
  )
}

server <- function(input, output, session) {
  output$long <- render_widget(anywidget(long_module, round = input$go))
  output$dynamic <- renderUI(div(class = paste0("round-", input$go), inner_ui("inner")))
  inner_server("inner")

  setBookmarkExclude(c("go", "bookmark"))
  url <- reactiveVal("")
  observeEvent(input$bookmark, session$doBookmark())
  onBookmarked(url)
  output$url <- renderText(url())

  comm_target("echo", function(comm, message) {
    comm$on_msg(function(message) {
      comm$send(list(echo = message$content$data), message$buffers)
    })
    comm$on_close(function() url(paste("closed", comm$comm_id)))
  })
}

shinyApp(ui, server)

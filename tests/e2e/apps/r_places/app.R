# Widgets where R users put them: dynamic UI, cards, promises, exported values, checks of inputs, and files.
library(shiny)
library(shinycomm)
options(shinycomm.hot_reload = TRUE, shiny.testmode = TRUE)

part_ui <- function(id) {
  ns <- NS(id)
  div(id = id, widget_output(ns("slider")), textOutput(ns("value")))
}

part_server <- function(id) {
  moduleServer(id, function(input, output, session) {
    slider <- ipy_int_slider(5)
    output$slider <- render_widget(slider)
    output$value <- renderText(paste("inserted", slider$value))
    # After removeUI(), the author ends the output and its widget.
    reactive({
      output$slider <- NULL
      slider$close()
    })
  })
}

ui <- bslib::page_fluid(
  # No widget_output() and no widget_dependency(): the first widget comes later.
  actionButton("insert", "Insert"), actionButton("remove", "Remove"), actionButton("go", "Go"),
  textOutput("open"), div(id = "place"), uiOutput("dynamic")
)

server <- function(input, output, session) {
  slider <- ipy_int_slider(7)
  exportTestValues(slider = slider$value)

  output$dynamic <- renderUI({
    req(input$insert)
    tagList(
      bslib::card(full_screen = TRUE, id = "card", widget_output("filled", height = "200px")),
      widget_output("bare"), widget_output("promised"), widget_output("checked"), widget_output("bound"),
      widget_output("files"), widget_output("missing"),
      tabsetPanel(tabPanel("First", "first"), tabPanel("Second", widget_output("hidden")))
    )
  })
  output$bare <- render_widget(slider)
  output$filled <- render_widget(anywidget(
    "export default { render({ el }) { el.innerHTML = '<div class=fills style=\"height: 100%\"></div>'; } };"
  ))

  rounds <- list()
  output$promised <- render_widget({
    round <- input$go
    promises::then(promises::promise_resolve(round), function(round) {
      label <- ipy_label(paste("promised", round))
      rounds <<- c(rounds, list(label))
      label
    })
  })
  output$checked <- render_widget({
    validate(need(input$go > 0, "Press the button."))
    req(input$go != 2)
    ipy_label(paste("checked", input$go))
  })
  output$bound <- bindEvent(render_widget(ipy_label(paste("bound", input$go, input$insert))), input$go)
  output$hidden <- render_widget(ipy_label("hidden until shown"))
  output$files <- render_widget(anywidget("counter.js", css = "counter.css", count = 1, bytes = raw(5)))
  output$missing <- render_widget(widget_open(list(
    `_model_module` = "no-such-widget", `_model_module_version` = "1.2.3", `_model_name` = "MissingModel",
    `_view_module` = "no-such-widget", `_view_module_version` = "1.2.3", `_view_name` = "MissingView"
  )))

  close_part <- NULL
  observeEvent(input$insert, {
    insertUI("#place", ui = part_ui("part"))
    close_part <<- part_server("part")
  })
  observeEvent(input$remove, {
    removeUI("#part")
    close_part()
  })
  output$open <- renderText({
    input$go
    paste("rounds open:", sum(vapply(rounds, function(label) label$comm$is_open(), TRUE)))
  })
}

shinyApp(ui, server)

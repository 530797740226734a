# The app of the tests of hosts in R: the widgets and buttons of `../app.py`, driven by `../cases.ts`.
library(shiny)
library(shinycomm)

# How many numbered messages go in one flush of all, and the bytes that go each way.
NUMBERS <- 200
BATCH <- 4
SIZE <- 8e6

# Long enough that modules are served by address.
with_address <- function(module) c(paste("//", strrep("-", 20000)), module)
probe_module <- with_address(readLines("../probe.js", encoding = "UTF-8"))
late_module <- with_address(
  "export default { render: ({ el }) => { el.className = 'late-module'; } };"
)

ui <- function(request) {
  parts <- parseQueryString(request$QUERY_STRING)$parts
  if (is.null(parts)) parts <- "slider,icon,probe,output"
  fluidPage(
    lapply(strsplit(parts, ",")[[1]], widget_output),
    textOutput("value"),
    textOutput("digest"),
    lapply(c("numbers", "bytes", "move", "show_late"), function(name) actionButton(name, name))
  )
}

printed <- function() append_stdout(ipy_output(), "printed")

server <- function(input, output, session) {
  session$allowReconnect(TRUE)

  slider <- ipy_int_slider(100, max = 1000, description = "Slider", layout = list(width = "700px"))
  output$slider <- render_widget(slider)
  output$value <- renderText(paste("value", slider$value))
  observeEvent(input$move, slider$value <- 500, ignoreInit = TRUE)

  output$icon <- render_widget(ipy_button("A button", icon = "check"))
  output$output <- render_widget(printed())
  output$late <- render_widget({
    req(input$show_late)
    ipy_vbox(
      ipy_button(icon = "check"), printed(),
      anywidget(late_module, css = ".late-module { width: 50px; height: 20px; background: teal; }")
    )
  })

  count <- 0
  in_order <- TRUE
  # Evaluated by the output: on a page without it, no request of the module is pending when a case moves the worker.
  delayedAssign("probe", {
    probe <- anywidget(probe_module, received = "0", uploaded = "")
    # The page has the widget's open by then, but not yet its module.
    session$onFlushed(function() for (n in 0:4) probe$send(list(kind = "early", n = n)))
    probe$on_msg(function(content, buffers) {
      if (!is.null(content$size)) {
        probe$uploaded <- digest::digest(buffers[[1]], "sha256", serialize = FALSE)
        return()
      }
      in_order <<- in_order && content$n == count
      count <<- count + 1
      if (count %% BATCH == 0) probe$received <- paste0(count, if (!in_order) " wrong")
    })
    probe
  })
  output$probe <- render_widget(probe)

  first <- NUMBERS
  observeEvent(input$numbers, first <<- 0, priority = 1, ignoreInit = TRUE)
  observe({
    input$numbers
    if (first >= NUMBERS) return()
    for (n in seq(first, length.out = BATCH)) probe$send(list(kind = "number", n = n))
    first <<- first + BATCH
    invalidateLater(10)
  })

  sum <- reactiveVal("")
  output$digest <- renderText(sum())
  observeEvent(input$bytes, {
    data <- as.raw(rep_len(0:255, SIZE))
    sum(digest::digest(data, "sha256", serialize = FALSE))
    probe$send(list(kind = "bytes"), list(data))
  }, ignoreInit = TRUE)
}

shinyApp(ui, server)

# 100,000 points as columns of bytes. A lasso sends the rows inside to R, as bytes, and R can select rows.
library(shiny)
library(shinycomm)

N <- 1e5

# Returns the points of Clifford's attractor, with the distance between each and its predecessor.
attractor <- function(a, b, c, d) {
  x <- y <- numeric(N)
  x[[1]] <- y[[1]] <- 0.1
  for (i in seq_len(N - 1)) {
    x[[i + 1]] <- sin(a * y[[i]]) + c * cos(a * x[[i]])
    y[[i + 1]] <- sin(b * x[[i]]) + d * cos(b * y[[i]])
  }
  data.frame(x = x, y = y, step = c(0, sqrt(diff(x)^2 + diff(y)^2)))
}

cloud <- new_anywidget(
  "cloud",
  points = trait_object(), rows = trait_bytes(), esm = "cloud.js", css = "cloud.css", fill = FALSE
)

ui <- fluidPage(
  titlePanel("100,000 points"),
  fluidRow(
    column(
      4,
      widget_output("sliders"),
      actionButton("far", "Select the longest steps, from R"),
      h4(textOutput("count", inline = TRUE)),
      tableOutput("summary"),
      plotOutput("steps", height = "200px")
    ),
    column(8, widget_output("cloud"))
  )
)

server <- function(input, output, session) {
  slider <- function(name, value) {
    ipy_float_slider(value, min = -2.5, max = 2.5, step = 0.01, description = name, layout = list(width = "100%"),
      style = list(description_width = "20px"))
  }
  sliders <- list(slider("a", -1.4), slider("b", 1.6), slider("c", 1), slider("d", 0.7))
  output$sliders <- render_widget(ipy_vbox(sliders, layout = list(width = "100%", overflow = "hidden")))

  data <- reactive(do.call(attractor, lapply(sliders, function(slider) slider$value)))
  columns <- function() columns_binary(data()[c("x", "y")])
  widget <- cloud(points = isolate(columns()))
  output$cloud <- render_widget(widget)
  observeEvent(data(), ignoreInit = TRUE, {
    # One message: old rows never meet new points.
    widget$update(points = columns(), rows = raw())
  })

  # JavaScript counts rows from 0.
  selected <- reactive(data()[from_buffer(widget$rows, "uint32") + 1, ])
  observeEvent(input$far, {
    far <- order(data()$step, decreasing = TRUE)[1:5000]
    widget$rows <- as_uint32(far - 1)
  })

  output$count <- renderText({
    count <- nrow(selected())
    if (count == 0) "Draw a lasso" else paste(format(count, big.mark = ","), "selected rows")
  })
  output$summary <- renderTable(rownames = TRUE, {
    req(nrow(selected()) > 0)
    t(vapply(selected(), function(column) c(min = min(column), median = median(column), max = max(column)), numeric(3)))
  })
  output$steps <- renderPlot({
    par(mar = c(4, 0, 0, 0), bty = "n")
    breaks <- seq(0, max(data()$step), length.out = 60)
    hist(data()$step, breaks, col = "#d7dbe0", border = NA, main = "", yaxt = "n", ylab = "", xlab = "length of a step")
    if (nrow(selected()) > 0) hist(selected()$step, breaks, col = "#ff7f0e", border = NA, add = TRUE)
  })
}

shinyApp(ui, server)

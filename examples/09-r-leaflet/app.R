# Earthquakes on a map of ipyleaflet: R follows the map, and moves it. The wheels are in the folder "wheels".
library(shiny)
library(shinycomm)
options(shinycomm.wheels = Sys.getenv("WHEELS", "wheels"))

strongest <- head(quakes[order(quakes$mag, decreasing = TRUE), ], 120)
depth_colors <- hcl.colors(7, "Inferno", rev = TRUE)
color_of <- function(depth) depth_colors[pmin(7, 1 + depth %/% 100)]

ui <- fluidPage(
  titlePanel("Earthquakes near Fiji"),
  fluidRow(
    column(8, widget_output("map", height = "560px")),
    column(
      4,
      h4(textOutput("count", inline = TRUE)),
      plotOutput("depths", height = "260px"),
      h4("Clicked"),
      tableOutput("clicked"),
      actionButton("deepest", "Show the deepest, from R")
    )
  )
)

server <- function(input, output, session) {
  clicked <- reactiveVal()
  circles <- lapply(seq_len(nrow(strongest)), function(i) {
    quake <- strongest[i, ]
    circle <- py_leaflet_layer(
      "CircleMarker",
      location = c(quake$lat, quake$long), radius = round(exp(quake$mag - 2.9)), weight = 1L,
      color = "#22303c", fill_color = color_of(quake$depth), fill_opacity = 0.7
    )
    circle$on_msg(function(content, buffers) if (identical(content$type, "click")) clicked(i))
    circle
  })

  least <- ipy_float_slider(
    5, min = 4.8, max = 6.4, step = 0.1, description = "Magnitude", layout = list(width = "260px", margin = "0 8px")
  )
  map <- py_leaflet(
    py_leaflet_layer("WidgetControl", widget = least, position = "topright"),
    py_leaflet_layer("ScaleControl", position = "bottomleft"),
    center = c(-22, 178), zoom = 5
  )
  output$map <- render_widget(map)

  tiles <- map$layers
  observe(map$layers <- c(tiles, circles[strongest$mag >= least$value]))

  in_view <- reactive({
    # Before the page has drawn the map, its bounds are 0.
    req(map$north > map$south)
    subset(strongest, mag >= least$value & lat < map$north & lat > map$south & long < map$east & long > map$west)
  })
  output$count <- renderText(paste(nrow(in_view()), "earthquakes in view"))
  output$depths <- renderPlot({
    par(mar = c(4, 3, 0, 0), las = 1, bty = "n", tcl = -0.2)
    hist(in_view()$depth, seq(0, 700, 100), col = depth_colors, border = NA, main = "", xlab = "depth in km", ylab = "")
  })
  output$clicked <- renderTable(strongest[req(clicked()), ])
  observeEvent(input$deepest, {
    deepest <- strongest[which.max(strongest$depth), ]
    map$update(center = c(deepest$lat, deepest$long), zoom = 7)
  })
}

shinyApp(ui, server)

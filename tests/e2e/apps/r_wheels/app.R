# Widgets of Python packages from their wheels, in the folder WHEELS: /?widget=<name>. `told` shows values
# from the page. The button changes the widget from R.
library(shiny)
library(shinycomm)
options(shinycomm.wheels = Sys.getenv("WHEELS"), shiny.autoreload = FALSE)

tile <- paste0(
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ",
  "RU5ErkJggg=="
)

# A second of a tone, as a file.
tone <- function() {
  samples <- as_int16(round(30000 * sin(seq_len(8000) / 8)))
  uint32 <- function(...) as_uint32(c(...))
  uint16 <- function(...) as_uint16(c(...))
  c(
    charToRaw("RIFF"), uint32(36 + length(samples)), charToRaw("WAVEfmt "), uint32(16), uint16(1, 1),
    uint32(8000, 16000), uint16(2, 16), charToRaw("data"), uint32(length(samples)), samples
  )
}

cases <- list(
  drawdata = function() {
    widget <- py_drawdata(n_classes = 2, width = 600, height = 300)
    list(
      widget = widget,
      told = function() {
        data <- widget$data
        if (nrow(data) > 0) paste(class(data$x), "x of", length(unique(data$batch)), "batches")
      },
      change = function() {
        widget$data <- data.frame(x = c(10, 20), y = c(10, 20), color = "#ff0000", label = "red", batch = 0L)
      }
    )
  },
  leaflet = function() {
    marker <- py_leaflet_marker(c(52, 10), title = "Here")
    area <- py_leaflet_geojson(
      '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "box"}, "geometry":
        {"type": "Polygon", "coordinates": [[[10, 52], [10.1, 52], [10.1, 52.1], [10, 52.1], [10, 52]]]}}]}',
      style = list(color = "#008000", fillOpacity = 0.5)
    )
    clicked <- reactiveVal("")
    area$on_msg(function(content, buffers) if (content$event == "click") clicked(content$properties$name))
    tiles <- py_leaflet_tiles(tile, name = "plain")
    map <- py_leaflet(marker, area, py_leaflet_layer("ScaleControl", position = "bottomleft"),
      center = c(52, 10), zoom = 10, tiles = tiles)
    list(
      widget = map,
      told = function() {
        paste("zoom", map$zoom, "center", toString(round(map$center)), "marker", toString(round(marker$location)), clicked())
      },
      change = function() {
        map$update(center = c(-33, 151), zoom = 5)
        map$layers <- c(map$layers, list(py_leaflet_layer("Circle", location = c(-33, 151), radius = 50000L)))
      }
    )
  },
  bqplot = function() {
    bars <- py_bqplot_bars(c("a", "b", "c"), c(1, 3, 2), interactions = list(click = "select"),
      selected_style = list(fill = "orange"))
    line <- py_bqplot_lines(c("a", "b", "c"), c(3, 1, 2))
    figure <- py_bqplot(bars, line, title = "From R", x_label = "letter", y_label = "number")
    list(widget = figure, told = function() toString(bars$selected), change = function() line$y <- c(1, 2, 3))
  },
  scatter = function() {
    set.seed(1)
    points <- data.frame(east = rnorm(1e5), north = rnorm(1e5))
    points$ring <- cut(sqrt(points$east^2 + points$north^2), c(0, 1, 2, Inf), c("near", "middle", "far"))
    plot <- py_scatter(points$east, points$north, color = points$ring, height = 400, mouse_mode = "lasso",
      lasso_type = "rectangle", opacity = 0.5, opacity_by = NULL, legend = TRUE)
    list(
      widget = plot,
      told = function() {
        rows <- plot$selection
        if (length(rows) > 0) paste(length(rows), toString(round(range(points$east[rows]), 1)))
      },
      change = function() plot$update(filter = which(points$ring == "far"), x_title = "changed")
    )
  },
  plotly = function() {
    figure <- py_plotly(list(
      data = list(list(x = c(1, 2, 3), y = c(3, 1, 2), mode = "markers", marker = list(size = 20), name = "first")),
      layout = list(title = list(text = "From R"), dragmode = "zoom")
    ))
    list(
      widget = figure,
      told = function() {
        clicked <- figure$clicked
        zoomed <- names(figure$relayout)
        paste(
          if (!is.null(clicked)) paste("trace", clicked$trace, "point", clicked$point, "y", clicked$y),
          if (length(zoomed) > 0) paste("zoomed", zoomed[[1]])
        )
      },
      change = function() {
        py_plotly_invoke(figure, "addTraces", list(x = 1:3, y = c(1, 2, 3), type = "bar", name = "second"))
        py_plotly_invoke(figure, "restyle", list(marker.color = "rgb(255, 0, 0)"), 1)
        py_plotly_invoke(figure, "relayout", list(title.text = "Changed by R"))
      }
    )
  },
  quak = function() {
    # A database in another process stands for the package duckdb.
    query <- function(sql, type) {
      connection <- url(paste0(Sys.getenv("DATABASE"), "/", type, "?", utils::URLencode(sql, TRUE)), "rb")
      on.exit(close(connection))
      bytes <- raw()
      while (length(chunk <- readBin(connection, "raw", 65536)) > 0) bytes <- c(bytes, chunk)
      if (type == "json") jsonlite::fromJSON(rawToChar(bytes)) else bytes
    }
    widget <- py_quak(head(iris)[c("Sepal.Length", "Petal.Length", "Species")], query = query)
    list(widget = widget, told = function() widget$sql, change = function() NULL)
  },
  peaksjs = function() {
    part <- function(height) ipy_hbox(layout = list(height = height, width = "100%"))
    widget <- widget_from_wheel(
      "peaksjs_widget", "PeaksJSWidget",
      audio = ipy_audio(tone(), format = "wav"), sample_rate = 8000,
      zoomview = part("200px"), overview = part("30px"), play_button = ipy_html("<span></span>"),
      save_button = ipy_html("<span></span>"), as_container = TRUE, min_samples_per_pixel = 5, id_count = 1,
      segments = list(list(startTime = 0.2, endTime = 0.5, id = 0, color = "#ff640e", labelText = "", editable = TRUE))
    )
    told <- reactiveVal("")
    widget$on_msg(function(content, buffers) told(paste(unlist(content), collapse = " ")))
    list(widget = widget, told = told, change = function() {
      widget$points <- list(list(time = 0.25, color = "#008000", labelText = "", editable = TRUE, id = "a"))
    })
  },
  barwidget = function() {
    widget <- widget_from_wheel("drawdata", "BarWidget", width = 500, n_bins = 5)
    list(widget = widget, told = function() length(widget$data), change = function() NULL)
  }
)

case_ui <- function(id) {
  ns <- NS(id)
  tagList(
    actionButton(ns("change"), "Change"), verbatimTextOutput(ns("told")), widget_output(ns("widget"), height = "420px")
  )
}

case_server <- function(id, make) {
  moduleServer(id, function(input, output, session) {
    case <- make()
    output$widget <- render_widget(case$widget)
    output$told <- renderText(case$told())
    observeEvent(input$change, case$change())
  })
}

ui <- fluidPage(case_ui("inner"))

server <- function(input, output, session) {
  name <- isolate(getQueryString())$widget
  if (!is.null(name)) case_server("inner", cases[[name]])
}

shinyApp(ui, server)

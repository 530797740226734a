# Prints the states of widgets in R. states.py makes the same widgets in Python.
suppressMessages(library(shinycomm))
options(shinycomm.wheels = Sys.getenv("WHEELS"))

box <- '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "box"}, "geometry":
  {"type": "Polygon", "coordinates": [[[10, 52], [11, 52], [11, 53], [10, 52]]]}}]}'

map <- py_leaflet(center = c(52, 10), zoom = 10, tiles = NULL)
bars <- py_bqplot_bars(c("a", "b"), c(1.5, 2.5))
line <- py_bqplot_lines(c("a", "b"), matrix(c(1, 2, 3, 4), 2))
points <- py_bqplot_scatter(c("a", "b"), 3:4, selected = 1L)
figure <- py_bqplot(bars, line, title = "A title", x_label = "letter", y_label = "number")

widgets <- list(
  map = map,
  tiles = py_leaflet()$layers[[1]],
  zoom = map$controls[[1]],
  attribution = map$controls[[2]],
  marker = py_leaflet_marker(c(52, 10), title = "Here"),
  circle = py_leaflet_layer("Circle", location = c(1.5, 2), radius = 5L),
  area = py_leaflet_geojson(box, style = list(color = "red"), hover_style = list(weight = 5)),
  bars = bars,
  line = line,
  points = points,
  axis = figure$axes[[2]],
  scale = bars$scales$x,
  figure = figure,
  # With `fill`, R adds an option that the size follows the output.
  plotly = py_plotly(list(data = list(list(x = 1:2, y = 3:4)), layout = list(title = list(text = "T"))), fill = FALSE),
  quak = py_quak(data.frame(a = 1, b = "x"), query = function(sql, type) NULL)
)

plain <- function(value) {
  if (is.character(value) && length(value) == 1 && startsWith(value, "IPY_MODEL_")) return("model")
  if (is.character(value) && length(value) == 1 && nchar(value, "bytes") > 10000) {
    return(digest::digest(charToRaw(enc2utf8(value)), "sha256", serialize = FALSE))
  }
  if (!is.list(value)) return(if (is.double(value)) ifelse(value == trunc(value), value, signif(value, 12)) else value)
  value[names(value) %in% "uid"] <- NULL
  lapply(value, plain)
}

# In documents, a widget has no session and all of its state.
states <- lapply(widgets, function(widget) {
  parts <- shinycomm:::remove_buffers(widget$.parts$plain())
  hex <- vapply(parts$buffers, function(bytes) paste(format(bytes), collapse = ""), "")
  list(state = plain(parts$state), paths = parts$paths, buffers = as.list(hex))
})
cat(shinycomm:::to_json(states))

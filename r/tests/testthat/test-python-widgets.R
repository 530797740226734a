# Wheels with the files that the constructors read; the real ones are in the end-to-end tests.
make_leaflet <- function() {
  make_wheel("ipyleaflet", list("ipyleaflet/__init__.py" = ""), requires = "jupyter-leaflet<1,>=0.20")
  make_wheel("jupyter_leaflet", nbextension("jupyter_leaflet", "1.2.3", "jupyter-leaflet"))
}

wheel_test("a map has tiles and the controls of ipyleaflet, and follows the page", {
  make_leaflet()
  marker <- py_leaflet_marker(c(1, 2), title = "Here")
  map <- py_leaflet(marker, py_leaflet_layer("ScaleControl"), center = c(52, 10), zoom = 7, dragging = FALSE)
  state <- state_of(session, map)
  same(state[c("center", "zoom", "dragging", "_model_name")],
    list(center = list(52L, 10L), zoom = 7L, dragging = FALSE, `_model_name` = "LeafletMapModel"))
  same(state$layers[[2]], paste0("IPY_MODEL_", marker$model_id))
  same(length(state$controls), 3L)
  same(state_of(session, map$layers[[1]])$name, "OpenStreetMap.Mapnik")
  same(open_of(session, map)$content$html_deps[[1]]$name, "jupyter-leaflet")
  session$receive(map$model_id,
    list(method = "update", state = list(center = list(1.5, 2), zoom = 3), buffer_paths = list()))
  same(list(map$center, map$zoom), list(c(1.5, 2), 3))
  map$layers <- c(map$layers, list(py_leaflet_layer("Circle", location = c(1, 2), radius = 5)))
  same(length(data_of(last(session))$state$layers), 3L)
  same(state_of(session, py_leaflet(tiles = NULL))$layers, list())
})

wheel_test("GeoJSON has the style in its features, as from Python", {
  make_leaflet()
  text <- '{"type": "FeatureCollection", "features": [
    {"type": "Feature", "geometry": null, "properties": {"style": {"weight": 1}}},
    {"type": "Feature", "geometry": null}]}'
  layer <- py_leaflet_geojson(text, style = list(color = "red"))
  data <- state_of(session, layer)$data
  same(data$features[[1]]$properties$style, list(weight = 1L, color = "red"))
  same(data$features[[2]]$properties$style, list(color = "red"))
  feature <- list(type = "Feature", geometry = NULL)
  same(state_of(session, py_leaflet_geojson(feature, list(color = "red")))$data$properties$style$color, "red")
  fails(py_leaflet_geojson("{"), "data is not JSON")
  fails(py_leaflet_geojson(list(1)), "data is not GeoJSON: it has no type")
})

wheel_test("wrong arguments of a map are errors", {
  make_leaflet()
  fails(py_leaflet(5), "py_leaflet\\(\\): an unnamed argument must be a widget, got 5")
  fails(py_leaflet(zom = 5), "Map has no zom \\(similar: zoom\\)")
  fails(py_leaflet(zoom = "far"), "zoom of Map: must be a number")
  for (wrong in list(5, c("a", "b"), c(1, NA), 1:3, NULL)) {
    fails(py_leaflet(center = wrong), "center of py_leaflet\\(\\): must be latitude and longitude")
    fails(py_leaflet_marker(wrong), "location of py_leaflet_marker\\(\\): must be latitude and longitude")
  }
  fails(py_leaflet_layer("Cirle"), "ipyleaflet has no Cirle \\(similar: Circle\\)")
})

make_bqplot <- function() {
  make_wheel("bqplot", c(list("bqplot/__init__.py" = ""), nbextension("bqplot", "1.2.3", "bqplot")),
    requires = "bqscales")
  make_wheel("bqscales", nbextension("bqscales", "1.2.3", "bqscales"))
}
opened_buffers <- function(session, widget) session$page$state(widget)

wheel_test("a figure of bqplot shares the scales of its marks, and has an axis for each", {
  make_bqplot()
  bars <- py_bqplot_bars(c("a", "b"), c(1, 2))
  line <- py_bqplot_lines(factor(c("a", "b")), c(2.5, 1))
  figure <- py_bqplot(bars, line, title = "A title", x_label = "x")
  # The page may still make the mark with the replaced scales.
  session$flushReact()
  same(closed_in(session), character())
  expect_identical(line$scales, bars$scales)
  same(bars$scales$x$.parts$class, "OrdinalScale")
  state <- state_of(session, figure)
  same(state$title, "A title")
  same(length(state$axes), 2L)
  same(lapply(figure$axes, function(axis) c(axis$side, axis$label)), list(c("bottom", "x"), c("left", "")))
  # Scales of another class, or of the caller, are kept.
  own <- list(x = py_bqplot_part("OrdinalScale"), y = py_bqplot_part("LogScale"))
  other <- py_bqplot_lines(1:2, 1:2)
  third <- py_bqplot_scatter(c("a", "b"), 1:2, scales = own)
  py_bqplot(bars, other, third)
  same(other$scales$x$.parts$class, "LinearScale")
  expect_identical(third$scales, own)
  fails(py_bqplot_part("Axis"), "Axis: scale is required")
})

wheel_test("arrays of bqplot are bytes with a shape", {
  make_bqplot()
  array <- shinycomm:::bqplot_array("x")
  same(array$to(c(1.5, 2)), list(value = as_float64(c(1.5, 2)), dtype = "float64", shape = list(2L),
    type = NULL))
  same(array$to(1:2)[1:2], list(value = as_int32(1:2), dtype = "int32"))
  same(array$to(c("a", "b")), list("a", "b"))
  times <- array$to(as.Date("1970-01-02"))
  same(times[c("value", "dtype", "type")], list(value = as_float64(864e5), dtype = "float64", type = "date"))
  # The columns of a matrix are lines.
  lines <- matrix(c(1, 2, 3, 4, 5, 6), 3)
  sent <- array$to(lines)
  same(sent$shape, list(2L, 3L))
  same(array$from(sent, NULL), lines)
  same(array$from(times, NULL), as.POSIXct("1970-01-02", tz = "UTC"))
  same(array$from(list("a", "b"), NULL), c("a", "b"))
  fails(array$check(TRUE), "must be numbers, texts or times, got TRUE")
  # The numbers of selected points are from 1.
  selected <- shinycomm:::bqplot_array("selected")
  same(selected$to(c(1L, 3L))$value, as_int32(c(0L, 2L)))
  same(selected$from(list(value = as_int32(c(0, 2)), dtype = "int32", shape = list(2)), NULL), c(1, 3))
  mark <- py_bqplot_scatter(as.POSIXct(c(0, 1), origin = "1970-01-01"), 1:2)
  same(mark$scales$x$.parts$class, "DateScale")
})

wheel_test("a selector of bqplot has marks and scales, and its range arrives as numbers", {
  make_bqplot()
  mark <- py_bqplot_scatter(1:3, 1:3)
  brush <- py_bqplot_part("BrushSelector", x_scale = mark$scales$x, y_scale = mark$scales$y, marks = list(mark))
  figure <- py_bqplot(mark, interaction = brush)
  reference <- function(widget) paste0("IPY_MODEL_", widget$model_id)
  same(state_of(session, figure)$interaction, reference(brush))
  same(state_of(session, brush)[c("marks", "x_scale")],
    list(marks = list(reference(mark)), x_scale = reference(mark$scales$x)))
  state <- list(selected_x = list(dtype = "float64", shape = list(2L), type = NULL), brushing = TRUE)
  session$receive(brush$model_id, list(method = "update", state = state,
    buffer_paths = list(list("selected_x", "value"))), list(as_float64(c(1.5, 2.5))))
  same(list(brush$selected_x, brush$brushing), list(c(1.5, 2.5), TRUE))
})

make_scatter <- function() {
  python <- '
class JupyterScatter(anywidget.AnyWidget):
    _esm = pathlib.Path(__file__).parent / "bundle.js"
'
  make_wheel("jupyter_scatter",
    list("jscatter/widget.py" = python, "jscatter/bundle.js" = "export default {}"))
}

wheel_test("a scatter plot has its points as bytes, and rows from 1", {
  make_scatter()
  df <- data.frame(a = c(1, 2, 4), b = c(3, 5, 9), g = c("u", "v", "u"), s = 1:3)
  plot <- py_scatter(df$a, df$b, color = df$g, size = df$s, height = 300)
  # From jscatter.Scatter(data=df, x="a", y="b", color_by="g", size_by="s") in Python.
  points <- plot$points
  same(points$shape, list(3L, 4L))
  expect_identical(points$view, as_float32(c(-1, -1, 0, 0, -1 / 3, -1 / 3, 1, 0.5, 1, 1, 0, 1)))
  same(plot$x_histogram, replace(numeric(20), c(1, 7, 20), 1))
  same(list(plot$x_title, plot$y_title, plot$color_title, plot$size_title), list("a", "b", "g", "s"))
  same(plot$color_domain, list(u = 0L, v = 1L))
  same(unlist(plot$color_histogram), c(2, 1) / 3)
  same(plot$color[[1]], c(86, 180, 233, 255) / 255)
  same(plot$size_domain, c(1, 3))
  same(plot$legend_encoding$size$values[[2]], list(1.5, 3, NULL))
  same(plot$height, 300L)
  same(plot$selection, integer())
  plot$selection <- c(1, 3)
  same(plot$selection, c(1L, 3L))
  from_page <- list(view = raw(), dtype = "uint32", shape = list(1))
  session$receive(
    plot$model_id, list(method = "update", state = list(selection = from_page[-1], hovering = 0L),
    buffer_paths = list(list("selection", "view"))), list(as_uint32(1))
  )
  same(list(plot$selection, plot$hovering), list(2L, 1L))
  plot$filter <- df$a > 1
  same(plot$filter, 2:3)
  plot$filter <- NULL
})

wheel_test("wrong values of a scatter plot are errors", {
  make_scatter()
  fails(py_scatter("a", 1), "x must be numbers, got \"a\"")
  fails(py_scatter(1:2, 1), "y has 1 values, and x has 2")
  fails(py_scatter(1, 1, size = "a"), "size must be numbers")
  fails(py_scatter(1, 1, color = list(1)), "color must be numbers")
  plot <- py_scatter(c(1, NA), c(1, 1), color = c(0.5, NA))
  same(from_buffer(plot$points$view, "float32"), c(0, 0, 0, 0, NaN, 0, 0, 0))
  fails(plot$selection <- 0, "selection of py_scatter: must be the numbers of rows, from 1, got 0")
})

wheel_test("drawn points are a data frame", {
  make_wheel("drawdata", list("drawdata/__init__.py" = '
class ScatterWidget(anywidget.AnyWidget):
    _esm = Path(__file__).parent / "w.js"
    data = traitlets.List([]).tag(sync=True)
    width = traitlets.Int(800).tag(sync=True)
    height = traitlets.Int(400).tag(sync=True)
    n_classes = traitlets.Int(4).tag(sync=True)
', "drawdata/w.js" = "export default {}"))
  drawing <- py_drawdata(n_classes = 2)
  # An empty array is null: drawdata would add to it in place.
  expect_true("data" %in% names(state_of(session, drawing)) && is.null(state_of(session, drawing)$data))
  rows <- list(list(x = 1.5, y = 2L, label = "a"), list(x = 2, y = 3L, label = NULL))
  session$receive(drawing$model_id, list(method = "update", state = list(data = rows), buffer_paths = list()))
  same(drawing$data, data.frame(x = c(1.5, 2), y = 2:3, label = c("a", NA), stringsAsFactors = FALSE))
  drawing$data <- data.frame(x = 1, label = "b")
  same(data_of(last(session))$state$data, list(list(x = 1L, label = "b")))
  fails(py_drawdata(n_classes = 5), "n_classes of py_drawdata: must be a whole number, between 1 and 4")
})

make_plotly <- function() {
  make_wheel("plotly", list(
    "plotly/package_data/widgetbundle.js" = "export default {}",
    "plotly/package_data/templates/plotly.json" = '{"layout": {"font": {"color": "red"}}}'
  ))
}
sent_states <- function(session) {
  updates <- Filter(function(entry) identical(data_of(entry)$method, "update"), session$sent)
  lapply(updates, function(entry) data_of(entry)$state)
}

wheel_test("a figure of plotly has a template, and traces with an id", {
  make_plotly()
  figure <- py_plotly(list(data = list(list(x = 1, y = 2)), layout = list(title = list(text = "T"))))
  state <- state_of(session, figure)
  same(state$`_widget_layout`, list(title = list(text = "T"),
    template = list(layout = list(font = list(color = "red")))))
  same(state$`_widget_data`[[1]][c("x", "y", "type")], list(x = list(1L), y = list(2L), type = "scatter"))
  same(nchar(state$`_widget_data`[[1]]$uid), 32L)
  same(intersect(names(state), c("layout", "data", "clicked")), character())
  same(state_of(session, py_plotly(list(data = list()), template = NULL))$`_widget_layout`, named_list())
  fails(py_plotly(list(data = list()), template = "none"), "no template none, expected one of plotly")
  fails(py_plotly(5), "expected list\\(data = , layout = \\)")
  fails(py_plotly(list(data = list(x = 1))), "data must be a list of traces")
  # A list from lapply() over split() has names.
  groups <- lapply(split(cars, cars$speed > 15), function(rows) list(x = rows$speed, y = c(a = 1, b = 2)))
  traces <- state_of(session, py_plotly(list(data = groups)))$`_widget_data`
  expect_null(names(traces))
  same(traces[[2]]$y, list(1L, 2L))
  py_plotly_invoke(figure, "addTraces", groups)
  same(length(figure$data), 3L)
})

wheel_test("a message to plotly.js is sent with the ids of its edit, then reset", {
  make_plotly()
  figure <- py_plotly(list(data = list(list(x = 1, y = 2), list(x = 1, y = 3)),
    layout = list(title = list(text = "T"))))
  session$sent <- list()
  py_plotly_invoke(figure, "restyle", list(marker.color = "red"), 2)
  states <- sent_states(session)
  same(states[[1]]$`_py2js_restyle`, list(
    restyle_data = list(marker.color = "red"), restyle_traces = list(1L), source_view_id = NULL,
    layout_edit_id = 1L, trace_edit_id = 1L
  ))
  same(states[[1]]$`_last_trace_edit_id`, 1L)
  same(states[[2]], list(`_py2js_restyle` = NULL))
  same(figure$data[[2]]$marker$color, "red")
  py_plotly_invoke(figure, "relayout", list(title.text = "New"))
  same(figure$plot_layout$title$text, "New")
  py_plotly_invoke(figure, "addTraces", list(x = 5, type = "bar"))
  same(length(figure$data), 3L)
  py_plotly_invoke(figure, "moveTraces", 3, 1)
  same(figure$data[[1]]$type, "bar")
  py_plotly_invoke(figure, "deleteTraces", 1)
  py_plotly_invoke(figure, "update", list(name = "n"), list(height = 300), 1)
  same(list(length(figure$data), figure$data[[1]]$name, figure$plot_layout$height), list(2L, "n", 300))
  fails(py_plotly_invoke(figure, "restyle", list(), 3), "the figure has the traces 1 to 2, got 3")
  fails(py_plotly_invoke(figure, "draw"), "the method must be one of restyle")
  fails(py_plotly_invoke(5, "restyle"), "expected a widget of py_plotly\\(\\), got 5")
})

wheel_test("the data and the layout of a figure follow changes of attributes by R and by the page", {
  make_plotly()
  figure <- py_plotly(list(
    data = list(list(y = 1:2), list(y = 3:4)), layout = list(xaxis = list(range = c(0, 9)))
  ))
  # An array has a value for each trace.
  py_plotly_invoke(figure, "restyle", list(y = list(5:6, 7:8), name = c("a", "b"), marker.color = "red"))
  same(lapply(figure$data, function(trace) list(trace$y, trace$name, trace$marker)),
    list(list(5:6, "a", list(color = "red")), list(7:8, "b", list(color = "red"))))
  py_plotly_invoke(figure, "restyle", list(y = list(9)), 2)
  same(lapply(figure$data, `[[`, "y"), list(5:6, 9))
  from_page <- function(event, ...) {
    state <- stats::setNames(list(list(..., source_view_id = "v")), paste0("_js2py_", event))
    session$receive(figure$model_id, list(method = "update", state = state, buffer_paths = list()))
  }
  from_page("relayout", relayout_data = list(
    `xaxis.range[0]` = 1, `xaxis.range[1]` = 2.5, `yaxis.range[1]` = 3,
    shapes = list(list(x0 = 1, opacity = "_undefined_")), `shapes[1].x0` = 4, dragmode = "_undefined_"
  ))
  layout <- figure$plot_layout
  same(list(layout$xaxis$range, layout$yaxis$range, layout$dragmode), list(c(1, 2.5), c(NA, 3), NULL))
  same(layout$shapes, list(list(x0 = 1L), list(x0 = 4L)))
  same(figure$relayout$shapes, list(list(x0 = 1L)))
  from_page("restyle", style_data = list(visible = list("legendonly", TRUE)), style_traces = list(0L, 1L))
  same(lapply(figure$data, `[[`, "visible"), list("legendonly", TRUE))
  from_page("update", style_data = list(opacity = 0.5), style_traces = NULL, layout_data = list(height = 300))
  same(list(figure$data[[2]]$opacity, figure$plot_layout$height), list(0.5, 300L))
})

wheel_test("a figure without its own size takes the size of its output, once for each view", {
  make_plotly()
  draw <- function(figure, views) {
    session$sent <- list()
    state <- list(`_view_count` = views, `_js2py_traceDeltas` = list(trace_deltas = list(), trace_edit_id = 0L))
    session$receive(figure$model_id, list(method = "update", state = state, buffer_paths = list()))
    unlist(lapply(sent_states(session), function(state) state$`_py2js_relayout`$relayout_data))
  }
  figure <- py_plotly(list(data = list(list(y = 1))), config = list(displaylogo = FALSE))
  same(state_of(session, figure)$`_config`, list(displaylogo = FALSE, responsive = TRUE))
  same(draw(figure, 1), c(autosize = TRUE))
  expect_null(draw(figure, 1))
  same(draw(figure, 2), c(autosize = TRUE))
  expect_null(draw(figure, 0))
  same(draw(figure, 1), c(autosize = TRUE))
  # A new size is no change by the user.
  session$sent <- list()
  state <- list(`_js2py_relayout` = list(relayout_data = list(autosize = TRUE), source_view_id = "v"))
  session$receive(figure$model_id, list(method = "update", state = state, buffer_paths = list()))
  expect_null(figure$relayout)
  expect_null(figure$plot_layout$autosize)
  expect_null(unlist(lapply(sent_states(session), function(state) state$`_py2js_relayout`)))
  for (layout in list(list(height = 300), list(width = 300), list(autosize = FALSE))) {
    own <- py_plotly(list(data = list(list(y = 1)), layout = layout))
    same(state_of(session, own)$`_config`, named_list())
    expect_null(draw(own, 1))
  }
  expect_null(draw(py_plotly(list(data = list(list(y = 1))), fill = FALSE), 1))
})

wheel_test("clicks, selections and zooms of a figure arrive, and the message is reset", {
  make_plotly()
  figure <- py_plotly(list(data = list(list(x = 1:2, y = 3:4))))
  event <- function(type, points) {
    session$receive(figure$model_id, list(method = "update", state = list(`_js2py_pointsCallback` = list(
      event_type = type, points = points, device_state = NULL, selector = NULL)), buffer_paths = list()))
  }
  points <- list(trace_indexes = list(0L), point_indexes = list(1L), xs = list(2L), ys = list(4L))
  event("plotly_click", points)
  same(figure$clicked, data.frame(trace = 1L, point = 2L, x = 2L, y = 4L))
  same(sent_states(session)[[length(sent_states(session))]], list(`_js2py_pointsCallback` = NULL))
  event("plotly_selected", points)
  event("plotly_hover", points)
  same(nrow(figure$selected), 1L)
  event("plotly_unhover", points)
  event("plotly_deselect", list())
  expect_null(figure$hovered)
  expect_null(figure$selected)
  event("plotly_selected", list(trace_indexes = list(), point_indexes = list(), xs = list(), ys = list()))
  same(nrow(figure$selected), 0L)
  session$sent <- list()
  session$receive(figure$model_id, list(method = "update", buffer_paths = list(), state = list(
    `_js2py_relayout` = list(relayout_data = list(`xaxis.range[0]` = 1, lastInputTime = 5),
      source_view_id = "v"))))
  same(figure$relayout, list(`xaxis.range[0]` = 1L))
  # The other views of the figure follow.
  sent <- Filter(function(state) !is.null(state$`_py2js_relayout`), sent_states(session))
  same(sent[[1]]$`_py2js_relayout`$source_view_id, "v")
  session$receive(figure$model_id, list(method = "update", buffer_paths = list(), state = list(
    `_js2py_restyle` = list(style_data = list(visible = list("legendonly")), style_traces = list(0L),
      source_view_id = "v"))))
  same(figure$restyle, list(visible = list("legendonly")))
  session$receive(figure$model_id, list(method = "update", buffer_paths = list(), state = list(
    `_js2py_update` = list(style_data = named_list(), layout_data = named_list(), style_traces = list(0L),
      source_view_id = "v"))))
})

make_quak <- function() {
  make_wheel("quak", list("quak/_widget.py" = '
class Widget(anywidget.AnyWidget):
    _esm = pathlib.Path(__file__).parent / "widget.js"
    _table_name = traitlets.Unicode().tag(sync=True)
    _columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    sql = traitlets.Unicode().tag(sync=True)
', "quak/widget.js" = "export default {}"))
}

wheel_test("a table of quak answers queries by a function", {
  make_quak()
  asked <- list()
  table <- py_quak(data.frame(a.b = 1:2), query = function(sql, type) {
    asked[[length(asked) + 1]] <<- c(sql, type)
    if (sql == "wrong") stop("no such column")
    if (type == "arrow") as.raw(1:3) else data.frame(n = 1:2)
  })
  same(state_of(session, table)[c("_columns", "_table_name", "sql")],
    list(`_columns` = list("a_b"), `_table_name` = "df", sql = 'SELECT * FROM "df"'))
  ask <- function(sql, type) {
    session$receive(table$model_id,
      list(method = "custom", content = list(sql = sql, type = type, uuid = "u")))
    last(session)
  }
  same(data_of(ask("one", "json"))$content,
    list(type = "json", result = list(list(n = 1L), list(n = 2L)), uuid = "u"))
  same(data_of(ask("two", "exec"))$content, list(type = "exec", uuid = "u"))
  same(data_of(ask("wrong", "json"))$content, list(error = "no such column", uuid = "u"))
  same(data_of(ask("x", "drop"))$content, list(error = "unknown command", uuid = "u"))
  answer <- ask("three", "arrow")$message
  same(answer$buffers, list("AQID"))
  same(length(asked), 4L)
  fails(py_quak(5), "expected a data frame, got 5")
  # A message of any form is answered, or is an error that the page gets.
  for (content in list("x", 5, NULL, list(1), list(sql = list("one"), type = "json"))) {
    same(warned(session$receive(table$model_id, list(method = "custom", content = content))), character())
    same(data_of(last(session))$content$error, "unknown command")
  }
  if (!requireNamespace("duckdb", quietly = TRUE)) fails(py_quak(iris),
    "requires the packages DBI and duckdb, or the argument `query`")
})

wheel_test("functions that read widgets do not make an output or an observer run again", {
  make_bqplot()
  make_plotly()
  slider <- ipy_int_slider(1)
  text <- ipy_int_text(2)
  figure <- py_plotly(list(data = list(list(y = 1))))
  calls <- list(
    bqplot = quote(py_bqplot(py_bqplot_lines(1:2, 1:2), py_bqplot_lines(1:2, 2:1))),
    link = quote(ipy_link(list(slider, "value"), list(text, "value"))),
    dlink = quote(ipy_dlink(list(slider, "value"), list(text, "value"))),
    restyle = quote(py_plotly_invoke(figure, "restyle", list(name = runif(1)))),
    click = quote(observe_click(ipy_button("a"), print)),
    append = quote(append_stdout(ipy_output(), "text")),
    print = quote(utils::capture.output(print(slider))),
    save = quote(save_widget(ipy_label("a", session = NULL), tempfile(fileext = ".html")))
  )
  for (name in names(calls)) {
    runs <- 0
    shiny::observe({
      runs <<- runs + 1
      if (runs < 5) eval(calls[[name]])
    }, domain = session)
    session$flushReact()
    slider$value <- slider$value + 1
    session$flushReact()
    expect_equal(runs, 1, info = name)
  }
})

wheel_test("the SQL of a page reaches no files", {
  skip_if_not_installed("duckdb")
  skip_if(is.null(arrow_writer()))
  make_quak()
  table <- py_quak(iris)
  file <- tempfile()
  writeLines("secret", file)
  ask <- function(sql, type = "json") {
    session$receive(table$model_id, list(method = "custom", content = list(sql = sql, type = type)))
    data_of(last(session))$content
  }
  same(ask("SELECT count(*) AS n FROM df")$result, list(list(n = 150L)))
  for (sql in c(
    sprintf("SELECT * FROM read_text('%s')", file), sprintf("COPY df TO '%s.csv'", file),
    "SET enable_external_access = true"
  )) {
    expect_type(ask(sql)$error, "character")
  }
  same(file.exists(paste0(file, ".csv")), FALSE)
})

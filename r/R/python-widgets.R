# Constructors of the widgets in packages of Python. Their JavaScript is in the wheels, their states are in
# inst/python-widgets.json, which scripts/record-r-widgets.py writes.

python_widgets <- local({
  table <- NULL
  function() {
    if (is.null(table)) {
      table <<- jsonlite::read_json(system.file("python-widgets.json", package = "shinycomm"))
    }
    table
  }
})

# Returns the traits of a recorded class. `arrays` is the function that makes a trait of an array.
recorded_traits <- function(package, name, arrays = NULL) {
  recorded <- python_widgets()[[package]]$classes[[name]]
  if (is.null(recorded)) {
    similar <- suggestion(name, names(python_widgets()[[package]]$classes))
    stop("shinycomm: ", package, " has no ", describe_name(name), similar, call. = FALSE)
  }
  lapply(stats::setNames(nm = names(recorded)), function(trait) {
    type <- recorded[[trait]][[1]]
    default <- simplify_json(recorded[[trait]][[2]])
    null <- endsWith(type, "?")
    switch(sub("[?]$", "", type),
      bool = trait_bool(default, null = null), int = trait_int(default, null = null),
      float = trait_float(default, null = null), string = trait_string(default, null = null),
      list = trait_list(default, null = TRUE), array = arrays(trait,
        default), model = recorded_model(package, default),
      trait_any(if (is.list(default) && !is.null(names(default))) as_object(default) else default)
    )
  })
}

# A trait whose default is a new widget of a class, or that is required.
recorded_model <- function(package, class) {
  trait <- trait_widget()
  trait$class <- class
  trait$required <- is.null(class)
  trait
}

# Opens a widget of a recorded class.
recorded_widget <- function(package, name, values, wheel, session, fill = TRUE, arrays = NULL,
  traits = NULL, ...) {
  wheel <- read_wheel(wheel %||% package)
  all <- recorded_traits(package, name, arrays)
  all[names(traits)] <- traits
  values <- named_values(values, name)
  unknown <- setdiff(names(values), names(all))
  if (length(unknown) > 0) {
    stop("shinycomm: ", name, " has no ", unknown[[1]], suggestion(unknown[[1]], names(all)), call. = FALSE)
  }
  for (key in names(all)) {
    class <- all[[key]]$class
    if (isTRUE(all[[key]]$required) && is.null(values[[key]])) {
      stop("shinycomm: ", name, ": ", key, " is required", call. = FALSE)
    }
    if (is.null(class) || inherits(values[[key]], "shinycomm_widget")) next
    part <- function(...) recorded_widget(package, class, list(...), wheel, session, FALSE, arrays)
    if (class == "Layout") part <- ipy_layout
    given <- if (is.list(values[[key]])) values[[key]] else list()
    if (class == "Layout") given$session <- session
    values[[key]] <- owned_by_parent(do.call(part, given))
  }
  open_from_wheel(wheel, name, all, values, FALSE, fill, session, ...)
}

# Separates unnamed arguments, or lists of widgets, from the values of traits.
split_widgets <- function(values, name) {
  unnamed <- !nzchar(names(values) %||% rep("", length(values)))
  widgets <- unlist(lapply(unname(values[unnamed]), function(value) {
    if (inherits(value, "shinycomm_widget")) list(value) else as.list(value)
  }), recursive = FALSE)
  wrong <- Filter(function(widget) !inherits(widget, "shinycomm_widget"), widgets)
  if (length(wrong) > 0) {
    stop("shinycomm: ", name, "(): an unnamed argument must be a widget, got ", describe(wrong[[1]]),
      call. = FALSE)
  }
  list(widgets = widgets %||% list(), values = named_values(values[!unnamed], name))
}

# ---- ipyleaflet ----

#' A map of ipyleaflet
#'
#' `py_leaflet()` is a map. Its layers are widgets of `py_leaflet_tiles()`, `py_leaflet_marker()`,
#' `py_leaflet_geojson()`, or of another class of ipyleaflet, such as `py_leaflet_layer("Circle")`.
#' They need the wheels `ipyleaflet` and `jupyter_leaflet`, see [read_wheel()].
#'
#' @param ... For `py_leaflet()`: unnamed arguments are layers, and controls such as
#'   `py_leaflet_layer("ScaleControl")`. Named arguments are traits, with
#'   [ipyleaflet's names](https://ipyleaflet.readthedocs.io/).
#' @param center,location Latitude and longitude.
#' @param zoom The zoom.
#' @param tiles The tiles: by default OpenStreetMap, a layer, or `NULL` for none.
#' @param url The address of tiles, such as `"https://tile.openstreetmap.org/{z}/{x}/{y}.png"`.
#' @param data GeoJSON: a text, or a list.
#' @param style,hover_style Lists, such as `list(color = "red", fillOpacity = 0.5)`.
#' @param class The class in ipyleaflet.
#' @param wheel The wheel of ipyleaflet, as for [read_wheel()].
#' @param fill,session As in [widget_open()].
#' @return A widget; see [widget_open()]. `map$center`, `map$zoom` and `map$north`, `south`, `east`, `west`
#'   follow the page. `map$layers <- c(map$layers, list(layer))` adds a layer. `map$on_msg()` gets clicks,
#'   as ipyleaflet's `on_interaction()`.
#' @examples
#' server <- function(input, output, session) {
#'   marker <- py_leaflet_marker(c(52.52, 13.4), title = "Berlin")
#'   map <- py_leaflet(marker, center = c(52.5, 13.4), zoom = 9)
#'   output$map <- render_widget(map)
#'   output$where <- shiny::renderText(paste(round(map$center, 2), collapse = ", "))
#'   shiny::observe(message("The marker is at ", toString(marker$location)))
#' }
#' @export
py_leaflet <- function(..., center = c(0, 0), zoom = 12,
  tiles = py_leaflet_tiles(wheel = wheel, session = session),
                       wheel = "ipyleaflet", fill = TRUE, session = shiny::getDefaultReactiveDomain()) {
  wheel <- read_wheel(wheel)
  given <- split_widgets(list(...), "py_leaflet")
  control <- function(...) owned_by_parent(py_leaflet_layer(..., wheel = wheel, session = session))
  if (!is.null(tiles)) owned_by_parent(tiles)
  is_control <- vapply(given$widgets, function(widget) grepl("Control", widget$.parts$class), TRUE)
  values <- list(
    center = coordinates(center, "center of py_leaflet()"), zoom = zoom,
    layers = c(if (!is.null(tiles)) list(tiles), given$widgets[!is_control]),
    controls = c(
      list(control("ZoomControl"),
        control("AttributionControl", position = "bottomright")), given$widgets[is_control]
    )
  )
  traits <- list(modisdate = trait_string(format(Sys.Date() - 1)))
  recorded_widget(
    "ipyleaflet", "Map", replace_values(values, given$values), wheel, session, fill, traits = traits
  )
}

#' @rdname py_leaflet
#' @export
py_leaflet_layer <- function(class, ..., wheel = "ipyleaflet", session = shiny::getDefaultReactiveDomain()) {
  recorded_widget("ipyleaflet", class, list(...), wheel, session)
}

#' @rdname py_leaflet
#' @export
py_leaflet_tiles <- function(url = "https://tile.openstreetmap.org/{z}/{x}/{y}.png", ...,
  wheel = "ipyleaflet",
                             session = shiny::getDefaultReactiveDomain()) {
  values <- list(url = url, base = TRUE)
  if (identical(url, formals(py_leaflet_tiles)$url)) {
    values <- c(values, list(
      name = "OpenStreetMap.Mapnik", max_zoom = 19L, min_zoom = 1L,
      attribution = paste(
        "&copy; <a href=\"https://www.openstreetmap.org/copyright\">OpenStreetMap</a>", "contributors"
      )
    ))
  }
  recorded_widget("ipyleaflet", "TileLayer", replace_values(values, list(...)), wheel, session)
}

#' @rdname py_leaflet
#' @export
py_leaflet_marker <- function(location, ..., wheel = "ipyleaflet",
  session = shiny::getDefaultReactiveDomain()) {
  location <- coordinates(location, "location of py_leaflet_marker()")
  recorded_widget("ipyleaflet", "Marker", list(location = location, ...), wheel, session)
}

# Checks a latitude and a longitude.
coordinates <- function(value, name) {
  numbers <- unlist(value)
  if (!is.numeric(numbers) || length(numbers) != 2 || anyNA(numbers)) {
    stop("shinycomm: ", name, ": must be latitude and longitude, got ", describe(value), call. = FALSE)
  }
  as.numeric(numbers)
}

#' @rdname py_leaflet
#' @export
py_leaflet_geojson <- function(data, style = list(), hover_style = list(), ..., wheel = "ipyleaflet",
                               session = shiny::getDefaultReactiveDomain()) {
  if (is.character(data)) {
    data <- tryCatch(jsonlite::parse_json(paste(data, collapse = "\n")), error = function(e) {
      stop("shinycomm: py_leaflet_geojson(): data is not JSON", call. = FALSE)
    })
  }
  if (!is.list(data) || !is.character(data$type)) {
    stop("shinycomm: py_leaflet_geojson(): data is not GeoJSON: it has no type", call. = FALSE)
  }
  # Leaflet takes the style of a feature from its properties.
  styled <- function(feature) {
    feature$properties <- as_object(feature$properties %||% list())
    feature$properties$style <- replace_values(feature$properties$style %||% list(), style)
    feature
  }
  if (length(style) > 0 && data$type == "Feature") data <- styled(data)
  if (length(style) > 0 && data$type == "FeatureCollection") data$features <- lapply(data$features, styled)
  values <- list(data = data, style = as_object(style), hover_style = as_object(hover_style), ...)
  recorded_widget("ipyleaflet", "GeoJSON", values, wheel, session)
}

# ---- bqplot ----

#' A figure of bqplot
#'
#' `py_bqplot()` is a figure of marks. Marks made with default scales share the scales of the first mark.
#' The package needs the wheels `bqplot` and `bqscales`, see [read_wheel()].
#'
#' @param ... For `py_bqplot()`: unnamed arguments are marks. Named arguments are traits, with
#'   [bqplot's names](https://bqplot.github.io/bqplot/).
#' @param x,y The data: numbers, texts, factors, [Date] or [POSIXct]. A matrix has a line in each column.
#' @param scales A list of scales such as `list(x = py_bqplot_part("LogScale"))`; by default one for the
#'   class of the data.
#' @param x_label,y_label The labels of the axes.
#' @param axes The axes, a list of widgets; by default an axis for x and one for y.
#' @param class The class in bqplot.
#' @param wheel The wheel of bqplot, as for [read_wheel()].
#' @param fill,session As in [widget_open()].
#' @return A widget; see [widget_open()]. `mark$x`, `mark$y` are R's vectors. `mark$selected` has the numbers
#'   of the selected points, from 1: unlike in Python. A selector, such as
#'   `py_bqplot_part("BrushSelector")`, is the trait `interaction` of the figure.
#' @examples
#' server <- function(input, output, session) {
#'   line <- py_bqplot_lines(1:10, cumsum(rnorm(10)))
#'   output$figure <- render_widget(py_bqplot(line, title = "A walk", x_label = "day"))
#'   shiny::observeEvent(input$again, line$y <- cumsum(rnorm(10)))
#'
#'   points <- py_bqplot_scatter(cars$speed, cars$dist)
#'   scales <- points$scales
#'   brush <- py_bqplot_part(
#'     "BrushSelector", x_scale = scales$x, y_scale = scales$y, marks = list(points)
#'   )
#'   output$cars <- render_widget(py_bqplot(points, interaction = brush))
#'   output$selected <- shiny::renderTable(cars[points$selected, ])
#' }
#' @export
py_bqplot <- function(..., x_label = "", y_label = "", axes = NULL, wheel = "bqplot", fill = TRUE,
                      session = shiny::getDefaultReactiveDomain()) {
  wheel <- read_wheel(wheel)
  given <- split_widgets(list(...), "py_bqplot")
  marks <- given$widgets
  part <- function(...) owned_by_parent(py_bqplot_part(..., wheel = wheel, session = session))
  # Not reactive: an output that makes the marks would run again after each change of their scales.
  scales_of <- function(mark) mark$.parts$current("scales")
  scales <- if (length(marks) > 0) scales_of(marks[[1]])
  for (mark in marks[-1]) {
    own <- scales_of(mark)
    shared <- vapply(names(own), function(key) {
      isTRUE(attr(own[[key]], "shinycomm_default")) && identical(scales[[key]]$.parts$class,
        own[[key]]$.parts$class)
    }, TRUE)
    own[shared] <- scales[names(own)[shared]]
    if (any(shared)) mark$scales <- own
  }
  if (is.null(axes) && all(c("x", "y") %in% names(scales))) {
    axes <- list(
      part("Axis", scale = scales$x, label = x_label),
      part("Axis", scale = scales$y, label = y_label, side = "left")
    )
  }
  figure_scale <- function() part("LinearScale", min = 0, max = 1, allow_padding = FALSE)
  values <- list(marks = marks, axes = axes %||% list(), scale_x = figure_scale(), scale_y = figure_scale())
  recorded_widget("bqplot", "Figure", replace_values(values, given$values), wheel, session, fill,
    bqplot_array)
}

#' @rdname py_bqplot
#' @export
py_bqplot_lines <- function(x, y, ..., scales = NULL, wheel = "bqplot",
  session = shiny::getDefaultReactiveDomain()) {
  bqplot_mark("Lines", x, y, list(...), scales, wheel, session)
}

#' @rdname py_bqplot
#' @export
py_bqplot_bars <- function(x, y, ..., scales = NULL, wheel = "bqplot",
  session = shiny::getDefaultReactiveDomain()) {
  bqplot_mark("Bars", x, y, list(...), scales, wheel, session)
}

#' @rdname py_bqplot
#' @export
py_bqplot_scatter <- function(x, y, ..., scales = NULL, wheel = "bqplot",
                              session = shiny::getDefaultReactiveDomain()) {
  bqplot_mark("Scatter", x, y, list(...), scales, wheel, session)
}

#' @rdname py_bqplot
#' @export
py_bqplot_part <- function(class, ..., wheel = "bqplot", session = shiny::getDefaultReactiveDomain()) {
  recorded_widget("bqplot", class, list(...), wheel, session, arrays = bqplot_array)
}

bqplot_mark <- function(class, x, y, values, scales, wheel, session) {
  wheel <- read_wheel(wheel)
  scale <- function(data, key) {
    is_ordinal <- is.character(data) || is.factor(data) || (class == "Bars" && key == "x")
    kind <- if (is_time(data)) "DateScale" else if (is_ordinal) "OrdinalScale" else "LinearScale"
    # Not owned by the mark: a figure may replace the scale while the page still makes the mark with it.
    made <- recorded_widget("bqplot", kind, list(), wheel, session)
    attr(made, "shinycomm_default") <- TRUE
    made
  }
  scales$x <- scales[["x"]] %||% scale(x, "x")
  scales$y <- scales[["y"]] %||% scale(y, "y")
  recorded_widget(
    "bqplot", class, c(list(x = x, y = y, scales = scales), values), wheel, session, arrays = bqplot_array
  )
}

is_time <- function(x) inherits(x, c("Date", "POSIXt"))

# A trait of bqplot for an array of numbers or times as bytes, or of texts. The columns of a matrix are the
# rows of the array on the page.
bqplot_array <- function(name, default = NULL) {
  # The page counts from 0.
  shift <- if (name == "selected") 1L else 0L
  new_trait("bqplot_array", default, null = TRUE,
    check = function(value) {
      if (is.factor(value)) value <- as.character(value)
      if (inherits(value, "POSIXlt")) value <- as.POSIXct(value)
      if (is.list(value) && length(value) == 0) value <- numeric()
      if (!is.numeric(value) && !is.character(value) && !is_time(value)) must_be("numbers, texts or times",
        value)
      value
    },
    to = function(value) {
      if (is.character(value)) return(as.list(value))
      column <- if (is.integer(value) && !anyNA(value)) {
        list(dtype = "int32", data = as_int32(as.vector(unclass(value)) - shift))
      } else if (is_time(value)) {
        binary_column(value)
      } else {
        list(dtype = "float64", data = as_float64(as.numeric(value) - shift))
      }
      list(
        value = column$data, dtype = column$dtype, shape = as.list(rev(dim(value)) %||% length(value)),
        type = if (is_time(value)) "date"
      )
    },
    from = function(value, current) {
      if (is.null(value)) return(NULL)
      if (!is.list(value) || !is.raw(value[["value"]])) return(from_widget(numeric(), value))
      numbers <- from_buffer(value[["value"]], value[["dtype"]])
      if (identical(value[["type"]], "date")) {
        return(as.POSIXct(numbers / 1000, origin = "1970-01-01", tz = "UTC"))
      }
      shape <- value[["shape"]]
      if (length(shape) == 2) numbers <- matrix(numbers, shape[[2]], shape[[1]])
      numbers + shift
    }
  )
}

# ---- jupyter-scatter ----

#' A scatter plot of jupyter-scatter
#'
#' Draws up to millions of points, which are sent as bytes. It needs the wheel `jupyter_scatter`, see
#' [read_wheel()].
#'
#' @param x,y Numbers.
#' @param color,size Values of the points: numbers, or for the color a factor or texts.
#' @param ... Traits with jupyter-scatter's names, such as `mouse_mode = "lasso"`, `opacity = 0.5`,
#'   `axes_grid = TRUE`, `height = 400`.
#' @param x_title,y_title The titles of the axes; by default the names of the variables.
#' @param palette The colors: by default viridis for numbers, and Okabe and Ito's colors for a factor.
#' @param wheel The wheel of jupyter-scatter, as for [read_wheel()].
#' @param fill,session As in [widget_open()].
#' @return A widget; see [widget_open()]. `plot$selection` has the rows of the selected points, and
#'   `plot$hovering` the row below the pointer or `NULL`. Rows are counted from 1, unlike in Python. Setting
#'   `plot$selection` selects points. `plot$filter` has the rows that are shown, or `NULL` for all.
#' @examples
#' server <- function(input, output, session) {
#'   plot <- py_scatter(iris$Sepal.Length, iris$Petal.Length, color = iris$Species)
#'   output$plot <- render_widget(plot)
#'   output$selected <- shiny::renderTable(iris[plot$selection, ])
#' }
#' @export
py_scatter <- function(x, y, color = NULL, size = NULL, ..., x_title = NULL, y_title = NULL, palette = NULL,
                       wheel = "jupyter_scatter", fill = TRUE, session = shiny::getDefaultReactiveDomain()) {
  x_title <- x_title %||% last_name(substitute(x))
  y_title <- y_title %||% last_name(substitute(y))
  fail <- function(...) stop("shinycomm: py_scatter(): ", ..., call. = FALSE)
  if (!is.numeric(x)) fail("x must be numbers, got ", describe(x))
  if (!is.numeric(y)) fail("y must be numbers, got ", describe(y))
  lengths <- c(y = length(y), color = length(color %||% x), size = length(size %||% x))
  wrong <- names(lengths)[lengths != length(x)]
  if (length(wrong) > 0) fail(wrong[[1]], " has ", lengths[[wrong[[1]]]], " values, and x has ", length(x))
  by_color <- scatter_encoding(color, "color", palette)
  by_size <- scatter_encoding(size, "size")
  points <- rbind(scatter_position(x), scatter_position(y), by_color$values %||% 0, by_size$values %||% 0)
  axis <- function(key, values, title) {
    range <- scatter_range(values)
    stats::setNames(
      list(range, range, scatter_histogram(values), title),
      paste0(key, c("_domain", "_scale_domain", "_histogram", "_title"))
    )
  }
  state <- c(
    list(points = list(view = as_float32(points), dtype = "float32", shape = list(length(x), 4L))),
    axis("x", x, x_title), axis("y", y, y_title), by_color$state, by_size$state
  )
  if (!is.null(color)) state$color_title <- last_name(substitute(color))
  if (!is.null(size)) state$size_title <- last_name(substitute(size))
  state$legend_encoding <- named_list()
  state$legend_encoding$color <- scatter_legend(by_color, state$color_title)
  state$legend_encoding$size <- scatter_legend(by_size, state$size_title)
  wheel <- read_wheel(wheel)
  traits <- recorded_traits("jscatter", "JupyterScatter", scatter_rows)
  traits$points <- trait_any()
  traits$hovering <- new_trait("row", NULL, null = TRUE,
    check = trait_int(1, min = 1)$check, to = function(value) value - 1L,
    from = function(value, current) value + 1L)
  class <- choose_class(wheel, "JupyterScatter")
  traits <- traits[!grepl("^_|^layout$|^tabbable$|^tooltip$", names(traits))]
  values <- replace_values(state, named_values(list(...), "py_scatter"))
  open_anywidget(
    "py_scatter", traits, values, class_source(wheel, class, "esm"), class_source(wheel, class, "css"),
    class$id, fill, session
  )
}

# Returns the last name in an expression such as `iris$Sepal.Length`.
last_name <- function(expression) {
  names <- all.names(expression)
  names <- names[grepl("^[A-Za-z.][A-Za-z0-9._]*$", names)]
  if (is.call(expression) && !as.character(expression[[1]])[[1]] %in% c("$", "[[", "@")) return(NULL)
  if (is.call(expression) && is.character(expression[[3]])) return(expression[[3]])
  if (length(names) == 0) NULL else names[[length(names)]]
}

scatter_range <- function(values) {
  if (!any(is.finite(values))) return(c(0, 1))
  as.numeric(range(values[is.finite(values)]))
}

# The entries of the legend: jupyter-scatter shows a legend only with them.
scatter_legend <- function(encoding, title) {
  state <- encoding$state
  if (is.null(state)) return(NULL)
  key <- sub("_by$", "", grep("_by$", names(state), value = TRUE))
  shades <- state[[key]]
  domain <- state[[paste0(key, "_domain")]]
  categorical <- is.list(domain)
  values <- if (categorical) {
    Map(function(label, shade) list(label, shade, NULL), names(domain), rep_len(shades, length(domain)))
  } else {
    lapply(seq(0, 1, 0.25), function(at) {
      list(domain[[1]] + at * diff(domain), shades[[round(at * (length(shades) - 1)) + 1]], NULL)
    })
  }
  list(
    variable = title, values = unname(values), categorical = categorical,
    data_dimension = paste0(title %||% key, ":linear")
  )
}

# Scales numbers from -1 to 1.
scatter_position <- function(values) {
  range <- scatter_range(values)
  if (diff(range) == 0) return(values * 0)
  (values - range[[1]]) / diff(range) * 2 - 1
}

scatter_histogram <- function(values) {
  range <- scatter_range(values)
  if (diff(range) == 0) range <- range + c(-0.5, 0.5)
  values <- values[is.finite(values)]
  # Each bin has its lower end, and the last has both.
  bins <- pmin(floor((values - range[[1]]) / diff(range) * 20) + 1, 20)
  counts <- tabulate(bins, 20)
  counts / max(counts, 1)
}

OKABE_ITO <- c("#56b4e9", "#e69f00", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#000000")

# Returns the values of the points from 0 to 1, or the codes of a factor, and the traits of an encoding.
scatter_encoding <- function(values, key, palette = NULL) {
  if (is.null(values)) return(list())
  slot <- if (key == "color") "valueA" else "valueB"
  named <- function(...) {
    stats::setNames(list(...), c(paste0(key, c("_by", "_domain", "_scale", "_histogram")), key))
  }
  if (is.character(values) || is.logical(values)) values <- as.factor(values)
  colors <- function(palette) lapply(palette, function(one) c(as.vector(grDevices::col2rgb(one)) / 255, 1))
  if (is.factor(values)) {
    if (key == "size") stop("shinycomm: py_scatter(): size must be numbers", call. = FALSE)
    values <- droplevels(values)
    counts <- tabulate(values, nlevels(values))
    many <- nlevels(values) > length(OKABE_ITO)
    palette <- palette %||% (if (many) grDevices::hcl.colors(nlevels(values), "Dynamic") else OKABE_ITO)
    domain <- as_object(stats::setNames(as.list(seq_len(nlevels(values)) - 1L), levels(values)))
    state <- named(slot, domain, "categorical", as.list(counts / sum(counts)), colors(palette))
    return(list(values = ifelse(is.na(values), 0, as.integer(values) - 1), state = state))
  }
  if (!is.numeric(values)) {
    stop("shinycomm: py_scatter(): ", key, " must be numbers, got ", describe(values), call. = FALSE)
  }
  sizes <- as.list(seq(1, 10, 0.5))
  if (key == "color") sizes <- colors(palette %||% grDevices::hcl.colors(256, "viridis"))
  range <- scatter_range(values)
  scaled <- if (diff(range) == 0) values * 0 else (values - range[[1]]) / diff(range)
  scaled[!is.finite(scaled)] <- 0
  list(values = scaled, state = named(slot, range, "linear", scatter_histogram(values), sizes))
}

# A trait of jupyter-scatter for rows, counted from 1. The page counts from 0.
scatter_rows <- function(name, default = NULL) {
  if (!name %in% c("selection", "filter", "zoom_to", "point_order")) {
    return(new_trait("array", NULL, null = TRUE, check = identity, from = function(value, current) {
      is_bytes <- is.list(value) && is.raw(value[["view"]])
      if (is_bytes) from_buffer(value[["view"]], value[["dtype"]]) else value
    }))
  }
  new_trait("rows", if (name == "selection") integer(), null = TRUE,
    check = function(value) {
      if (is.logical(value)) value <- which(value)
      if (!is.numeric(value) || anyNA(value) || any(value < 1)) must_be("the numbers of rows, from 1", value)
      as.integer(value)
    },
    to = function(value) list(view = as_uint32(value - 1L), dtype = "uint32", shape = list(length(value))),
    from = function(value, current) {
      if (is.list(value) && is.raw(value[["view"]])) {
        return(as.integer(from_buffer(value[["view"]], value[["dtype"]])) + 1L)
      }
      as.integer(unlist(value)) + 1L
    }
  )
}

# ---- drawdata ----

#' Draw points by hand, with drawdata
#'
#' A field in which the user draws points of up to four classes. It needs the wheel `drawdata`, see
#' [read_wheel()]. drawdata may send a stroke only together with the next one, as in Jupyter.
#'
#' @param ... Traits with drawdata's names, such as `brushsize = 20`.
#' @param n_classes The number of classes, from 1 to 4.
#' @param width,height The size in pixels.
#' @param wheel The wheel of drawdata, as for [read_wheel()].
#' @param fill,session As in [widget_open()].
#' @return A widget; see [widget_open()]. `drawing$data` is a data frame with the columns `x`, `y`, `color`,
#'   `label` and `batch`, of the points that are drawn.
#' @examples
#' server <- function(input, output, session) {
#'   drawing <- py_drawdata(n_classes = 2, width = 600)
#'   output$drawing <- render_widget(drawing)
#'   output$points <- shiny::renderTable(drawing$data)
#' }
#' @export
py_drawdata <- function(..., n_classes = 4, width = 800, height = 400, wheel = "drawdata", fill = TRUE,
                        session = shiny::getDefaultReactiveDomain()) {
  wheel <- read_wheel(wheel)
  class <- choose_class(wheel, "ScatterWidget")
  traits <- class$traits
  traits$data <- trait_rows()
  # drawdata changes the array of its model in place, so the model does not send the first points. With
  # null, drawdata makes another array.
  to <- traits$data$to
  traits$data$to <- function(value) if (NROW(value) > 0) to(value)
  traits$n_classes <- trait_int(4, 1, 4)
  open_anywidget(
    "py_drawdata", traits, list(n_classes = n_classes, width = width, height = height, ...),
    class_source(wheel, class, "esm"), class_source(wheel, class, "css"), class$id, fill, session
  )
}

# A data frame that is a list of its rows on the page.
trait_rows <- function() {
  new_trait("trait_rows", data.frame(),
    check = function(value) {
      if (!is.data.frame(value)) must_be("a data frame", value)
      value
    },
    to = function(value) {
      columns <- lapply(as.list(value), as_plain)
      lapply(seq_len(nrow(value)), function(row) lapply(columns, function(column) column[[row]]))
    },
    from = function(value, current) {
      if (!is.list(value)) must_be("a list of rows", value)
      names <- unique(unlist(lapply(value, names)))
      columns <- lapply(stats::setNames(nm = names), function(name) {
        unlist(lapply(value, function(row) row[[name]] %||% NA))
      })
      as.data.frame(columns, optional = TRUE, stringsAsFactors = FALSE)
    }
  )
}

# ---- plotly ----

#' A figure of plotly
#'
#' `py_plotly()` is plotly's FigureWidget: a figure that R changes in place, and that tells R what is clicked
#' and selected. It needs the wheel `plotly`, version 6 or later, see [read_wheel()].
#' `py_plotly_invoke()` calls a function of plotly.js, like plotly's `plotlyProxyInvoke()`.
#'
#' @param figure A list with `data`, a list of traces, and `layout`; or a figure of the R package plotly.
#'   Without a width and a height in the layout, the figure follows the size of its output.
#' @param ... Further traits. For `py_plotly_invoke()`: the arguments of the method.
#' @param template The look: a name of a template such as `"plotly"`, `"plotly_white"`, `"ggplot2"`, or
#'   `NULL`.
#' @param config Options of plotly.js, such as `list(displaylogo = FALSE)`.
#' @param wheel The wheel of plotly, as for [read_wheel()].
#' @param fill,session As in [widget_open()].
#' @param widget A widget of `py_plotly()`.
#' @param method The method, with its arguments in `...`:
#'   - `"restyle"`: attributes, traces
#'   - `"relayout"`: attributes
#'   - `"update"`: attributes of traces, attributes of the layout, traces
#'   - `"addTraces"`: a list of traces
#'   - `"deleteTraces"`: traces
#'   - `"moveTraces"`: traces, places
#'
#'   Attributes are a list such as `list(marker.color = "red")`. Traces are numbers from 1, unlike in plotly.
#' @return `py_plotly()` returns a widget, see [widget_open()]. In reactives,
#'   - `figure$clicked`, `figure$hovered` and `figure$selected` are data frames with the columns `trace`,
#'     `point` (from 1), `x` and `y`, or `NULL`,
#'   - `figure$relayout` and `figure$restyle` are the last changes by the user, such as a zoom,
#'   - `figure$data` and `figure$plot_layout` are the present traces and the present layout.
#' @examples
#' server <- function(input, output, session) {
#'   figure <- py_plotly(list(
#'     data = list(list(type = "scatter", mode = "markers", x = cars$speed, y = cars$dist)),
#'     layout = list(title = list(text = "Cars"))
#'   ))
#'   output$figure <- render_widget(figure)
#'   output$clicked <- shiny::renderTable(figure$clicked)
#'   shiny::observeEvent(input$red, py_plotly_invoke(figure, "restyle", list(marker.color = "red")))
#' }
#' @export
py_plotly <- function(figure, ..., template = "plotly", config = list(), wheel = "plotly", fill = TRUE,
                      session = shiny::getDefaultReactiveDomain()) {
  wheel <- read_wheel(wheel)
  figure <- plotly_figure(figure)
  layout <- figure$layout
  # Like shinywidgets in Python: a figure without its own size has the size of its output.
  follows_output <- fill && is.null(layout$width) && is.null(layout$height) && !isFALSE(layout$autosize)
  if (follows_output) config$responsive <- config$responsive %||% TRUE
  if (is.null(layout$template) && !is.null(template)) layout$template <- plotly_template(wheel, template)
  traces <- lapply(figure$data, function(trace) {
    if (is.null(trace$type)) trace$type <- "scatter"
    if (is.null(trace$uid)) trace$uid <- plotly_uid()
    plotly_arrays(trace)
  })
  messages <- c("addTraces", "animate", "deleteTraces", "moveTraces", "relayout", "removeLayoutProps",
    "removeTraceProps", "restyle", "update")
  events <- c("layoutDelta", "pointsCallback", "relayout", "restyle", "traceDeltas", "update")
  message_traits <- lapply(c(paste0("_py2js_", messages), paste0("_js2py_", events)),
    function(name) trait_object(null = TRUE))
  names(message_traits) <- c(paste0("_py2js_", messages), paste0("_js2py_", events))
  own <- lapply(c("clicked", "hovered", "selected", "relayout", "restyle"),
    function(name) unsynced(trait_any()))
  names(own) <- c("clicked", "hovered", "selected", "relayout", "restyle")
  traits <- c(
    list(
      `_widget_data` = trait_list(traces), `_widget_layout` = trait_object(as_object(layout)),
      `_config` = trait_object(as_object(config)), `_last_layout_edit_id` = trait_int(0),
      `_last_trace_edit_id` = trait_int(0), layout = unsynced(trait_any()),
      data = unsynced(trait_any(traces)), plot_layout = unsynced(trait_any(layout))
    ),
    message_traits, own, list(...)
  )
  # FigureWidget counts its views from 0.
  traits$`_view_count` <- trait_int(0, null = TRUE)
  widget <- open_anywidget(
    "py_plotly", traits, list(`_py2js_relayout` = NULL),
    source_text(wheel, "plotly/package_data/widgetbundle.js"), NULL,
    "plotly.graph_objs._figurewidget.FigureWidget", fill, session
  )
  receive_plotly(widget, follows_output)
  widget
}

# A trait that only R has.
unsynced <- function(trait) {
  trait$synced <- FALSE
  trait
}

plotly_figure <- function(figure) {
  if (inherits(figure, "plotly")) figure <- plotly_built(figure)
  if (!is.list(figure) || is.null(figure$data)) {
    stop("shinycomm: py_plotly(): expected list(data = , layout = ) or a figure of plotly, got ",
      describe(figure), call. = FALSE)
  }
  data <- plotly_traces(figure$data)
  if (is.null(data)) {
    stop("shinycomm: py_plotly(): data must be a list of traces, such as list(list(x = 1:3, y = 1:3))",
      call. = FALSE)
  }
  list(data = data, layout = figure$layout %||% named_list())
}

# Returns a list of traces without its names, such as the names from split(), or NULL for another value.
plotly_traces <- function(value) {
  is_trace <- function(trace) is.list(trace) && (length(trace) == 0 || !is.null(names(trace)))
  if (is.list(value) && all(vapply(value, is_trace, TRUE))) unname(value)
}

plotly_built <- function(figure) {
  if (!requireNamespace("plotly", quietly = TRUE)) {
    stop("shinycomm: py_plotly(): the figure needs the package plotly", call. = FALSE)
  }
  built <- plotly::plotly_build(figure)$x
  list(data = lapply(built$data, function(trace) trace[!names(trace) %in% c("inherit", "attrs")]),
    layout = built$layout)
}

# Vectors of data are arrays, also with one element.
plotly_arrays <- function(trace) {
  arrays <- c("x", "y", "z", "lat", "lon", "text", "values", "labels", "parents", "ids", "customdata", "open",
    "high", "low", "close", "a", "b", "c", "r", "theta", "locations")
  for (name in intersect(names(trace), arrays)) {
    if (is.atomic(trace[[name]]) && is.null(dim(trace[[name]])) &&
      !is.raw(trace[[name]])) trace[[name]] <- I(unname(trace[[name]]))
  }
  trace
}

plotly_template <- function(wheel, name) {
  file <- paste0("plotly/package_data/templates/", name, ".json")
  if (!file %in% wheel$files) {
    known <- grep("/templates/[^/]*[.]json$", wheel$files, value = TRUE)
    stop("shinycomm: py_plotly(): no template ", name, ", expected one of ",
      paste(sub("[.]json$", "", basename(known)), collapse = ", "), call. = FALSE)
  }
  jsonlite::parse_json(read_wheel_text(wheel, file))
}

plotly_uid <- function() {
  # Not R's random numbers, whose seed is the app's.
  plotly_ids$count <- plotly_ids$count + 1
  digest::digest(list(Sys.time(), Sys.getpid(), plotly_ids$count), "md5")
}
plotly_ids <- new.env(parent = emptyenv())
plotly_ids$count <- 0

# Handles the messages of the page, as plotly's Python does.
receive_plotly <- function(widget, follows_output) {
  present <- function(name) widget$.parts$current(name)
  restyled <- function(changes, traces) {
    data <- present("data")
    plotly_restyle(data, changes, unlist(traces %||% (seq_along(data) - 1L)) + 1L)
  }
  on <- function(event, handle) {
    name <- paste0("_js2py_", event)
    observe_widget(widget, name, function(value) {
      if (length(value) == 0) return()
      # Plotly's protocol: the receiver resets the message.
      do.call(widget$update, stats::setNames(list(NULL), name))
      handle(value)
    })
  }
  on("pointsCallback", function(value) {
    name <- c(plotly_click = "clicked", plotly_hover = "hovered", plotly_unhover = "hovered",
      plotly_selected = "selected", plotly_deselect = "selected")[value$event_type]
    if (is.na(name)) return()
    points <- if (!value$event_type %in% c("plotly_unhover", "plotly_deselect")) plotly_points(value$points)
    do.call(widget$update, stats::setNames(list(points), name))
  })
  on("relayout", function(value) {
    changes <- value$relayout_data
    changes$lastInputTime <- NULL
    # Each view has its own size, which no user changes.
    if (follows_output) changes$autosize <- NULL
    if (length(changes) == 0) return()
    plotly_send(widget, "relayout",
      list(relayout_data = as_object(changes), source_view_id = value$source_view_id))
    changes <- defined(changes)
    widget$update(relayout = changes, plot_layout = plotly_merge(present("plot_layout"), changes))
  })
  on("restyle", function(value) {
    plotly_send(widget, "restyle", list(
      restyle_data = value$style_data, restyle_traces = value$style_traces,
      source_view_id = value$source_view_id
    ))
    changes <- defined(value$style_data)
    widget$update(restyle = changes, data = restyled(changes, value$style_traces))
  })
  on("update", function(value) {
    plotly_send(widget, "update", list(
      style_data = value$style_data, layout_data = value$layout_data, style_traces = value$style_traces,
      source_view_id = value$source_view_id
    ))
    widget$update(
      data = restyled(defined(value$style_data), value$style_traces),
      plot_layout = plotly_merge(present("plot_layout"), defined(value$layout_data))
    )
  })
  # The defaults that plotly.js computed, which R does not need. The first ones of each view tell that it is
  # drawn. FigureWidget draws it with a height of 360 pixels.
  drawn <- 0
  on("layoutDelta", function(value) NULL)
  on("traceDeltas", function(value) {
    views <- present("_view_count")
    if (follows_output && !is.null(views) && views > drawn) {
      plotly_send(widget, "relayout",
        list(relayout_data = list(autosize = TRUE), source_view_id = NULL))
    }
    drawn <<- views %||% 0
  })
}

# Returns changes of the page without the values that are undefined in JavaScript.
defined <- function(value) {
  if (!is.list(value)) return(value)
  lapply(Filter(function(one) !identical(one, "_undefined_"), value), defined)
}

plotly_points <- function(points) {
  column <- function(name) unlist(lapply(points[[name]], function(value) value %||% NA))
  if (length(points$xs) == 0) return(data.frame(trace = integer(), point = integer(), x = numeric(),
    y = numeric()))
  data.frame(
    trace = column("trace_indexes") + 1L, point = column("point_indexes") + 1L,
    x = column("xs"), y = column("ys"), stringsAsFactors = FALSE
  )
}

# Sends a message of plotly's protocol, and resets it.
plotly_send <- function(widget, method, message) {
  layout_id <- widget$.parts$current("_last_layout_edit_id")
  trace_id <- widget$.parts$current("_last_trace_edit_id")
  if (method != "moveTraces") message$layout_edit_id <- layout_id <- layout_id + 1L
  if (!method %in% c("moveTraces", "relayout")) message$trace_edit_id <- trace_id <- trace_id + 1L
  name <- paste0("_py2js_", method)
  values <- stats::setNames(list(message), name)
  do.call(widget$update, c(list(`_last_layout_edit_id` = layout_id, `_last_trace_edit_id` = trace_id),
    values))
  do.call(widget$update, stats::setNames(list(NULL), name))
}

#' @rdname py_plotly
#' @export
py_plotly_invoke <- function(widget, method, ...) {
  fail <- function(...) stop("shinycomm: py_plotly_invoke(): ", ..., call. = FALSE)
  if (!inherits(widget, "shinycomm_widget") || widget$.parts$class != "py_plotly") {
    fail("expected a widget of py_plotly(), got ", describe(widget))
  }
  methods <- c("restyle", "relayout", "update", "addTraces", "deleteTraces", "moveTraces")
  if (!is.character(method) || length(method) != 1 || !method %in% methods) {
    fail("the method must be one of ", paste(methods, collapse = ", "), ", got ", describe(method))
  }
  arguments <- list(...)
  argument <- function(n, default = NULL) if (length(arguments) >= n) arguments[[n]] else default
  data <- widget$.parts$current("data")
  traces <- function(value, absent = seq_along(data)) {
    value <- as.integer(value %||% absent)
    if (anyNA(value) || any(value < 1 | value > length(data))) {
      fail("the figure has the traces 1 to ", length(data), ", got ", describe(value))
    }
    value
  }
  zero <- function(value) as.list(value - 1L)
  layout <- widget$.parts$current("plot_layout")
  switch(method,
    relayout = {
      changes <- as_object(argument(1, list()))
      plotly_send(widget, method, list(relayout_data = changes, source_view_id = NULL))
      layout <- plotly_merge(layout, changes)
    },
    restyle = ,
    update = {
      changes <- as_object(argument(1, list()))
      for_layout <- as_object(if (method == "update") argument(2, list()) else list())
      which <- traces(argument(if (method == "update") 3 else 2))
      message <- if (method == "restyle") {
        list(restyle_data = changes, restyle_traces = zero(which), source_view_id = NULL)
      } else {
        list(style_data = changes, layout_data = for_layout, style_traces = zero(which),
          source_view_id = NULL)
      }
      plotly_send(widget, method, message)
      data <- plotly_restyle(data, changes, which)
      layout <- plotly_merge(layout, for_layout)
    },
    addTraces = {
      added <- argument(1, list())
      added <- lapply(plotly_traces(added) %||% list(added), function(trace) {
        trace$type <- trace$type %||% "scatter"
        trace$uid <- trace$uid %||% plotly_uid()
        plotly_arrays(trace)
      })
      plotly_send(widget, method, list(trace_data = added))
      data <- c(data, added)
    },
    deleteTraces = {
      which <- traces(argument(1))
      plotly_send(widget, method, list(delete_inds = zero(which)))
      data <- data[-which]
    },
    moveTraces = {
      which <- traces(argument(1))
      places <- traces(argument(2))
      plotly_send(widget, method, list(current_trace_inds = zero(which), new_trace_inds = zero(places)))
      rest <- data[-which]
      for (n in order(places)) rest <- append(rest, data[which[[n]]], places[[n]] - 1)
      data <- rest
    }
  )
  widget$update(data = data, plot_layout = layout)
}

# Applies changes such as list(marker.color = "red") to a trace or a layout.
plotly_merge <- function(value, changes) {
  for (name in names(changes)) {
    keys <- strsplit(gsub("\\[([0-9]+)\\]", ".\\1", name), ".", fixed = TRUE)[[1]]
    value <- set_nested(value, keys, changes[[name]])
  }
  value
}

# Applies changes to traces. An array has a value for each trace, as in plotly.js.
plotly_restyle <- function(data, changes, which) {
  which <- which[which %in% seq_along(data)]
  for (n in seq_along(which)) {
    own <- lapply(changes, function(value) {
      is_array <- is.null(names(value)) && (is.list(value) || inherits(value, "AsIs") || length(value) > 1)
      if (is_array && length(value) > 0) value[[(n - 1) %% length(value) + 1]] else value
    })
    data[[which[[n]]]] <- plotly_merge(data[[which[[n]]]], own)
  }
  data
}

# Sets a value below keys; a number is an index from 0.
set_nested <- function(value, keys, new) {
  key <- keys[[1]]
  if (grepl("^[0-9]+$", key)) key <- as.integer(key) + 1L
  if (length(keys) > 1) {
    inner <- if (key %in% names(value) || is.numeric(key) && key <= length(value)) value[[key]]
    new <- set_nested(inner, keys[-1], new)
  }
  # A range is a vector of numbers.
  is_vector <- is.numeric(key) && is.atomic(value) && is.atomic(new) && length(new) == 1
  if (!is_vector) value <- as.list(value)
  gap <- if (is.numeric(key)) key - length(value) - 1 else 0
  if (gap > 0) value[length(value) + seq_len(gap)] <- NA
  value[key] <- if (is_vector) new else list(new)
  value
}

# ---- quak ----

#' A table with a profile of its columns, with quak
#'
#' Shows a data frame as a table that is filtered by the histograms of its columns. Its JavaScript asks
#' for data by SQL, and R answers in Arrow's format. A user can change the SQL of a page: duckdb then reads
#' the table, but no files. It needs the wheel `quak`, see [read_wheel()], and the packages duckdb and DBI,
#' and nanoarrow or arrow, see [arrow_ipc()].
#'
#' @param df A data frame. Dots in the names of columns become `_`, because quak reads a dot as a part of
#'   SQL. With `query`, only these names are used.
#' @param ... Further traits.
#' @param table The name of the table in SQL.
#' @param query Instead of duckdb, a function that answers a query: `query(sql, type)` returns a data frame,
#'   or a raw vector in Arrow's format for the type `"arrow"`. The result of the type `"exec"` is not used.
#'   A page can send any SQL to it.
#' @param wheel The wheel of quak, as for [read_wheel()].
#' @param fill,session As in [widget_open()].
#' @return A widget; see [widget_open()]. `widget$sql` is the query of the rows that are selected.
#' @examples
#' server <- function(input, output, session) {
#'   table <- py_quak(iris)
#'   output$table <- render_widget(table)
#'   output$sql <- shiny::renderText(table$sql)
#' }
#' @export
py_quak <- function(df, ..., table = "df", query = NULL, wheel = "quak", fill = TRUE,
                    session = shiny::getDefaultReactiveDomain()) {
  if (!is.data.frame(df)) stop("shinycomm: py_quak(): expected a data frame, got ", describe(df),
    call. = FALSE)
  names(df) <- make.unique(gsub(".", "_", names(df), fixed = TRUE), sep = "_")
  wheel <- read_wheel(wheel)
  class <- choose_class(wheel, "Widget")
  database <- if (is.null(query)) duckdb_database(df, table)
  query <- query %||% database$query
  traits <- class$traits
  # A list of one name is an array.
  traits$`_columns` <- trait_list(list())
  values <- list(
    `_table_name` = table, `_columns` = as.list(names(df)),
    sql = paste0("SELECT * FROM \"", table, "\""), ...
  )
  widget <- open_anywidget(
    "py_quak", traits, values, class_source(wheel, class, "esm"), NULL, class$id, fill, session
  )
  widget$on_msg(function(content, buffers) {
    answer <- tryCatch(answer_query(query, content),
      error = function(e) list(content = list(error = conditionMessage(e))))
    answer$content$uuid <- if (is.list(content)) content[["uuid"]]
    widget$send(answer$content, answer$buffers %||% list())
  }, NULL)
  if (!is.null(database)) widget$comm$on_close(database$close, NULL)
  widget
}

# Answers a query of the page: see `_handle_custom_msg` of quak.
answer_query <- function(query, content) {
  content <- as_list(content)
  type <- content[["type"]]
  sql <- content[["sql"]]
  if (!is.character(sql) || !isTRUE(type %in% c("arrow", "json", "exec"))) stop("unknown command")
  result <- query(sql, type)
  if (type == "exec") return(list(content = list(type = "exec")))
  if (type == "arrow") {
    bytes <- if (is.raw(result)) result else arrow_ipc(result)
    return(list(content = list(type = "arrow"), buffers = list(bytes)))
  }
  if (!is.data.frame(result)) must_be("a data frame", result)
  list(content = list(type = "json", result = trait_rows()$to(result)))
}

DUCKDB_SETTINGS <- c(enable_external_access = "false", lock_configuration = "true")

duckdb_database <- function(df, table) {
  for (package in c("DBI", "duckdb")) {
    if (!requireNamespace(package, quietly = TRUE)) {
      stop("shinycomm: py_quak() requires the packages DBI and duckdb, or the argument `query`",
        call. = FALSE)
    }
  }
  if (is.null(arrow_writer())) {
    stop("shinycomm: py_quak() requires the package nanoarrow (0.7 or later) or arrow", call. = FALSE)
  }
  connection <- DBI::dbConnect(duckdb::duckdb())
  duckdb::duckdb_register(connection, table, df)
  # The SQL is the page's: it must reach neither files nor addresses.
  for (name in names(DUCKDB_SETTINGS)) {
    DBI::dbExecute(connection, sprintf("SET %s = %s", name, DUCKDB_SETTINGS[[name]]))
  }
  list(
    query = function(sql, type) {
      if (type == "exec") DBI::dbExecute(connection, sql) else DBI::dbGetQuery(connection, sql)
    },
    close = function() DBI::dbDisconnect(connection, shutdown = TRUE)
  )
}

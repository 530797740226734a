# The server's end of Jupyter comms in R Shiny, for pages with the shiny-comm client: source() it.
#
#   ui:      shiny_comm_dependency(dist), widget_output(id)
#   server:  output$id <- render_widget(ipy_int_slider(...)), a comm of one's own by comm_open(...)
#
# It needs shiny, and jsonlite and htmltools, which come with it. README.md has the rest.

# ---- The page -----------------------------------------------------------------------------------

#' The client, for the app's UI. `dist` is the folder with shiny-comm.js.
shiny_comm_dependency <- function(dist) {
  if (!file.exists(file.path(dist, "shiny-comm.js"))) {
    stop("shiny_comm: there is no shiny-comm.js in ", dist)
  }
  package <- file.path(dist, "..", "package.json")
  version <- if (file.exists(package)) jsonlite::fromJSON(package)$version else "0"
  htmltools::htmlDependency(
    "ipywidget-output-binding", paste0("100.", gsub("[^0-9]+", ".", version)),
    src = c(file = normalizePath(dist)), script = "shiny-comm.js", stylesheet = "shiny-comm.css",
    # The script loads more files from its own folder when a widget needs them.
    all_files = TRUE
  )
}

#' A place for a widget.
widget_output <- function(id, width = NULL, height = NULL) {
  size <- htmltools::css(width = width, height = height)
  place <- htmltools::tags$div(
    id = id, class = "shiny-ipywidget-output shiny-report-size shiny-report-theme", style = size
  )
  htmltools::bindFillRole(place, item = TRUE, container = TRUE)
}

#' What is in a place: a widget, or NULL for nothing. Widgets that an earlier run of `expr` has
#' opened are closed when the new one is on the page.
render_widget <- function(expr, env = parent.frame(), quoted = FALSE) {
  if (!quoted) expr <- substitute(expr)
  make <- shiny::exprToFunction(expr, env, quoted = TRUE)
  opened <- list()
  shiny::markRenderFunction(widget_output, function(shinysession, name, ...) {
    registry <- comm_registry(shinysession)
    before <- opened
    opened <<- list()
    shinysession$onFlushed(function() for (comm in before) comm$close())
    outer <- registry$opened
    on.exit(registry$opened <- outer)
    registry$opened <- function(comm) opened <<- c(opened, list(comm))
    widget <- make()
    if (is.null(widget)) return(NULL)
    if (!inherits(widget, "shiny_comm_widget")) {
      stop("shiny_comm: output ", name, " is neither a widget nor NULL")
    }
    list(model_id = widget$model_id, fill = widget$fill)
  })
}

# ---- Comms --------------------------------------------------------------------------------------

#' Opens a comm: a channel with the page, named by an id.
#'
#' `data` and `metadata` are lists, `buffers` a list of raw vectors. What is returned has
#'   comm_id                          its id
#'   send(data, buffers, metadata)    sends a message
#'   close(data)                      closes it on the page; a second call does nothing
#'   on_msg(callback)                 callback(message) gets each message from the page: a list with
#'                                    content$data, metadata, and buffers as raw vectors
#'   on_close(callback)               callback() is called when it closes or the session ends
#'   is_open()
comm_open <- function(target_name, data = named_list(), buffers = list(), metadata = named_list(),
                      session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  registry$count <- registry$count + 1
  comm_id <- sprintf("%.24s%08x", paste0(registry$root$token, strrep("0", 24)), registry$count)
  comm <- new.env(parent = emptyenv())
  open <- TRUE
  closed <- "it is closed"
  comm$comm_id <- comm_id
  comm$handle_msg <- comm$handle_close <- function(...) NULL

  publish <- function(kind, data, buffers, metadata, ...) {
    if (!open) stop("shiny_comm: comm ", comm_id, ": ", closed, call. = FALSE)
    if (!is.list(buffers) || !all(vapply(buffers, is.raw, TRUE))) {
      stop("shiny_comm: comm ", comm_id, ": buffers must be a list of raw vectors", call. = FALSE)
    }
    content <- list(comm_id = comm_id, ..., data = as_object(data))
    header <- list(content = content, metadata = as_object(metadata))
    type <- paste0("shinywidgets_", kind)
    if (length(buffers) > 0 && takes_frames(registry$root)) {
      registry$root$sendBinaryMessage(type, encode_frame(kind, header, buffers))
    } else {
      header$buffers <- lapply(unname(buffers), jsonlite::base64_enc)
      registry$root$sendCustomMessage(type, as.character(to_json(header)))
    }
    invisible(comm)
  }
  comm$end <- function(why) {
    if (!open) return(invisible())
    open <<- FALSE
    closed <<- why
    rm(list = comm_id, envir = registry$comms)
    guarded(comm_id, "on_close", comm$handle_close())
  }
  comm$send <- function(data = named_list(), buffers = list(), metadata = named_list()) {
    publish("comm_msg", data, buffers, metadata)
  }
  comm$close <- function(data = named_list()) {
    if (!open) return(invisible())
    publish("comm_close", data, list(), named_list())
    comm$end("it is closed")
  }
  comm$on_msg <- function(callback) comm$handle_msg <- callback
  comm$on_close <- function(callback) comm$handle_close <- callback
  comm$is_open <- function() open

  publish("comm_open", data, buffers, metadata, target_name = target_name)
  assign(comm_id, comm, envir = registry$comms)
  registry$opened(comm)
  comm
}

# The comms of a session, with the way for what its page sends.
comm_registry <- function(session) {
  if (is.null(session)) stop("shiny_comm: there is no Shiny session here")
  root <- session$rootScope()
  if (root$isClosed()) stop("shiny_comm: the Shiny session has ended")
  if (!is.null(root$userData$shiny_comm)) return(root$userData$shiny_comm)
  registry <- new.env(parent = emptyenv())
  registry$root <- root
  registry$comms <- new.env(parent = emptyenv())
  registry$count <- 0
  registry$opened <- function(comm) NULL
  root$userData$shiny_comm <- registry
  receive <- function(text) {
    message <- jsonlite::fromJSON(text, simplifyVector = FALSE)
    comm <- registry$comms[[message$content$comm_id]]
    # One that has been closed meanwhile.
    if (is.null(comm)) return()
    message$buffers <- lapply(message$buffers, jsonlite::base64_dec)
    guarded(comm$comm_id, "on_msg", comm$handle_msg(message))
  }
  shiny::observeEvent(root$input$shinywidgets_comm_send, domain = root, {
    guarded("unknown", "reading a message", receive(root$input$shinywidgets_comm_send))
  })
  root$onSessionEnded(function() {
    for (comm in as.list(registry$comms)) comm$end("its session has ended")
  })
  registry
}

# An error in a callback would end the session, and with it all other widgets.
guarded <- function(comm_id, what, expr) {
  tryCatch(expr, error = function(e) {
    text <- paste0("shiny_comm: comm ", comm_id, ": error in ", what, ": ", conditionMessage(e))
    warning(text, call. = FALSE, immediate. = TRUE)
  })
}

# ---- Binary frames (docs/frames.md) -------------------------------------------------------------

# Whether the session's page has said that its client takes frames of this version.
takes_frames <- function(root) {
  identical(as.numeric(shiny::isolate(root$input[[".shiny_comm_frames"]])), 1)
}

#' A message as a binary frame, a raw vector. `header` is the message without its buffers.
encode_frame <- function(kind, header, buffers) {
  code <- match(kind, c("comm_open", "comm_msg", "comm_close"))
  text <- charToRaw(enc2utf8(as.character(to_json(header))))
  uint32 <- function(...) writeBin(as.integer(c(...)), raw(), size = 4, endian = "little")
  end <- 16 + 8 * length(buffers) + length(text)
  entries <- raw()
  tail <- list()
  for (buffer in buffers) {
    offset <- ceiling(end / 8) * 8
    entries <- c(entries, uint32(offset, length(buffer)))
    tail <- c(tail, list(raw(offset - end), buffer))
    end <- offset + length(buffer)
  }
  fixed <- c(as.raw(c(1, code, 0, 0)), uint32(length(text), length(buffers), 0))
  do.call(c, c(list(fixed, entries, text), tail))
}

# ---- Widgets ------------------------------------------------------------------------------------

#' Opens a widget: a model on the page whose state both ends change.
#'
#' `state` is a named list; raw vectors in it travel as buffers, widgets in it as references to them.
#' What is returned has
#'   model_id, comm, fill
#'   get(name), read(name)        a value; `read` makes the reactive that calls it depend on it
#'   set(...)                     changes values by name, here and on the page
#'   on_change(name, callback)    callback(value) is called when the page or `set` has changed it
#'   send(content, buffers)       a message of one's own
#'   on_msg(callback)             callback(content, buffers)
#'   close()
widget_open <- function(state, fill = TRUE, session = shiny::getDefaultReactiveDomain()) {
  widget <- structure(new.env(parent = emptyenv()), class = "shiny_comm_widget")
  taken <- take_buffers(state)
  comm <- comm_open(
    "jupyter.widget", list(state = taken$state, buffer_paths = taken$paths), taken$buffers,
    list(version = "2.1.0"), session
  )
  changes <- shiny::reactiveValues()
  changed <- 0
  on_change <- list()
  on_msg <- list()

  send_state <- function(method, values) {
    taken <- take_buffers(values)
    comm$send(
      list(method = method, state = as_object(taken$state), buffer_paths = taken$paths),
      taken$buffers
    )
  }
  # Takes over values, and calls whom it concerns.
  change <- function(values) {
    state[names(values)] <<- values
    changed <<- changed + 1
    for (name in names(values)) changes[[name]] <- changed
    for (name in names(values)) {
      # An earlier callback may have changed it again.
      for (callback in on_change[[name]]) {
        guarded(comm$comm_id, paste("on_change of", name), callback(state[[name]]))
      }
    }
  }
  comm$on_msg(function(message) {
    data <- message$content$data
    if (identical(data$method, "custom")) {
      for (callback in on_msg) callback(data$content, message$buffers)
    } else if (identical(data$method, "update")) {
      values <- put_buffers(data$state, data$buffer_paths, message$buffers)
      values <- values[names(values) %in% names(state)]
      # ipywidgets tells the page what it has accepted before anything comes of it.
      if (length(values) > 0) send_state("echo_update", values)
      change(values)
    } else if (identical(data$method, "request_state")) {
      send_state("update", state)
    }
  })

  widget$model_id <- comm$comm_id
  widget$comm <- comm
  widget$fill <- fill
  widget$get <- function(name) state[[known(name)]]
  widget$read <- function(name) {
    changes[[known(name)]]
    state[[name]]
  }
  widget$set <- function(...) {
    values <- list(...)
    for (name in names(values)) known(name)
    same <- vapply(names(values), function(name) same_value(state[[name]], values[[name]]), TRUE)
    if (all(same)) return(invisible(widget))
    send_state("update", values[!same])
    change(values[!same])
    invisible(widget)
  }
  widget$on_change <- function(name, callback) {
    on_change[[known(name)]] <<- c(on_change[[name]], callback)
  }
  widget$send <- function(content, buffers = list()) {
    comm$send(list(method = "custom", content = content), buffers)
  }
  widget$on_msg <- function(callback) on_msg <<- c(on_msg, callback)
  widget$close <- function() comm$close()
  known <- function(name) {
    if (!name %in% names(state)) {
      stop("shiny_comm: comm ", comm$comm_id, ": the widget has no ", name, call. = FALSE)
    }
    name
  }
  widget
}

# 5 and 5L are one number on the page.
same_value <- function(one, other) {
  identical(one, other) || (is.numeric(one) && is.numeric(other) && isTRUE(all(one == other)) &&
    length(one) == length(other))
}

# A state without its raw vectors; where these stood, and they; widgets as references.
take_buffers <- function(state, path = list()) {
  if (inherits(state, "shiny_comm_widget")) state <- paste0("IPY_MODEL_", state$model_id)
  paths <- list()
  buffers <- list()
  if (is.list(state) && !is.data.frame(state)) {
    keep <- rep(TRUE, length(state))
    for (i in seq_along(state)) {
      key <- if (is.null(names(state))) i - 1L else names(state)[[i]]
      if (is.raw(state[[i]])) {
        paths <- c(paths, list(c(path, list(key))))
        buffers <- c(buffers, list(state[[i]]))
        # An entry of a list leaves null in its place, that of an object nothing.
        if (is.null(names(state))) state[i] <- list(NULL) else keep[[i]] <- FALSE
      } else {
        inner <- take_buffers(state[[i]], c(path, list(key)))
        state[i] <- list(inner$state)
        paths <- c(paths, inner$paths)
        buffers <- c(buffers, inner$buffers)
      }
    }
    state <- state[keep]
  }
  list(state = state, paths = paths, buffers = buffers)
}

put_buffers <- function(state, paths, buffers) {
  put <- function(state, path, buffer) {
    key <- if (is.numeric(path[[1]])) path[[1]] + 1 else path[[1]]
    state[[key]] <- if (length(path) == 1) buffer else put(state[[key]], path[-1], buffer)
    state
  }
  for (i in seq_along(paths)) state <- put(as.list(state), paths[[i]], buffers[[i]])
  state
}

# ---- ipywidgets' controls, and anywidgets -------------------------------------------------------

#' An anywidget: `esm` is the text of a JavaScript module, the values of `...` its state.
anywidget <- function(esm, ..., css = NULL, id = NULL) {
  state <- list(
    `_model_module` = "anywidget", `_model_module_version` = "~0.11.*", `_model_name` = "AnyModel",
    `_view_module` = "anywidget", `_view_module_version` = "~0.11.*", `_view_name` = "AnyView",
    `_view_count` = NULL, `_dom_classes` = list(), tabbable = NULL, tooltip = NULL,
    layout = ipy_layout(), `_esm` = paste(esm, collapse = "\n")
  )
  state$`_css` <- css
  state$`_anywidget_id` <- id
  widget_open(c(state, list(...)))
}

#' A control of ipywidgets by the name of its class, such as "IntSlider", with its values by name.
#' `style` is the class of its style's model, or NULL for none. What is not given has the page's default.
ipy_control <- function(name, ..., style = "DescriptionStyle", layout = NULL) {
  values <- c(model_names(name, "@jupyter-widgets/controls"), list(...))
  values$layout <- if (is.null(layout)) ipy_layout() else layout
  if (!is.null(style)) {
    names <- model_names(style, "@jupyter-widgets/controls")
    names$`_view_module` <- "@jupyter-widgets/base"
    names$`_view_name` <- "StyleView"
    values$style <- widget_open(names)
  }
  widget_open(values, fill = FALSE)
}

#' The layout of a widget: CSS by name, such as width = "50%".
ipy_layout <- function(...) widget_open(c(model_names("Layout", "@jupyter-widgets/base"), list(...)))

model_names <- function(name, module) {
  list(
    `_model_module` = module, `_model_module_version` = "2.0.0",
    `_model_name` = paste0(name, "Model"), `_view_module` = module,
    `_view_module_version` = "2.0.0", `_view_name` = paste0(name, "View")
  )
}

ipy_int_slider <- function(value = 0, min = 0, max = 100, step = 1, description = "", ...) {
  ipy_control("IntSlider", value = value, min = min, max = max, step = step,
    description = description, ..., style = "SliderStyle")
}

ipy_float_slider <- function(value = 0, min = 0, max = 100, step = 0.1, description = "", ...) {
  ipy_control("FloatSlider", value = value, min = min, max = max, step = step,
    description = description, ..., style = "SliderStyle")
}

ipy_checkbox <- function(value = FALSE, description = "", ...) {
  ipy_control("Checkbox", value = value, description = description, ..., style = "CheckboxStyle")
}

ipy_text <- function(value = "", description = "", ...) {
  ipy_control("Text", value = value, description = description, ..., style = "TextStyle")
}

#' Which option is chosen is `index`, counted from 0.
ipy_dropdown <- function(options, index = 0, description = "", ...) {
  ipy_control("Dropdown", `_options_labels` = as.list(options), index = index,
    description = description, ...)
}

#' Clicks are messages: on_msg(function(content, buffers) if (content$event == "click") ...)
ipy_button <- function(description = "", ...) {
  ipy_control("Button", description = description, ..., style = "ButtonStyle")
}

ipy_label <- function(value = "", ...) ipy_control("Label", value = value, ..., style = "LabelStyle")

ipy_vbox <- function(...) ipy_control("VBox", children = list(...), style = NULL)

ipy_hbox <- function(...) ipy_control("HBox", children = list(...), style = NULL)

# ---- JSON ---------------------------------------------------------------------------------------

#' An empty list that is {} on the wire, not [].
named_list <- function() stats::setNames(list(), character())

as_object <- function(x) if (length(x) == 0) named_list() else x

# Numbers have 15 digits, the most that jsonlite writes.
to_json <- function(x) jsonlite::toJSON(x, auto_unbox = TRUE, null = "null", na = "null", digits = NA)

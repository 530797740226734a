# The server's end of Jupyter comms in R Shiny, for pages with the shiny-comm client: source() it.
#
#   ui:      shiny_comm_dependency(dist), widget_output(id)
#   server:  output$id <- render_widget(ipy_int_slider(...)), a comm of one's own by comm_open(...),
#            one that the page opens by comm_target(...)
#
# It needs shiny, and jsonlite, htmltools, httpuv and digest, which come with it. README.md has the
# rest.

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
#'   comm_id, target_name             its id and its target
#'   send(data, buffers, metadata)    sends a message
#'   close(data)                      closes it on the page; a second call does nothing
#'   on_msg(callback)                 callback(message) gets each message from the page: a list with
#'                                    content$data, metadata, and buffers as raw vectors
#'   on_close(callback)               callback() is called when it closes or the session ends; one
#'                                    that takes an argument gets the page's message, or NULL
#'   is_open()
comm_open <- function(target_name, data = named_list(), buffers = list(), metadata = named_list(),
                      session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  registry$count <- registry$count + 1
  comm_id <- sprintf("%.24s%08x", paste0(registry$root$token, strrep("0", 24)), registry$count)
  comm <- new_comm(registry, comm_id, target_name, registry$root)
  comm$publish("comm_open", data, buffers, metadata, target_name = target_name)
  assign(comm_id, comm, envir = registry$comms)
  registry$opened(comm)
  comm
}

#' Says what happens when the page opens a comm for `target_name`: `callback(comm, message)` gets the
#' comm, as comm_open() returns it, and the message, as on_msg() has it. It holds for the session; a
#' later call for the same name takes the place of an earlier one.
#'
#' Once the page has closed such a comm, what is sent on it is dropped. An open for a target that is
#' not there, and one whose callback fails, is answered with a close. Returns the undo.
comm_target <- function(target_name, callback, session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  target <- list(callback = callback, session = session)
  registry$targets[[target_name]] <- target
  invisible(function() {
    if (identical(registry$targets[[target_name]], target)) registry$targets[[target_name]] <- NULL
  })
}

# One end of a comm. Its callbacks run in `session`, that of a module perhaps.
new_comm <- function(registry, comm_id, target_name, session) {
  comm <- new.env(parent = emptyenv())
  open <- TRUE
  # The error of what is sent when it is not open; NULL drops it.
  closed <- NULL
  comm$comm_id <- comm_id
  comm$target_name <- target_name
  comm$session <- session
  comm$handle_msg <- comm$handle_close <- function(...) NULL

  comm$publish <- function(kind, data, buffers, metadata, ...) {
    if (!open && is.null(closed)) return(invisible(comm))
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
      # jsonlite's base64_enc() breaks the text into lines of 72, which no client takes.
      header$buffers <- lapply(unname(buffers), httpuv::rawToBase64)
      registry$root$sendCustomMessage(type, as.character(to_json(header)))
    }
    invisible(comm)
  }
  comm$end <- function(why, message = NULL) {
    if (!open) return(invisible())
    open <<- FALSE
    closed <<- why
    if (identical(registry$comms[[comm_id]], comm)) rm(list = comm_id, envir = registry$comms)
    callback <- comm$handle_close
    guarded(comm, "on_close", if (length(formals(callback)) > 0) callback(message) else callback())
  }
  comm$send <- function(data = named_list(), buffers = list(), metadata = named_list()) {
    comm$publish("comm_msg", data, buffers, metadata)
  }
  comm$close <- function(data = named_list()) {
    if (!open) return(invisible())
    comm$publish("comm_close", data, list(), named_list())
    comm$end("it is closed")
  }
  comm$on_msg <- function(callback) comm$handle_msg <- callback
  comm$on_close <- function(callback) comm$handle_close <- callback
  comm$is_open <- function() open
  comm
}

# The comms of a session, with the way for what its page sends. A page reaches those of its own
# session alone.
comm_registry <- function(session) {
  if (is.null(session)) stop("shiny_comm: there is no Shiny session here")
  root <- session$rootScope()
  if (root$isClosed()) stop("shiny_comm: the Shiny session has ended")
  if (!is.null(root$userData$shiny_comm)) return(root$userData$shiny_comm)
  registry <- new.env(parent = emptyenv())
  registry$root <- root
  registry$comms <- new.env(parent = emptyenv())
  registry$targets <- list()
  registry$count <- 0
  registry$complaints <- 0
  registry$opened <- function(comm) NULL
  root$userData$shiny_comm <- registry

  announce <- function() {
    root$sendCustomMessage("shiny_comm_server", list(version = 1, opens = TRUE))
  }
  announce()
  # A client that a dynamic UI brings comes after the start.
  shiny::observeEvent(
    root$input[[".shiny_comm_frames"]], announce(),
    ignoreInit = TRUE, domain = root
  )
  inputs <- list(
    shiny_comm_open = page_opens, shinywidgets_comm_send = page_sends, shiny_comm_close = page_closes
  )
  lapply(names(inputs), function(input) {
    shiny::observeEvent(root$input[[input]], domain = root, {
      message <- tryCatch(read_message(root$input[[input]]), error = conditionMessage)
      if (is.list(message)) {
        inputs[[input]](registry, message)
      } else {
        complain(registry, "what the page sent as ", input, " is malformed: ", message)
      }
    })
  })
  # What the page has sent is no state to come back to. An app that excludes inputs of its own says
  # so in its server function, and that takes the place of what was said before.
  ours <- c(names(inputs), ".shiny_comm_frames")
  root$onFlush(once = FALSE, function() {
    excluded <- root$getBookmarkExclude()
    if (!all(ours %in% excluded)) root$setBookmarkExclude(union(excluded, ours))
  })
  root$onSessionEnded(function() {
    for (comm in as.list(registry$comms)) comm$end("its session has ended")
  })
  registry
}

page_opens <- function(registry, message) {
  comm_id <- message$content$comm_id
  name <- message$content$target_name
  if (!is.character(name)) {
    return(complain(registry, "comm ", comm_id, ": the page has opened it without a target_name"))
  }
  if (!is.null(registry$comms[[comm_id]])) {
    return(complain(registry, "comm ", comm_id, ": the page has opened it already"))
  }
  target <- registry$targets[[name]]
  comm <- new_comm(registry, comm_id, name, if (is.null(target)) registry$root else target$session)
  assign(comm_id, comm, envir = registry$comms)
  if (is.null(target)) {
    complain(registry, "comm ", comm_id, ": no target ", shortened(name), " is registered")
    comm$close()
  } else if (!guarded(comm, paste("target", shortened(name)), target$callback(comm, message))) {
    comm$close()
  }
}

page_sends <- function(registry, message) {
  # One that is not there has been closed meanwhile.
  comm <- registry$comms[[message$content$comm_id]]
  if (!is.null(comm)) guarded(comm, "on_msg", comm$handle_msg(message))
}

page_closes <- function(registry, message) {
  comm <- registry$comms[[message$content$comm_id]]
  if (!is.null(comm)) comm$end(NULL, message)
}

# What the page has sent as a message. Nothing in it is to be trusted.
read_message <- function(text) {
  if (!is.character(text) || length(text) != 1) stop("it is no text")
  # jsonlite's fromJSON() would read the file or the address that a text names.
  message <- tryCatch(jsonlite::parse_json(text), error = function(e) stop("it is no JSON"))
  content <- if (is.list(message)) message$content
  comm_id <- if (is.list(content)) content$comm_id
  if (!is.character(comm_id) || !grepl("\\A[0-9a-f]{32}\\z", comm_id, perl = TRUE)) {
    stop("its comm_id is not 32 hexadecimal digits")
  }
  is_base64 <- function(x) is.character(x) && !grepl("[^A-Za-z0-9+/=]", x)
  if (!is.null(message$buffers) && !is.list(message$buffers) ||
    !all(vapply(message$buffers, is_base64, TRUE))) {
    stop("comm ", comm_id, ": its buffers are not a list of base64")
  }
  message$buffers <- lapply(message$buffers, jsonlite::base64_dec)
  message
}

# Calls an app's callback; whether it went well. An error would end the session, and with it all.
guarded <- function(comm, what, expr) {
  tryCatch(
    {
      shiny::withReactiveDomain(comm$session, shiny::isolate(expr))
      TRUE
    },
    # That of req().
    shiny.silent.error = function(e) TRUE,
    error = function(e) {
      tell("comm ", comm$comm_id, ": error in ", what, ": ", conditionMessage(e))
      FALSE
    }
  )
}

# Says what is wrong with what the page sends; not endlessly, for a page must not fill the log.
complain <- function(registry, ...) {
  registry$complaints <- registry$complaints + 1
  if (registry$complaints <= 20) tell(...)
  if (registry$complaints == 20) tell("no more is said of what this session's page sends")
}

tell <- function(...) warning("shiny_comm: ", ..., call. = FALSE, immediate. = TRUE)

# A text of the page's, so that it can stand in one line.
shortened <- function(text) encodeString(substr(text, 1, 60), quote = "'")

# ---- Binary frames (docs/frames.md) -------------------------------------------------------------

# Whether the session's page has said that its client takes frames of version 1, as all later ones do.
takes_frames <- function(root) {
  version <- shiny::isolate(root$input[[".shiny_comm_frames"]])
  is.numeric(version) && length(version) == 1 && isTRUE(version >= 1)
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
  taken <- take_buffers(with_module_address(state, state))
  comm <- comm_open(
    "jupyter.widget", list(state = taken$state, buffer_paths = taken$paths), taken$buffers,
    list(version = "2.1.0"), session
  )
  changes <- shiny::reactiveValues()
  changed <- 0
  on_change <- list()
  on_msg <- list()

  send_state <- function(method, values) {
    taken <- take_buffers(with_module_address(values, state))
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
        guarded(comm, paste("on_change of", name), callback(state[[name]]))
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

# The state with buffers where the page says that they belong.
put_buffers <- function(state, paths, buffers) {
  put <- function(state, path, buffer) {
    key <- if (is.numeric(path[[1]])) path[[1]] + 1 else path[[1]]
    # A list is as long as it is: the page must not make it as long as the memory.
    if (is.numeric(key) && !key %in% seq_along(state)) stop("there is no place for a buffer")
    state[[key]] <- if (length(path) == 1) buffer else put(state[[key]], path[-1], buffer)
    state
  }
  for (i in seq_along(paths)) state <- put(as.list(state), paths[[i]], buffers[[i]])
  state
}

# The values of a widget's state as they travel: a module that is not quite short goes as an address
# below the page's own, which the browser fetches once; the state keeps the text.
with_module_address <- function(values, state) {
  text <- values[["_esm"]]
  wanted <- getOption("shiny_comm.module_urls", TRUE) && is.character(text) && length(text) == 1
  if (!wanted || !identical(state[["_model_module"]], "anywidget")) return(values)
  bytes <- charToRaw(enc2utf8(text))
  if (length(bytes) < 16 * 1024) return(values)
  name <- paste0(digest::digest(bytes, "sha256", serialize = FALSE), ".js")
  folder <- file.path(tempdir(), "shiny-comm-modules")
  if (!file.exists(file.path(folder, name))) {
    dir.create(folder, showWarnings = FALSE)
    writeBin(bytes, file.path(folder, name))
  }
  values[["_esm"]] <- paste0("./", serve_modules(folder), "/", name)
  values
}

serve_modules <- function(folder) {
  prefix <- "shiny-comm-modules"
  if (!prefix %in% names(shiny::resourcePaths())) shiny::addResourcePath(prefix, folder)
  # addResourcePath() has no headers. Without these the browser asks each time whether the module has
  # changed: should another Shiny have no such server, that is all that is lost.
  try(silent = TRUE, {
    server <- shiny::getShinyOption("server")
    if (length(server$getStaticPaths()[[prefix]]$options$headers) == 0) {
      path <- httpuv::staticPath(folder, headers = list(
        "Cache-Control" = "public, max-age=31536000, immutable",
        "Vary" = "Accept-Encoding", "X-Content-Type-Options" = "nosniff"
      ))
      server$setStaticPath(.list = stats::setNames(list(path), prefix))
    }
  })
  prefix
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

#' A page for tests of a server function
#'
#' Plays the page of the widgets in [shiny::testServer()]: has the state that a page would get, and changes
#' widgets as a user does. All messages pass through the JSON and the checks of real messages. The
#' JavaScript of widgets does not run.
#'
#' @param session The session of [shiny::testServer()].
#' @return A list of functions. `widget` is a widget or a model id.
#' - `widgets()` returns the open widgets on the page, by model id. Each is a list with `class` and `state`.
#'   The class is `"IntSlider"`, or the name of [new_anywidget()]. The values are as
#'   [jsonlite::parse_json()] returns them, with raw vectors.
#' - `state(widget)` returns the state of a widget on the page.
#' - `shown(id)` returns the widget that an output shows, or `NULL`. An error of the output is an error.
#' - `set(widget, value = 5)` changes values as a user of the page.
#' - `send(widget, content, buffers)` sends a custom message of the page.
#' - `click(button)` clicks a button.
#' - `open_comm(target_name, data, buffers)` opens a comm for [comm_target()], and returns the id.
#' - `send_comm(comm_id, data, buffers)` and `close_comm(comm_id)` use a comm of the page or of R.
#' - `messages()` returns the messages of R so far. Each is a list with `kind` (`"comm_open"`, `"comm_msg"`
#'   or `"comm_close"`), `comm_id`, `data`, `metadata` and `buffers`. An open also has `target_name`.
#' @examples
#' server <- function(input, output, session) {
#'   slider <- ipy_int_slider(7)
#'   output$slider <- render_widget(slider)
#'   output$double <- shiny::renderText(2 * slider$value)
#' }
#' shiny::testServer(server, {
#'   page <- mock_page(session)
#'   page$set(page$shown("slider"), value = 8)
#'   stopifnot(output$double == "16")
#' })
#' @export
mock_page <- function(session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  if (is.null(registry$wire)) {
    stop("shinycomm: mock_page(): expected the session of shiny::testServer()", call. = FALSE)
  }
  root <- registry$root
  messages <- list()
  models <- list()
  decoded <- 0
  opened <- 0

  # Reads what R has sent since the last call.
  refresh <- function() {
    for (entry in registry$wire[seq_along(registry$wire) > decoded]) {
      for (message in decode_payload(entry$kind, entry$payload)) {
        messages[[length(messages) + 1]] <<- message
        apply_message(message)
      }
    }
    decoded <<- length(registry$wire)
  }
  apply_message <- function(message) {
    id <- message$comm_id
    if (message$kind == "comm_close") {
      models[[id]] <<- NULL
    } else if (message$kind == "comm_open" && message$target_name == "jupyter.widget") {
      state <- put_buffers(message$data$state, message$data$buffer_paths, message$buffers)
      models[[id]] <<- list(class = registry$comms[[id]]$label, state = state)
    } else if (!is.null(models[[id]]) && isTRUE(message$data$method %in% c("update", "echo_update"))) {
      state <- put_buffers(message$data$state, message$data$buffer_paths, message$buffers)
      models[[id]]$state <<- replace_values(models[[id]]$state, state)
    }
  }
  # Returns the model id of an open widget.
  id_of <- function(widget, call) {
    id <- if (inherits(widget, "shinycomm_widget")) widget$model_id else widget
    refresh()
    if (!is.character(id) || length(id) != 1) {
      stop("shinycomm: ", call, "(): expected a widget, got ", describe(widget), call. = FALSE)
    }
    if (is.null(models[[id]])) {
      label <- if (inherits(widget, "shinycomm_widget")) format(widget) else shorten(id)
      stop("shinycomm: ", call, "(): the page has no widget ", label, call. = FALSE)
    }
    id
  }
  post <- function(input, comm_id, data, buffers = list(), ...) {
    message <- list(
      content = list(comm_id = comm_id, data = data, ...), metadata = named_list(),
      buffers = lapply(unname(buffers), httpuv::rawToBase64)
    )
    text <- as.character(to_json(as_plain(message)))
    # Equal texts would be one value of the input.
    for (value in list(NULL, text)) do.call(root$setInputs, stats::setNames(list(value), input))
  }
  send_comm <- function(comm_id, data = named_list(), buffers = list()) {
    post("shinywidgets_comm_send", comm_id, data, buffers)
    invisible()
  }
  page_id <- function() {
    opened <<- opened + 1
    sprintf("%032x", opened)
  }
  send <- function(widget, content, buffers = list()) {
    send_comm(id_of(widget, "send"), list(method = "custom", content = content), buffers)
  }
  list(
    widgets = function() {
      refresh()
      models
    },
    state = function(widget) {
      # The call reads new messages into `models`.
      id <- id_of(widget, "state")
      models[[id]]$state
    },
    shown = function(id) {
      # A mock session has a namespace, which its outputs do not have.
      value <- root$getOutput(if (identical(session, root)) id else session$ns(id))
      if (is.null(value)) return(NULL)
      registry$comms[[value$model_id]]$widget
    },
    set = function(widget, ...) {
      id <- id_of(widget, "set")
      class <- models[[id]]$class
      values <- named_values(list(...), class)
      names <- names(models[[id]]$state)
      for (name in setdiff(names(values), names)) {
        known <- name %in% names(registry$comms[[id]]$widget)
        hint <- if (known) " on the page, see state()" else suggestion(name, names)
        stop("shinycomm: set(): ", class, " has no ", name, hint, call. = FALSE)
      }
      serialized <- remove_buffers(as_plain(values))
      models[[id]]$state <<- replace_values(models[[id]]$state, serialized$state)
      data <- list(method = "update", state = as_object(serialized$state), buffer_paths = serialized$paths)
      send_comm(id, data, serialized$buffers)
    },
    send = send,
    click = function(button) {
      # The call reads new messages into `models`.
      id <- id_of(button, "click")
      class <- models[[id]]$class
      if (class != "Button") stop("shinycomm: click(): expected a Button, got ", class, call. = FALSE)
      send(button, list(event = "click"))
    },
    open_comm = function(target_name, data = named_list(), buffers = list(), comm_id = page_id()) {
      post("shiny_comm_open", comm_id, data, buffers, target_name = target_name)
      comm_id
    },
    send_comm = send_comm,
    close_comm = function(comm_id, data = named_list()) {
      post("shiny_comm_close", comm_id, data)
      invisible()
    },
    messages = function() {
      refresh()
      messages
    }
  )
}

# Decodes what R sent to the page: a text with a message, or a frame with one or several.
decode_payload <- function(kind, payload) {
  if (is.raw(payload)) {
    frame <- unpack_frame(payload)
    elements <- frame$elements
    buffers <- frame$buffers
  } else {
    elements <- list(jsonlite::parse_json(payload))
    buffers <- lapply(elements[[1]]$buffers, jsonlite::base64_dec)
    elements[[1]]$buffer_count <- length(buffers)
  }
  taken <- 0
  lapply(elements, function(element) {
    if (!is.null(element$like)) {
      like <- elements[[element$like + 1]]
      like$content$comm_id <- element$comm_id
      element <- like
    }
    own <- buffers[taken + seq_len(element$buffer_count %||% 0)]
    taken <<- taken + length(own)
    c(list(kind = kind), element$content, list(metadata = element$metadata, buffers = own))
  })
}

# The opposite of pack_frame().
unpack_frame <- function(bytes) {
  uint32 <- function(at, n) readBin(bytes[at + seq_len(4 * n)], "integer", n, size = 4, endian = "little")
  size <- uint32(4, 1)
  count <- uint32(8, 1)
  places <- matrix(uint32(16, 2 * count), nrow = 2)
  json <- jsonlite::parse_json(rawToChar(bytes[16 + 8 * count + seq_len(size)]))
  if (bytes[[1]] < BATCH_VERSION) json <- list(c(json, list(buffer_count = count)))
  list(
    elements = json,
    buffers = lapply(seq_len(count), function(i) bytes[places[1, i] + seq_len(places[2, i])])
  )
}

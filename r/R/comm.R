#' Open a comm
#'
#' A comm is a channel with the page, identified by an id. On the page, the JavaScript target of the same
#' name gets it.
#'
#' @param target_name The name of the target.
#' @param data,metadata Lists with names, for [to_widget()].
#' @param buffers A list of raw vectors.
#' @param session The Shiny session.
#' @return An environment with
#' - `comm_id`, `target_name`: the id and the target.
#' - `send(data, buffers, metadata)`: sends a message.
#' - `close(data)`: closes the comm on the page; a second call does nothing.
#' - `on_msg(callback)`: `callback(message)` gets each message of the page, a list with `content$data`,
#'   `metadata`, and `buffers` as raw vectors.
#' - `on_close(callback)`: `callback()` is called when the comm closes or the session ends. A callback
#'   with an argument gets the page's message, or `NULL`.
#' - `is_open()`: whether the comm is open.
#'
#' Callbacks are called in the order of their registration, in the session or module that registers them.
#' `on_msg()` and `on_close()` return a function that removes the callback.
#' @examples
#' server <- function(input, output, session) {
#'   comm <- comm_open("my.target", list(greeting = "hello"))
#'   comm$on_msg(function(message) comm$send(list(echo = message$content$data)))
#' }
#' @export
comm_open <- function(target_name, data = named_list(), buffers = list(), metadata = named_list(),
                      session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  comm <- new_comm(registry, next_id(registry), target_name, session)
  open_comm(comm, comm$plain(data), buffers, comm$plain(metadata))
}

# Opens a new comm. `data` and `metadata` are plain values.
open_comm <- function(comm, data, buffers, metadata, html_deps = NULL) {
  comm$publish("comm_open", data, buffers, metadata, comm$target_name, html_deps)
  registry <- comm$registry
  if (is.null(registry$root)) return(comm)
  assign(comm$comm_id, comm, envir = registry$comms)
  assign_owner(registry, comm)
  comm
}

# Returns the next id of a comm: 32 hexadecimal digits, ascending in a session.
next_id <- function(registry) {
  registry$count <- registry$count + 1
  sprintf("%.24s%08x", registry$id_prefix, registry$count)
}

#' Accept comms that the page opens
#'
#' Registers a callback for comms that the page opens with `target_name`. The target is registered for
#' the session; a later call with the same name replaces it. After the page closed a comm, messages to it
#' are dropped. An open for an unregistered target, or whose callback fails, is answered with a close.
#'
#' @param target_name The name of the target.
#' @param callback `callback(comm, message)` gets the comm, as [comm_open()] returns it, and the first
#'   message, as `on_msg` gets it.
#' @param session The Shiny session.
#' @return A function that removes the target, invisibly.
#' @examples
#' server <- function(input, output, session) {
#'   comm_target("my.target", function(comm, message) {
#'     comm$send(list(echo = message$content$data))
#'   })
#' }
#' @export
comm_target <- function(target_name, callback, session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  target <- list(callback = as_callback(callback, "comm_target"), session = session)
  registry$targets[[target_name]] <- target
  invisible(function() {
    if (identical(registry$targets[[target_name]], target)) registry$targets[[target_name]] <- NULL
  })
}

# Creates the server's end of a comm. The callbacks run in `session`, which may be a module's.
new_comm <- function(registry, comm_id, target_name, session) {
  comm <- new.env(parent = emptyenv())
  open <- TRUE
  # The error of sends after the comm closed; NULL drops them.
  send_error <- NULL
  comm$comm_id <- comm_id
  comm$target_name <- target_name
  comm$session <- session
  comm$registry <- registry
  msg_callbacks <- callback_list("on_msg")
  close_callbacks <- callback_list("on_close")
  # Handles messages before the callbacks.
  comm$handle <- NULL
  # Returns the comms that this comm keeps open.
  comm$refers_to <- function() list()

  sendable <- function(code) {
    tryCatch(code, error = function(e) {
      stop("shinycomm: comm ", comm_id, ": cannot send: ", reason_of(e), call. = FALSE)
    })
  }
  # Returns the plain values of an object.
  comm$plain <- function(data) sendable(as_plain(as_object(data)))
  # Sends a message. `data` and `metadata` are plain values, or their JSON.
  comm$publish <- function(kind, data, buffers, metadata, target_name = NULL, html_deps = NULL) {
    if (!open && is.null(send_error)) return(invisible(comm))
    if (!open) stop("shinycomm: comm ", comm_id, ": cannot send: ", send_error, call. = FALSE)
    if (!is.list(buffers) || length(buffers) > 0 && !all(vapply(buffers, is.raw, TRUE))) {
      stop("shinycomm: comm ", comm_id, ": buffers must be a list of raw vectors", call. = FALSE)
    }
    if (is.null(registry$root)) return(invisible(comm))
    text <- sendable({
      members <- if (!is.null(target_name)) paste0(',"target_name":', to_json(target_name))
      if (!is.null(html_deps)) members <- paste0(members, ',"html_deps":', to_json(html_deps))
      metadata <- if (length(metadata) == 0) "{}" else to_json(metadata)
      paste0(
        '{"content":{"comm_id":"', comm_id, '"', members, ',"data":', to_json(data), '},"metadata":',
        metadata, "}"
      )
    })
    post(registry, list(kind = kind, comm_id = comm_id, text = text, buffers = unname(buffers)))
    invisible(comm)
  }
  comm$end <- function(error, message = NULL) {
    if (!open) return(invisible())
    open <<- FALSE
    send_error <<- error
    if (identical(registry$comms[[comm_id]], comm)) rm(list = comm_id, envir = registry$comms)
    if (!is.null(registry$unowned[[comm_id]])) rm(list = comm_id, envir = registry$unowned)
    sweep_later(registry)
    queue_calls(registry, list(function() {
      close_callbacks$each(comm, function(callback, domain) {
        call_safely(
          comm, "on_close", if (has_arguments(callback, 1)) callback(message) else callback(), domain
        )
      })
    }))
  }
  comm$receive <- function(message) {
    if (!is.null(comm$handle)) run_safely(comm, "on_msg", comm$handle(message))
    msg_callbacks$each(comm, function(callback, domain) {
      call_safely(comm, "on_msg", callback(message), domain)
    })
  }
  comm$send <- function(data = named_list(), buffers = list(), metadata = named_list()) {
    comm$publish("comm_msg", comm$plain(data), buffers, comm$plain(metadata))
  }
  comm$close <- function(data = named_list()) {
    if (!open) return(invisible())
    comm$publish("comm_close", comm$plain(data), list(), named_list())
    comm$end("the comm is closed")
  }
  comm$on_msg <- msg_callbacks$add
  comm$on_close <- close_callbacks$add
  comm$is_open <- function() open
  comm
}

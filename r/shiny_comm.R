# The server's end of Jupyter comms in R Shiny, for pages with the shiny-comm client. Load it with
# source().
#
#   ui:      shiny_comm_dependency(dist), widget_output(id)
#   server:  output$id <- render_widget(ipy_int_slider(...))
#   comms:   comm_open(...), and comm_target(...) for comms that the page opens
#
# Requires shiny, and its dependencies jsonlite, htmltools, httpuv, later and digest. See README.md.

# ---- The page -----------------------------------------------------------------------------------

#' Returns the client as an HTML dependency for the app's UI. `dist` is the folder with shiny-comm.js.
shiny_comm_dependency <- function(dist) {
  if (!file.exists(file.path(dist, "shiny-comm.js"))) {
    stop("shiny_comm: no shiny-comm.js in ", dist)
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

#' Creates the output for a widget in the UI.
widget_output <- function(id, width = NULL, height = NULL) {
  size <- htmltools::css(width = width, height = height)
  container <- htmltools::tags$div(
    id = id, class = "shiny-ipywidget-output shiny-report-size shiny-report-theme", style = size
  )
  htmltools::bindFillRole(container, item = TRUE, container = TRUE)
}

#' Renders a widget in an output; `expr` returns the widget, or NULL for an empty output.
#'
#' The output owns the comms that a run of `expr` opens. They are closed after the next run, unless an
#' output shows them or an open widget refers to them. A reactive() owns its comms until it is
#' invalidated. Comms that are opened elsewhere stay open until the session ends.
render_widget <- function(expr, env = parent.frame(), quoted = FALSE) {
  if (!quoted) expr <- substitute(expr)
  make <- shiny::exprToFunction(expr, env, quoted = TRUE)
  shiny::markRenderFunction(widget_output, function(shinysession, name, ...) {
    registry <- comm_registry(shinysession)
    release(registry, registry$owned[[name]])
    registry$owned[[name]] <- list()
    registry$shown[[name]] <- NULL
    outer <- registry$rendering
    on.exit(registry$rendering <- outer)
    registry$rendering <- name
    widget <- make()
    if (is.null(widget)) return(NULL)
    if (!inherits(widget, "shiny_comm_widget")) {
      stop("shiny_comm: output ", name, ": expected a widget or NULL, got ", class(widget)[[1]])
    }
    fault <- widget_fault(widget, registry)
    if (!is.null(fault)) stop("shiny_comm: output ", name, ": ", fault)
    registry$shown[[name]] <- widget$comm
    list(model_id = widget$model_id, fill = widget$fill)
  })
}

# ---- Comms --------------------------------------------------------------------------------------

#' Opens a comm, a channel with the page that is identified by an id.
#'
#' `data` and `metadata` are lists, `buffers` is a list of raw vectors. Returns an environment with:
#'
#' - comm_id, target_name: the id and the target.
#' - send(data, buffers, metadata): sends a message.
#' - close(data): closes the comm on the page; a second call does nothing.
#' - on_msg(callback): callback(message) gets each message from the page, a list with content$data,
#'   metadata, and buffers as raw vectors.
#' - on_close(callback): callback() is called when the comm closes or the session ends. A callback
#'   with an argument gets the page's message, or NULL.
#' - is_open(): whether the comm is open.
#'
#' Callbacks are called in the order of their registration. on_msg() and on_close() return the undo.
comm_open <- function(target_name, data = named_list(), buffers = list(), metadata = named_list(),
                      session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  registry$count <- registry$count + 1
  comm_id <- sprintf("%.24s%08x", paste0(registry$root$token, strrep("0", 24)), registry$count)
  comm <- new_comm(registry, comm_id, target_name, registry$root)
  comm$publish("comm_open", data, buffers, metadata, target_name = target_name)
  assign(comm_id, comm, envir = registry$comms)
  assign_owner(registry, comm)
  comm
}

#' Registers a callback for comms that the page opens with `target_name`, and returns the undo.
#'
#' `callback(comm, message)` gets the comm, like the result of comm_open(), and the message, like
#' on_msg(). The target is registered for the session; a later call with the same name replaces it.
#'
#' After the page closed the comm, messages to it are dropped. An open for an unregistered target, or
#' whose callback fails, is answered with a close.
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
  # Returns the comms that this comm keeps open.
  comm$refers_to <- function() list()

  comm$publish <- function(kind, data, buffers, metadata, ...) {
    if (!open && is.null(send_error)) return(invisible(comm))
    if (!open) stop("shiny_comm: comm ", comm_id, ": cannot send: ", send_error, call. = FALSE)
    if (!is.list(buffers) || !all(vapply(buffers, is.raw, TRUE))) {
      stop("shiny_comm: comm ", comm_id, ": buffers must be a list of raw vectors", call. = FALSE)
    }
    content <- list(comm_id = comm_id, ..., data = as_object(data))
    header <- list(content = content, metadata = as_object(metadata))
    text <- tryCatch(as.character(to_json(header)), error = function(e) {
      text <- paste0("shiny_comm: comm ", comm_id, ": cannot send: ", conditionMessage(e))
      stop(errorCondition(text, class = "shiny_comm_unsendable"))
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
      close_callbacks$each(function(callback) {
        call_safely(comm, "on_close", if (has_argument(callback)) callback(message) else callback())
      })
    }))
  }
  comm$receive <- function(message) {
    msg_callbacks$each(function(callback) call_safely(comm, "on_msg", callback(message)))
  }
  comm$send <- function(data = named_list(), buffers = list(), metadata = named_list()) {
    comm$publish("comm_msg", data, buffers, metadata)
  }
  comm$close <- function(data = named_list()) {
    if (!open) return(invisible())
    comm$publish("comm_close", data, list(), named_list())
    comm$end("the comm is closed")
  }
  comm$on_msg <- msg_callbacks$add
  comm$on_close <- close_callbacks$add
  comm$is_open <- function() open
  comm
}

# Returns the comms of a session; the first call registers the handlers of the page's messages. A page
# reaches only the comms of its own session.
comm_registry <- function(session) {
  if (is.null(session)) stop("shiny_comm: no current Shiny session")
  root <- session$rootScope()
  if (root$isClosed()) stop("shiny_comm: cannot open a comm: the Shiny session has ended")
  if (!is.null(root$userData$shiny_comm)) return(root$userData$shiny_comm)
  registry <- new.env(parent = emptyenv())
  registry$root <- root
  registry$comms <- new.env(parent = emptyenv())
  registry$targets <- list()
  registry$count <- 0
  registry$fault_count <- 0
  # By output name: the comms that the last run opened, and the comm that is shown.
  registry$owned <- list()
  registry$shown <- list()
  # The name of the running output.
  registry$rendering <- NULL
  # Comms without an owner, which are closed unless an output shows them or a widget refers to them.
  registry$unowned <- new.env(parent = emptyenv())
  registry$sweep_pending <- FALSE
  # Messages that wait for the flush, whether a send is scheduled, and whether messages other than opens
  # wait, too.
  registry$outbox <- list()
  registry$scheduled <- FALSE
  registry$holding <- FALSE
  # Calls that wait for the running callbacks.
  registry$queue <- list()
  registry$calling <- FALSE
  root$userData$shiny_comm <- registry

  announce <- function() {
    root$sendCustomMessage("shiny_comm_server", list(version = 1, opens = TRUE))
  }
  announce()
  # The client of a dynamic UI loads after the start of the session.
  shiny::observeEvent(
    root$input[[".shiny_comm_frames"]], announce(),
    ignoreInit = TRUE, domain = root
  )
  inputs <- list(
    shiny_comm_open = handle_open, shinywidgets_comm_send = handle_msg, shiny_comm_close = handle_close
  )
  lapply(names(inputs), function(input) {
    shiny::observeEvent(root$input[[input]], domain = root, {
      message <- tryCatch(read_message(root$input[[input]]), error = conditionMessage)
      if (is.list(message)) {
        inputs[[input]](registry, message)
      } else {
        log_fault(registry, "invalid message in input ", input, ": ", message)
      }
    })
  })
  # A bookmark must not restore messages. The app's call of setBookmarkExclude() replaces earlier ones.
  message_inputs <- c(names(inputs), ".shiny_comm_frames")
  root$onFlush(once = FALSE, function() {
    excluded <- root$getBookmarkExclude()
    if (!all(message_inputs %in% excluded)) root$setBookmarkExclude(union(excluded, message_inputs))
  })
  root$onSessionEnded(function() {
    for (comm in as.list(registry$comms)) comm$end("the session has ended")
  })
  registry
}

handle_open <- function(registry, message) {
  comm_id <- message$content[["comm_id"]]
  name <- message$content[["target_name"]]
  if (!is.character(name)) {
    return(log_fault(registry, "comm ", comm_id, ": the page opened this comm without a target_name"))
  }
  if (!is.null(registry$comms[[comm_id]])) {
    return(log_fault(registry, "comm ", comm_id, ": the page opened this comm twice"))
  }
  target <- registry$targets[[name]]
  comm <- new_comm(registry, comm_id, name, if (is.null(target)) registry$root else target$session)
  assign(comm_id, comm, envir = registry$comms)
  if (is.null(target)) {
    log_fault(registry, "comm ", comm_id, ": target ", shorten(name), " is not registered")
    comm$close()
  } else if (!call_safely(comm, paste("target", shorten(name)), target$callback(comm, message))) {
    comm$close()
  }
}

handle_msg <- function(registry, message) {
  # An unknown comm was closed by the server.
  comm <- registry$comms[[message$content[["comm_id"]]]]
  if (!is.null(comm)) comm$receive(message)
}

handle_close <- function(registry, message) {
  comm <- registry$comms[[message$content[["comm_id"]]]]
  if (!is.null(comm)) comm$end(NULL, message)
}

# Decodes and checks a message from the page, which is untrusted.
read_message <- function(text) {
  if (!is.character(text) || length(text) != 1) stop("not text")
  # Not fromJSON(), which reads the file or URL that a text names.
  message <- tryCatch(jsonlite::parse_json(text), error = function(e) stop("not JSON"))
  # Not `$`, which matches partial names.
  content <- if (is.list(message)) message[["content"]]
  comm_id <- if (is.list(content)) content[["comm_id"]]
  if (!is.character(comm_id) || !grepl("\\A[0-9a-f]{32}\\z", comm_id, perl = TRUE)) {
    stop("invalid comm_id (expected 32 hexadecimal digits)")
  }
  buffers <- message[["buffers"]]
  # Bytes and PCRE are 20 times faster.
  is_base64 <- function(x) {
    is.character(x) && !grepl("[^A-Za-z0-9+/=]", x, perl = TRUE, useBytes = TRUE)
  }
  if (!is.null(buffers) && !is.list(buffers) || !all(vapply(buffers, is_base64, TRUE))) {
    stop("comm ", comm_id, ": buffers is not a list of base64 texts")
  }
  message[["buffers"]] <- lapply(buffers, jsonlite::base64_dec)
  message
}

# Calls an app's callback, and returns whether it succeeded. An unhandled error would end the session.
call_safely <- function(comm, where, expr) {
  tryCatch(
    {
      shiny::withReactiveDomain(comm$session, shiny::isolate(expr))
      TRUE
    },
    # The condition of req().
    shiny.silent.error = function(e) TRUE,
    error = function(e) {
      warn("comm ", comm$comm_id, ": error in ", where, ": ", conditionMessage(e))
      FALSE
    }
  )
}

as_callback <- function(callback, name) {
  if (!is.function(callback)) {
    stop("shiny_comm: ", name, ": the callback must be a function", call. = FALSE)
  }
  callback
}

has_argument <- function(callback) is.primitive(callback) || length(formals(callback)) > 0

# Creates a list of callbacks, in the order of their registration. A callback that another one removes
# is not called.
callback_list <- function(name) {
  callbacks <- list()
  count <- 0
  list(
    add = function(callback) {
      as_callback(callback, name)
      count <<- count + 1
      key <- as.character(count)
      callbacks[[key]] <<- callback
      invisible(function() {
        callbacks[[key]] <<- NULL
        invisible()
      })
    },
    each = function(call) {
      for (key in names(callbacks)) {
        callback <- callbacks[[key]]
        if (!is.null(callback)) call(callback)
      }
    }
  )
}

# Runs functions that call callbacks. Calls that these trigger are queued: a long chain does not need a
# deep stack, and an endless chain is stopped.
queue_calls <- function(registry, calls) {
  registry$queue <- c(registry$queue, calls)
  if (registry$calling) return(invisible())
  registry$calling <- TRUE
  on.exit({
    registry$calling <- FALSE
    registry$queue <- list()
  })
  count <- 0
  while (length(registry$queue) > 0) {
    calls <- registry$queue
    registry$queue <- list()
    for (call in calls) {
      call()
      count <- count + 1
      if (count == MAX_CALLS) {
        return(warn("endless chain of changes: stopped after ", MAX_CALLS, " callbacks"))
      }
    }
  }
}
MAX_CALLS <- 10000

# Logs a fault in a message from the page, up to a limit: a page must not fill the log.
log_fault <- function(registry, ...) {
  registry$fault_count <- registry$fault_count + 1
  if (registry$fault_count <= 20) warn(...)
  if (registry$fault_count == 20) {
    warn("too many faults; later ones of this session are not logged")
  }
}

warn <- function(...) warning("shiny_comm: ", ..., call. = FALSE, immediate. = TRUE)

# Returns a text from the page for one line of a log.
shorten <- function(text) encodeString(substr(text, 1, 60), quote = "'")

# ---- Owners of comms ----------------------------------------------------------------------------

# Sets the owner of a new comm: the running reactive until it is invalidated, the running output until
# its next run, or the session.
assign_owner <- function(registry, comm) {
  reactive <- current_reactive()
  if (!is.null(reactive)) {
    reactive$onInvalidate(function() release(registry, list(comm)))
  } else if (!is.null(registry$rendering)) {
    owned <- registry$owned[[registry$rendering]]
    registry$owned[[registry$rendering]] <- c(owned, list(comm))
  }
}

# Returns the context of the running reactive(), or NULL. The contexts of outputs, observers and
# isolate() are others. Shiny does not export it, so it is read from the call stack.
current_reactive <- function() {
  for (n in rev(seq_len(sys.nframe()))) {
    context <- environment(sys.function(n))
    type <- if (!is.null(context)) get0(".reactType", envir = context, inherits = FALSE)
    if (!is.null(type) && type != "isolate") return(if (type == "observable") context)
  }
}

# Removes the owner of comms.
release <- function(registry, comms) {
  for (comm in comms) if (comm$is_open()) assign(comm$comm_id, comm, envir = registry$unowned)
  sweep_later(registry)
}

# Removes the owner of a default layout or style, so that it closes with the widget that refers to it.
owned_by_parent <- function(widget) {
  release(widget$comm$registry, list(widget$comm))
  widget
}

# Closes comms without an owner, an output or a reference, after the next flush of output values.
sweep_later <- function(registry) {
  if (registry$sweep_pending || length(registry$unowned) == 0 || registry$root$isClosed()) {
    return(invisible())
  }
  registry$sweep_pending <- TRUE
  registry$root$onFlushed(function() {
    registry$sweep_pending <- FALSE
    if (registry$root$isClosed()) return()
    needed <- new.env(parent = emptyenv())
    open <- as.list(registry$comms)
    reached <- c(open[setdiff(names(open), ls(registry$unowned))], registry$shown)
    while (length(reached) > 0) {
      found <- list()
      for (comm in reached) {
        if (!is.null(needed[[comm$comm_id]])) next
        assign(comm$comm_id, TRUE, envir = needed)
        found <- c(found, comm$refers_to())
      }
      reached <- found
    }
    # Ids are ascending, so comms close in the order of their opening.
    closing <- mget(setdiff(ls(registry$unowned), ls(needed)), envir = registry$unowned)
    hold_messages(registry, for (comm in closing) comm$close())
  })
}

# ---- Messages to the page -----------------------------------------------------------------------

# Sends a message, a list with kind, comm_id, text (the JSON without the buffers) and buffers.
#
# Opens for a page with batches wait for the flush, which sends them before the values of outputs.
# Without a flush, they leave when the running code ends. All other messages are sent immediately, after the waiting opens: a
# progress bar moves while the code runs.
post <- function(registry, message) {
  if (frame_version(registry$root) < BATCH_VERSION) return(send_message(registry, message))
  registry$outbox[[length(registry$outbox) + 1]] <- message
  if (registry$holding) return()
  if (message$kind != "comm_open") return(send_outbox(registry))
  if (registry$scheduled) return()
  registry$scheduled <- TRUE
  send <- function() {
    cancel()
    registry$scheduled <- FALSE
    send_outbox(registry)
  }
  cancel <- registry$root$onFlush(function() send(), once = TRUE)
  later::later(function() if (registry$scheduled) send())
}

# Runs code whose messages leave together.
hold_messages <- function(registry, code) {
  registry$holding <- TRUE
  on.exit({
    registry$holding <- FALSE
    send_outbox(registry)
  })
  code
}

# Sends the waiting messages: successive ones of a kind as a batch.
send_outbox <- function(registry) {
  messages <- registry$outbox
  registry$outbox <- list()
  if (registry$root$isClosed()) return(invisible())
  kinds <- vapply(messages, function(message) message$kind, "")
  runs <- rep(seq_along(rle(kinds)$lengths), rle(kinds)$lengths)
  for (run in split(messages, runs)) {
    if (length(run) == 1) {
      send_message(registry, run[[1]])
    } else {
      send_bytes(registry, run[[1]]$kind, encode_batch(run[[1]]$kind, run))
    }
  }
}

send_message <- function(registry, message) {
  buffers <- message$buffers
  if (length(buffers) > 0 && frame_version(registry$root) >= 1) {
    send_bytes(registry, message$kind, encode_frame(message$kind, message$text, buffers))
    return()
  }
  # jsonlite's base64_enc() inserts line breaks, which clients reject.
  base64 <- vapply(buffers, function(buffer) paste0('"', httpuv::rawToBase64(buffer), '"'), "")
  text <- with_member(message$text, paste0('"buffers":[', paste(base64, collapse = ","), "]"))
  registry$root$sendCustomMessage(paste0("shinywidgets_", message$kind), text)
}

send_bytes <- function(registry, kind, bytes) {
  registry$root$sendBinaryMessage(paste0("shinywidgets_", kind), bytes)
}

# Adds a member to the JSON texts of objects that are not empty.
with_member <- function(texts, members) {
  paste0(substr(texts, 1, nchar(texts) - 1), ",", members, "}")
}

# ---- Binary frames (docs/frames.md) -------------------------------------------------------------

# The first version of frames that are batches.
BATCH_VERSION <- 3

# Returns the version of frames for the session's page; 0 stands for text.
frame_version <- function(root) {
  version <- shiny::isolate(root$input[[".shiny_comm_frames"]])
  if (is.numeric(version) && length(version) == 1 && isTRUE(version >= 1)) version else 0
}

#' Encodes a message as a binary frame, a raw vector. `text` is the JSON of the message without its
#' buffers.
encode_frame <- function(kind, text, buffers) pack_frame(1, kind, text, buffers)

#' Encodes messages of a kind as one frame. A message without buffers that equals an earlier one, except
#' for its comm, is a reference.
encode_batch <- function(kind, messages) {
  counts <- lengths(lapply(messages, function(message) message$buffers))
  ids <- vapply(messages, function(message) message$comm_id, "")
  elements <- texts <- vapply(messages, function(message) message$text, "")
  framed <- counts > 0
  elements[framed] <- with_member(texts[framed], paste0('"buffer_count":', counts[framed]))
  # The id is the first member of the content.
  rest <- substring(texts, nchar('{"content":{"comm_id":""') + nchar(ids) + 1)
  plain <- which(!framed)
  likes <- plain[match(rest[plain], rest[plain])]
  equal <- likes != plain
  references <- sprintf('{"comm_id":"%s","like":%d}', ids[plain], likes - 1L)
  elements[plain[equal]] <- references[equal]
  buffers <- unlist(lapply(messages, function(message) message$buffers), recursive = FALSE)
  pack_frame(BATCH_VERSION, kind, paste0("[", paste(elements, collapse = ","), "]"), buffers)
}

pack_frame <- function(version, kind, text, buffers) {
  code <- match(kind, c("comm_open", "comm_msg", "comm_close"))
  text <- charToRaw(enc2utf8(text))
  uint32 <- function(numbers) writeBin(as.integer(numbers), raw(), size = 4, endian = "little")
  count <- length(buffers)
  lengths <- lengths(buffers, use.names = FALSE)
  end <- 16 + 8 * count + length(text)
  # Each buffer begins at the next multiple of 8.
  begin <- ceiling(end / 8) * 8
  offsets <- begin + cumsum(c(0, ceiling(lengths / 8) * 8))[seq_len(count)]
  gaps <- offsets - c(end, offsets + lengths)[seq_len(count)]
  zeros <- lapply(0:7, raw)
  fixed <- c(as.raw(c(version, code, 0, 0)), uint32(c(length(text), count, 0)))
  entries <- uint32(rbind(offsets, lengths))
  unlist(c(list(fixed, entries, text), rbind(zeros[gaps + 1], unname(buffers))), use.names = FALSE)
}

# ---- Widgets ------------------------------------------------------------------------------------

#' Opens a widget: a model on the page, whose state both the server and the page can change.
#'
#' `state` is a named list. Raw vectors in it are sent as buffers, widgets as references. Returns an
#' environment with:
#'
#' - model_id, comm, fill.
#' - get(name), read(name): return a value; `read` is reactive.
#' - set(...): changes values by name, on the server and on the page.
#' - on_change(name, callback): callback(value) is called after the page or `set` changed the value.
#' - send(content, buffers): sends a custom message.
#' - on_msg(callback): callback(content, buffers) gets each custom message.
#' - close(): closes the widget.
#'
#' on_change() and on_msg() return the undo. `widget$value` equals read("value"), or get("value")
#' outside of reactives. `widget$value <- 5` equals set(value = 5). Members have priority over values.
widget_open <- function(state, fill = TRUE, session = shiny::getDefaultReactiveDomain()) {
  widget <- new.env(parent = emptyenv())
  registry <- comm_registry(session)
  named_values(state)
  comm <- NULL
  # The comms of the widgets in each value.
  references <- list()
  # Serializes values and calls `send`. An error names the value that cannot be sent.
  serialize_and <- function(values, send, check = TRUE) {
    serialized <- remove_buffers(with_module_url(values, state))
    for (name in if (check) names(serialized$widgets)) {
      for (inner in serialized$widgets[[name]]) {
        fault <- widget_fault(inner, registry)
        if (!is.null(fault)) stop("shiny_comm: ", value_label(name), ": ", fault, call. = FALSE)
      }
    }
    tryCatch(send(serialized), shiny_comm_unsendable = function(e) {
      for (name in names(serialized$state)) {
        tryCatch(to_json(serialized$state[name]), error = function(e) {
          stop("shiny_comm: cannot send ", value_label(name), ": ", conditionMessage(e), call. = FALSE)
        })
      }
      stop(e)
    })
    for (name in names(values)) {
      references[[name]] <<- lapply(serialized$widgets[[name]], function(inner) inner$comm)
    }
  }
  value_label <- function(name) {
    paste(name, "of", sub("Model$", "", state[["_model_name"]] %or% "a widget"))
  }
  serialize_and(state, function(serialized) {
    comm <<- comm_open(
      "jupyter.widget", list(state = serialized$state, buffer_paths = serialized$paths),
      serialized$buffers, list(version = "2.1.0"), session
    )
  })
  comm$refers_to <- function() unlist(unname(references), recursive = FALSE)
  changes <- shiny::reactiveValues()
  changed <- 0
  change_callbacks <- list()
  msg_callbacks <- callback_list("on_msg")

  send_state <- function(method, values, check = TRUE) {
    serialize_and(values, check = check, send = function(serialized) {
      state <- as_object(serialized$state)
      data <- list(method = method, state = state, buffer_paths = serialized$paths)
      comm$send(data, serialized$buffers)
    })
    sweep_later(registry)
  }
  # Applies values to the state, and notifies reactives and callbacks.
  apply_values <- function(values) {
    state[names(values)] <<- values
    changed <<- changed + 1
    for (name in names(values)) changes[[name]] <- changed
    queue_calls(registry, lapply(intersect(names(values), names(change_callbacks)), function(name) {
      function() {
        # An earlier callback may have changed the value again.
        change_callbacks[[name]]$each(function(callback) {
          call_safely(comm, paste("on_change of", name), callback(state[[name]]))
        })
      }
    }))
  }
  comm$on_msg(function(message) {
    data <- message[["content"]][["data"]]
    method <- data[["method"]]
    if (identical(method, "custom")) {
      msg_callbacks$each(function(callback) {
        call_safely(comm, "on_msg", callback(data[["content"]], message[["buffers"]]))
      })
    } else if (identical(method, "update")) {
      values <- put_buffers(data[["state"]], data[["buffer_paths"]], message[["buffers"]])
      values <- values[names(values) %in% names(state) & !duplicated(names(values), fromLast = TRUE)]
      for (name in names(values)[is_protected(names(values))]) {
        log_fault(registry, "comm ", comm$comm_id, ": the page may not change ", name)
      }
      values <- values[!is_protected(names(values))]
      for (name in names(values)) {
        if (length(references[[name]]) > 0) values[name] <- list(as_widgets(values[[name]], registry))
      }
      # Like ipywidgets, send the echo before callbacks change values again.
      if (length(values) > 0) send_state("echo_update", values)
      apply_values(values)
    } else if (identical(method, "request_state")) {
      # Unchecked, because a referenced widget may be closed.
      send_state("update", state, check = FALSE)
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
    values <- named_values(list(...))
    for (name in names(values)) known(name)
    same <- vapply(names(values), function(name) same_value(state[[name]], values[[name]]), TRUE)
    if (all(same)) return(invisible(widget))
    send_state("update", values[!same])
    apply_values(values[!same])
    invisible(widget)
  }
  widget$on_change <- function(name, callback) {
    if (is.null(change_callbacks[[known(name)]])) {
      change_callbacks[[name]] <<- callback_list("on_change")
    }
    change_callbacks[[name]]$add(callback)
  }
  widget$send <- function(content, buffers = list()) {
    comm$send(list(method = "custom", content = content), buffers)
  }
  widget$on_msg <- msg_callbacks$add
  widget$close <- function() comm$close()
  known <- function(name) {
    if (!name %in% names(state)) {
      stop("shiny_comm: comm ", comm$comm_id, ": the widget has no ", name, call. = FALSE)
    }
    name
  }
  lockEnvironment(widget, bindings = TRUE)
  class(widget) <- "shiny_comm_widget"
  comm$widget <- widget
  widget
}

# `widget$value`, `widget[["value"]]`: returns the member or the value with this name.
`$.shiny_comm_widget` <- function(x, name) {
  member <- get0(name, envir = x, inherits = FALSE)
  if (!is.null(member)) return(member)
  # read() is an error outside of reactives.
  tryCatch(x$read(name), error = function(e) x$get(name))
}
`[[.shiny_comm_widget` <- `$.shiny_comm_widget`

`$<-.shiny_comm_widget` <- function(x, name, value) {
  if (exists(name, envir = x, inherits = FALSE)) {
    stop("shiny_comm: cannot replace the member ", name, " of a widget", call. = FALSE)
  }
  do.call(x$set, stats::setNames(list(value), name))
  invisible(x)
}
`[[<-.shiny_comm_widget` <- `$<-.shiny_comm_widget`

# Returns why a widget cannot be shown or referred to, or NULL.
widget_fault <- function(widget, registry) {
  if (!identical(widget$comm$registry, registry)) {
    paste("widget", widget$model_id, "belongs to another session")
  } else if (!widget$comm$is_open()) {
    paste("widget", widget$model_id, "is closed")
  }
}

# Checks that each value has a unique name.
named_values <- function(values) {
  if (length(values) > 0 && (is.null(names(values)) || !all(nzchar(names(values))))) {
    stop("shiny_comm: a value of a widget has no name", call. = FALSE)
  }
  duplicates <- names(values)[duplicated(names(values))]
  if (length(duplicates) > 0) stop("shiny_comm: duplicate value ", duplicates[[1]], call. = FALSE)
  values
}

# Returns which values a page may not set, because R would serve the page's code under the app's URL.
# The page counts the views in `_view_count`.
is_protected <- function(names) {
  grepl("^_(esm|css|anywidget_id)$|^_(model|view)_", names) & names != "_view_count"
}

# Compares values like the page, where 5 and 5L are equal.
same_value <- function(one, other) {
  is_number <- function(x) is.numeric(x) && !is.object(x)
  identical(one, other) || (is_number(one) && is_number(other) && length(one) == length(other) &&
    isTRUE(all(one == other)))
}

# Separates the raw vectors of a state, and replaces widgets by references. Returns the state, the paths
# of the raw vectors, the raw vectors, and the widgets of each value.
remove_buffers <- function(state) {
  paths <- list()
  buffers <- list()
  widgets <- list()
  remove <- function(value, path) {
    if (inherits(value, "shiny_comm_widget")) {
      widgets[[path[[1]]]] <<- c(widgets[[path[[1]]]], list(value))
      return(paste0("IPY_MODEL_", value$model_id))
    }
    if (!is_plain_list(value)) return(value)
    names <- names(value)
    keep <- rep(TRUE, length(value))
    for (i in inner_values(value)) {
      inner <- .subset2(value, i)
      inner_path <- c(path, list(if (is.null(names)) i - 1L else names[[i]]))
      if (is.raw(inner)) {
        paths[[length(paths) + 1]] <<- inner_path
        buffers[[length(buffers) + 1]] <<- inner
        # A list keeps null at the index; an object loses the key.
        if (is.null(names)) value[i] <- list(NULL) else keep[[i]] <- FALSE
      } else {
        value[i] <- list(remove(inner, inner_path))
      }
    }
    if (all(keep)) value else value[keep]
  }
  list(state = remove(state, list()), paths = paths, buffers = buffers, widgets = widgets)
}

# Returns whether `x` is a list without a class. `[[` of some classes returns the object again, endlessly.
is_plain_list <- function(x) {
  is.list(x) && (!is.object(x) || inherits(x, c("AsIs", "list")) && !is.data.frame(x))
}

# Returns the indices of nested values in a list.
inner_values <- function(values) {
  inner <- c("raw", "list", "environment", "closure", "builtin", "special")
  which(vapply(unclass(values), typeof, "") %in% inner)
}

# Replaces references in a value from the page by widgets.
as_widgets <- function(value, registry) {
  if (is_plain_list(value)) return(lapply(value, as_widgets, registry))
  if (!is.character(value) || !startsWith(value, "IPY_MODEL_")) return(value)
  comm <- registry$comms[[substring(value, 11)]]
  if (is.null(comm$widget)) value else comm$widget
}

# Inserts the buffers of a message into the state at their paths.
put_buffers <- function(state, paths, buffers) {
  put <- function(state, path, buffer) {
    key <- if (is.numeric(path[[1]])) path[[1]] + 1 else path[[1]]
    # An index beyond the end could fill the memory.
    if (is.numeric(key) && !key %in% seq_along(state)) stop("buffer path: index out of range")
    state[[key]] <- if (length(path) == 1) buffer else put(state[[key]], path[-1], buffer)
    state
  }
  for (i in seq_along(paths)) state <- put(as.list(state), paths[[i]], buffers[[i]])
  state
}

# Replaces a module of 16 KiB or more in `values` by a URL, relative to the page. The browser fetches it
# once.
with_module_url <- function(values, state) {
  text <- values[["_esm"]]
  enabled <- getOption("shiny_comm.module_urls", TRUE) && is.character(text) && length(text) == 1
  if (!enabled || !identical(state[["_model_module"]], "anywidget")) return(values)
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
  # addResourcePath() does not support headers. In a version of Shiny without this server, the browser
  # revalidates the module each time.
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

#' Opens an anywidget. `esm` is the text of a JavaScript module, the first unnamed argument; the named
#' arguments are the state. `...` is first, because R would match a value named `e` with `esm`.
anywidget <- function(..., esm, css = NULL, id = NULL) {
  values <- list(...)
  if (missing(esm)) {
    unnamed <- which(!nzchar(names(values) %or% rep("", length(values))))
    if (length(unnamed) == 0) stop("shiny_comm: anywidget(): no module", call. = FALSE)
    esm <- values[[unnamed[[1]]]]
    values[[unnamed[[1]]]] <- NULL
  }
  state <- list(
    `_model_module` = "anywidget", `_model_module_version` = "~0.11.*", `_model_name` = "AnyModel",
    `_view_module` = "anywidget", `_view_module_version` = "~0.11.*", `_view_name` = "AnyView",
    `_view_count` = NULL, `_dom_classes` = list(), tabbable = NULL, tooltip = NULL
  )
  state$`_esm` <- paste(esm, collapse = "\n")
  state$`_css` <- css
  state$`_anywidget_id` <- id
  named_values(values)
  state$layout <- values$layout %or% owned_by_parent(ipy_layout())
  state[names(values)] <- values
  widget_open(state)
}

#' Opens a model of ipywidgets. `name` is its class in Python, such as "IntSlider". Named arguments are
#' values, with the defaults of ipywidgets. Unnamed arguments are children, or lists of children.
#' `layout` and `style` are widgets, or lists of their values.
ipy_control <- function(name, ...) {
  model <- ipywidgets_models()[[name]]
  if (is.null(model)) stop("shiny_comm: ipywidgets has no ", name, call. = FALSE)
  given <- with_children(list(...))
  named_values(given)
  state <- model$state
  for (key in model$bytes) state[[key]] <- raw()
  unknown <- setdiff(names(given), c(names(state), names(model$models)))
  if (length(unknown) > 0) stop("shiny_comm: ", name, " has no ", unknown[[1]], call. = FALSE)
  for (key in names(model$models)) {
    part <- given[[key]]
    if (!inherits(part, "shiny_comm_widget")) {
      if (!is.null(part) && !is.list(part)) {
        stop("shiny_comm: ", key, " of ", name, " must be a widget or a list", call. = FALSE)
      }
      part <- owned_by_parent(do.call(ipy_control, c(list(model$models[[key]]), part)))
    }
    given[[key]] <- part
  }
  state[names(given)] <- given
  widget_open(state, fill = FALSE)
}

# Collects the unnamed values as children.
with_children <- function(values) {
  unnamed <- !nzchar(names(values) %or% rep("", length(values)))
  if (!any(unnamed)) return(values)
  children <- lapply(values[unnamed], function(child) {
    if (inherits(child, "shiny_comm_widget")) list(child) else as.list(child)
  })
  c(list(children = unlist(unname(children), recursive = FALSE)), values[!unnamed])
}

ipywidgets_models <- local({
  models <- NULL
  function() {
    if (is.null(models)) models <<- jsonlite::parse_json(IPYWIDGETS)
    models
  }
})

#' Opens the layout of a widget, with CSS properties by name, such as width = "50%".
ipy_layout <- function(...) ipy_control("Layout", ...)

ipy_int_slider <- function(value = 0, min = 0, max = 100, step = 1, description = "", ...) {
  ipy_control("IntSlider", value = value, min = min, max = max, step = step,
    description = description, ...)
}

ipy_float_slider <- function(value = 0, min = 0, max = 100, step = 0.1, description = "", ...) {
  ipy_control("FloatSlider", value = value, min = min, max = max, step = step,
    description = description, ...)
}

ipy_checkbox <- function(value = FALSE, description = "", ...) {
  ipy_control("Checkbox", value = value, description = description, ...)
}

ipy_text <- function(value = "", description = "", ...) {
  ipy_control("Text", value = value, description = description, ...)
}

#' Opens a dropdown. `index` is the selected option, counted from 0.
ipy_dropdown <- function(options, index = 0, description = "", ...) {
  ipy_control("Dropdown", `_options_labels` = as.list(unname(options)), index = index,
    description = description, ...)
}

#' Opens a button. Clicks are messages: on_msg(function(content, buffers) if (content$event == "click") ...)
ipy_button <- function(description = "", ...) {
  ipy_control("Button", description = description, ...)
}

ipy_label <- function(value = "", ...) ipy_control("Label", value = value, ...)

#' Opens a vertical box of children, or lists of children, and values by name:
#' ipy_vbox(one, other, layout = ...)
ipy_vbox <- function(...) ipy_control("VBox", ...)

ipy_hbox <- function(...) ipy_control("HBox", ...)

# ---- begin of what scripts/record-r-controls.py writes
# The states that the models of ipywidgets 8.1.9 open with, as JSON.
IPYWIDGETS <- r"---({
"Accordion": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "AccordionModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "AccordionView","box_style": "","children": [],"selected_index": null,
"tabbable": null,"titles": [],"tooltip": null},"models": {"layout": "Layout"}},
"Audio": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "AudioModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "AudioView","autoplay": true,"controls": true,"format": "mp3","loop": true,
"tabbable": null,"tooltip": null},"models": {"layout": "Layout"},"bytes": ["value"]},
"BoundedFloatText": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "BoundedFloatTextModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "FloatTextView","continuous_update": false,"description": "",
"description_allow_html": false,"disabled": false,"max": 100.0,"min": 0.0,"step": null,
"tabbable": null,"tooltip": null,"value": 0.0},"models": {"layout": "Layout",
"style": "DescriptionStyle"}},
"BoundedIntText": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "BoundedIntTextModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "IntTextView","continuous_update": false,"description": "",
"description_allow_html": false,"disabled": false,"max": 100,"min": 0,"step": 1,"tabbable": null,
"tooltip": null,"value": 0},"models": {"layout": "Layout","style": "DescriptionStyle"}},
"Box": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "BoxModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "BoxView","box_style": "","children": [],"tabbable": null,"tooltip": null},
"models": {"layout": "Layout"}},
"Button": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ButtonModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ButtonView","button_style": "","description": "","disabled": false,"icon": "",
"tabbable": null,"tooltip": null},"models": {"layout": "Layout","style": "ButtonStyle"}},
"ButtonStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ButtonStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"button_color": null,"font_family": null,"font_size": null,"font_style": null,
"font_variant": null,"font_weight": null,"text_color": null,"text_decoration": null}},
"Checkbox": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "CheckboxModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "CheckboxView","description": "","description_allow_html": false,"disabled": false,
"indent": true,"tabbable": null,"tooltip": null,"value": false},"models": {"layout": "Layout",
"style": "CheckboxStyle"}},
"CheckboxStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "CheckboxStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"background": null,"description_width": ""}},
"ColorPicker": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ColorPickerModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ColorPickerView","concise": false,"description": "",
"description_allow_html": false,"disabled": false,"tabbable": null,"tooltip": null,
"value": "black"},"models": {"layout": "Layout","style": "DescriptionStyle"}},
"ColorsInput": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ColorsInputModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ColorsInputView","allow_duplicates": true,"allowed_tags": [],"description": "",
"description_allow_html": false,"placeholder": "\u200b","tabbable": null,"tooltip": null,
"value": []},"models": {"layout": "Layout","style": "DescriptionStyle"}},
"Combobox": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ComboboxModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ComboboxView","continuous_update": true,"description": "",
"description_allow_html": false,"disabled": false,"ensure_option": false,"options": [],
"placeholder": "\u200b","tabbable": null,"tooltip": null,"value": ""},
"models": {"layout": "Layout","style": "TextStyle"}},
"Controller": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ControllerModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ControllerView","axes": [],"buttons": [],"connected": false,"index": 0,
"mapping": "","name": "","tabbable": null,"timestamp": 0.0,"tooltip": null},
"models": {"layout": "Layout"}},
"ControllerAxis": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ControllerAxisModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ControllerAxisView","tabbable": null,"tooltip": null,"value": 0.0},
"models": {"layout": "Layout"}},
"ControllerButton": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ControllerButtonModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ControllerButtonView","pressed": false,"tabbable": null,"tooltip": null,
"value": 0.0},"models": {"layout": "Layout"}},
"DatePicker": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "DatePickerModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "DatePickerView","description": "","description_allow_html": false,
"disabled": false,"max": null,"min": null,"step": 1,"tabbable": null,"tooltip": null,
"value": null},"models": {"layout": "Layout","style": "DescriptionStyle"}},
"DatetimePicker": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "DatetimeModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "DatetimeView","description": "","description_allow_html": false,"disabled": false,
"max": null,"min": null,"tabbable": null,"tooltip": null,"value": null},
"models": {"layout": "Layout","style": "DescriptionStyle"}},
"DescriptionStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "DescriptionStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"description_width": ""}},
"DirectionalLink": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "DirectionalLinkModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0","_view_name": null,
"source": [],"target": []}},
"Dropdown": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "DropdownModel","_options_labels": [],
"_view_count": null,"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "DropdownView","description": "","description_allow_html": false,"disabled": false,
"index": null,"tabbable": null,"tooltip": null},"models": {"layout": "Layout",
"style": "DescriptionStyle"}},
"FileUpload": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "FileUploadModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "FileUploadView","accept": "","button_style": "","description": "Upload",
"description_allow_html": false,"disabled": false,"error": "","icon": "upload","multiple": false,
"tabbable": null,"tooltip": null,"value": []},"models": {"layout": "Layout",
"style": "ButtonStyle"}},
"FloatLogSlider": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "FloatLogSliderModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "FloatLogSliderView","base": 10.0,"behavior": "drag-tap","continuous_update": true,
"description": "","description_allow_html": false,"disabled": false,"max": 4.0,"min": 0.0,
"orientation": "horizontal","readout": true,"readout_format": ".3g","step": 0.1,"tabbable": null,
"tooltip": null,"value": 1.0},"models": {"layout": "Layout","style": "SliderStyle"}},
"FloatProgress": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "FloatProgressModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ProgressView","bar_style": "","description": "","description_allow_html": false,
"max": 100.0,"min": 0.0,"orientation": "horizontal","tabbable": null,"tooltip": null,
"value": 0.0},"models": {"layout": "Layout","style": "ProgressStyle"}},
"FloatRangeSlider": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "FloatRangeSliderModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "FloatRangeSliderView","behavior": "drag-tap","continuous_update": true,
"description": "","description_allow_html": false,"disabled": false,"max": 100.0,"min": 0.0,
"orientation": "horizontal","readout": true,"readout_format": ".2f","step": 0.1,"tabbable": null,
"tooltip": null,"value": [25.0,75.0]},"models": {"layout": "Layout","style": "SliderStyle"}},
"FloatSlider": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "FloatSliderModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "FloatSliderView","behavior": "drag-tap","continuous_update": true,
"description": "","description_allow_html": false,"disabled": false,"max": 100.0,"min": 0.0,
"orientation": "horizontal","readout": true,"readout_format": ".2f","step": 0.1,"tabbable": null,
"tooltip": null,"value": 0.0},"models": {"layout": "Layout","style": "SliderStyle"}},
"FloatText": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "FloatTextModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "FloatTextView","continuous_update": false,"description": "",
"description_allow_html": false,"disabled": false,"step": null,"tabbable": null,"tooltip": null,
"value": 0.0},"models": {"layout": "Layout","style": "DescriptionStyle"}},
"FloatsInput": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "FloatsInputModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "FloatsInputView","allow_duplicates": true,"allowed_tags": [],"description": "",
"description_allow_html": false,"format": ".1f","max": null,"min": null,"placeholder": "\u200b",
"tabbable": null,"tag_style": "","tooltip": null,"value": []},"models": {"layout": "Layout",
"style": "DescriptionStyle"}},
"GridBox": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "GridBoxModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "GridBoxView","box_style": "","children": [],"tabbable": null,"tooltip": null},
"models": {"layout": "Layout"}},
"HBox": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "HBoxModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "HBoxView","box_style": "","children": [],"tabbable": null,"tooltip": null},
"models": {"layout": "Layout"}},
"HTML": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "HTMLModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "HTMLView","description": "","description_allow_html": false,
"placeholder": "\u200b","tabbable": null,"tooltip": null,"value": ""},
"models": {"layout": "Layout","style": "HTMLStyle"}},
"HTMLMath": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "HTMLMathModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "HTMLMathView","description": "","description_allow_html": false,
"placeholder": "\u200b","tabbable": null,"tooltip": null,"value": ""},
"models": {"layout": "Layout","style": "HTMLMathStyle"}},
"HTMLMathStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "HTMLMathStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"background": null,"description_width": "","font_size": null,"text_color": null}},
"HTMLStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "HTMLStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"background": null,"description_width": "","font_size": null,"text_color": null}},
"Image": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ImageModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ImageView","format": "png","height": "","tabbable": null,"tooltip": null,
"width": ""},"models": {"layout": "Layout"},"bytes": ["value"]},
"IntProgress": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "IntProgressModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ProgressView","bar_style": "","description": "","description_allow_html": false,
"max": 100,"min": 0,"orientation": "horizontal","tabbable": null,"tooltip": null,"value": 0},
"models": {"layout": "Layout","style": "ProgressStyle"}},
"IntRangeSlider": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "IntRangeSliderModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "IntRangeSliderView","behavior": "drag-tap","continuous_update": true,
"description": "","description_allow_html": false,"disabled": false,"max": 100,"min": 0,
"orientation": "horizontal","readout": true,"readout_format": "d","step": 1,"tabbable": null,
"tooltip": null,"value": [25,75]},"models": {"layout": "Layout","style": "SliderStyle"}},
"IntSlider": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "IntSliderModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "IntSliderView","behavior": "drag-tap","continuous_update": true,"description": "",
"description_allow_html": false,"disabled": false,"max": 100,"min": 0,"orientation": "horizontal",
"readout": true,"readout_format": "d","step": 1,"tabbable": null,"tooltip": null,"value": 0},
"models": {"layout": "Layout","style": "SliderStyle"}},
"IntText": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "IntTextModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "IntTextView","continuous_update": false,"description": "",
"description_allow_html": false,"disabled": false,"step": 1,"tabbable": null,"tooltip": null,
"value": 0},"models": {"layout": "Layout","style": "DescriptionStyle"}},
"IntsInput": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "IntsInputModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "IntsInputView","allow_duplicates": true,"allowed_tags": [],"description": "",
"description_allow_html": false,"format": "d","max": null,"min": null,"placeholder": "\u200b",
"tabbable": null,"tag_style": "","tooltip": null,"value": []},"models": {"layout": "Layout",
"style": "DescriptionStyle"}},
"Label": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "LabelModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "LabelView","description": "","description_allow_html": false,
"placeholder": "\u200b","tabbable": null,"tooltip": null,"value": ""},
"models": {"layout": "Layout","style": "LabelStyle"}},
"LabelStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "LabelStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"background": null,"description_width": "","font_family": null,"font_size": null,
"font_style": null,"font_variant": null,"font_weight": null,"text_color": null,
"text_decoration": null}},
"Layout": {"state": {"_model_module": "@jupyter-widgets/base","_model_module_version": "2.0.0",
"_model_name": "LayoutModel","_view_count": null,"_view_module": "@jupyter-widgets/base",
"_view_module_version": "2.0.0","_view_name": "LayoutView","align_content": null,
"align_items": null,"align_self": null,"border_bottom": null,"border_left": null,
"border_right": null,"border_top": null,"bottom": null,"display": null,"flex": null,
"flex_flow": null,"grid_area": null,"grid_auto_columns": null,"grid_auto_flow": null,
"grid_auto_rows": null,"grid_column": null,"grid_gap": null,"grid_row": null,
"grid_template_areas": null,"grid_template_columns": null,"grid_template_rows": null,
"height": null,"justify_content": null,"justify_items": null,"left": null,"margin": null,
"max_height": null,"max_width": null,"min_height": null,"min_width": null,"object_fit": null,
"object_position": null,"order": null,"overflow": null,"padding": null,"right": null,"top": null,
"visibility": null,"width": null}},
"Link": {"state": {"_model_module": "@jupyter-widgets/controls","_model_module_version": "2.0.0",
"_model_name": "LinkModel","_view_count": null,"_view_module": "@jupyter-widgets/controls",
"_view_module_version": "2.0.0","_view_name": null,"source": [],"target": []}},
"NaiveDatetimePicker": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "NaiveDatetimeModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "DatetimeView","description": "","description_allow_html": false,"disabled": false,
"max": null,"min": null,"tabbable": null,"tooltip": null,"value": null},
"models": {"layout": "Layout","style": "DescriptionStyle"}},
"Output": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/output",
"_model_module_version": "1.0.0","_model_name": "OutputModel","_view_count": null,
"_view_module": "@jupyter-widgets/output","_view_module_version": "1.0.0",
"_view_name": "OutputView","msg_id": "","outputs": [],"tabbable": null,"tooltip": null},
"models": {"layout": "Layout"}},
"Password": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "PasswordModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "PasswordView","continuous_update": true,"description": "",
"description_allow_html": false,"disabled": false,"placeholder": "\u200b","tabbable": null,
"tooltip": null,"value": ""},"models": {"layout": "Layout","style": "TextStyle"}},
"Play": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "PlayModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "PlayView","description": "","description_allow_html": false,"disabled": false,
"interval": 100,"max": 100,"min": 0,"playing": false,"repeat": false,"show_repeat": true,
"step": 1,"tabbable": null,"tooltip": null,"value": 0},"models": {"layout": "Layout",
"style": "DescriptionStyle"}},
"ProgressStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ProgressStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"bar_color": null,"description_width": ""}},
"RadioButtons": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "RadioButtonsModel","_options_labels": [],
"_view_count": null,"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "RadioButtonsView","description": "","description_allow_html": false,
"disabled": false,"index": null,"orientation": "vertical","tabbable": null,"tooltip": null},
"models": {"layout": "Layout","style": "DescriptionStyle"}},
"Select": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "SelectModel","_options_labels": [],
"_view_count": null,"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "SelectView","description": "","description_allow_html": false,"disabled": false,
"index": null,"rows": 5,"tabbable": null,"tooltip": null},"models": {"layout": "Layout",
"style": "DescriptionStyle"}},
"SelectMultiple": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "SelectMultipleModel","_options_labels": [],
"_view_count": null,"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "SelectMultipleView","description": "","description_allow_html": false,
"disabled": false,"index": [],"rows": 5,"tabbable": null,"tooltip": null},
"models": {"layout": "Layout","style": "DescriptionStyle"}},
"SelectionRangeSlider": {"state": {"_dom_classes": [],
"_model_module": "@jupyter-widgets/controls","_model_module_version": "2.0.0",
"_model_name": "SelectionRangeSliderModel","_options_labels": [],"_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "SelectionRangeSliderView","behavior": "drag-tap","continuous_update": true,
"description": "","description_allow_html": false,"disabled": false,"index": [0,0],
"orientation": "horizontal","readout": true,"tabbable": null,"tooltip": null},
"models": {"layout": "Layout","style": "SliderStyle"}},
"SelectionSlider": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "SelectionSliderModel","_options_labels": [],
"_view_count": null,"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "SelectionSliderView","behavior": "drag-tap","continuous_update": true,
"description": "","description_allow_html": false,"disabled": false,"index": 0,
"orientation": "horizontal","readout": true,"tabbable": null,"tooltip": null},
"models": {"layout": "Layout","style": "SliderStyle"}},
"SliderStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "SliderStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"description_width": "","handle_color": null}},
"Stack": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "StackModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "StackView","box_style": "","children": [],"selected_index": null,"tabbable": null,
"titles": [],"tooltip": null},"models": {"layout": "Layout"}},
"Tab": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "TabModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "TabView","box_style": "","children": [],"selected_index": null,"tabbable": null,
"titles": [],"tooltip": null},"models": {"layout": "Layout"}},
"TagsInput": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "TagsInputModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "TagsInputView","allow_duplicates": true,"allowed_tags": [],"description": "",
"description_allow_html": false,"placeholder": "\u200b","tabbable": null,"tag_style": "",
"tooltip": null,"value": []},"models": {"layout": "Layout","style": "DescriptionStyle"}},
"Text": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "TextModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "TextView","continuous_update": true,"description": "",
"description_allow_html": false,"disabled": false,"placeholder": "\u200b","tabbable": null,
"tooltip": null,"value": ""},"models": {"layout": "Layout","style": "TextStyle"}},
"TextStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "TextStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"background": null,"description_width": "","font_size": null,"text_color": null}},
"Textarea": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "TextareaModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "TextareaView","continuous_update": true,"description": "",
"description_allow_html": false,"disabled": false,"placeholder": "\u200b","rows": null,
"tabbable": null,"tooltip": null,"value": ""},"models": {"layout": "Layout","style": "TextStyle"}},
"TimePicker": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "TimeModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "TimeView","description": "","description_allow_html": false,"disabled": false,
"max": null,"min": null,"step": 60.0,"tabbable": null,"tooltip": null,"value": null},
"models": {"layout": "Layout","style": "DescriptionStyle"}},
"ToggleButton": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ToggleButtonModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ToggleButtonView","button_style": "","description": "",
"description_allow_html": false,"disabled": false,"icon": "","tabbable": null,"tooltip": null,
"value": false},"models": {"layout": "Layout","style": "ToggleButtonStyle"}},
"ToggleButtonStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ToggleButtonStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"description_width": "","font_family": null,"font_size": null,"font_style": null,
"font_variant": null,"font_weight": null,"text_color": null,"text_decoration": null}},
"ToggleButtons": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ToggleButtonsModel","_options_labels": [],
"_view_count": null,"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ToggleButtonsView","button_style": "","description": "",
"description_allow_html": false,"disabled": false,"icons": [],"index": null,"tabbable": null,
"tooltip": null,"tooltips": []},"models": {"layout": "Layout","style": "ToggleButtonsStyle"}},
"ToggleButtonsStyle": {"state": {"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ToggleButtonsStyleModel","_view_count": null,
"_view_module": "@jupyter-widgets/base","_view_module_version": "2.0.0","_view_name": "StyleView",
"button_width": "","description_width": "","font_weight": ""}},
"VBox": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "VBoxModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "VBoxView","box_style": "","children": [],"tabbable": null,"tooltip": null},
"models": {"layout": "Layout"}},
"Valid": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "ValidModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "ValidView","description": "","description_allow_html": false,"disabled": false,
"readout": "Invalid","tabbable": null,"tooltip": null,"value": false},
"models": {"layout": "Layout","style": "DescriptionStyle"}},
"Video": {"state": {"_dom_classes": [],"_model_module": "@jupyter-widgets/controls",
"_model_module_version": "2.0.0","_model_name": "VideoModel","_view_count": null,
"_view_module": "@jupyter-widgets/controls","_view_module_version": "2.0.0",
"_view_name": "VideoView","autoplay": true,"controls": true,"format": "mp4","height": "",
"loop": true,"tabbable": null,"tooltip": null,"width": ""},"models": {"layout": "Layout"},
"bytes": ["value"]}
})---"
# ---- end of what scripts/record-r-controls.py writes

# ---- JSON ---------------------------------------------------------------------------------------

#' Returns an empty list that is {} in JSON, not [].
named_list <- function() stats::setNames(list(), character())

as_object <- function(x) if (length(x) == 0) named_list() else x

`%or%` <- function(value, other) if (is.null(value)) other else value

# Converts a value to JSON. Numbers have 15 digits, the maximum of jsonlite. Times are in UTC.
to_json <- function(x) {
  text <- jsonlite::toJSON(
    with_plain_values(x),
    auto_unbox = TRUE, null = "null", na = "null", digits = NA, POSIXt = "ISO8601", UTC = TRUE
  )
  if (!validUTF8(text)) stop("invalid UTF-8")
  text
}

# Converts the types in a value that jsonlite does not convert as required.
with_plain_values <- function(x) {
  if (inherits(x, "POSIXlt")) return(as.POSIXct(x))
  if (inherits(x, "numeric_version")) return(as.character(x))
  if (is.function(x)) stop("JSON does not support functions")
  if (!is_plain_list(x)) return(x)
  for (i in inner_values(x)) x[i] <- list(with_plain_values(.subset2(x, i)))
  x
}

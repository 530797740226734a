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

#' What is in a place: a widget, or NULL for nothing.
#'
#' What a run of `expr` opens lives as long as the output holds it: until the next run, and longer
#' while an output shows it or an open widget refers to it. What a reactive() opens lives, by the same
#' rule, until the reactive is invalid; what is opened elsewhere, until the session ends.
render_widget <- function(expr, env = parent.frame(), quoted = FALSE) {
  if (!quoted) expr <- substitute(expr)
  make <- shiny::exprToFunction(expr, env, quoted = TRUE)
  shiny::markRenderFunction(widget_output, function(shinysession, name, ...) {
    registry <- comm_registry(shinysession)
    let_go(registry, registry$made[[name]])
    registry$made[[name]] <- list()
    registry$shown[[name]] <- NULL
    outer <- registry$rendering
    on.exit(registry$rendering <- outer)
    registry$rendering <- name
    widget <- make()
    if (is.null(widget)) return(NULL)
    if (!inherits(widget, "shiny_comm_widget")) {
      stop("shiny_comm: output ", name, " is neither a widget nor NULL")
    }
    flaw <- flaw_of(widget, registry)
    if (!is.null(flaw)) stop("shiny_comm: output ", name, ": ", flaw)
    registry$shown[[name]] <- widget$comm
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
#' All callbacks are called, in the order in which they were added; adding one returns the undo.
comm_open <- function(target_name, data = named_list(), buffers = list(), metadata = named_list(),
                      session = shiny::getDefaultReactiveDomain()) {
  registry <- comm_registry(session)
  registry$count <- registry$count + 1
  comm_id <- sprintf("%.24s%08x", paste0(registry$root$token, strrep("0", 24)), registry$count)
  comm <- new_comm(registry, comm_id, target_name, registry$root)
  comm$publish("comm_open", data, buffers, metadata, target_name = target_name)
  assign(comm_id, comm, envir = registry$comms)
  note_maker(registry, comm)
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
  target <- list(callback = as_callback(callback, "comm_target"), session = session)
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
  comm$registry <- registry
  msg_callbacks <- callback_list("on_msg")
  close_callbacks <- callback_list("on_close")
  # The comms that this one keeps open.
  comm$refers_to <- function() list()

  comm$publish <- function(kind, data, buffers, metadata, ...) {
    if (!open && is.null(closed)) return(invisible(comm))
    if (!open) stop("shiny_comm: comm ", comm_id, ": ", closed, call. = FALSE)
    if (!is.list(buffers) || !all(vapply(buffers, is.raw, TRUE))) {
      stop("shiny_comm: comm ", comm_id, ": buffers must be a list of raw vectors", call. = FALSE)
    }
    content <- list(comm_id = comm_id, ..., data = as_object(data))
    header <- list(content = content, metadata = as_object(metadata))
    type <- paste0("shinywidgets_", kind)
    framed <- length(buffers) > 0 && takes_frames(registry$root)
    # jsonlite's base64_enc() breaks the text into lines of 72, which no client takes.
    if (!framed) header$buffers <- lapply(unname(buffers), httpuv::rawToBase64)
    tryCatch(
      message <- if (framed) encode_frame(kind, header, buffers) else as.character(to_json(header)),
      error = function(e) {
        text <- paste0("shiny_comm: comm ", comm_id, ": it cannot be sent: ", conditionMessage(e))
        stop(errorCondition(text, class = "shiny_comm_unsendable"))
      }
    )
    if (framed) {
      registry$root$sendBinaryMessage(type, message)
    } else {
      registry$root$sendCustomMessage(type, message)
    }
    invisible(comm)
  }
  comm$end <- function(why, message = NULL) {
    if (!open) return(invisible())
    open <<- FALSE
    closed <<- why
    if (identical(registry$comms[[comm_id]], comm)) rm(list = comm_id, envir = registry$comms)
    if (!is.null(registry$left[[comm_id]])) rm(list = comm_id, envir = registry$left)
    sweep_later(registry)
    in_turn(registry, list(function() {
      close_callbacks$each(function(callback) {
        guarded(comm, "on_close", if (takes_argument(callback)) callback(message) else callback())
      })
    }))
  }
  comm$receive <- function(message) {
    msg_callbacks$each(function(callback) guarded(comm, "on_msg", callback(message)))
  }
  comm$send <- function(data = named_list(), buffers = list(), metadata = named_list()) {
    comm$publish("comm_msg", data, buffers, metadata)
  }
  comm$close <- function(data = named_list()) {
    if (!open) return(invisible())
    comm$publish("comm_close", data, list(), named_list())
    comm$end("it is closed")
  }
  comm$on_msg <- msg_callbacks$add
  comm$on_close <- close_callbacks$add
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
  # Of each output what its last run has opened, and what it shows; the output that is running.
  registry$made <- list()
  registry$shown <- list()
  registry$rendering <- NULL
  # What nobody holds: it closes unless it is shown or something refers to it.
  registry$left <- new.env(parent = emptyenv())
  registry$to_sweep <- FALSE
  # What is to be called once the callbacks under way are done.
  registry$waiting <- list()
  registry$calling <- FALSE
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
  comm_id <- message$content[["comm_id"]]
  name <- message$content[["target_name"]]
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
  comm <- registry$comms[[message$content[["comm_id"]]]]
  if (!is.null(comm)) comm$receive(message)
}

page_closes <- function(registry, message) {
  comm <- registry$comms[[message$content[["comm_id"]]]]
  if (!is.null(comm)) comm$end(NULL, message)
}

# What the page has sent as a message. Nothing in it is to be trusted.
read_message <- function(text) {
  if (!is.character(text) || length(text) != 1) stop("it is no text")
  # jsonlite's fromJSON() would read the file or the address that a text names.
  message <- tryCatch(jsonlite::parse_json(text), error = function(e) stop("it is no JSON"))
  # `$` would take the beginning of a name for the name.
  content <- if (is.list(message)) message[["content"]]
  comm_id <- if (is.list(content)) content[["comm_id"]]
  if (!is.character(comm_id) || !grepl("\\A[0-9a-f]{32}\\z", comm_id, perl = TRUE)) {
    stop("its comm_id is not 32 hexadecimal digits")
  }
  buffers <- message[["buffers"]]
  # As bytes and by PCRE, this takes a twentieth of the time.
  is_base64 <- function(x) {
    is.character(x) && !grepl("[^A-Za-z0-9+/=]", x, perl = TRUE, useBytes = TRUE)
  }
  if (!is.null(buffers) && !is.list(buffers) || !all(vapply(buffers, is_base64, TRUE))) {
    stop("comm ", comm_id, ": its buffers are not a list of base64")
  }
  message[["buffers"]] <- lapply(buffers, jsonlite::base64_dec)
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

as_callback <- function(callback, what) {
  if (!is.function(callback)) stop("shiny_comm: ", what, " takes a function", call. = FALSE)
  callback
}

takes_argument <- function(callback) is.primitive(callback) || length(formals(callback)) > 0

# Callbacks in the order in which they were added. One that another has taken away is not called.
callback_list <- function(what) {
  callbacks <- list()
  count <- 0
  list(
    add = function(callback) {
      as_callback(callback, what)
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

# Makes `calls`, which call callbacks, one after the other. What these set off waits for its turn: a
# chain of any length needs no deeper stack, and one without end is cut off.
in_turn <- function(registry, calls) {
  registry$waiting <- c(registry$waiting, calls)
  if (registry$calling) return(invisible())
  registry$calling <- TRUE
  on.exit({
    registry$calling <- FALSE
    registry$waiting <- list()
  })
  count <- 0
  while (length(registry$waiting) > 0) {
    calls <- registry$waiting
    registry$waiting <- list()
    for (call in calls) {
      call()
      count <- count + 1
      if (count == MOST_CALLS) {
        return(tell(MOST_CALLS, " changes have set off one another; what is left of them is dropped"))
      }
    }
  }
}
MOST_CALLS <- 10000

# Says what is wrong with what the page sends; not endlessly, for a page must not fill the log.
complain <- function(registry, ...) {
  registry$complaints <- registry$complaints + 1
  if (registry$complaints <= 20) tell(...)
  if (registry$complaints == 20) tell("no more is said of what this session's page sends")
}

tell <- function(...) warning("shiny_comm: ", ..., call. = FALSE, immediate. = TRUE)

# A text of the page's, so that it can stand in one line.
shortened <- function(text) encodeString(substr(text, 1, 60), quote = "'")

# ---- How long comms live ------------------------------------------------------------------------

# Notes who holds a comm that has just been opened: a reactive until it is invalid, an output until
# it runs again, else the session.
note_maker <- function(registry, comm) {
  reactive <- current_reactive()
  if (!is.null(reactive)) {
    reactive$onInvalidate(function() let_go(registry, list(comm)))
  } else if (!is.null(registry$rendering)) {
    made <- registry$made[[registry$rendering]]
    registry$made[[registry$rendering]] <- c(made, list(comm))
  }
}

# The context of the reactive() that is running, or NULL: of an output or observer that runs it there
# is another one, and isolate() has one of its own. Shiny exports no way to it; it is on the stack.
current_reactive <- function() {
  for (n in rev(seq_len(sys.nframe()))) {
    context <- environment(sys.function(n))
    type <- if (!is.null(context)) get0(".reactType", envir = context, inherits = FALSE)
    if (!is.null(type) && type != "isolate") return(if (type == "observable") context)
  }
}

# Says that nobody holds comms any more.
let_go <- function(registry, comms) {
  for (comm in comms) if (comm$is_open()) assign(comm$comm_id, comm, envir = registry$left)
  sweep_later(registry)
}

# A layout or style that is made for the widget that will name it, and goes with it.
part_of_one <- function(widget) {
  let_go(widget$comm$registry, list(widget$comm))
  widget
}

# Closes what nobody holds, shows or refers to, when the outputs' new values are on the page.
sweep_later <- function(registry) {
  if (registry$to_sweep || length(registry$left) == 0 || registry$root$isClosed()) return(invisible())
  registry$to_sweep <- TRUE
  registry$root$onFlushed(function() {
    registry$to_sweep <- FALSE
    if (registry$root$isClosed()) return()
    needed <- new.env(parent = emptyenv())
    open <- as.list(registry$comms)
    reached <- c(open[setdiff(names(open), ls(registry$left))], registry$shown)
    while (length(reached) > 0) {
      found <- list()
      for (comm in reached) {
        if (!is.null(needed[[comm$comm_id]])) next
        assign(comm$comm_id, TRUE, envir = needed)
        found <- c(found, comm$refers_to())
      }
      reached <- found
    }
    # Ids rise: what was opened first is closed first.
    for (comm_id in setdiff(ls(registry$left), ls(needed))) registry$left[[comm_id]]$close()
  })
}

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
  uint32 <- function(numbers) writeBin(as.integer(numbers), raw(), size = 4, endian = "little")
  count <- length(buffers)
  lengths <- lengths(buffers, use.names = FALSE)
  end <- 16 + 8 * count + length(text)
  # Each buffer begins at the next multiple of 8.
  begin <- ceiling(end / 8) * 8
  offsets <- begin + cumsum(c(0, ceiling(lengths / 8) * 8))[seq_len(count)]
  gaps <- offsets - c(end, offsets + lengths)[seq_len(count)]
  zeros <- lapply(0:7, raw)
  fixed <- c(as.raw(c(1, code, 0, 0)), uint32(c(length(text), count, 0)))
  entries <- uint32(rbind(offsets, lengths))
  unlist(c(list(fixed, entries, text), rbind(zeros[gaps + 1], unname(buffers))), use.names = FALSE)
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
#' on_change() and on_msg() return the undo. `widget$value` is read("value"), outside of reactives
#' get("value"), and `widget$value <- 5` is set(value = 5), as long as no member has that name.
widget_open <- function(state, fill = TRUE, session = shiny::getDefaultReactiveDomain()) {
  widget <- new.env(parent = emptyenv())
  registry <- comm_registry(session)
  named_values(state)
  comm <- NULL
  # The comms of the widgets in each value.
  references <- list()
  # Does `send` with values as they travel, and says what is wrong with which of them.
  sending <- function(values, send, check = TRUE) {
    travelling <- with_module_address(values, state)
    taken <- take_buffers(travelling)
    for (name in if (check) names(taken$widgets)) {
      for (inner in taken$widgets[[name]]) {
        flaw <- flaw_of(inner, registry)
        if (!is.null(flaw)) stop("shiny_comm: ", of_widget(name), ": ", flaw, call. = FALSE)
      }
    }
    tryCatch(send(taken), shiny_comm_unsendable = function(e) {
      for (name in names(taken$state)) {
        tryCatch(to_json(taken$state[name]), error = function(e) {
          stop("shiny_comm: ", of_widget(name), " cannot be sent: ", conditionMessage(e), call. = FALSE)
        })
      }
      stop(e)
    })
    for (name in names(values)) {
      references[[name]] <<- lapply(taken$widgets[[name]], function(inner) inner$comm)
    }
  }
  of_widget <- function(name) paste(name, "of", sub("Model$", "", state[["_model_name"]] %or% "a widget"))
  sending(state, function(taken) {
    comm <<- comm_open(
      "jupyter.widget", list(state = taken$state, buffer_paths = taken$paths), taken$buffers,
      list(version = "2.1.0"), session
    )
  })
  comm$refers_to <- function() unlist(unname(references), recursive = FALSE)
  changes <- shiny::reactiveValues()
  changed <- 0
  change_callbacks <- list()
  msg_callbacks <- callback_list("on_msg")

  send_state <- function(method, values, check = TRUE) {
    sending(values, check = check, send = function(taken) {
      data <- list(method = method, state = as_object(taken$state), buffer_paths = taken$paths)
      comm$send(data, taken$buffers)
    })
    sweep_later(registry)
  }
  # Takes over values, and calls whom it concerns.
  change <- function(values) {
    state[names(values)] <<- values
    changed <<- changed + 1
    for (name in names(values)) changes[[name]] <- changed
    in_turn(registry, lapply(intersect(names(values), names(change_callbacks)), function(name) {
      function() {
        # An earlier callback may have changed the value again.
        change_callbacks[[name]]$each(function(callback) {
          guarded(comm, paste("on_change of", name), callback(state[[name]]))
        })
      }
    }))
  }
  comm$on_msg(function(message) {
    data <- message[["content"]][["data"]]
    method <- data[["method"]]
    if (identical(method, "custom")) {
      msg_callbacks$each(function(callback) {
        guarded(comm, "on_msg", callback(data[["content"]], message[["buffers"]]))
      })
    } else if (identical(method, "update")) {
      values <- put_buffers(data[["state"]], data[["buffer_paths"]], message[["buffers"]])
      values <- values[names(values) %in% names(state) & !duplicated(names(values), fromLast = TRUE)]
      for (name in names(values)[is_ours(names(values))]) {
        complain(registry, "comm ", comm$comm_id, ": the page may not change ", name)
      }
      values <- values[!is_ours(names(values))]
      for (name in names(values)) {
        if (length(references[[name]]) > 0) values[name] <- list(as_widgets(values[[name]], registry))
      }
      # ipywidgets tells the page what it has accepted before anything comes of it.
      if (length(values) > 0) send_state("echo_update", values)
      change(values)
    } else if (identical(method, "request_state")) {
      # One that it refers to may be closed.
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
    change(values[!same])
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

# `widget$value`, `widget[["value"]]`: a member, else the value of that name.
`$.shiny_comm_widget` <- function(x, name) {
  member <- get0(name, envir = x, inherits = FALSE)
  if (!is.null(member)) return(member)
  # Outside of reactives read() is an error.
  tryCatch(x$read(name), error = function(e) x$get(name))
}
`[[.shiny_comm_widget` <- `$.shiny_comm_widget`

`$<-.shiny_comm_widget` <- function(x, name, value) {
  if (exists(name, envir = x, inherits = FALSE)) {
    stop("shiny_comm: ", name, " of a widget cannot be replaced", call. = FALSE)
  }
  do.call(x$set, stats::setNames(list(value), name))
  invisible(x)
}
`[[<-.shiny_comm_widget` <- `$<-.shiny_comm_widget`

# What is wrong with a widget that is to be shown or referred to, or NULL.
flaw_of <- function(widget, registry) {
  if (!identical(widget$comm$registry, registry)) {
    paste("widget", widget$model_id, "is of another session")
  } else if (!widget$comm$is_open()) {
    paste("widget", widget$model_id, "is closed")
  }
}

# A list of values, each with a name of its own.
named_values <- function(values) {
  if (length(values) > 0 && (is.null(names(values)) || !all(nzchar(names(values))))) {
    stop("shiny_comm: each value of a widget needs a name", call. = FALSE)
  }
  twice <- names(values)[duplicated(names(values))]
  if (length(twice) > 0) stop("shiny_comm: ", twice[[1]], " is given twice", call. = FALSE)
  values
}

# Which values are R's alone: a page that could set them would have R serve its code from the app's
# address. `_view_count` is the page's to count.
is_ours <- function(names) {
  grepl("^_(esm|css|anywidget_id)$|^_(model|view)_", names) & names != "_view_count"
}

# 5 and 5L are one number on the page.
same_value <- function(one, other) {
  is_number <- function(x) is.numeric(x) && !is.object(x)
  identical(one, other) || (is_number(one) && is_number(other) && length(one) == length(other) &&
    isTRUE(all(one == other)))
}

# A state without its raw vectors; where these stood, and they; widgets as references, and which
# widgets are in which value.
take_buffers <- function(state) {
  paths <- list()
  buffers <- list()
  widgets <- list()
  take <- function(value, path) {
    if (inherits(value, "shiny_comm_widget")) {
      widgets[[path[[1]]]] <<- c(widgets[[path[[1]]]], list(value))
      return(paste0("IPY_MODEL_", value$model_id))
    }
    if (!is_plain_list(value)) return(value)
    names <- names(value)
    keep <- rep(TRUE, length(value))
    for (i in inner_values(value)) {
      inner <- .subset2(value, i)
      place <- c(path, list(if (is.null(names)) i - 1L else names[[i]]))
      if (is.raw(inner)) {
        paths[[length(paths) + 1]] <<- place
        buffers[[length(buffers) + 1]] <<- inner
        # An entry of a list leaves null in its place, that of an object nothing.
        if (is.null(names)) value[i] <- list(NULL) else keep[[i]] <- FALSE
      } else {
        value[i] <- list(take(inner, place))
      }
    }
    if (all(keep)) value else value[keep]
  }
  list(state = take(state, list()), paths = paths, buffers = buffers, widgets = widgets)
}

# Whether a list is what it holds. Of other classes `[[` may give the same again, without end.
is_plain_list <- function(x) {
  is.list(x) && (!is.object(x) || inherits(x, c("AsIs", "list")) && !is.data.frame(x))
}

# Where in a list there is anything but plain values.
inner_values <- function(values) {
  inner <- c("raw", "list", "environment", "closure", "builtin", "special")
  which(vapply(unclass(values), typeof, "") %in% inner)
}

# What the page sends for references, with the widgets that it means.
as_widgets <- function(value, registry) {
  if (is_plain_list(value)) return(lapply(value, as_widgets, registry))
  if (!is.character(value) || !startsWith(value, "IPY_MODEL_")) return(value)
  comm <- registry$comms[[substring(value, 11)]]
  if (is.null(comm$widget)) value else comm$widget
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

#' An anywidget: `esm` is the text of a JavaScript module, the first argument without a name; the named
#' ones are its state. `...` comes first, for R would take a value named `e` for `esm`.
anywidget <- function(..., esm, css = NULL, id = NULL) {
  values <- list(...)
  if (missing(esm)) {
    unnamed <- which(!nzchar(names(values) %or% rep("", length(values))))
    if (length(unnamed) == 0) stop("shiny_comm: anywidget() needs a module", call. = FALSE)
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
  state$layout <- values$layout %or% part_of_one(ipy_layout())
  state[names(values)] <- values
  widget_open(state)
}

#' A model of ipywidgets by the name of its class in Python, such as "IntSlider", with its values by
#' name. What is not given has ipywidgets' default. What has no name is a child, or a list of children.
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
        stop("shiny_comm: ", key, " of ", name, " is neither a widget nor a list", call. = FALSE)
      }
      part <- part_of_one(do.call(ipy_control, c(list(model$models[[key]]), part)))
    }
    given[[key]] <- part
  }
  state[names(given)] <- given
  widget_open(state, fill = FALSE)
}

# Values in which those without a name are the children.
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

#' The layout of a widget: CSS by name, such as width = "50%".
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

#' Which option is chosen is `index`, counted from 0.
ipy_dropdown <- function(options, index = 0, description = "", ...) {
  ipy_control("Dropdown", `_options_labels` = as.list(unname(options)), index = index,
    description = description, ...)
}

#' Clicks are messages: on_msg(function(content, buffers) if (content$event == "click") ...)
ipy_button <- function(description = "", ...) {
  ipy_control("Button", description = description, ...)
}

ipy_label <- function(value = "", ...) ipy_control("Label", value = value, ...)

#' The children one by one or in lists, and values by name: ipy_vbox(one, other, layout = ...)
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

#' An empty list that is {} on the wire, not [].
named_list <- function() stats::setNames(list(), character())

as_object <- function(x) if (length(x) == 0) named_list() else x

`%or%` <- function(value, other) if (is.null(value)) other else value

# Numbers have 15 digits, the most that jsonlite writes. Times are UTC.
to_json <- function(x) {
  text <- jsonlite::toJSON(
    with_plain_values(x),
    auto_unbox = TRUE, null = "null", na = "null", digits = NA, POSIXt = "ISO8601", UTC = TRUE
  )
  if (!validUTF8(text)) stop("a text in it is not valid UTF-8")
  text
}

# A value in which all is something that jsonlite writes as it is meant.
with_plain_values <- function(x) {
  if (inherits(x, "POSIXlt")) return(as.POSIXct(x))
  if (inherits(x, "numeric_version")) return(as.character(x))
  if (is.function(x)) stop("a function has no JSON")
  if (!is_plain_list(x)) return(x)
  for (i in inner_values(x)) x[i] <- list(with_plain_values(.subset2(x, i)))
  x
}

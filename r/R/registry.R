# Creates the comms of a session, or of documents if `root` is NULL.
new_registry <- function(root, id_prefix) {
  registry <- new.env(parent = emptyenv())
  registry$root <- root
  registry$id_prefix <- id_prefix
  registry$comms <- new.env(parent = emptyenv())
  registry$targets <- list()
  registry$count <- 0
  registry$fault_count <- 0
  registry$error_count <- 0
  registry$page_comm_count <- 0
  # The number of outputs of as.tags().
  registry$printed <- 0
  # By output name: the comms that the last run opened, and the comm that is shown.
  registry$owned <- list()
  registry$shown <- list()
  # The render functions of outputs that have run, by name.
  registry$renders <- list()
  # The name of the running output.
  registry$rendering <- NULL
  # Comms without an owner, which are closed unless an output shows them or a widget refers to them.
  registry$unowned <- new.env(parent = emptyenv())
  registry$sweep_pending <- FALSE
  # The version of frames that the page supports, "probe", or NULL for a page without the client.
  registry$frames <- NULL
  # Messages that wait for the flush, whether a send is scheduled, and whether messages other than opens
  # wait, too.
  registry$outbox <- growing_list()
  registry$scheduled <- FALSE
  registry$holding <- FALSE
  # The texts and frames to the page of a test.
  registry$wire <- if (inherits(root, "MockShinySession")) list()
  # Calls that wait for the running callbacks.
  registry$queue <- list()
  registry$calling <- FALSE
  registry
}

# Returns the comms of a session; the first call registers the handlers of the page's messages. A page
# reaches only the comms of its own session.
comm_registry <- function(session) {
  if (is.null(session)) stop("shinycomm: no current Shiny session", call. = FALSE)
  root <- session$rootScope()
  if (root$isClosed()) stop("shinycomm: cannot open a comm: the Shiny session has ended", call. = FALSE)
  if (!is.null(root$userData$shinycomm)) return(root$userData$shinycomm)
  registry <- new_registry(root, paste0(root$token, strrep("0", 24)))
  root$userData$shinycomm <- registry

  negotiate <- function(frames) {
    registry$frames <- frames
    root$sendCustomMessage("shiny_comm_server", list(version = 1, opens = TRUE, language = "R"))
    # The page asks whether its socket delivers bytes (docs/frames.md, "The probe").
    if (identical(frames, "probe")) root$sendBinaryMessage("shiny_comm_probe", as.raw(0:255))
    send_outbox(registry)
  }
  negotiate(shiny::isolate(root$input[[FRAMES_INPUT]]))
  # The client of a dynamic UI loads after the start of the session. The observer precedes others.
  shiny::observe(domain = root, priority = 1e6, {
    frames <- root$input[[FRAMES_INPUT]]
    if (!identical(frames, registry$frames)) negotiate(frames)
  })
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
  message_inputs <- c(names(inputs), FRAMES_INPUT)
  # Snapshots of tests would differ in each run.
  for (input in message_inputs) {
    shiny::snapshotPreprocessInput(input, function(value) "messages of widgets", root)
  }
  root$onFlush(once = FALSE, function() {
    release_removed_outputs(registry)
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
  registry$page_comm_count <- registry$page_comm_count + 1
  comm$on_close(function() registry$page_comm_count <- registry$page_comm_count - 1, NULL)
  limit <- getOption("shinycomm.max_page_comms", 1000)
  if (is.null(target)) {
    log_fault(registry, "comm ", comm_id, ": target ", shorten(name), " is not registered")
    comm$close()
  } else if (registry$page_comm_count > limit) {
    log_fault(registry, "comm ", comm_id, ": the page has ", limit, " open comms, which is the limit")
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
  limit <- getOption("shinycomm.max_message_length", 64 * 1024 * 1024)
  if (nchar(text, "bytes") > limit) stop("too long (expected at most ", limit, " bytes)")
  if (is_deep(text)) stop("more than ", MAX_DEPTH, " nested values")
  # Not fromJSON(), which reads the file or URL that a text names.
  message <- tryCatch(jsonlite::parse_json(text), error = function(e) stop("not JSON"))
  # Not `$`, which matches partial names.
  content <- if (is.list(message)) message[["content"]]
  comm_id <- if (is.list(content)) content[["comm_id"]]
  if (!is.character(comm_id) || !grepl("\\A[0-9a-f]{32}\\z", comm_id, perl = TRUE)) {
    stop("invalid comm_id (expected 32 hexadecimal digits)")
  }
  buffers <- message[["buffers"]]
  # An empty buffer has three characters in the message, and R needs some time for each.
  limit <- getOption("shinycomm.max_message_buffers", 10000)
  if (length(buffers) > limit) {
    stop("comm ", comm_id, ": too many buffers (expected at most ", limit, ", got ", length(buffers), ")")
  }
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

# Returns whether JSON is nested too deeply for the parser of jsonlite, which recurses without a check of
# the C stack.
is_deep <- function(text) {
  brackets <- gsub("[^][{}]+", "", text, perl = TRUE, useBytes = TRUE)
  if (nchar(brackets, "bytes") <= MAX_DEPTH) return(FALSE)
  brackets <- gsub("\"(?:[^\"\\\\]++|\\\\.)*+\"", "", text, perl = TRUE, useBytes = TRUE)
  brackets <- charToRaw(gsub("[^][{}]+", "", brackets, perl = TRUE, useBytes = TRUE))
  steps <- ifelse(brackets %in% charToRaw("[{"), 1, -1)
  any(cumsum(steps) > MAX_DEPTH)
}
MAX_DEPTH <- 1000

# Returns the comms of widgets without a session, which documents show.
offline_registry <- function() {
  if (is.null(offline$registry)) {
    offline$registry <- new_registry(NULL, digest::digest(list(Sys.getpid(), Sys.time()), "md5"))
  }
  offline$registry
}
offline <- new.env(parent = emptyenv())

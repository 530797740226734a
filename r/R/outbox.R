# Sends a message, a list with kind, comm_id, text (the JSON without the buffers) and buffers.
#
# Opens for a page with batches wait for the flush, which sends them before the values of outputs.
# Without a flush, they leave when the running code ends. All other messages are sent immediately, after
# the waiting opens: a progress bar moves while the code runs.
post <- function(registry, message) {
  if (has_client(registry)) {
    waits <- message$kind == "comm_open" || registry$holding || registry$outbox$size() > 0
    if (frame_version(registry) < BATCH_VERSION) return(send_message(registry, message))
    if (!waits) return(if (!registry$root$isClosed()) send_message(registry, message))
  }
  registry$outbox$add(message)
  if (registry$holding || !has_client(registry)) return()
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

# Creates a list that grows. Each new element of a list in an environment would copy the list.
growing_list <- function() {
  items <- list()
  list(
    add = function(item) items[[length(items) + 1]] <<- item,
    size = function() length(items),
    # Returns the items, and removes them.
    take = function() {
      taken <- items
      items <<- list()
      taken
    }
  )
}

# Returns whether the page has the client, which sets an input. Before that, messages wait: Shiny drops
# messages without a handler, such as the open of a widget in the first dynamic UI.
has_client <- function(registry) !is.null(registry$wire) || !is.null(registry$frames)

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
  if (!has_client(registry)) return(invisible())
  messages <- registry$outbox$take()
  if (length(messages) == 0 || registry$root$isClosed()) return(invisible())
  if (frame_version(registry) < BATCH_VERSION) {
    for (message in messages) send_message(registry, message)
    return(invisible())
  }
  kinds <- vapply(messages, function(message) message$kind, "")
  runs <- rep(seq_along(rle(kinds)$lengths), rle(kinds)$lengths)
  for (run in split(messages, runs)) {
    if (length(run) == 1) {
      send_message(registry, run[[1]])
    } else {
      transmit(registry, run[[1]]$kind, encode_batch(run[[1]]$kind, run))
    }
  }
}

send_message <- function(registry, message) {
  buffers <- message$buffers
  if (length(buffers) == 0) {
    transmit(registry, message$kind, with_member(message$text, '"buffers":[]'))
    return()
  }
  if (frame_version(registry) >= 1) {
    transmit(registry, message$kind, encode_frame(message$kind, message$text, buffers))
    return()
  }
  # jsonlite's base64_enc() inserts line breaks, which clients reject.
  base64 <- vapply(buffers, function(buffer) paste0('"', httpuv::rawToBase64(buffer), '"'), "")
  text <- with_member(message$text, paste0('"buffers":[', paste(base64, collapse = ","), "]"))
  transmit(registry, message$kind, text)
}

# Sends a text or bytes, or keeps them for mock_page().
transmit <- function(registry, kind, payload) {
  if (!is.null(registry$wire)) {
    registry$wire[[length(registry$wire) + 1]] <- list(kind = kind, payload = payload)
    return(invisible())
  }
  send <- if (is.raw(payload)) registry$root$sendBinaryMessage else registry$root$sendCustomMessage
  send(paste0("shinywidgets_", kind), payload)
}

# Adds a member to the JSON texts of objects that are not empty.
with_member <- function(texts, members) {
  paste0(substr(texts, 1, nchar(texts) - 1), ",", members, "}")
}

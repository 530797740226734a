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
  # The enclosure of a frame is the environment of its function. sys.function() is slow in a deep stack.
  for (frame in rev(sys.frames())) {
    type <- get0(".reactType", envir = parent.env(frame), inherits = FALSE)
    if (!is.null(type) && type != "isolate") return(if (type == "observable") parent.env(frame))
  }
}

# Removes the owner of comms.
release <- function(registry, comms) {
  for (comm in comms) if (comm$is_open()) assign(comm$comm_id, comm, envir = registry$unowned)
  sweep_later(registry)
}

# Removes the widgets of outputs that the app has replaced or removed, such as by `output$x <- NULL`.
release_removed_outputs <- function(registry) {
  for (name in names(registry$renders)) {
    if (identical(output_function(registry, name), registry$renders[[name]])) next
    registry$renders[[name]] <- NULL
    registry$shown[[name]] <- NULL
    release(registry, registry$owned[[name]])
    registry$owned[[name]] <- NULL
  }
}

# Returns the function of an output. In testServer(), getOutput() returns the value.
output_function <- function(registry, name) {
  if (is.null(registry$wire) && is.function(registry$root$getOutput)) registry$root$getOutput(name)
}

# Removes the owner of a default layout or style, so that it closes with the widget that refers to it.
owned_by_parent <- function(widget) {
  release(widget$comm$registry, list(widget$comm))
  widget
}

# Closes comms without an owner, an output or a reference, after the next flush of output values.
sweep_later <- function(registry) {
  waits <- registry$sweep_pending || length(registry$unowned) == 0
  if (is.null(registry$root) || waits || registry$root$isClosed()) {
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

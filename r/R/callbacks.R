# Calls an app's callback, and returns whether it succeeded. An unhandled error would end the session.
# `domain` is the session or module of the callback.
call_safely <- function(comm, where, expr, domain = NULL) {
  run_safely(comm, where, shiny::withReactiveDomain(domain %||% comm$session, shiny::isolate(expr)))
}

# Evaluates code that needs no other domain.
run_safely <- function(comm, where, expr) {
  tryCatch(
    {
      force(expr)
      TRUE
    },
    # The condition of req().
    shiny.silent.error = function(e) TRUE,
    error = function(e) {
      log_error(comm$registry, "comm ", comm$comm_id, ": error in ", where, ": ", reason_of(e))
      FALSE
    }
  )
}

as_callback <- function(callback, name) {
  if (!is.function(callback)) {
    stop("shinycomm: ", name, ": the callback must be a function", call. = FALSE)
  }
  callback
}

has_arguments <- function(callback, count) {
  arguments <- names(formals(args(callback)))
  length(arguments) >= count || "..." %in% arguments
}

# Creates a list of callbacks, in the order of their registration. A callback that another one removes
# is not called. As with shiny::observeEvent(), a callback runs in the session or module that registers it,
# until that session ends. `add(callback, NULL)` is for callbacks of the comm itself.
callback_list <- function(name) {
  callbacks <- list()
  count <- 0
  list(
    add = function(callback, domain = shiny::getDefaultReactiveDomain()) {
      as_callback(callback, name)
      count <<- count + 1
      key <- as.character(count)
      callbacks[[key]] <<- list(callback = callback, domain = domain)
      invisible(function() {
        callbacks[[key]] <<- NULL
        invisible()
      })
    },
    # Calls `call(callback, domain)` for each callback on a comm.
    each = function(comm, call) {
      for (key in names(callbacks)) {
        entry <- callbacks[[key]]
        if (has_ended(entry$domain, comm)) {
          callbacks[[key]] <<- NULL
        } else if (!is.null(entry)) {
          call(entry$callback, entry$domain)
        }
      }
    }
  )
}

# Returns whether the session of a callback has ended. The comm's session is still a domain at its end.
has_ended <- function(domain, comm) {
  !is.null(domain) && !identical(domain$rootScope(), comm$registry$root) && domain$isClosed()
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

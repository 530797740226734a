unhex <- function(hex) {
  at <- seq_len(nchar(hex) / 2) * 2 - 1
  as.raw(if (length(at) > 0) strtoi(substring(hex, at, at + 1), 16))
}

# Creates a mock session of Shiny that records messages.
recorder <- function() {
  mock <- shiny::MockShinySession$new()
  self <- list2env(mget(setdiff(names(mock), names(shiny::MockShinySession$active)), envir = mock))
  self$sent <- list()
  keep <- function(...) self$sent <- c(self$sent, list(list(...)))
  self$rootScope <- function(...) self
  self$announcements <- list()
  self$sendCustomMessage <- function(type, message) {
    if (is.list(message)) {
      self$announcements <- c(self$announcements, list(list(type = type, message = message)))
      return()
    }
    keep(type = type, binary = FALSE, message = jsonlite::fromJSON(message, FALSE))
  }
  self$sendBinaryMessage <- function(type, message) {
    keep(type = type, binary = TRUE, message = message)
  }
  # Sets an input from the page. NULL in between makes two messages of two equal texts.
  self$set <- function(input, value) {
    for (one in list(NULL, value)) do.call(mock$setInputs, stats::setNames(list(one), input))
  }
  # Sends a message from the page.
  self$receive <- function(comm_id, data, buffers = list(), input = "shinywidgets_comm_send", ...) {
    message <- list(
      content = list(comm_id = comm_id, data = data, ...), metadata = named_list(),
      buffers = lapply(buffers, httpuv::rawToBase64), header = named_list()
    )
    self$set(input, as.character(to_json(to_widget(message))))
  }
  self$open <- function(comm_id, data = named_list(), target_name = "a.target") {
    self$receive(comm_id, data, input = "shiny_comm_open", target_name = target_name)
  }
  # MockShinySession has no bookmarks and no onFlush() for all flushes.
  excluded <- "of the app"
  self$getBookmarkExclude <- function() excluded
  self$setBookmarkExclude <- function(names) excluded <<- names
  self$onFlush <- function(fun, once) mock$onFlush(fun, once = once)
  self
}

# A test with the mock session `session` as the current one.
test <- function(name, code) {
  code <- substitute(code)
  env <- new.env(parent = parent.frame())
  test_that(name, {
    env$session <- recorder()
    shiny::withReactiveDomain(env$session, eval(code, env))
    succeed()
  })
}
# waldo, behind expect_equal(), is slow and fails for long texts.
same <- function(one, other) if (isTRUE(all.equal(one, other))) succeed() else expect_equal(one, other)
fails <- function(code, pattern) expect_error(code, pattern)
# Returns the warnings of code.
warned <- function(code) {
  texts <- character()
  withCallingHandlers(code, warning = function(w) {
    texts <<- c(texts, conditionMessage(w))
    invokeRestart("muffleWarning")
  })
  texts
}
ONE <- strrep("1", 32)
OTHER <- strrep("2", 32)
last <- function(session) session$sent[[length(session$sent)]]
data_of <- function(entry) entry$message$content$data


# Returns the elements of a batch.
elements_of <- function(entry) {
  bytes <- entry$message
  uint32 <- function(at) readBin(bytes[at + 1:4], "integer", size = 4, endian = "little")
  begin <- 16 + 8 * uint32(8)
  jsonlite::fromJSON(rawToChar(bytes[begin + seq_len(uint32(4))]), FALSE)
}

# Returns the ids of the closed comms.
closed_in <- function(session) {
  closes <- Filter(function(entry) entry$type == "shinywidgets_comm_close", session$sent)
  vapply(closes, function(entry) entry$message$content$comm_id, "")
}
# Defines an output, and returns its value after a flush. `run` needs the recording session.
rendered <- function(session, name, expr) {
  run <- render_widget(expr, quoted = TRUE, env = parent.frame())
  session$defineOutput(name, function(shinysession, name) run(session, name), "")
}

# Returns for each function the minimum of five times of the processor, measured in turn: other load affects both.
times_of <- function(...) {
  codes <- list(...)
  one <- function(code) sum(system.time(code())[c("user.self", "sys.self")])
  apply(replicate(5, vapply(codes, one, 0)), 1, min)
}

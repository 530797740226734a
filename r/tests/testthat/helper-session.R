unhex <- function(hex) {
  at <- seq_len(nchar(hex) / 2) * 2 - 1
  as.raw(if (length(at) > 0) strtoi(substring(hex, at, at + 1), 16))
}

# Creates a session of a mock page, with what R sends in the forms of the wire.
recorder <- function() {
  mock <- shiny::MockShinySession$new()
  # The members of the class are locked.
  self <- list2env(mget(setdiff(names(mock), names(shiny::MockShinySession$active)), envir = mock))
  class(self) <- class(mock)
  self$rootScope <- function(...) self
  self$announcements <- list()
  self$sendCustomMessage <- function(type, message) {
    self$announcements <- c(self$announcements, list(list(type = type, message = message)))
  }
  # MockShinySession has no bookmarks.
  excluded <- "of the app"
  self$getBookmarkExclude <- function() excluded
  self$setBookmarkExclude <- function(names) excluded <<- names
  page <- mock_page(self)
  self$page <- page
  registry <- comm_registry(self)
  first <- 0
  makeActiveBinding("sent", env = self, function(value) {
    wire <- registry$wire
    if (!missing(value)) first <<- length(wire) - length(value)
    lapply(wire[seq_along(wire) > first], function(entry) {
      binary <- is.raw(entry$payload)
      message <- if (binary) entry$payload else jsonlite::parse_json(entry$payload)
      list(type = paste0("shinywidgets_", entry$kind), binary = binary, message = message)
    })
  })
  # Sets an input from the page. NULL in between makes two messages of two equal texts.
  self$set <- function(input, value) {
    for (one in list(NULL, value)) do.call(mock$setInputs, stats::setNames(list(one), input))
  }
  self$receive <- function(comm_id, data, buffers = list(), input = "shinywidgets_comm_send") {
    if (input == "shiny_comm_close") {
      page$close_comm(comm_id, data)
    } else {
      page$send_comm(comm_id, data, buffers)
    }
  }
  self$open <- function(comm_id, data = named_list(), target_name = "a.target") {
    page$open_comm(target_name, data, comm_id = comm_id)
  }
  self
}

# A test with the mock session `session` as the current one.
test <- function(name, code) {
  code <- substitute(code)
  env <- new.env(parent = parent.frame())
  testthat::test_that(name, {
    env$session <- recorder()
    shiny::withReactiveDomain(env$session, eval(code, env))
    testthat::succeed()
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
elements_of <- function(entry) unpack_frame(entry$message)$elements

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

# Returns for each function the minimum of five times of the processor, measured in turn: other load
# affects both.
times_of <- function(...) {
  codes <- list(...)
  one <- function(code) sum(system.time(code())[c("user.self", "sys.self")])
  apply(replicate(5, vapply(codes, one, 0)), 1, min)
}

# Creates a session of Shiny without a page.
real_session <- function() {
  none <- function(...) NULL
  socket <- list2env(list(
    request = list2env(list(HTTP_HOST = "localhost")), send = none, close = none, onMessage = none,
    onClose = none
  ))
  get("ShinySession", asNamespace("shiny"))$new(socket)
}

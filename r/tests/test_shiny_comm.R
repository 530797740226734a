# Rscript r/tests/test_shiny_comm.R: the server's end, against a session that keeps what it is sent.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "..", "shiny_comm.R"))

unhex <- function(hex) {
  at <- seq_len(nchar(hex) / 2) * 2 - 1
  as.raw(if (length(at) > 0) strtoi(substring(hex, at, at + 1), 16))
}

# A session of Shiny's own for tests, with the two calls that it lacks.
recorder <- function() {
  mock <- shiny::MockShinySession$new()
  self <- list2env(mget(setdiff(names(mock), names(shiny::MockShinySession$active)), envir = mock))
  self$sent <- list()
  keep <- function(...) self$sent <- c(self$sent, list(list(...)))
  self$rootScope <- function(...) self
  self$sendCustomMessage <- function(type, message) {
    keep(type = type, binary = FALSE, message = jsonlite::fromJSON(message, FALSE))
  }
  self$sendBinaryMessage <- function(type, message) {
    keep(type = type, binary = TRUE, message = message)
  }
  # A message from the page.
  self$receive <- function(comm_id, data, buffers = list()) {
    message <- list(
      content = list(comm_id = comm_id, data = data), metadata = named_list(),
      buffers = lapply(buffers, jsonlite::base64_enc), header = named_list()
    )
    # The same text twice is two messages.
    mock$setInputs(shinywidgets_comm_send = NULL)
    mock$setInputs(shinywidgets_comm_send = as.character(to_json(message)))
  }
  self
}

tests <- 0
test <- function(name, code) {
  session <- recorder()
  tryCatch(
    shiny::withReactiveDomain(session, eval(substitute(code), list(session = session), globalenv())),
    error = function(e) stop("not ok: ", name, ": ", conditionMessage(e), call. = FALSE)
  )
  tests <<- tests + 1
}
same <- function(one, other) {
  if (!isTRUE(all.equal(one, other))) {
    stop(paste(utils::capture.output(utils::str(one), utils::str(other)), collapse = "\n"))
  }
}
fails <- function(code, pattern) {
  message <- tryCatch({ code; "no error" }, error = conditionMessage)
  if (!grepl(pattern, message)) stop("expected ", pattern, ", got ", message)
}
last <- function(session) session$sent[[length(session$sent)]]
data_of <- function(entry) entry$message$content$data

vectors <- jsonlite::fromJSON(file.path(here, "../../docs/frames.vectors.json"), FALSE)
for (vector in vectors$valid) {
  test(paste("a frame is written:", vector$name), {
    same(encode_frame(vector$kind, vector$header, lapply(vector$buffers, unhex)), unhex(vector$frame))
  })
}

test("a comm opens, sends and closes", {
  comm <- comm_open("a.target", list(x = 1), list(as.raw(1:3)), list(m = "n"))
  comm$send(list(y = "z"))
  comm$close()
  comm$close()
  types <- vapply(session$sent, function(entry) entry$type, "")
  same(types, paste0("shinywidgets_comm_", c("open", "msg", "close")))
  open <- session$sent[[1]]$message
  same(open$content, list(comm_id = comm$comm_id, target_name = "a.target", data = list(x = 1L)))
  same(open$metadata, list(m = "n"))
  same(open$buffers, list("AQID"))
  same(nchar(comm$comm_id), 32L)
})

test("what is empty is an object, where an object is due", {
  comm <- comm_open("a.target")
  stopifnot(identical(data_of(last(session)), named_list()))
  stopifnot(identical(last(session)$message$metadata, named_list()))
  stopifnot(identical(last(session)$message$buffers, list()))
})

test("errors name the comm", {
  comm <- comm_open("a.target")
  fails(comm$send(list(), list("text")), paste0("comm ", comm$comm_id, ": buffers must be"))
  fails(comm$send(list(), as.raw(1)), paste0("comm ", comm$comm_id, ": buffers must be"))
  comm$close()
  fails(comm$send(list()), paste0("comm ", comm$comm_id, ": it is closed"))
})

test("buffers travel in a frame when the page takes frames of this version, all else as text", {
  comm <- comm_open("a.target", buffers = list(raw(2)))
  stopifnot(!last(session)$binary)
  session$setInputs(.shiny_comm_frames = 2)
  comm$send(list(), list(raw(2)))
  stopifnot(!last(session)$binary)
  session$setInputs(.shiny_comm_frames = 1)
  comm$send(list())
  stopifnot(!last(session)$binary)
  comm$send(list(n = 1), list(as.raw(7)), list(m = 1))
  content <- list(comm_id = comm$comm_id, data = list(n = 1))
  frame <- encode_frame("comm_msg", list(content = content, metadata = list(m = 1)), list(as.raw(7)))
  same(last(session)$message, frame)
})

test("a message from the page reaches its comm, with its buffers", {
  got <- NULL
  comm <- comm_open("a.target")
  comm$on_msg(function(message) got <<- message)
  session$receive(comm$comm_id, list(n = 1), list(as.raw(1:2), raw()))
  same(got$content$data, list(n = 1L))
  same(got$buffers, list(as.raw(1:2), raw()))
  session$receive("of nobody", list(n = 2))
  same(got$content$data, list(n = 1L))
})

test("an error in a callback is a warning that names the comm, and the next message arrives", {
  got <- 0
  comm <- comm_open("a.target")
  comm$on_msg(function(message) if (message$content$data$n == 1) stop("broken") else got <<- got + 1)
  warned <- NULL
  withCallingHandlers(session$receive(comm$comm_id, list(n = 1)), warning = function(w) {
    warned <<- conditionMessage(w)
    invokeRestart("muffleWarning")
  })
  same(warned, paste0("shiny_comm: comm ", comm$comm_id, ": error in on_msg: broken"))
  session$receive(comm$comm_id, list(n = 2))
  same(got, 1)
})

test("on_close is called once, by a close or by the end of the session", {
  closed <- character()
  one <- comm_open("a.target")
  two <- comm_open("a.target")
  one$on_close(function() closed <<- c(closed, "one"))
  two$on_close(function() closed <<- c(closed, "two"))
  one$close()
  session$close()
  same(closed, c("one", "two"))
  fails(two$send(list()), "its session has ended")
  fails(comm_open("a.target"), "session has ended")
})

test("a state's raw vectors become buffers, widgets in it references", {
  inner <- widget_open(list(a = 1))
  widget_open(list(
    top = as.raw(1), list = list(1, as.raw(2), list(deep = as.raw(3))), ref = inner, none = NULL,
    refs = list(inner)
  ))
  reference <- paste0("IPY_MODEL_", inner$model_id)
  state <- list(list = list(1L, NULL, named_list()), ref = reference, none = NULL,
    refs = list(reference))
  same(data_of(last(session))$state, state)
  paths <- list(list("top"), list("list", 1L), list("list", 2L, "deep"))
  same(data_of(last(session))$buffer_paths, paths)
  same(last(session)$message$buffers, list("AQ==", "Ag==", "Aw=="))
  same(last(session)$message$metadata, list(version = "2.1.0"))
})

test("an update from the page is echoed, then taken over; what the widget does not have is not", {
  widget <- widget_open(list(value = 1, bytes = as.raw(1), list = list(NULL)))
  seen <- list()
  widget$on_change("value", function(value) {
    seen <<- c(seen, value)
    if (value > 10) widget$set(value = 10)
  })
  session$receive(widget$model_id, list(
    method = "update", state = list(value = 50, stranger = 1, list = list(NULL)),
    buffer_paths = list(list("bytes"), list("list", 0))
  ), list(as.raw(9), as.raw(8)))
  same(seen, list(50L, 10))
  same(widget$get("value"), 10)
  same(widget$get("bytes"), as.raw(9))
  same(widget$get("list"), list(as.raw(8)))
  sent <- lapply(session$sent[-1], data_of)
  same(length(sent), 2L)
  same(sent[[1]]$method, "echo_update")
  stopifnot(identical(sort(names(sent[[1]]$state)), c("list", "value")))
  same(session$sent[[2]]$message$buffers, list("CA==", "CQ=="))
  same(sent[[2]][c("method", "state")], list(method = "update", state = list(value = 10L)))
})

test("set sends what has changed, and nothing else", {
  widget <- widget_open(list(value = 1, name = NULL))
  widget$set(value = 1L, name = NULL)
  same(length(session$sent), 1L)
  widget$set(value = 1, name = "x")
  same(data_of(last(session))$state, list(name = "x"))
  fails(widget$set(other = 1), "has no other")
  fails(widget$get("other"), "has no other")
})

test("read is reactive, get is not", {
  widget <- widget_open(list(value = 1))
  read <- got <- numeric()
  shiny::observe(read <<- c(read, widget$read("value")))
  shiny::observe(got <<- c(got, widget$get("value")))
  session$flushReact()
  session$receive(widget$model_id, list(method = "update", state = list(value = 2)))
  session$flushReact()
  same(read, c(1, 2))
  same(got, 1)
})

test("messages of a widget's own go both ways", {
  widget <- widget_open(list(value = 1))
  got <- NULL
  widget$on_msg(function(content, buffers) got <<- list(content, buffers))
  session$receive(widget$model_id, list(method = "custom", content = list(event = "click")), list(as.raw(1)))
  same(got, list(list(event = "click"), list(as.raw(1))))
  widget$send(list(hello = 1), list(as.raw(2)))
  same(data_of(last(session)), list(method = "custom", content = list(hello = 1L)))
})

# For the test that compares them with those of ipywidgets.
if ("--states" %in% commandArgs(TRUE)) {
  session <- recorder()
  shiny::withReactiveDomain(session, {
    ipy_int_slider(); ipy_float_slider(); ipy_checkbox(); ipy_text(); ipy_dropdown(c("a", "b"))
    ipy_button(); ipy_label(); ipy_vbox(); ipy_hbox(); anywidget("x", id = "__main__.A")
  })
  cat(to_json(lapply(session$sent, function(entry) data_of(entry)$state)), "\n")
} else {
  cat(tests, "tests passed\n")
}

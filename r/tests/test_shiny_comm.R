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
  self$said <- list()
  self$sendCustomMessage <- function(type, message) {
    if (is.list(message)) {
      self$said <- c(self$said, list(list(type = type, message = message)))
      return()
    }
    keep(type = type, binary = FALSE, message = jsonlite::fromJSON(message, FALSE))
  }
  self$sendBinaryMessage <- function(type, message) {
    keep(type = type, binary = TRUE, message = message)
  }
  # What the page sets. The same text twice is two messages.
  self$set <- function(input, value) {
    for (one in list(NULL, value)) do.call(mock$setInputs, stats::setNames(list(one), input))
  }
  # A message from the page.
  self$receive <- function(comm_id, data, buffers = list(), input = "shinywidgets_comm_send", ...) {
    message <- list(
      content = list(comm_id = comm_id, data = data, ...), metadata = named_list(),
      buffers = lapply(buffers, jsonlite::base64_enc), header = named_list()
    )
    self$set(input, as.character(to_json(message)))
  }
  self$open <- function(comm_id, data = named_list(), target_name = "a.target") {
    self$receive(comm_id, data, input = "shiny_comm_open", target_name = target_name)
  }
  # Bookmarking and the start of a flush, as far as they are needed here.
  excluded <- "of the app"
  self$getBookmarkExclude <- function() excluded
  self$setBookmarkExclude <- function(names) excluded <<- names
  self$onFlush <- function(fun, once) mock$onFlush(fun, once = once)
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
# What is warned of while code runs.
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

test("buffers travel in a frame when the page takes frames, all else as text", {
  comm <- comm_open("a.target", buffers = list(raw(2)))
  stopifnot(!last(session)$binary)
  for (no in list(0, "1", c(1, 2), list(1))) {
    session$setInputs(.shiny_comm_frames = no)
    comm$send(list(), list(raw(2)))
    stopifnot(!last(session)$binary)
  }
  session$setInputs(.shiny_comm_frames = 2)
  comm$send(list(), list(raw(2)))
  stopifnot(last(session)$binary)
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
  session$receive(ONE, list(n = 2))
  same(got$content$data, list(n = 1L))
})

test("an error in a callback is a warning that names the comm, and the next message arrives", {
  got <- 0
  comm <- comm_open("a.target")
  comm$on_msg(function(message) if (message$content$data$n == 1) stop("broken") else got <<- got + 1)
  said <- warned(session$receive(comm$comm_id, list(n = 1)))
  same(said, paste0("shiny_comm: comm ", comm$comm_id, ": error in on_msg: broken"))
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

test("the page is told at once, and one that comes later again, that it may open comms", {
  comm_target("a.target", function(comm, message) NULL)
  told <- list(list(type = "shiny_comm_server", message = list(version = 1, opens = TRUE)))
  same(session$said, told)
  session$flushReact()
  session$setInputs(.shiny_comm_frames = 1)
  same(session$said, c(told, told))
})

test("the page opens a comm, both send, and the page closes it", {
  got <- list()
  keep <- function(kind, message) got <<- c(got, list(list(kind, message$content$data$n)))
  comm <- NULL
  comm_target("a.target", function(opened, message) {
    comm <<- opened
    keep("open", message)
    opened$on_msg(function(message) {
      keep("msg", message)
      opened$send(list(echo = message$content$data$n), message$buffers)
    })
    opened$on_close(function(message) keep("close", message))
  })
  session$open(ONE, list(n = 1))
  session$receive(ONE, list(n = 2), list(as.raw(1)))
  same(list(comm$comm_id, comm$target_name, comm$is_open()), list(ONE, "a.target", TRUE))
  same(length(session$sent), 1L)
  same(data_of(last(session)), list(echo = 2L))
  same(last(session)$message$buffers, list("AQ=="))
  session$receive(ONE, list(n = 3), input = "shiny_comm_close")
  session$receive(ONE, list(n = 4))
  same(got, list(list("open", 1L), list("msg", 2L), list("close", 3L)))
  # What is under way when the page closes is no error.
  comm$send(list(late = TRUE))
  comm$close()
  same(length(session$sent), 1L)
  same(comm$is_open(), FALSE)
})

test("a comm that the page has opened is closed by the server with a message, by the end without", {
  comms <- list()
  closed <- character()
  comm_target("a.target", function(comm, message) {
    comms[[comm$comm_id]] <<- comm
    comm$on_close(function() closed <<- c(closed, comm$comm_id))
  })
  session$open(ONE)
  session$open(OTHER)
  comms[[ONE]]$close(list(why = "done"))
  fails(comms[[ONE]]$send(), "it is closed")
  same(length(session$sent), 1L)
  same(last(session)$type, "shinywidgets_comm_close")
  same(last(session)$message$content, list(comm_id = ONE, data = list(why = "done")))
  session$close()
  same(length(session$sent), 1L)
  same(closed, c(ONE, OTHER))
  fails(comms[[OTHER]]$send(), "its session has ended")
})

test("a later target takes the place of an earlier one, until it is undone", {
  called <- character()
  target <- function(name) comm_target("a.target", function(comm, message) called <<- c(called, name))
  first <- target("first")
  second <- target("second")
  session$open(ONE)
  first()
  session$open(OTHER)
  second()
  same(called, c("second", "second"))
  said <- warned(session$open(strrep("3", 32)))
  same(said, paste0("shiny_comm: comm ", strrep("3", 32), ": no target 'a.target' is registered"))
})

test("an unknown target and one that fails are answered with a close and one warning", {
  comm_target("broken", function(comm, message) stop("broken"))
  comm_target("silent", function(comm, message) shiny::req(FALSE))
  said <- warned({
    session$open(ONE, target_name = "no\nsuch")
    session$open(OTHER, target_name = "broken")
    session$open(strrep("3", 32), target_name = "silent")
  })
  same(said, c(
    paste0("shiny_comm: comm ", ONE, ": no target 'no\\nsuch' is registered"),
    paste0("shiny_comm: comm ", OTHER, ": error in target 'broken': broken")
  ))
  closed <- vapply(session$sent, function(entry) paste(entry$type, entry$message$content$comm_id), "")
  same(closed, paste("shinywidgets_comm_close", c(ONE, OTHER)))
})

test("what is malformed is one warning, and the next comm opens", {
  opened <- character()
  comm_target("a.target", function(comm, message) opened <<- c(opened, comm$comm_id))
  file <- tempfile()
  writeLines(sprintf('{"content": {"comm_id": "%s", "target_name": "a.target"}}', ONE), file)
  content <- function(...) as.character(to_json(list(content = list(target_name = "a.target", ...))))
  malformed <- list(
    7, list(1), "{", "[]", "{}", '{"content": "x"}', content(), content(comm_id = 7),
    content(comm_id = "x"), content(comm_id = paste0(substr(ONE, 1, 31), "\n")),
    content(comm_id = list(ONE)), paste0(strrep("[", 1e5), strrep("]", 1e5)),
    # A text that names a file is not what stands in that file.
    file, paste0("file://", file),
    sprintf('{"content": {"comm_id": "%s", "target_name": "a.target"}, "buffers": ["*"]}', ONE),
    sprintf('{"content": {"comm_id": "%s", "target_name": "a.target"}, "buffers": 7}', ONE),
    sprintf('{"content": {"comm_id": "%s", "target_name": 7}}', ONE)
  )
  for (value in malformed) {
    said <- warned(session$set("shiny_comm_open", value))
    same(length(said), 1L)
    stopifnot(grepl("^shiny_comm: ", said), !grepl("\n", said), nchar(said) < 200)
  }
  same(opened, character())
  session$open(ONE)
  same(warned(session$open(ONE)), paste0("shiny_comm: comm ", ONE, ": the page has opened it already"))
  same(opened, ONE)
})

test("a page cannot fill the log", {
  comm_open("a.target")
  said <- warned(for (n in 1:50) session$set("shinywidgets_comm_send", paste0("{", n)))
  same(length(said), 21L)
  stopifnot(grepl("no more is said", said[[21]]))
})

test("the page cannot reach, close or take over a comm of another session", {
  got <- character()
  echo <- function(name) function(comm, message) {
    got <<- c(got, paste(name, "open"))
    comm$on_msg(function(message) got <<- c(got, paste(name, message$content$data$n)))
    comm$on_close(function() got <<- c(got, paste(name, "close")))
  }
  comm_target("a.target", echo("victim"))
  session$open(ONE)
  thief <- recorder()
  shiny::withReactiveDomain(thief, {
    comm_target("a.target", echo("thief"))
    thief$receive(ONE, list(n = "stolen"))
    thief$receive(ONE, named_list(), input = "shiny_comm_close")
    thief$open(ONE)
    thief$receive(ONE, list(n = "own"))
    thief$receive(ONE, named_list(), input = "shiny_comm_close")
  })
  session$receive(ONE, list(n = "there"))
  same(got, c("victim open", "thief open", "thief own", "thief close", "victim there"))
})

test("what the page sends is no state to bookmark, whatever else the app excludes", {
  comm_open("a.target")
  session$setBookmarkExclude("said in the server function")
  session$flushReact()
  same(session$getBookmarkExclude(), c(
    "said in the server function", "shiny_comm_open", "shinywidgets_comm_send", "shiny_comm_close",
    ".shiny_comm_frames"
  ))
})

test("a buffer goes where there is a place for it, and nowhere else", {
  widget <- widget_open(list(list = list(NULL)))
  said <- warned(session$receive(widget$model_id, list(
    method = "update", state = list(list = list(NULL)), buffer_paths = list(list("list", 1e9))
  ), list(as.raw(1))))
  same(length(said), 1L)
  same(widget$get("list"), list(NULL))
})

test("a module that is not quite short travels as an address, and the state keeps the text", {
  long <- paste0("export default {}; // \u00e4", strrep(".", 20000))
  served <- function(address) {
    stopifnot(grepl("^[.]/shiny-comm-modules/[0-9a-f]{64}[.]js$", address))
    folder <- shiny::resourcePaths()[["shiny-comm-modules"]]
    readLines(file.path(folder, basename(address)), encoding = "UTF-8", warn = FALSE)
  }
  widget <- anywidget(long)
  address <- data_of(last(session))$state$`_esm`
  same(served(address), long)
  same(widget$get("_esm"), long)
  anywidget(long)
  same(data_of(last(session))$state$`_esm`, address)
  widget$set(`_esm` = paste0(long, "changed"))
  same(served(data_of(last(session))$state$`_esm`), paste0(long, "changed"))
  widget$set(`_esm` = "short")
  same(data_of(last(session))$state$`_esm`, "short")
  # Another kind of widget has a value of that name.
  widget_open(list(`_esm` = long))
  same(data_of(last(session))$state$`_esm`, long)
  before <- options(shiny_comm.module_urls = FALSE)
  anywidget(long)
  options(before)
  same(data_of(last(session))$state$`_esm`, long)
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

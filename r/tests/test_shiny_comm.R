# Rscript r/tests/test_shiny_comm.R: tests the server's end with a session that records its messages.
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)))
source(file.path(here, "..", "shiny_comm.R"))

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
    self$set(input, as.character(to_json(message)))
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

# `--states` prints the states of all models instead of running the tests.
only_states <- "--states" %in% commandArgs(TRUE)
tests <- 0
failed <- character()
test <- function(name, code) {
  if (only_states) return(invisible())
  session <- recorder()
  tryCatch(
    shiny::withReactiveDomain(session, eval(substitute(code), list(session = session), globalenv())),
    error = function(e) failed <<- c(failed, paste0("not ok: ", name, ": ", conditionMessage(e)))
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

vectors <- jsonlite::fromJSON(file.path(here, "../../docs/frames.vectors.json"), FALSE)
for (vector in vectors$valid) {
  test(paste("a frame is written:", vector$name), {
    text <- as.character(to_json(vector$header))
    same(encode_frame(vector$kind, text, lapply(vector$buffers, unhex)), unhex(vector$frame))
  })
}
# R detaches no buffers.
for (vector in Filter(function(vector) length(vector$detachedBuffers) == 0, vectors$batches)) {
  test(paste("a batch is written:", vector$name), {
    messages <- lapply(vector$messages, function(message) {
      list(
        kind = vector$kind, comm_id = message$header$content$comm_id,
        text = as.character(to_json(message$header)), buffers = lapply(message$buffers, unhex)
      )
    })
    same(encode_batch(vector$kind, messages), unhex(vector$frame))
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

test("empty data and metadata are objects in JSON", {
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
  fails(comm$send(list()), paste0("comm ", comm$comm_id, ": cannot send: the comm is closed"))
})

test("messages with buffers are frames if the page supports them, other messages are text", {
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
  text <- as.character(to_json(list(content = content, metadata = list(m = 1))))
  frame <- encode_frame("comm_msg", text, list(as.raw(7)))
  same(last(session)$message, frame)
})

# Returns the elements of a batch.
elements_of <- function(entry) {
  bytes <- entry$message
  uint32 <- function(at) readBin(bytes[at + 1:4], "integer", size = 4, endian = "little")
  begin <- 16 + 8 * uint32(8)
  jsonlite::fromJSON(rawToChar(bytes[begin + seq_len(uint32(4))]), FALSE)
}

test("the opens of a flush are one batch, before later messages, if the page supports batches", {
  session$setInputs(.shiny_comm_frames = 3)
  comms <- lapply(1:3, function(i) comm_open("a.target", list(x = i), list(as.raw(i))))
  equal <- lapply(1:2, function(i) comm_open("a.target", list(x = "equal")))
  same(length(session$sent), 0L)
  session$flushReact()
  same(length(session$sent), 1L)
  same(last(session)[c("type", "binary")], list(type = "shinywidgets_comm_open", binary = TRUE))
  same(as.integer(last(session)$message[1:2]), c(3L, 1L))
  elements <- elements_of(last(session))
  same(lapply(elements[1:3], function(e) e$content$data$x), list(1L, 2L, 3L))
  same(lapply(elements[1:3], function(e) e$buffer_count), list(1L, 1L, 1L))
  same(elements[[4]]$content$comm_id, equal[[1]]$comm_id)
  same(elements[[5]], list(comm_id = equal[[2]]$comm_id, like = 3L))

  # A message is sent immediately, after the opens.
  more <- lapply(1:2, function(i) comm_open("a.target"))
  more[[2]]$send(list(n = 1))
  types <- vapply(session$sent, function(entry) entry$type, "")
  same(types, paste0("shinywidgets_comm_", c("open", "open", "msg")))
  same(length(elements_of(session$sent[[2]])), 2L)
  same(data_of(last(session)), list(n = 1L))
  session$flushReact()
  same(length(session$sent), 3L)
})

test("a single open is a text or a frame, and no page with version 2 gets a batch", {
  session$setInputs(.shiny_comm_frames = 3)
  comm_open("a.target", list(x = 1))
  session$flushReact()
  stopifnot(!last(session)$binary)
  comm_open("a.target", buffers = list(as.raw(1)))
  session$flushReact()
  same(as.integer(last(session)$message[[1]]), 1L)
  session$setInputs(.shiny_comm_frames = 2)
  for (i in 1:2) comm_open("a.target")
  same(length(session$sent), 4L)
  stopifnot(!last(session)$binary)
})

test("an open outside of a flush leaves when the running code ends", {
  session$setInputs(.shiny_comm_frames = 3)
  for (i in 1:2) comm_open("a.target")
  same(length(session$sent), 0L)
  later::run_now()
  same(length(elements_of(last(session))), 2L)
  session$flushReact()
  later::run_now()
  same(length(session$sent), 1L)
})

test("opens that wait when the session ends are dropped", {
  session$setInputs(.shiny_comm_frames = 3)
  comm_open("a.target")
  session$close()
  later::run_now()
  same(length(session$sent), 0L)
})

test("a buffer of any length is base64 without line breaks, in opens, messages and states", {
  # The page does not announce frames, like a host without a plain WebSocket.
  expected <- function(bytes) gsub("\n", "", jsonlite::base64_enc(bytes), fixed = TRUE)
  comm <- comm_open("a.target")
  widget <- widget_open(list(bytes = raw()))
  for (length in c(0, 1, 53, 54, 55, 108, 1000, 8 * 2^20)) {
    bytes <- as.raw(seq_len(length) %% 251)
    comm_open("a.target", buffers = list(bytes))
    same(last(session)$message$buffers, list(expected(bytes)))
    comm$send(list(), list(bytes, bytes))
    same(last(session)$message$buffers, list(expected(bytes), expected(bytes)))
    if (length > 0) {
      widget$set(bytes = bytes)
      same(last(session)$message$buffers, list(expected(bytes)))
    }
  }
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
  fails(two$send(list()), "cannot send: the session has ended")
  fails(comm_open("a.target"), "session has ended")
})

test("the server announces page comms at the start, and again to a client that loads later", {
  comm_target("a.target", function(comm, message) NULL)
  announcement <- list(list(type = "shiny_comm_server", message = list(version = 1, opens = TRUE)))
  same(session$announcements, announcement)
  session$flushReact()
  session$setInputs(.shiny_comm_frames = 1)
  same(session$announcements, c(announcement, announcement))
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
  # A message to a comm that the page closed is not an error.
  comm$send(list(late = TRUE))
  comm$close()
  same(length(session$sent), 1L)
  same(comm$is_open(), FALSE)
})

test("the server closes a page comm with a message, the end of the session without", {
  comms <- list()
  closed <- character()
  comm_target("a.target", function(comm, message) {
    comms[[comm$comm_id]] <<- comm
    comm$on_close(function() closed <<- c(closed, comm$comm_id))
  })
  session$open(ONE)
  session$open(OTHER)
  comms[[ONE]]$close(list(why = "done"))
  fails(comms[[ONE]]$send(), "cannot send: the comm is closed")
  same(length(session$sent), 1L)
  same(last(session)$type, "shinywidgets_comm_close")
  same(last(session)$message$content, list(comm_id = ONE, data = list(why = "done")))
  session$close()
  same(length(session$sent), 1L)
  same(closed, c(ONE, OTHER))
  fails(comms[[OTHER]]$send(), "cannot send: the session has ended")
})

test("a later target replaces an earlier one, until its undo", {
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
  same(said, paste0("shiny_comm: comm ", strrep("3", 32), ": target 'a.target' is not registered"))
})

test("an open for an unknown or failing target is answered with a close and one warning", {
  comm_target("broken", function(comm, message) stop("broken"))
  comm_target("silent", function(comm, message) shiny::req(FALSE))
  said <- warned({
    session$open(ONE, target_name = "no\nsuch")
    session$open(OTHER, target_name = "broken")
    session$open(strrep("3", 32), target_name = "silent")
  })
  same(said, c(
    paste0("shiny_comm: comm ", ONE, ": target 'no\\nsuch' is not registered"),
    paste0("shiny_comm: comm ", OTHER, ": error in target 'broken': broken")
  ))
  closed <- vapply(session$sent, function(entry) paste(entry$type, entry$message$content$comm_id), "")
  same(closed, paste("shinywidgets_comm_close", c(ONE, OTHER)))
})

test("an invalid message is one warning, and the next comm opens", {
  opened <- character()
  comm_target("a.target", function(comm, message) opened <<- c(opened, comm$comm_id))
  file <- tempfile()
  writeLines(sprintf('{"content": {"comm_id": "%s", "target_name": "a.target"}}', ONE), file)
  content <- function(...) as.character(to_json(list(content = list(target_name = "a.target", ...))))
  malformed <- list(
    7, list(1), "{", "[]", "{}", '{"content": "x"}', content(), content(comm_id = 7),
    content(comm_id = "x"), content(comm_id = paste0(substr(ONE, 1, 31), "\n")),
    content(comm_id = list(ONE)), paste0(strrep("[", 1e5), strrep("]", 1e5)),
    # The name of a file is not read as a file.
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
  same(warned(session$open(ONE)), paste0("shiny_comm: comm ", ONE, ": the page opened this comm twice"))
  same(opened, ONE)
})

test("a page cannot fill the log", {
  comm_open("a.target")
  said <- warned(for (n in 1:50) session$set("shinywidgets_comm_send", paste0("{", n)))
  same(length(said), 21L)
  stopifnot(grepl("too many faults", said[[21]]))
})

test("a page cannot send to or close a comm of another session", {
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

test("a bookmark excludes the messages of the page, and the inputs that the app excludes", {
  comm_open("a.target")
  session$setBookmarkExclude("excluded by the app")
  session$flushReact()
  same(session$getBookmarkExclude(), c(
    "excluded by the app", "shiny_comm_open", "shinywidgets_comm_send", "shiny_comm_close",
    ".shiny_comm_frames"
  ))
})

test("a buffer with an index beyond the end of its list is rejected", {
  widget <- widget_open(list(list = list(NULL)))
  said <- warned(session$receive(widget$model_id, list(
    method = "update", state = list(list = list(NULL)), buffer_paths = list(list("list", 1e9))
  ), list(as.raw(1))))
  same(length(said), 1L)
  same(widget$get("list"), list(NULL))
})

test("a long module is sent as a URL, and the state keeps the text", {
  long <- paste0("export default {}; // \u00e4", strrep(".", 20000))
  served <- function(url) {
    stopifnot(grepl("^[.]/shiny-comm-modules/[0-9a-f]{64}[.]js$", url))
    folder <- shiny::resourcePaths()[["shiny-comm-modules"]]
    readLines(file.path(folder, basename(url)), encoding = "UTF-8", warn = FALSE)
  }
  widget <- anywidget(long)
  url <- data_of(last(session))$state$`_esm`
  same(served(url), long)
  same(widget$get("_esm"), long)
  anywidget(long)
  same(data_of(last(session))$state$`_esm`, url)
  widget$set(`_esm` = paste0(long, "changed"))
  same(served(data_of(last(session))$state$`_esm`), paste0(long, "changed"))
  widget$set(`_esm` = "short")
  same(data_of(last(session))$state$`_esm`, "short")
  # Another kind of widget with a value of this name.
  widget_open(list(`_esm` = long))
  same(data_of(last(session))$state$`_esm`, long)
  before <- options(shiny_comm.module_urls = FALSE)
  anywidget(long)
  options(before)
  same(data_of(last(session))$state$`_esm`, long)
})

test("a page can change neither the code of a widget nor its model and view names", {
  long <- function(text) paste0("// ", text, strrep(".", 20000))
  folder <- file.path(tempdir(), "shiny-comm-modules")
  widget <- anywidget(long("app"), css = "a {}", id = "an.id", count = 1)
  before <- list(widget$get("_esm"), widget$get("_css"), dir(folder))
  protected <- c(
    "_esm", "_css", "_anywidget_id", "_model_module", "_model_module_version", "_model_name",
    "_view_module", "_view_module_version", "_view_name"
  )
  for (name in protected) {
    was <- widget$get(name)
    called <- FALSE
    widget$on_change(name, function(value) called <<- TRUE)
    state <- stats::setNames(list(long(name), 2), c(name, "count"))
    sent <- length(session$sent)
    said <- warned(session$receive(widget$model_id, list(method = "update", state = state)))
    same(said, paste0("shiny_comm: comm ", widget$model_id, ": the page may not change ", name))
    same(widget$get(name), was)
    same(called, FALSE)
    # The rest of the update is applied and echoed.
    same(length(session$sent), sent + 1L)
    same(data_of(last(session))$state, list(count = 2L))
    # A buffer is rejected, too.
    warned(session$receive(widget$model_id, list(
      method = "update", state = named_list(), buffer_paths = list(list(name))
    ), list(charToRaw(long(name)))))
    same(widget$get(name), was)
  }
  same(list(widget$get("_esm"), widget$get("_css"), dir(folder)), before)
  # Each kind of widget is protected; R can set the values.
  other <- widget_open(list(`_esm` = "x", `_view_name` = "View", `_view_count` = 0))
  warned(session$receive(other$model_id, list(
    method = "update", state = list(`_esm` = "y", `_view_name` = "Other", `_view_count` = 1)
  )))
  same(list(other$get("_esm"), other$get("_view_name"), other$get("_view_count")), list("x", "View", 1L))
  widget$set(`_esm` = "new")
  same(widget$get("_esm"), "new")
})

test("a key of the page's message is not matched by its beginning", {
  widget <- widget_open(list(value = 1))
  # `$` would match `stated` with `state`.
  update <- list(methodical = "update", stated = list(value = 2), buffer_pathsX = list())
  session$receive(widget$model_id, update)
  same(widget$get("value"), 1)
  said <- warned(session$set("shinywidgets_comm_send", sprintf('{"contents": {"comm_id": "%s"}}', ONE)))
  stopifnot(grepl("invalid comm_id", said))
})

test("raw vectors in a state are sent as buffers, widgets as references", {
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

test("an update from the page is echoed, then applied, without unknown values", {
  widget <- widget_open(list(value = 1, bytes = as.raw(1), list = list(NULL)))
  seen <- list()
  widget$on_change("value", function(value) {
    seen <<- c(seen, value)
    if (value > 10) widget$set(value = 10)
  })
  session$receive(widget$model_id, list(
    method = "update", state = list(value = 50, unknown = 1, list = list(NULL)),
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

test("set sends only changed values", {
  widget <- widget_open(list(value = 1, name = NULL))
  widget$set(value = 1L, name = NULL)
  same(length(session$sent), 1L)
  same(warned(widget$set(value = c(1, 2))), character())
  same(warned(widget$set(value = c(1, 2, 3))), character())
  same(widget$get("value"), c(1, 2, 3))
  # A number with a class does not equal the number.
  fails(widget$set(value = table(c(1, 1))), "cannot send")
  widget$set(value = 1)
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

test("custom messages of a widget are sent in both directions", {
  widget <- widget_open(list(value = 1))
  got <- NULL
  widget$on_msg(function(content, buffers) got <<- list(content, buffers))
  session$receive(widget$model_id, list(method = "custom", content = list(event = "click")), list(as.raw(1)))
  same(got, list(list(event = "click"), list(as.raw(1))))
  widget$send(list(hello = 1), list(as.raw(2)))
  same(data_of(last(session)), list(method = "custom", content = list(hello = 1L)))
})

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

test("the comms that a flush closes are one batch", {
  session$setInputs(.shiny_comm_frames = 3)
  count <- shiny::reactiveVal(3)
  rendered(session, "box", quote(do.call(ipy_vbox, lapply(seq_len(count()), function(i) ipy_label()))))
  session$flushReact()
  opened <- length(elements_of(last(session)))
  session$sent <- list()
  count(1)
  session$flushReact()
  types <- vapply(session$sent, function(entry) entry$type, "")
  same(types, paste0("shinywidgets_comm_", c("open", "close")))
  same(length(elements_of(last(session))), opened)
  same(elements_of(last(session))[[2]]$like, 0L)
})
shows <- function(session, name) {
  tryCatch(session$getOutput(name)$model_id, error = conditionMessage)
}

test("a widget of a reactive stays open until the reactive is invalidated, for each first reader", {
  kind <- shiny::reactiveVal(7)
  again <- shiny::reactiveVal(0)
  makers <- list(
    reactive = shiny::reactive(ipy_int_slider(kind())),
    isolated = shiny::reactive({ kind(); shiny::isolate(ipy_int_slider(kind())) }),
    event = shiny::eventReactive(kind(), ipy_int_slider(kind()), ignoreNULL = FALSE),
    nested = local({ inner <- shiny::reactive(ipy_int_slider(kind())); shiny::reactive(ipy_vbox(inner())) })
  )
  lapply(names(makers), function(maker) {
    slider <- makers[[maker]]
    one <- paste0(maker, "1")
    other <- paste0(maker, "2")
    visible <- shiny::reactiveVal(TRUE)
    rendered(session, one, quote({ again(); if (visible()) slider() }))
    rendered(session, other, quote(slider()))
    session$flushReact()
    first <- shiny::isolate(slider())$model_id
    same(c(shows(session, one), shows(session, other)), c(first, first))
    again(shiny::isolate(again()) + 1)
    session$flushReact()
    same(shiny::isolate(slider())$model_id, first)
    same(first %in% closed_in(session), FALSE)
    # The widget stays open while no output shows it.
    rendered(session, other, NULL)
    visible(FALSE)
    session$flushReact()
    again(shiny::isolate(again()) + 1)
    session$flushReact()
    same(first %in% closed_in(session), FALSE)
    visible(TRUE)
    session$flushReact()
    same(shows(session, one), first)
    # A new value of the reactive closes the old widget.
    kind(shiny::isolate(kind()) + 1)
    session$flushReact()
    second <- shiny::isolate(slider())$model_id
    same(shows(session, one), second)
    same(c(first, second) %in% closed_in(session), c(TRUE, FALSE))
  })
})

test("a widget of a reactive that is first evaluated by an observer closes with the reactive's value", {
  kind <- shiny::reactiveVal(1)
  slider <- shiny::reactive(ipy_int_slider(kind()))
  seen <- character()
  shiny::observe(seen <<- c(seen, slider()$model_id))
  session$flushReact()
  kind(2)
  session$flushReact()
  same(length(seen), 2L)
  same(seen %in% closed_in(session), c(TRUE, FALSE))
  same(length(closed_in(session)), 3L)
})

test("an output closes widgets of its last run, with layouts, styles and children", {
  again <- shiny::reactiveVal(0)
  runs <- list()
  rendered(session, "out", quote({
    again()
    child <- ipy_label("x")
    runs <<- c(runs, list(ipy_vbox(child)))
    runs[[length(runs)]]
  }))
  session$flushReact()
  opened <- length(session$sent)
  same(closed_in(session), character())
  again(1)
  session$flushReact()
  # A box with a layout, and a label with a layout and a style.
  same(c(opened, length(closed_in(session))), c(5L, 5L))
  same(runs[[2]]$comm$is_open(), TRUE)
  # The output shows another widget, then no widget.
  rendered(session, "out", quote(ipy_label("other")))
  session$flushReact()
  same(runs[[2]]$comm$is_open(), FALSE)
  rendered(session, "out", NULL)
  session$flushReact()
  open <- length(Filter(function(entry) entry$type == "shinywidgets_comm_open", session$sent))
  same(length(closed_in(session)), open)
})

test("an output keeps widgets that an output shows or an open widget refers to", {
  again <- shiny::reactiveVal(0)
  kept <- NULL
  shared <- shiny::reactiveVal()
  held <- NULL
  box <- ipy_vbox()
  rendered(session, "out", quote({
    again()
    if (is.null(kept)) kept <<- ipy_label("kept")
    shared(ipy_label("shared"))
    held <<- ipy_label("held")
    box$set(children = list(held))
    kept
  }))
  rendered(session, "other", quote({ again(); shiny::isolate(shared()) }))
  session$flushReact()
  one <- held
  again(1)
  session$flushReact()
  same(kept$comm$is_open(), TRUE)
  same(one$comm$is_open(), FALSE)
  same(held$comm$is_open(), TRUE)
  same(shows(session, "out"), kept$model_id)
  same(shiny::isolate(shared())$comm$is_open(), TRUE)
  # References from the page become the same widgets.
  ids <- list(paste0("IPY_MODEL_", held$model_id))
  session$receive(box$model_id, list(method = "update", state = list(children = ids)))
  same(identical(box$get("children")[[1]], held), TRUE)
})

test("widgets of the server function and of observers stay open until the session ends", {
  top <- ipy_label("top")
  made <- NULL
  shiny::observe(made <<- ipy_label("observer"))
  go <- shiny::reactiveVal(0)
  rendered(session, "out", quote(if (go() %% 2 == 0) top else made))
  session$flushReact()
  for (n in 1:3) {
    go(n)
    session$flushReact()
  }
  same(closed_in(session), character())
})

test("a close of a widget closes its default layout and style, and no others", {
  layout <- ipy_layout(width = "50%")
  one <- ipy_label("one")
  other <- ipy_label("other", layout = layout)
  parts <- list(one$get("layout"), one$get("style"), other$get("style"))
  third <- ipy_label("third", layout = one$get("layout"))
  one$close()
  other$close()
  session$flushReact()
  same(vapply(parts, function(part) part$comm$is_open(), TRUE), c(TRUE, FALSE, FALSE))
  same(layout$comm$is_open(), TRUE)
  third$close()
  session$flushReact()
  same(parts[[1]]$comm$is_open(), FALSE)
})

test("a closed widget and a widget of another session can be neither shown nor referred to", {
  closed <- ipy_label("closed")
  closed$close()
  foreign <- shiny::withReactiveDomain(recorder(), ipy_label("foreign"))
  box <- ipy_vbox()
  for (no in list(list(closed, "is closed"), list(foreign, "belongs to another session"))) {
    widget <- no[[1]]
    why <- paste("widget", widget$model_id, no[[2]])
    fails(box$set(children = list(widget)), paste("children of VBox:", why))
    fails(ipy_vbox(widget), why)
    fails(ipy_hbox(ipy_label(""), widget), why)
    fails(ipy_label("x", layout = widget), paste("layout of Label:", why))
    fails(anywidget("js", deep = list(a = list(widget))), paste("deep of Any:", why))
    fails(widget_open(list(x = widget)), why)
    same(box$get("children"), list())
    rendered(session, "out", quote(widget))
    session$flushReact()
    stopifnot(grepl(why, shows(session, "out")))
  }
  # The page may request a state with a closed child.
  child <- ipy_label("child")
  box$set(children = list(child))
  child$close()
  same(warned(session$receive(box$model_id, list(method = "request_state"))), character())
  same(data_of(last(session))$method, "update")
})

test("a failing callback does not prevent the other callbacks", {
  got <- character()
  add <- function(name, fail = FALSE) function(...) {
    got <<- c(got, name)
    if (fail) stop(name, " is broken")
  }
  widget <- widget_open(list(value = 1))
  comm <- comm_open("a.target")
  for (on in list(function(f) widget$on_change("value", f), widget$on_msg, widget$comm$on_close,
    comm$on_msg, comm$on_close)) {
    on(add("one"))
    on(add("two", TRUE))
    on(add("three"))
  }
  for (trigger in list(
    function() session$receive(widget$model_id, list(method = "update", state = list(value = 2))),
    function() widget$set(value = 3),
    function() session$receive(widget$model_id, list(method = "custom", content = 1)),
    function() session$receive(comm$comm_id, list()),
    function() comm$close(),
    function() widget$close()
  )) {
    got <- character()
    said <- warned(trigger())
    same(got, c("one", "two", "three"))
    same(length(said), 1L)
    stopifnot(grepl("two is broken$", said))
  }
})

test("a registration of a callback returns its undo, and requires a function", {
  got <- character()
  add <- function(name) function(...) got <<- c(got, name)
  widget <- widget_open(list(value = 1))
  comm <- comm_open("a.target")
  n <- 1
  kinds <- list(
    list(function(f) widget$on_change("value", f), function() widget$set(value = n <<- n + 1)),
    list(widget$on_msg, function() session$receive(widget$model_id, list(method = "custom"))),
    list(comm$on_msg, function() session$receive(comm$comm_id, list()))
  )
  for (kind in kinds) {
    got <- character()
    undo <- lapply(c("one", "two", "two"), function(name) kind[[1]](add(name)))
    undo[[2]]()
    undo[[2]]()
    kind[[2]]()
    same(got, c("one", "two"))
    # A callback that an earlier one removes is not called.
    undo[[1]]()
    later <- NULL
    kind[[1]](function(...) later())
    later <- kind[[1]](add("later"))
    kind[[2]]()
    same(got, c("one", "two", "two"))
    for (no in list(NULL, "f", list(add("x")), quote(f))) fails(kind[[1]](no), "must be a function")
  }
  close <- comm$on_close(add("closed"))
  close()
  comm$close()
  same("closed" %in% got, FALSE)
  fails(comm$on_close(1), "must be a function")
  fails(comm_target("x", NULL), "must be a function")
})

test("a callback on the comm of a widget does not replace the handler of the widget", {
  widget <- widget_open(list(value = 1))
  got <- NULL
  widget$comm$on_msg(function(message) got <<- message$content$data$method)
  session$receive(widget$model_id, list(method = "update", state = list(value = 2)))
  same(list(widget$get("value"), got), list(2L, "update"))
})

test("a long chain of linked changes completes, and an endless chain is stopped", {
  for (length in c(20, 500)) {
    chain <- lapply(seq_len(length), function(n) widget_open(list(value = 0)))
    for (n in seq_len(length - 1)) local({
      following <- chain[[n + 1]]
      chain[[n]]$on_change("value", function(value) following$set(value = value + 1))
    })
    said <- warned(chain[[1]]$set(value = 1))
    same(said, character())
    same(chain[[length]]$get("value"), length)
  }
  one <- widget_open(list(value = 0))
  other <- widget_open(list(value = 0))
  one$on_change("value", function(value) other$set(value = value + 1))
  other$on_change("value", function(value) one$set(value = value + 1))
  said <- warned(one$set(value = 1))
  same(said, "shiny_comm: endless chain of changes: stopped after 10000 callbacks")
  # The next change counts again.
  seen <- NULL
  third <- widget_open(list(value = 0))
  third$on_change("value", function(value) seen <<- value)
  third$set(value = 5)
  same(seen, 5)
  # A chain of closes completes, too.
  comms <- lapply(1:200, function(n) comm_open("a.target"))
  for (n in 1:199) local({
    following <- comms[[n + 1]]
    comms[[n]]$on_close(function() following$close())
  })
  same(warned(comms[[1]]$close()), character())
  same(comms[[200]]$is_open(), FALSE)
})

test("a value without JSON is an error with the names of value and widget; other values are sent", {
  bad <- rawToChar(as.raw(c(0x61, 0xff)))
  Encoding(bad) <- "UTF-8"
  never <- list(
    person = utils::person("A", "B"), lm = structure(list(1), class = "lm"), fun = function() 1,
    builtin = sum, environment = globalenv(), complex = 1i, table = table(1), call = quote(a + b),
    difftime = as.difftime(1, units = "mins"), text = bad, texts = c("a", bad),
    name = stats::setNames(list(1), bad), factor = factor(bad), frame = data.frame(a = bad)
  )
  widget <- anywidget("js", value = 1)
  comm <- comm_open("a.target")
  for (kind in names(never)) {
    for (value in list(never[[kind]], list(never[[kind]]), list(a = list(1, never[[kind]])))) {
      sent <- length(session$sent)
      fails(widget$set(value = value), "^shiny_comm: cannot send value of Any: .")
      fails(comm$send(list(x = value)), paste0("^shiny_comm: comm ", comm$comm_id, ": cannot send: ."))
      fails(comm$send(list(x = value), list(as.raw(1))), "cannot send: .")
      same(length(session$sent), sent)
      same(widget$get("value"), 1)
      fails(widget_open(list(fine = 1, broken = value)), "cannot send broken of a widget")
    }
  }
  time <- as.POSIXct("2020-01-02 03:04:05", tz = "UTC")
  for (case in list(
    list(time, "2020-01-02T03:04:05Z"), list(as.POSIXlt(time), "2020-01-02T03:04:05Z"),
    list(as.POSIXlt(time, tz = "Asia/Tokyo"), "2020-01-02T03:04:05Z"),
    list(package_version("1.2.3"), "1.2.3"), list(numeric_version("1.2"), "1.2"),
    list(I(1), list(1L)), list(I(list(1)), list(1L)), list("gr\u00f6\u00dfer", "gr\u00f6\u00dfer"),
    list(iconv("gr\u00f6\u00dfer", "UTF-8", "latin1"), "gr\u00f6\u00dfer")
  )) {
    widget$set(value = 0)
    widget$set(value = list(a = case[[1]]))
    same(data_of(last(session))$state$value, list(a = case[[2]]))
    comm$send(list(a = case[[1]]))
    same(data_of(last(session)), list(a = case[[2]]))
  }
})

test("the values of an anywidget keep their names, and require unique names", {
  for (name in c("e", "es", "c", "cs", "i", "value")) {
    widget <- do.call(anywidget, stats::setNames(list("js", 1), c("", name)))
    same(list(widget$get("_esm"), widget$get(name)), list("js", 1))
    forward <- function(...) anywidget("js", ...)
    widget <- do.call(forward, stats::setNames(list(2), name))
    same(list(widget$get("_esm"), widget$get(name)), list("js", 2))
  }
  same(anywidget(esm = c("a", "b"), css = "c", id = "d")$get("_esm"), "a\nb")
  same(anywidget(e = 1, "js")$get("_esm"), "js")
  fails(anywidget("js", 3), "has no name")
  fails(anywidget(a = 1), "no module")
  fails(anywidget("js", a = 1, a = 2), "duplicate value a")
  fails(widget_open(list(1)), "has no name")
  widget <- widget_open(list(value = 1))
  fails(widget$set(2), "has no name")
  fails(widget$set(value = 2, value = 3), "duplicate value value")
})

test("`$` and `[[` read and set values of a widget", {
  widget <- widget_open(list(value = 1, get = 2, none = NULL))
  same(list(widget$value, widget[["value"]], widget$none), list(1, 1, NULL))
  widget$value <- 5
  same(data_of(last(session)), list(method = "update", state = list(value = 5L), buffer_paths = list()))
  widget[["value"]] <- 6
  same(widget$get("value"), 6)
  widget$value <- NULL
  same(data_of(last(session))$state, list(value = NULL))
  widget$value <- 7
  for (no in c("val", "valeu", "Value")) {
    fails(widget[[no]], paste("has no", no))
    fails(widget[[no]] <- 1, paste("has no", no))
  }
  for (member in c("get", "set", "model_id", "comm", "close")) {
    fails(widget[[member]] <- 1, paste("cannot replace the member", member))
  }
  widget$set(get = 3)
  same(widget$get("get"), 3)
  # A reactive depends on the values that it reads.
  seen <- numeric()
  shiny::observe(seen <<- c(seen, widget$value))
  session$flushReact()
  widget$value <- 8
  session$flushReact()
  same(seen, c(7, 8))
})

# Returns for each function the minimum of five times of the processor, measured in turn: other load affects both.
times_of <- function(...) {
  codes <- list(...)
  one <- function(code) sum(system.time(code())[c("user.self", "sys.self")])
  apply(replicate(5, vapply(codes, one, 0)), 1, min)
}

test("the time for frames of many buffers and for long lists is linear", {
  frame <- function(n) {
    buffers <- rep(list(as.raw(1:5)), n)
    text <- as.character(to_json(list(content = list(comm_id = ONE, data = list()))))
    function() encode_frame("comm_msg", text, buffers)
  }
  times <- times_of(frame(5000), frame(50000))
  stopifnot(times[[2]] < 40 * max(times[[1]], 0.001))
  walk <- function(n) {
    state <- list(values = as.list(seq_len(n)), bytes = rep(list(as.raw(1)), n))
    function() remove_buffers(state)
  }
  times <- times_of(walk(2000), walk(20000))
  stopifnot(times[[2]] < 40 * max(times[[1]], 0.001))
})

test("the check of a long message takes less time than its decoding", {
  text <- httpuv::rawToBase64(as.raw(seq_len(8 * 2^20) %% 251))
  message <- sprintf('{"content": {"comm_id": "%s"}, "buffers": ["%s"]}', ONE, text)
  times <- times_of(
    function() jsonlite::base64_dec(jsonlite::parse_json(message)$buffers[[1]]),
    function() read_message(message)
  )
  stopifnot(times[[2]] < 2 * times[[1]])
})

test("each control of ipywidgets opens, and its default values can be read", {
  controls <- c("BoundedIntText", "BoundedFloatText", "IntProgress", "FloatProgress", "DatetimePicker",
    "NaiveDatetimePicker", "TimePicker", "Output", "TagsInput", "ColorsInput", "IntsInput", "FloatsInput")
  same(setdiff(controls, names(ipywidgets_models())), character())
  for (name in names(ipywidgets_models())) {
    model <- ipywidgets_models()[[name]]
    widget <- ipy_control(name)
    sent <- data_of(last(session))$state
    same(sort(names(sent)), sort(setdiff(c(names(model$state), names(model$models)), model$bytes)))
    for (key in setdiff(names(model$state), model$bytes)) same(widget$get(key), model$state[[key]])
    for (key in names(model$models)) {
      part <- widget$get(key)
      same(part$get("_model_name"), paste0(model$models[[key]], "Model"))
    }
  }
  # An update from the page changes the value.
  for (case in list(list("TagsInput", list("a")), list("IntsInput", list(1L)), list("BoundedIntText", 3L),
    list("TimePicker", list(hours = 1L)), list("Play", 4L))) {
    widget <- ipy_control(case[[1]])
    session$receive(widget$model_id, list(method = "update", state = list(value = case[[2]])))
    same(widget$get("value"), case[[2]])
  }
  same(ipy_int_slider()$get("orientation"), "horizontal")
  same(ipy_control("Image")$get("value"), raw())
  fails(ipy_control("Slider"), "ipywidgets has no Slider")
})

test("children are single arguments or lists, together with values by name", {
  a <- ipy_label("a")
  b <- ipy_label("b")
  layout <- ipy_layout(width = "50%")
  for (box in list(
    ipy_vbox(a, b, layout = layout), ipy_vbox(list(a, b), layout = layout),
    ipy_hbox(a, list(b), layout = layout), ipy_hbox(layout = layout, NULL, a, NULL, b),
    ipy_vbox(children = list(a, b), layout = layout),
    ipy_control("Tab", a, b, layout = layout, titles = list("one", "other"))
  )) {
    same(identical(box$get("children"), list(a, b)), TRUE)
    same(identical(box$get("layout"), layout), TRUE)
  }
  same(ipy_vbox()$get("children"), list())
  fails(ipy_vbox(a, style = list()), "VBox has no style")
  fails(ipy_label("a", 3), "Label has no children")
})

test("layout and style are widgets or lists of values, and names are checked", {
  slider <- ipy_int_slider(5, layout = list(width = "50%"), style = list(handle_color = "red"))
  same(slider$get("layout")$get("width"), "50%")
  same(slider$get("style")$get("handle_color"), "red")
  same(slider$get("style")$get("_model_name"), "SliderStyleModel")
  style <- ipy_control("SliderStyle", handle_color = "blue")
  same(identical(ipy_float_slider(style = style)$get("style"), style), TRUE)
  fails(ipy_int_slider(desciption = "x"), "IntSlider has no desciption")
  fails(ipy_layout(widht = "1px"), "Layout has no widht")
  fails(ipy_int_slider(style = list(color = "red")), "SliderStyle has no color")
  fails(ipy_int_slider(layout = "50%"), "layout of IntSlider must be a widget or a list")
})

# For the test that compares the states with ipywidgets.
if (only_states) {
  session <- recorder()
  shiny::withReactiveDomain(session, {
    ipy_int_slider(); ipy_float_slider(); ipy_checkbox(); ipy_text(); ipy_dropdown(c("a", "b"))
    ipy_button(); ipy_label(); ipy_vbox(); ipy_hbox(); anywidget("x", id = "__main__.A")
    for (name in names(ipywidgets_models())) {
      needed <- list(
        SelectionSlider = list(`_options_labels` = list("a")),
        SelectionRangeSlider = list(`_options_labels` = list("a")),
        Link = list(source = list(ipy_text(), "value"), target = list(ipy_text(), "value")),
        DirectionalLink = list(source = list(ipy_text(), "value"), target = list(ipy_text(), "value"))
      )
      do.call(ipy_control, c(list(name), needed[[name]]))
    }
  })
  cat(to_json(lapply(session$sent, function(entry) data_of(entry)$state)), "\n")
} else if (length(failed) > 0) {
  writeLines(failed, stderr())
  quit(status = 1)
} else {
  cat(tests, "tests passed\n")
}

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
  same(said, paste0("shinycomm: comm ", comm$comm_id, ": error in on_msg: broken"))
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
  message <- list(version = 1, opens = TRUE, language = "R")
  announcement <- list(list(type = "shiny_comm_server", message = message))
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
  same(said, paste0("shinycomm: comm ", strrep("3", 32), ": target 'a.target' is not registered"))
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
    paste0("shinycomm: comm ", ONE, ": target 'no\\nsuch' is not registered"),
    paste0("shinycomm: comm ", OTHER, ": error in target 'broken': broken")
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
    stopifnot(grepl("^shinycomm: ", said), !grepl("\n", said), nchar(said) < 200)
  }
  same(opened, character())
  session$open(ONE)
  same(warned(session$open(ONE)), paste0("shinycomm: comm ", ONE, ": the page opened this comm twice"))
  same(opened, ONE)
})

test("JSON of any depth is handled, and brackets in texts do not count", {
  got <- list()
  comm <- comm_open("a.target")
  comm$on_msg(function(message) got <<- c(got, list(message$content$data)))
  nested <- function(n, open = "[", close = "]") paste0(strrep(open, n), strrep(close, n))
  message <- function(data) {
    sprintf('{"content": {"comm_id": "%s", "data": %s}, "buffers": []}', comm$comm_id, data)
  }
  for (deep in list(nested(2000), nested(1e6), nested(2000, '{"a":', "}"), strrep("[", 5000))) {
    said <- warned(session$set("shinywidgets_comm_send", message(deep)))
    expect_match(said, "more than 1000 nested values")
  }
  same(got, list())
  fine <- list(
    nested(500), paste0("[", strrep("[],", 1e4), "[]]"),
    jsonlite::toJSON(strrep("[{\"\\", 1e4), auto_unbox = TRUE)
  )
  for (data in fine) session$set("shinywidgets_comm_send", message(data))
  same(length(got), 3L)
  same(got[[3]], strrep("[{\"\\", 1e4))
})

test("a page cannot fill the log", {
  comm_open("a.target")
  said <- warned(for (n in 1:50) session$set("shinywidgets_comm_send", paste0("{", n)))
  same(length(said), 21L)
  stopifnot(grepl("too many faults", said[[21]]))
})

test("a page cannot send to or close a comm of another session", {
  got <- character()
  echo <- function(name) {
    function(comm, message) {
      got <<- c(got, paste(name, "open"))
      comm$on_msg(function(message) got <<- c(got, paste(name, message$content$data$n)))
      comm$on_close(function() got <<- c(got, paste(name, "close")))
    }
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
  same(widget[["list"]], list(NULL))
})

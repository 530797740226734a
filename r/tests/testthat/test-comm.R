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

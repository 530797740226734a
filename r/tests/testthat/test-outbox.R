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

test("a page that asks for a probe of its socket gets one, and texts until it knows", {
  comm <- comm_open("a.target", buffers = list(raw(2)))
  same(last(session)$binary, FALSE)
  probes <- list()
  session$sendBinaryMessage <- function(type, message) probes <<- c(probes, list(list(type, message)))
  session$setInputs(.shiny_comm_frames = "probe")
  same(probes, list(list("shiny_comm_probe", as.raw(0:255))))
  comm$send(list(), list(raw(2)))
  same(last(session)$binary, FALSE)
  session$setInputs(.shiny_comm_frames = 3)
  comm$send(list(), list(raw(2)))
  same(last(session)$binary, TRUE)
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
      widget$update(bytes = bytes)
      same(last(session)$message$buffers, list(expected(bytes)))
    }
  }
})

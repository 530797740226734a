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

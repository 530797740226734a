# Sends a message of the page to a widget, as text: it may have any form.
page_says <- function(session, widget, data, buffers = "[]") {
  warned(session$set("shinywidgets_comm_send", sprintf(
    '{"content":{"comm_id":"%s","data":%s},"metadata":{},"buffers":%s}', widget$model_id, data, buffers
  )))
}

# Returns R's state as the page has it.
state_in_r <- function(widget) {
  serialized <- remove_buffers(widget$.parts$plain())
  put_buffers(jsonlite::parse_json(to_json(serialized$state)), serialized$paths, serialized$buffers)
}

test("after a wrong value of the page, R sends its own value once", {
  kinds <- list(
    list(ipy_int_slider(5), list(value = "x")), list(ipy_int_slider(5), list(value = NULL)),
    list(ipy_int_slider(5), list(value = 7.5)), list(ipy_int_slider(5), list(value = list(1))),
    list(ipy_int_slider(5), list(layout = NULL)), list(ipy_int_slider(5), list(value = 500)),
    # Both ends of the range are right, but not together.
    list(ipy_int_range_slider(c(2, 4)), list(value = list(4, 2))),
    list(ipy_int_range_slider(c(2, 4)), list(value = list(1))),
    list(ipy_dropdown(c("a", "b")), list(index = 7)), list(ipy_dropdown(c("a", "b")), list(index = "b")),
    list(ipy_dropdown(c("a", "b")), list(`_options_labels` = list("c"))),
    list(ipy_vbox(ipy_label("a")), list(children = list("IPY_MODEL_"))),
    list(ipy_vbox(ipy_label("a")), list(children = list(paste0("IPY_MODEL_", strrep("a", 2e4))))),
    list(ipy_date_picker(as.Date("2026-01-31")), list(value = list(year = "x", month = 1, date = 1))),
    list(new_anywidget("a", n = trait_int(3, max = 9), esm = "js")(), list(n = 10)),
    list(new_anywidget("a", f = trait_frame(data.frame(x = 1)), esm = "js")(), list(f = list(1, 2)))
  )
  for (kind in kinds) {
    widget <- kind[[1]]
    name <- names(kind[[2]])
    sent <- length(session$sent)
    before <- widget[[name]]
    called <- 0
    observe_widget(widget, name, function(value) called <<- called + 1)
    warned(do.call(session$page$set, c(list(widget), kind[[2]])))
    same(session$page$state(widget)[[name]], state_in_r(widget)[[name]])
    clamped <- identical(kind[[2]], list(value = 500))
    same(c(length(session$sent) - sent, called), if (clamped) c(2, 1) else c(1, 0))
    same(names(data_of(last(session))$state), name)
    if (!clamped) stopifnot(identical(widget[[name]], before))
  }
})

test("the right values of an update are applied, and only the wrong ones are sent back", {
  slider <- ipy_int_slider(5)
  warned(session$page$set(slider, value = 8, max = "x", description = "d"))
  same(list(slider$value, slider$max, slider$description), list(8L, 100L, "d"))
  same(session$page$state(slider), state_in_r(slider))
  sent <- lapply(utils::tail(session$sent, 2), data_of)
  same(lapply(sent, function(data) list(data$method, names(data$state))), list(
    list("echo_update", c("value", "description")), list("update", "max")
  ))
})

test("a page that repeats a wrong value is answered within a limit, and again after a right value", {
  slider <- ipy_int_slider(5)
  sent <- length(session$sent)
  said <- character()
  wrong <- list(method = "update", state = list(value = "x"))
  for (i in seq_len(MAX_CORRECTIONS + 5)) said <- c(said, warned(session$receive(slider$model_id, wrong)))
  same(length(session$sent) - sent, MAX_CORRECTIONS)
  expect_match(said, "R stops correcting them", all = FALSE)
  session$receive(slider$model_id, list(method = "update", state = list(value = 6)))
  sent <- length(session$sent)
  warned(session$receive(slider$model_id, wrong))
  same(data_of(last(session))$state, list(value = 6L))
  same(length(session$sent) - sent, 1L)
})

test("an update of any form is one logged fault at most, and the next update arrives", {
  nested <- function(n) paste0(strrep("[", n), "1", strrep("]", n))
  path <- function(n) sprintf('[["value"%s]]', strrep(',"a"', n))
  updates <- c(
    '"x"', "5", "true", '{"method":"update","state":5}', '{"method":"update","state":"x"}',
    '{"method":"update","state":["a"]}', '{"method":"update","state":{"":5}}',
    sprintf('{"method":"update","state":{"value":%s}}', nested(400)),
    sprintf('{"method":"update","state":{"value":3},"buffer_paths":%s}', c(
      "5", '"x"', "{}", "[5]", "[[]]", "[[[1]]]", "[[null]]", "[[true]]", "[[0]]", "[[-1]]", "[[1.5]]",
      '[["value",0]]', '[["value","a"]]', '[["none","a"]]', '[["none",0]]', '[["value"],["value"]]',
      path(2000), path(3)
    )),
    sprintf('{"method":"update","state":{"value":{}},"buffer_paths":%s}', c(path(5000), path(400)))
  )
  # Each has its own session, because the number of faults in the log has a limit.
  for (update in updates) {
    session <- recorder()
    shiny::withReactiveDomain(session, {
      widget <- anywidget("js", value = list(1))
      said <- page_says(session, widget, update, '["AQ=="]')
      stopifnot(length(said) <= 1, !grepl("error in", said), nchar(said) < 600)
      if (length(said) == 1) same(widget$value, list(1))
      same(page_says(session, widget, '{"method":"update","state":{"value":[2]}}'), character())
      same(as.list(widget$value), list(2L))
    })
  }
})

test("the click of a button has a content", {
  button <- ipy_button("x")
  for (content in c('"click"', "5", "null", "[]", '["click"]', '{"event":["click"]}', '{"events":"click"}')) {
    same(page_says(session, button, sprintf('{"method":"custom","content":%s}', content)), character())
  }
  same(as.integer(button$clicks), 0L)
})

test("a page cannot fill the log by a callback that fails", {
  comm <- comm_open("a.target")
  comm$on_msg(function(message) stop("broken"))
  said <- warned(for (n in 1:50) session$receive(comm$comm_id, list(n = n)))
  same(length(said), MAX_LOGGED + 1L)
  expect_match(said[[MAX_LOGGED + 1]], "too many errors")
})

test("a page has limits of comms, of buffers and of the length of a message", {
  before <- options(
    shinycomm.max_page_comms = 3, shinycomm.max_message_buffers = 2, shinycomm.max_message_length = 1000
  )
  on.exit(options(before))
  opened <- list()
  comm_target("a.target", function(comm, message) opened <<- c(opened, list(comm)))
  ids <- sprintf("%032x", 1:6)
  said <- warned(for (id in ids[1:5]) session$open(id))
  same(said, sprintf("shinycomm: comm %s: the page has 3 open comms, which is the limit", ids[4:5]))
  same(closed_in(session), ids[4:5])
  # A closed comm does not count.
  opened[[1]]$close()
  same(warned(session$open(ids[[6]])), character())
  same(length(opened), 4L)
  said <- page_says(session, ipy_label(), "{}", '["","",""]')
  expect_match(said, "too many buffers \\(expected at most 2, got 3\\)")
  said <- page_says(session, ipy_label(), sprintf('"%s"', strrep("x", 1000)))
  expect_match(said, "too long \\(expected at most 1000 bytes\\)")
})

test("a value of the page with too many nested lists is a wrong value, and in R a clear error", {
  deep <- 1
  for (i in 1:900) deep <- list(deep)
  widget <- anywidget("js", value = 1)
  fails(widget$value <- deep, "value of anywidget: cannot be sent: the value has too many nested lists")
  fails(widget$send(deep), "cannot be sent: the value has too many nested lists")
  fails(comm_open("a.target", list(deep)), "cannot send: the value has too many nested lists")
  same(widget$value, 1)
})

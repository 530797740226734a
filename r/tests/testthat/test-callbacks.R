# Returns the kinds of callbacks: for each a function that registers one, and a function that has it called.
callback_kinds <- function(session, widget, comm) {
  n <- 1
  list(
    list(function(f) observe_widget(widget, "value", f), function() widget$update(value = n <<- n + 1)),
    list(widget$on_msg, function() session$receive(widget$model_id, list(method = "custom"))),
    list(comm$on_msg, function() session$receive(comm$comm_id, list()))
  )
}

test("a failing callback does not prevent the other callbacks", {
  got <- character()
  add <- function(name, fail = FALSE) {
    function(...) {
      got <<- c(got, name)
      if (fail) stop(name, " is broken")
    }
  }
  widget <- widget_open(list(value = 1))
  comm <- comm_open("a.target")
  for (on in list(function(f) observe_widget(widget, "value", f), widget$on_msg, widget$comm$on_close,
    comm$on_msg, comm$on_close)) {
    on(add("one"))
    on(add("two", TRUE))
    on(add("three"))
  }
  for (trigger in list(
    function() session$receive(widget$model_id, list(method = "update", state = list(value = 2))),
    function() widget$update(value = 3),
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
  for (kind in callback_kinds(session, widget, comm)) {
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
  same(list(widget[["value"]], got), list(2L, "update"))
})

test("a long chain of linked changes completes, and an endless chain is stopped", {
  for (length in c(20, 500)) {
    chain <- lapply(seq_len(length), function(n) widget_open(list(value = 0)))
    for (n in seq_len(length - 1)) local({
      following <- chain[[n + 1]]
      observe_widget(chain[[n]], "value", function(value) following$update(value = value + 1))
    })
    said <- warned(chain[[1]]$update(value = 1))
    same(said, character())
    same(chain[[length]][["value"]], length)
  }
  one <- widget_open(list(value = 0))
  other <- widget_open(list(value = 0))
  observe_widget(one, "value", function(value) other$update(value = value + 1))
  observe_widget(other, "value", function(value) one$update(value = value + 1))
  said <- warned(one$update(value = 1))
  same(said, "shinycomm: endless chain of changes: stopped after 10000 callbacks")
  # The next change counts again.
  seen <- NULL
  third <- widget_open(list(value = 0))
  observe_widget(third, "value", function(value) seen <<- value)
  third$update(value = 5)
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

test("a callback runs in the module or session that registers it, until that session ends", {
  widget <- widget_open(list(value = 1))
  comm <- comm_open("a.target")
  kinds <- callback_kinds(session, widget, comm)
  kinds <- c(kinds, list(list(comm$on_close, function() comm$close())))
  domains <- list(session, session$makeScope("module"), recorder())
  for (kind in kinds) {
    got <- list()
    for (domain in domains) {
      shiny::withReactiveDomain(domain, kind[[1]](function(...) {
        got <<- c(got, list(shiny::getDefaultReactiveDomain()))
      }))
    }
    ended <- recorder()
    shiny::withReactiveDomain(ended, kind[[1]](function(...) got <<- c(got, list("ended"))))
    ended$close()
    # The change has no session.
    shiny::withReactiveDomain(NULL, kind[[2]]())
    same(length(got), 3L)
    stopifnot(all(mapply(identical, got, domains)))
  }
})

test("a widget that another session makes for this session reacts to its page", {
  other <- recorder()
  button <- shiny::withReactiveDomain(other, ipy_button("x", session = session))
  other$close()
  session$receive(button$model_id, list(method = "custom", content = list(event = "click")))
  session$receive(button$model_id, list(method = "update", state = list(description = "y")))
  same(list(as.integer(button$clicks), button$description), list(1L, "y"))
})

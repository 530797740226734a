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
  observe_widget(widget, "value", function(value) {
    seen <<- c(seen, value)
    if (value > 10) widget$update(value = 10)
  })
  session$receive(widget$model_id, list(
    method = "update", state = list(value = 50, unknown = 1, list = list(NULL)),
    buffer_paths = list(list("bytes"), list("list", 0))
  ), list(as.raw(9), as.raw(8)))
  same(seen, list(50L, 10))
  same(widget[["value"]], 10)
  same(widget[["bytes"]], as.raw(9))
  same(widget[["list"]], list(as.raw(8)))
  sent <- lapply(session$sent[-1], data_of)
  same(length(sent), 2L)
  same(sent[[1]]$method, "echo_update")
  stopifnot(identical(sort(names(sent[[1]]$state)), c("list", "value")))
  same(session$sent[[2]]$message$buffers, list("CA==", "CQ=="))
  same(sent[[2]][c("method", "state")], list(method = "update", state = list(value = 10L)))
})

test("set sends only changed values", {
  widget <- widget_open(list(value = 1, name = NULL))
  widget$update(value = 1L, name = NULL)
  same(length(session$sent), 1L)
  same(warned(widget$update(value = c(1, 2))), character())
  same(warned(widget$update(value = c(1, 2, 3))), character())
  same(widget[["value"]], c(1, 2, 3))
  # A number with a class does not equal the number.
  fails(widget$update(value = table(c(1, 1))), "cannot be sent")
  widget$update(value = 1)
  widget$update(value = 1, name = "x")
  same(data_of(last(session))$state, list(name = "x"))
  fails(widget$update(other = 1), "has no other")
  fails(widget[["other"]], "has no other")
})

test("a value is reactive, except in isolate()", {
  widget <- widget_open(list(value = 1))
  read <- got <- numeric()
  shiny::observe(read <<- c(read, widget[["value"]]))
  shiny::observe(got <<- c(got, shiny::isolate(widget$value)))
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

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
    isolated = shiny::reactive({
      kind()
      shiny::isolate(ipy_int_slider(kind()))
    }),
    event = shiny::eventReactive(kind(), ipy_int_slider(kind()), ignoreNULL = FALSE),
    nested = local({
      inner <- shiny::reactive(ipy_int_slider(kind()))
      shiny::reactive(ipy_vbox(inner()))
    })
  )
  lapply(names(makers), function(maker) {
    slider <- makers[[maker]]
    one <- paste0(maker, "1")
    other <- paste0(maker, "2")
    visible <- shiny::reactiveVal(TRUE)
    rendered(session, one, quote({
      again()
      if (visible()) slider()
    }))
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
    box$update(children = list(held))
    kept
  }))
  rendered(session, "other", quote({
    again()
    shiny::isolate(shared())
  }))
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
  same(identical(box[["children"]][[1]], held), TRUE)
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
  parts <- list(one[["layout"]], one[["style"]], other[["style"]])
  third <- ipy_label("third", layout = one[["layout"]])
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
  closed_layout <- ipy_layout()
  closed_layout$close()
  foreign <- shiny::withReactiveDomain(recorder(), ipy_label("foreign"))
  box <- ipy_vbox()
  for (no in list(
    list(closed, "is closed", closed_layout), list(foreign, "belongs to another session", foreign$layout)
  )) {
    widget <- no[[1]]
    why <- paste0(sub("<Label (\\w+).*", "<Label \\1", format(widget)), ".*", no[[2]])
    fails(box$update(children = list(widget)), paste("children of VBox:", why))
    fails(ipy_vbox(widget), why)
    fails(ipy_hbox(ipy_label(""), widget), why)
    fails(ipy_label("x", layout = no[[3]]), paste("layout of Label: <Layout \\w+.*", no[[2]]))
    fails(anywidget("js", deep = list(a = list(widget))), paste("deep of anywidget:", why))
    fails(widget_open(list(x = widget)), why)
    same(box[["children"]], list())
    rendered(session, "out", quote(widget))
    session$flushReact()
    stopifnot(grepl(why, shows(session, "out")))
  }
  # The page may request a state with a closed child.
  child <- ipy_label("child")
  box$update(children = list(child))
  child$close()
  same(warned(session$receive(box$model_id, list(method = "request_state"))), character())
  same(data_of(last(session))$method, "update")
})

test("a run that req() cancels keeps the widget of the last run, and closes the new one", {
  kind <- shiny::reactiveVal("show")
  made <- list()
  make <- quote({
    kind <- kind()
    made <<- c(made, list(ipy_label(kind)))
    shiny::req(kind != "cancel", cancelOutput = TRUE)
    shiny::req(kind != "empty")
    if (kind == "fail") stop("broken")
    made[[length(made)]]
  })
  settle <- function() {
    # Callbacks of promises run in the event loop.
    for (n in 1:5) {
      session$flushReact()
      later::run_now()
    }
  }
  later_value <- substitute(
    promises::then(promises::promise_resolve(kind()), function(kind) body),
    list(body = as.call(c(as.list(make[-2]))))
  )
  for (expr in list(make, later_value)) {
    kind("show")
    made <- list()
    rendered(session, "out", expr)
    settle()
    is_open <- function() vapply(made, function(widget) widget$comm$is_open(), TRUE)
    kind("cancel")
    settle()
    same(is_open(), c(TRUE, FALSE))
    kind("cancel ")
    settle()
    same(is_open(), c(FALSE, FALSE, TRUE))
    kind("cancel")
    settle()
    for (end in c("fail", "empty")) {
      kind(end)
      settle()
      # The widget of a failed run closes after the next run.
      same(is_open()[seq_len(length(made) - 1)], rep(FALSE, length(made) - 1))
    }
  }
})

test("bindCache() refuses a widget, which belongs to one session", {
  fails(shiny::bindCache(render_widget(ipy_label("a")), 1), "not cacheable")
  expect_s3_class(shiny::bindEvent(render_widget(ipy_label("a")), 1), "shiny.render.function")
})

test_that("an output that the app removes or replaces closes its widgets", {
  session <- real_session()
  flush <- function() {
    get("flushReact", asNamespace("shiny"))()
    session$requestFlush()
    get("flushPendingSessions", asNamespace("shiny"))()
  }
  shiny::withReactiveDomain(session, {
    for (end in list(NULL, shiny::renderText("text"), render_widget(NULL))) {
      made <- kept <- list()
      for (n in 1:50) {
        id <- paste0("out", n)
        session$defineOutput(id, render_widget({
          made[[length(made) + 1]] <<- ipy_label("made")
          made[[length(made)]]
        }), id)
        shiny::outputOptions(session$output, id, suspendWhenHidden = FALSE)
      }
      shared <- ipy_label("of the server function")
      session$defineOutput("shared", render_widget(shared), "shared")
      shiny::outputOptions(session$output, "shared", suspendWhenHidden = FALSE)
      flush()
      same(length(made), 50L)
      count <- length(ls(comm_registry(session)$comms))
      for (n in 1:50) session$defineOutput(paste0("out", n), end, "")
      session$defineOutput("shared", NULL, "")
      flush()
      same(any(vapply(made, function(widget) widget$comm$is_open(), TRUE)), FALSE)
      same(shared$comm$is_open(), TRUE)
      # A label has a layout and a style.
      same(count - length(ls(comm_registry(session)$comms)), 150L)
    }
  })
})

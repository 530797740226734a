test("a page can change neither the code of a widget nor its model and view names", {
  long <- function(text) paste0("// ", text, strrep(".", 20000))
  folder <- file.path(tempdir(), "shiny-comm-modules")
  widget <- anywidget(long("app"), css = "a {}", id = "an.id", count = 1)
  before <- list(widget[["_esm"]], widget[["_css"]], dir(folder))
  protected <- c(
    "_esm", "_css", "_anywidget_id", "_model_module", "_model_module_version", "_model_name",
    "_view_module", "_view_module_version", "_view_name"
  )
  for (name in protected) {
    was <- widget[[name]]
    called <- FALSE
    observe_widget(widget, name, function(value) called <<- TRUE)
    state <- stats::setNames(list(long(name), 2), c(name, "count"))
    sent <- length(session$sent)
    said <- warned(session$receive(widget$model_id, list(method = "update", state = state)))
    reason <- paste0(": the page may not change ", name, " of anywidget")
    same(said, paste0("shinycomm: comm ", widget$model_id, reason))
    same(widget[[name]], was)
    same(called, FALSE)
    # The rest of the update is applied and echoed.
    same(length(session$sent), sent + 1L)
    same(data_of(last(session))$state, list(count = 2L))
    # A buffer is rejected, too.
    warned(session$receive(widget$model_id, list(
      method = "update", state = named_list(), buffer_paths = list(list(name))
    ), list(charToRaw(long(name)))))
    same(widget[[name]], was)
  }
  same(list(widget[["_esm"]], widget[["_css"]], dir(folder)), before)
  # Each kind of widget is protected; R can set the values.
  other <- widget_open(list(`_esm` = "x", `_view_name` = "View", `_view_count` = 0))
  warned(session$receive(other$model_id, list(
    method = "update", state = list(`_esm` = "y", `_view_name` = "Other", `_view_count` = 1)
  )))
  same(list(other[["_esm"]], other[["_view_name"]], other[["_view_count"]]), list("x", "View", 1L))
  widget$update(`_esm` = "new")
  same(widget[["_esm"]], "new")
})

test("a key of the page's message is not matched by its beginning", {
  widget <- widget_open(list(value = 1))
  # `$` would match `stated` with `state`.
  update <- list(methodical = "update", stated = list(value = 2), buffer_pathsX = list())
  session$receive(widget$model_id, update)
  same(widget[["value"]], 1)
  said <- warned(session$set("shinywidgets_comm_send", sprintf('{"contents": {"comm_id": "%s"}}', ONE)))
  stopifnot(grepl("invalid comm_id", said))
})

test("a page can neither name a file nor make a widget", {
  secret <- tempfile()
  writeLines("secret", secret)
  for (media in list(ipy_image(as.raw(1)), ipy_audio(as.raw(1)), ipy_video(as.raw(1)))) {
    for (text in c(secret, paste0("file://", secret), "https://example.org/a.png")) {
      sent <- length(session$sent)
      said <- warned(session$receive(media$model_id, list(method = "update", state = list(value = text))))
      expect_match(said, "the page sent a wrong value of .*: must be bytes, got")
      same(media$value, as.raw(1))
      stopifnot(!any(grepl("secret", unlist(session$sent[-seq_len(sent)]))))
    }
    session$receive(
      media$model_id, list(method = "update", buffer_paths = list(list("value"))), list(as.raw(2))
    )
    same(media$value, as.raw(2))
  }
  slider <- ipy_int_slider()
  parts <- list(slider$layout, slider$style)
  opened <- length(ls(comm_registry(session)$comms))
  for (value in list(NULL, named_list(), list(width = "1px"), list())) {
    for (name in c("layout", "style")) {
      state <- stats::setNames(list(value), name)
      said <- warned(session$receive(slider$model_id, list(method = "update", state = state)))
      expect_match(said, paste("the page sent a wrong", name, "of IntSlider: must be a widget of"))
    }
  }
  same(list(slider$layout, slider$style), parts)
  same(length(ls(comm_registry(session)$comms)), opened)
})

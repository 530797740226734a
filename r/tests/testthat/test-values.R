test("a value without JSON is an error with the names of value and widget; other values are sent", {
  bad <- rawToChar(as.raw(c(0x61, 0xff)))
  Encoding(bad) <- "UTF-8"
  never <- list(
    person = utils::person("A", "B"), lm = structure(list(1), class = "lm"), fun = function() 1,
    builtin = sum, environment = globalenv(), complex = 1i, table = table(1), call = quote(a + b),
    text = bad, texts = c("a", bad),
    name = stats::setNames(list(1), bad), factor = factor(bad), frame = data.frame(a = bad)
  )
  widget <- anywidget("js", value = 1)
  comm <- comm_open("a.target")
  for (kind in names(never)) {
    for (value in list(never[[kind]], list(never[[kind]]), list(a = list(1, never[[kind]])))) {
      sent <- length(session$sent)
      fails(widget$update(value = value), "^shinycomm: value of anywidget: cannot be sent: .")
      fails(comm$send(list(x = value)), paste0("^shinycomm: comm ", comm$comm_id, ": cannot send: ."))
      fails(comm$send(list(x = value), list(as.raw(1))), "cannot send: .")
      same(length(session$sent), sent)
      same(widget[["value"]], 1)
      fails(widget_open(list(fine = 1, broken = value)), "broken of widget: cannot be sent")
    }
  }
  time <- as.POSIXct("2020-01-02 03:04:05", tz = "UTC")
  for (case in list(
    list(time, "2020-01-02T03:04:05.000Z"), list(as.POSIXlt(time), "2020-01-02T03:04:05.000Z"),
    list(as.POSIXlt(time, tz = "Asia/Tokyo"), "2020-01-02T03:04:05.000Z"),
    list(package_version("1.2.3"), "1.2.3"), list(numeric_version("1.2"), "1.2"),
    list(structure(3L, class = c("shinyActionButtonValue", "integer")), 3L),
    list(structure("a", class = c("glue", "character")), "a"),
    list(I(1), list(1L)), list(I(list(1)), list(1L)), list("gr\u00f6\u00dfer", "gr\u00f6\u00dfer"),
    list(iconv("gr\u00f6\u00dfer", "UTF-8", "latin1"), "gr\u00f6\u00dfer")
  )) {
    widget$update(value = 0)
    widget$update(value = list(a = case[[1]]))
    same(data_of(last(session))$state$value, list(a = case[[2]]))
    comm$send(list(a = case[[1]]))
    same(data_of(last(session)), list(a = case[[2]]))
  }
})

test("the values of an anywidget keep their names, and require unique names", {
  for (name in c("e", "es", "c", "cs", "i", "value")) {
    widget <- do.call(anywidget, stats::setNames(list("js", 1), c("", name)))
    same(list(widget[["_esm"]], widget[[name]]), list("js", 1))
    forward <- function(...) anywidget("js", ...)
    widget <- do.call(forward, stats::setNames(list(2), name))
    same(list(widget[["_esm"]], widget[[name]]), list("js", 2))
  }
  same(anywidget(esm = c("a", "b"), css = "c", id = "d")[["_esm"]], "a\nb")
  same(anywidget(e = 1, "js")[["_esm"]], "js")
  fails(anywidget("js", 3), "has no name")
  fails(anywidget(a = 1), "no module")
  fails(anywidget("js", a = 1, a = 2), "duplicate value a")
  fails(anywidget("js", `_esm` = "other"), "anywidget: use the argument esm instead of _esm")
  fails(widget_open(list(1)), "widget_open\\(\\): a value has no name")
  widget <- widget_open(list(value = 1))
  fails(widget$update(2), "widget: a value has no name")
  fails(widget$update(value = 2, value = 3), "duplicate value value")
})

test("`$` and `[[` read and set values of a widget", {
  widget <- widget_open(list(value = 1, update = 2, none = NULL))
  same(list(widget$value, widget[["value"]], widget$none), list(1, 1, NULL))
  widget$value <- 5
  same(data_of(last(session)), list(method = "update", state = list(value = 5L), buffer_paths = list()))
  widget[["value"]] <- 6
  same(widget[["value"]], 6)
  widget$value <- NULL
  same(data_of(last(session))$state, list(value = NULL))
  widget$value <- 7
  for (no in c("val", "valeu", "Value")) {
    fails(widget[[no]], paste("has no", no))
    fails(widget[[no]] <- 1, paste("has no", no))
  }
  for (member in c("update", "send", "model_id", "comm", "close")) {
    assignment <- call("<-", call("$", quote(widget), as.name(member)), 1)
    fails(eval(assignment), paste("cannot replace the member", member))
  }
  widget[["update"]] <- 3
  same(widget[["update"]], 3)
  # A reactive depends on the values that it reads.
  seen <- numeric()
  shiny::observe(seen <<- c(seen, widget$value))
  session$flushReact()
  widget$value <- 8
  session$flushReact()
  same(seen, c(7, 8))
})

test("an array of one element stays an array in the echo, and a value a value", {
  widget <- anywidget("js", value = 0, none = NULL, dates = as.Date("2026-01-31"))
  page_sends <- function(...) {
    session$receive(widget$model_id, list(method = "update", state = list(...)))
    data_of(last(session))$state
  }
  widget$update(value = c(1, 2), none = c("a", "b"))
  for (n in 1:2) {
    same(page_sends(value = list(3)), list(value = list(3L)))
    same(widget$value + 1, I(4))
    same(page_sends(value = list(3, 4)), list(value = list(3L, 4L)))
    same(page_sends(value = 5), list(value = 5L))
    same(widget$value, 5L)
    same(page_sends(none = list("b")), list(none = list("b")))
    same(page_sends(dates = list("2026-02-01")), list(dates = list("2026-02-01")))
  }
})

test("a value is not matched by the beginning of its name", {
  for (name in c("layouts", "layout_mode", "lay")) {
    widget <- do.call(anywidget, stats::setNames(list("js", 1), c("", name)))
    same(widget$layout$.parts$class, "Layout")
    same(widget[[name]], 1)
    constructor <- do.call(new_anywidget, c(list("x", esm = "js"), stats::setNames(list(2), name)))
    same(constructor()$layout$.parts$class, "Layout")
  }
})

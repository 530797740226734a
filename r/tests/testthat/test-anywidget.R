test("a constructor has typed traits", {
  counter <- new_anywidget(
    "counter",
    count = trait_int(0, min = 0), label = "Clicks", esm = "export default {}"
  )
  expect_named(formals(counter), c("...", "count", "label", "session"))
  widget <- counter(count = 3)
  same(list(widget$count, widget$label), list(3L, "Clicks"))
  fails(counter(cuont = 3), "counter has no cuont \\(similar: count\\)")
  fails(counter(count = "five"), 'count of counter: must be a whole number, got "five"')
  fails(counter(3), "an argument has no name")
  fails(widget$count <- -1, "count of counter: must be a whole number, 0 or more, got -1")
  # The page's value of a wrong type is ignored, with one warning.
  update <- list(method = "update", state = list(count = "x", label = "new"))
  said <- warned(session$receive(widget$model_id, update))
  expect_match(said, paste0("comm ", widget$model_id, ": the page sent a wrong count of "), fixed = TRUE)
  expect_match(said, 'must be a whole number, got "x"', fixed = TRUE)
  same(list(widget$count, widget$label), list(3L, "new"))
  same(data_of(last(session))$state, list(label = "new"))
  # The arguments are evaluated where the constructor is called.
  make <- function(n) lapply(n, function(i) counter(count = i))
  same(vapply(make(1:3), function(widget) widget$count, 0L), 1:3)
  same(do.call(counter, list(count = 7))$count, 7L)
  forwarded <- function(...) counter(...)
  same(forwarded(count = 8)$count, 8L)
})

test("a module and a style sheet are files or texts", {
  folder <- withr::local_tempdir()
  js <- file.path(folder, "widget.js")
  css <- file.path(folder, "widget.css")
  writeLines("export default { word: '\u00e4' };", js, useBytes = TRUE)
  writeLines("b { color: red; }", css)
  widget <- anywidget(js, css = css, count = 1)
  same(widget[["_esm"]], "export default { word: '\u00e4' };\n")
  same(widget[["_css"]], "b { color: red; }\n")
  same(anywidget("export default {};\n// widget.js")[["_esm"]], "export default {};\n// widget.js")
  fails(anywidget("none.js"), "no file none.js in ")
  fails(anywidget(5), "expected a .js file or its text, got 5")
  fails(new_anywidget("x", esm = file.path(folder, "none.js")), "no file")
})

test("in development, changes of the files change the widget, and the state stays", {
  folder <- withr::local_tempdir()
  withr::local_options(shinycomm.hot_reload = TRUE)
  js <- file.path(folder, "widget.js")
  writeLines("first", js)
  Sys.setFileTime(js, as.POSIXct("2026-01-01"))
  widget <- anywidget(js, count = 1)
  widget$count <- 5
  writeLines("second", js)
  Sys.setFileTime(js, as.POSIXct("2026-01-02"))
  session$elapse(1000)
  same(list(widget[["_esm"]], widget$count), list("second\n", 5))
  same(data_of(last(session))$state, list(`_esm` = "second\n"))
  # A moment without the file, as some editors save, changes nothing.
  unlink(js)
  session$elapse(1000)
  same(widget[["_esm"]], "second\n")
  widget$close()
  writeLines("third", js)
  same(warned(session$elapse(1000)), character())
})

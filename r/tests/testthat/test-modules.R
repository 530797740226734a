test("a long module is sent as a URL, and the state keeps the text", {
  long <- paste0("export default {}; // \u00e4", strrep(".", 20000))
  served <- function(url) {
    stopifnot(grepl("^[.]/shiny-comm-modules/[0-9a-f]{64}[.]js$", url))
    folder <- shiny::resourcePaths()[["shiny-comm-modules"]]
    readLines(file.path(folder, basename(url)), encoding = "UTF-8", warn = FALSE)
  }
  widget <- anywidget(long)
  url <- data_of(last(session))$state$`_esm`
  same(served(url), long)
  same(widget[["_esm"]], long)
  anywidget(long)
  same(data_of(last(session))$state$`_esm`, url)
  widget$update(`_esm` = paste0(long, "changed"))
  same(served(data_of(last(session))$state$`_esm`), paste0(long, "changed"))
  widget$update(`_esm` = "short")
  same(data_of(last(session))$state$`_esm`, "short")
  # Another kind of widget with a value of this name.
  widget_open(list(`_esm` = long))
  same(data_of(last(session))$state$`_esm`, long)
  before <- options(shinycomm.module_urls = FALSE)
  anywidget(long)
  options(before)
  same(data_of(last(session))$state$`_esm`, long)
})

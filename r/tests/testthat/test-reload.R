test_that("a change of the files changes open widgets, which keep their state", {
  folder <- tempfile()
  dir.create(folder)
  files <- file.path(folder, c("widget.js", "widget.css"))
  write <- function(n, text, time) {
    writeLines(text, files[[n]])
    Sys.setFileTime(files[[n]], time)
  }
  write(1, "export default {}; // one", "2026-01-01")
  write(2, ".one {}", "2026-01-01")
  server <- function(input, output, session) {
    widget <- anywidget(files[[1]], css = files[[2]], count = 1)
  }
  before <- options(shinycomm.hot_reload = TRUE)
  on.exit(options(before))
  shiny::testServer(server, {
    page <- mock_page(session)
    widget$count <- 5
    session$elapse(600)
    sent <- length(page$messages())
    write(1, "export default {}; // two", "2026-01-02")
    session$elapse(600)
    expect_equal(page$state(widget)$`_esm`, "export default {}; // two\n")
    expect_equal(page$state(widget)$`_css`, ".one {}\n")
    write(2, ".two {}", "2026-01-02")
    session$elapse(600)
    expect_equal(page$state(widget)$`_css`, ".two {}\n")
    expect_equal(page$state(widget)$count, 5L)
    expect_length(page$messages(), sent + 2)
    # A file that is missing for a moment, or is not UTF-8, changes nothing.
    unlink(files[[1]])
    session$elapse(600)
    writeBin(as.raw(c(0x2f, 0x2f, 0xff)), files[[1]])
    session$elapse(600)
    expect_length(page$messages(), sent + 2)
    widget$close()
    write(1, "export default {}; // three", "2026-01-03")
    session$elapse(600)
  })
})

test_that("files are not watched without the option", {
  file <- tempfile(fileext = ".js")
  writeLines("export default {}; // one", file)
  Sys.setFileTime(file, "2026-01-01")
  shiny::testServer(function(input, output, session) widget <- anywidget(file), {
    writeLines("export default {}; // two", file)
    session$elapse(2000)
    expect_match(mock_page(session)$state(widget)$`_esm`, "one")
  })
})

test_that("use_anywidget() writes an app whose test passes, and overwrites no file", {
  folder <- file.path(tempfile(), "app")
  said <- testthat::capture_messages(use_anywidget("counter", folder))
  expect_match(said[[6]], "runApp")
  files <- list.files(folder, recursive = TRUE)
  expect_setequal(files, c(
    "app.R", "counter.css", "counter.js", "tests/testthat.R", "tests/testthat/test-counter.R"
  ))
  passes <- function() {
    utils::capture.output(results <- suppressMessages(shiny::runTests(folder, assert = FALSE)))
    all(results$pass)
  }
  expect_true(passes())
  # The written test can fail.
  app <- file.path(folder, "app.R")
  writeLines(sub("widget$count <- 0", "widget$count <- 1", readLines(app), fixed = TRUE), app)
  expect_false(passes())

  before <- file.mtime(file.path(folder, files))
  expect_error(use_anywidget("counter", folder), "counter[.]js exists; nothing was written")
  said <- testthat::capture_messages(use_anywidget("other", folder))
  expect_match(said[[3]], "Add to app.R: other <- new_anywidget", fixed = TRUE)
  expect_equal(file.mtime(file.path(folder, files)), before)
  expect_setequal(setdiff(list.files(folder, recursive = TRUE), files), c("other.css", "other.js"))
  for (name in list("no name", 7, c("a", "b"), NA_character_, "a/b")) {
    expect_error(use_anywidget(name, folder), "must be a name of R")
  }
})

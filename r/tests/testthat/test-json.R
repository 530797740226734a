jsonlite_of <- function(x) {
  as.vector(jsonlite::toJSON(
    x,
    auto_unbox = TRUE, null = "null", na = "null", digits = NA, json_verbatim = TRUE
  ))
}
invalid_text <- function() {
  text <- "\xff"
  Encoding(text) <- "UTF-8"
  text
}
# Compares also as an item and as a member.
same_json <- function(x) {
  for (value in list(x, list(x), list(a = x, b = NULL))) expect_identical(to_json(value), jsonlite_of(value))
}

test_that("JSON of scalars and short vectors is exactly jsonlite's", {
  scalars <- list(
    NULL, TRUE, FALSE, NA, 1L, -7L, 100000L, NA_integer_, .Machine$integer.max, 1, 0.1 + 0.2, 1e5, 1e15, 1e16,
    -1e-5, 2^53, -0, NaN, Inf, -Inf, NA_real_, .Machine$double.xmin, .Machine$double.xmax, "", "a", "NA",
    NA_character_
  )
  for (x in scalars) same_json(x)
  for (x in scalars[-1]) same_json(I(x))
  vectors <- list(
    logical(), integer(), numeric(), character(), c(TRUE, NA), c(1L, NA), c(1.5, NaN, Inf), c("a", NA, "\""),
    I(character()), 1:50, 1:51, as.numeric(1:60) / 3, rep("\\", 60)
  )
  for (x in vectors) same_json(x)
  set.seed(1)
  numbers <- runif(500, -1, 1) * 10^runif(500, -30, 30)
  expect_identical(vapply(numbers, to_json, ""), strsplit(gsub("[][]", "", jsonlite_of(numbers)), ",")[[1]])
})

test_that("JSON of texts is exactly jsonlite's", {
  texts <- vapply(c(1:0x2ff, 0x2028, 0xfeff, 0x1f600), function(code) paste0("<", intToUtf8(code), "b"), "")
  expect_identical(to_json(as.list(texts)), jsonlite_of(texts))
  for (text in c("</script>", "a/b", "< /", "</", "\\u0041", "a\"b\"c", "\u00e9\n", "$&\\1")) same_json(text)
  latin1 <- "\xe9"
  Encoding(latin1) <- "latin1"
  same_json(latin1)
})

test_that("JSON of nested and of uncommon values is exactly jsonlite's", {
  values <- list(
    list(), named_list(), list(list(), named_list()), list(1, "a", NULL, NA), list(a = 1, b = list(2, c = "x")),
    list(a = NULL), list(`a/b` = 1, `a.b` = I(1:3), `_c` = 2, `"` = 4), list(a = 1, a = 2),
    stats::setNames(list(1, 2), c("", "b")), stats::setNames(list(1, 2), c(NA, "b")), matrix(1:4, 2),
    stats::setNames(list(1), "\u00e9"), I(matrix(1:4, 2)), array(1:8, c(2, 2, 2)),
    structure("[1]", class = "json"), I(list(1)), structure(list(1, 2, 3, 4), dim = c(2, 2)),
    data.frame(x = 1:2, y = c("a", NA)), as.raw(1:3)
  )
  for (x in values) same_json(x)
})

test_that("a text that is not UTF-8 is an error", {
  expect_error(to_json(list(a = invalid_text())), "UTF-8")
})

test("the state of an open has the values of all traits, in their order", {
  classes <- ipywidgets_table()$classes
  registry <- comm_registry(session)
  # Opens for this version wait for the flush.
  registry$frames <- BATCH_VERSION
  for (class in setdiff(names(classes), c("Link", "DirectionalLink"))) {
    options <- if (!is.null(classes[[class]][["_options_labels"]])) list(options = c("a", "b")) else list()
    # The second widget has the texts that the first one left.
    for (turn in 1:2) {
      widget <- do.call(ipy_control, c(class, options))
      serialized <- remove_buffers(widget$.parts$plain())
      data <- list(state = serialized$state, buffer_paths = serialized$paths)
      opens <- Filter(function(message) message$comm_id == widget$model_id, registry$outbox$take())
      content <- jsonlite::parse_json(opens[[1]]$text)$content
      expect_identical(content$data, jsonlite::parse_json(jsonlite_of(data)), label = class)
    }
  }
})

test("a default that cannot be sent is an error with its name", {
  fails(widget_open(list(a = 1, b = trait_any(function() 1))), "b of widget: cannot be sent: functions")
  fails(widget_open(list(a = trait_any(invalid_text()))), "a of widget: cannot be sent")
})

test("a default with bytes is sent as bytes", {
  widget_open(list(a = as.raw(1:3), b = list(x = as.raw(4), y = 1), c = 2))
  session$flushReact()
  open <- session$page$messages()[[1]]
  expect_identical(open$data$buffer_paths, list(list("a"), list("b", "x")))
  expect_identical(open$buffers, list(as.raw(1:3), as.raw(4)))
  expect_identical(open$data$state, list(b = list(y = 1L), c = 2L))
})

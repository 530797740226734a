json <- function(x) as.character(to_json(as_plain(x)))
back <- function(like, text) from_widget(like, jsonlite::parse_json(text))

test_that("each type of value has its form on the page", {
  same <- function(x, text) expect_equal(json(list(a = x)), paste0('{"a":', text, "}"))
  same(NULL, "null")
  same(NA, "null")
  same(NA_character_, "null")
  same(c(1.5, NA, Inf, -Inf, NaN), "[1.5,null,null,null,null]")
  same(Inf, "null")
  same(1, "1")
  same(0.1 + 0.2, "0.3")
  same(1e15, "1000000000000000")
  same(c(1767225600123456, 0.5, NA), "[1767225600123456,0.5,null]")
  same(I(9007199254740991), "[9007199254740991]")
  same(1e300, "1e+300")
  same(c(a = 1767225600123456), '{"a":1767225600123456}')
  same(data.frame(x = 1767225600123456), '{"x":[1767225600123456]}')
  same(123456789012, "123456789012")
  same(TRUE, "true")
  same("a", '"a"')
  same(I(1), "[1]")
  same(I("a"), '["a"]')
  same(I(list(1)), "[1]")
  same(1:3, "[1,2,3]")
  same(character(), "[]")
  same(list(), "[]")
  same(named_list(), "{}")
  same(c(x = 1, y = 2), '{"x":1,"y":2}')
  same(c(x = 1), '{"x":1}')
  same(list(x = 1, y = list(z = "a")), '{"x":1,"y":{"z":"a"}}')
  same(matrix(1:4, 2), "[[1,3],[2,4]]")
  same(factor(c("b", "a", NA)), '["b","a",null]')
  same(as.Date("2026-01-31"), '"2026-01-31"')
  same(as.Date(c("2026-01-31", NA)), '["2026-01-31",null]')
  same(as.POSIXct("2026-01-31 12:00:00", tz = "Asia/Tokyo"), '"2026-01-31T03:00:00.000Z"')
  same(as.POSIXct(0.123, origin = "1970-01-01", tz = "UTC"), '"1970-01-01T00:00:00.123Z"')
  same(as.difftime(2, units = "mins"), "120")
  same(package_version("1.2.3"), '"1.2.3"')
  same(noquote("x"), '"x"')
  same(htmltools::HTML("<b>"), '"<b>"')
  same(I("b"), '["b"]')
  same(jsonlite::toJSON(list(x = 1), auto_unbox = TRUE), '{"x":1}')
  same(data.frame(x = 1:2, y = c("a", NA)), '{"x":[1,2],"y":["a",null]}')
  one_row <- data.frame(x = 1, y = factor("u"), z = as.Date("2026-01-31"))
  same(one_row, '{"x":[1],"y":["u"],"z":["2026-01-31"]}')
  same(data.frame(), "{}")
  same(list(data.frame(x = 1), 2), '[{"x":[1]},2]')
  same("gr\u00f6\u00dfe \U0001f600", '"gr\u00f6\u00dfe \U0001f600"')
})

test_that("integer64 is a number as far as JavaScript has it", {
  skip_if_not_installed("bit64")
  expect_equal(json(bit64::as.integer64("9007199254740992")), "9007199254740992")
  expect_equal(json(bit64::as.integer64(c(5, NA))), "[5,null]")
  expect_error(json(bit64::as.integer64("9007199254740993")), "2\\^53")
})

test_that("values come back as the type that they had", {
  expect_identical(back(c(1, 2), "[3,4]"), c(3L, 4L))
  expect_identical(back(c(1, 2), "[3.5,null]"), c(3.5, NA))
  expect_identical(back("a", '["b","c"]'), c("b", "c"))
  expect_identical(back(c(a = 1), '{"a":2,"b":3}'), c(a = 2L, b = 3L))
  expect_identical(back(list(1), "[3,4]"), list(3L, 4L))
  expect_identical(back(c(1, 2), '[3,"x"]'), list(3L, "x"))
  expect_identical(back(1, "null"), NULL)
  expect_identical(back(I(1), "[1,2]"), I(1:2))
  expect_identical(back(as.Date("2026-01-01"), '"2026-02-03"'), as.Date("2026-02-03"))
  expect_identical(back(as.Date("2026-01-01"), '["2026-02-03",null]'), as.Date(c("2026-02-03", NA)))
  time <- as.POSIXct("2026-02-03 04:05:06", tz = "UTC")
  for (text in c("2026-02-03T04:05:06Z", "2026-02-03T04:05:06.000Z", "2026-02-03T04:05:06+00:00")) {
    expect_equal(back(Sys.time(), paste0('"', text, '"')), time)
  }
  expect_equal(back(as.POSIXlt(Sys.time()), '"2026-02-03T04:05:06Z"'), as.POSIXlt(time))
  expect_equal(back(as.difftime(1, units = "mins"), "90"), as.difftime(1.5, units = "mins"))
  expect_identical(back(factor("a", c("a", "b")), '["b",null]'), factor(c("b", NA), c("a", "b")))
  frame <- data.frame(x = 1:2, y = c("a", "b"), z = as.Date(c("2026-01-01", NA)), stringsAsFactors = FALSE)
  expect_equal(from_widget(frame, jsonlite::parse_json(json(frame))), frame)
  expect_identical(back(frame, '{"x":[],"y":[],"z":[]}')$x, integer())
  expect_error(back(as.Date("2026-01-01"), '"soon"'), "expected a date")
  expect_error(back(as.Date("2026-01-01"), "5"), "expected a date")
  expect_error(back(Sys.time(), '"soon"'), "expected a time")
  expect_error(back(factor("a"), '"b"'), "unknown level 'b'")
  expect_error(back(frame, "[1]"), "object of columns")
})

test_that("a package converts its own classes, also within others", {
  to <- function(x, ...) list(degrees = unclass(x), since = as.Date("2026-01-01"))
  registerS3method("to_widget", "celsius", to, envir = asNamespace("shinycomm"))
  from <- function(like, value, ...) structure(value$degrees, class = "celsius")
  registerS3method("from_widget", "celsius", from, envir = asNamespace("shinycomm"))
  warm <- structure(20, class = "celsius")
  text <- '{"degrees":20,"since":"2026-01-01"}'
  expect_equal(json(list(warm, list(a = warm))), paste0("[", text, ',{"a":', text, "}]"))
  expect_equal(back(warm, '{"degrees":21}'), structure(21, class = "celsius"), ignore_attr = FALSE)
})

# shiny::runApp() evaluates app.R in a child of the global environment. R does not search it for methods.
test_that("the hint of an unknown class shows how an app defines a method", {
  app <- new.env(parent = globalenv())
  app$to_widget.kelvin <- function(x, ...) "not found"
  for (generic in list(to_widget, as_widget)) {
    convert <- function() generic(structure(20, class = "kelvin"))
    message <- tryCatch(convert(), error = conditionMessage)
    expect_match(message, "the class kelvin is not supported|an object of class kelvin")
    hint <- sub(".*: define ", "", message)
    eval(parse(text = sub("...)$", "\"converted\")", hint)), app)
    expect_equal(convert(), "converted")
  }
})

test_that("names are complete and unique", {
  expect_error(json(list(a = 1, 2)), "some do not")
  expect_error(json(c(a = 1, a = 2)), "duplicate name 'a'")
  expect_error(json(list(list(x = 1, x = 2))), "duplicate name 'x'")
})

test_that("the names of a vector are keys, for each class", {
  same <- function(x, text) expect_equal(json(stats::setNames(x, c("a", "b"))), text)
  same(1:2, '{"a":1,"b":2}')
  same(as.Date(c("2026-01-31", NA)), '{"a":"2026-01-31","b":null}')
  time <- as.POSIXct(c(0, 1), origin = "1970-01-01", tz = "UTC")
  same(time, '{"a":"1970-01-01T00:00:00.000Z","b":"1970-01-01T00:00:01.000Z"}')
  same(factor(c("u", "v")), '{"a":"u","b":"v"}')
  same(as.difftime(1:2, units = "secs"), '{"a":1,"b":2}')
  same(noquote(c("u", "v")), '{"a":"u","b":"v"}')
  if (requireNamespace("bit64", quietly = TRUE)) same(bit64::as.integer64(1:2), '{"a":1,"b":2}')
  # The names of rows are not.
  frame <- data.frame(x = 1:2)
  for (column in list(1:2, list(1L, 2L), I(list(1L, 2L)), factor(1:2), I(1:2))) {
    frame$y <- stats::setNames(column, c("a", "b"))
    quote <- if (is.factor(column)) '"' else ""
    expect_equal(json(frame), sprintf('{"x":[1,2],"y":[%s1%s,%s2%s]}', quote, quote, quote, quote))
  }
})

test_that("numbers of matrices have all digits", {
  big <- 9007199254740991
  expect_equal(json(matrix(c(big, NA, Inf, 4), 2)), "[[9007199254740991,null],[null,4]]")
  expect_equal(json(matrix(big)), "[[9007199254740991]]")
  expect_equal(json(array(c(big, 2:8), c(2, 2, 2))), "[[[9007199254740991,5],[3,7]],[[2,6],[4,8]]]")
  expect_equal(json(array(big, 1)), "[9007199254740991]")
  expect_equal(json(list(a = matrix(big))), '{"a":[[9007199254740991]]}')
})

test_that("dates are null without an end, and have years of four digits", {
  same <- function(x, text) expect_equal(json(x), text)
  same(as.Date(c(Inf, -Inf)), "[null,null]")
  same(as.POSIXct(c(Inf, NA), origin = "1970-01-01"), "[null,null]")
  same(as.Date(c(NA, "0001-01-01", "0987-01-01")), '[null,"0001-01-01","0987-01-01"]')
  same(as.POSIXct("0099-01-01", tz = "UTC"), '"0099-01-01T00:00:00.000Z"')
})

test_that("matrices, and columns of lists, come back unchanged", {
  expect_identical(back(matrix(0, 1, 1), "[[1,2],[3,null]]"), matrix(c(1L, 3L, 2L, NA), 2))
  expect_identical(back(matrix("a"), '[["b"]]'), matrix("b"))
  for (text in c("[]", "[[1],[2,3]]", '[[1],["b"]]', '[{"a":[1]}]', "[[[1]]]")) {
    expect_identical(back(matrix(0), text), jsonlite::parse_json(text))
  }
  frame <- data.frame(x = 1:2)
  frame$y <- list(1:2, "b")
  got <- from_widget(frame, jsonlite::parse_json(json(frame)))
  expect_identical(names(got), c("x", "y"))
  expect_identical(got$y, list(list(1L, 2L), "b"))
  expect_error(back(frame, '{"x":[1,2],"y":[1,2,3]}'))
  tibble <- structure(data.frame(x = 1), class = c("tbl_df", "tbl", "data.frame"))
  expect_s3_class(back(tibble, '{"x":[1,2]}'), "tbl_df")
})

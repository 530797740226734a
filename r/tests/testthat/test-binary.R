test_that("numbers are little-endian bytes, and return", {
  expect_identical(as_float32(1.5), as.raw(c(0, 0, 0xc0, 0x3f)))
  expect_identical(as_float64(c(1, NA))[1:8], as.raw(c(0, 0, 0, 0, 0, 0, 0xf0, 0x3f)))
  expect_identical(as_uint16(258), as.raw(c(2, 1)))
  expect_identical(as_uint8(c(TRUE, FALSE)), as.raw(c(1, 0)))
  numbers <- list(
    float32 = c(-0.5, Inf, -Inf, 0), float64 = c(pi, Inf, -1e300), int8 = c(-128L, 127L),
    int16 = c(-32768L, 32767L), int32 = c(-5L, .Machine$integer.max), uint8 = c(0L, 255L),
    uint16 = c(0L, 65535L), uint32 = c(0, 2^31 - 1, 2^31, 2^32 - 1)
  )
  for (type in names(numbers)) {
    write <- get(paste0("as_", type))
    expect_identical(from_buffer(write(numbers[[type]]), type), numbers[[type]])
    expect_identical(from_buffer(raw(), type), numbers[[type]][0])
  }
  expect_identical(from_buffer(as_int32(c(-2^31, 1)), "int32"), c(-2^31, 1))
})

test_that("NA is NaN in floats, and an error in integers", {
  for (type in c("float32", "float64")) {
    values <- from_buffer(get(paste0("as_", type))(c(NA, NaN, 1L)), type)
    expect_identical(is.nan(values), c(TRUE, TRUE, FALSE))
  }
  fails(as_int32(c(1, NA)), "as_int32\\(\\): element 2 is NA")
})

test_that("numbers out of range, fractions and other classes are errors", {
  fails(as_uint8(256), "as_uint8\\(\\): element 1 is 256, expected a whole number from 0 to 255")
  fails(as_uint8(c(0, -1)), "element 2 is -1")
  fails(as_int16(1.5), "element 1 is 1.5")
  fails(as_uint32(2^32), "from 0 to 4294967295")
  fails(as_float64("1"), "as_float64\\(\\): expected numbers, got")
  fails(as_float64(Sys.Date()), "convert it with as.numeric")
  fails(as_int32(factor("a")), "convert it with as.integer")
})

test_that("integer64 is written as 64 bits", {
  skip_if_not_installed("bit64")
  big <- bit64::as.integer64(c("-1", "9007199254740993"))
  expect_identical(as_int64(big)[1:8], as.raw(rep(0xff, 8)))
  expect_true(all(from_buffer(as_int64(big), "int64") == big))
  expect_true(from_buffer(as_int64(5), "int64") == 5)
  fails(as_int64(bit64::as.integer64(NA)), "element 1 is NA")
  fails(as_int64(0.5), "element 1 is 0.5")
})

test_that("from_buffer() rejects wrong lengths, types and values", {
  fails(from_buffer(raw(3), "float32"), "3 bytes are no float32 values of 4 bytes")
  fails(from_buffer(raw(3), "float16"), "the type must be one of float32")
  fails(from_buffer(1:3, "uint8"), "expected a raw vector, got 1:3")
})

test_that("columns_binary() has numbers as bytes, and labels of factors", {
  time <- as.POSIXct("2026-01-31 12:00:00", tz = "UTC")
  df <- data.frame(
    x = c(1.5, NA), n = 1:2, m = c(1L, NA), t = c("a", NA), g = factor(c("u", NA), c("u", "v")), b = c(TRUE,
      NA),
    d = as.Date("2026-01-31") + 0:1, when = time + 0:1, took = as.difftime(c(2, 2),
      units = "mins"), stringsAsFactors = FALSE
  )
  columns <- columns_binary(df)
  expect_identical(names(columns), names(df))
  types <- vapply(columns, function(column) column$dtype, "")
  expect_identical(unname(types),
    c("float64", "int32", "float64", "string", "int32", "bool", "float64", "float64", "float64"))
  expect_identical(columns$n$data, as_int32(1:2))
  expect_identical(is.nan(from_buffer(columns$m$data, "float64")), c(FALSE, TRUE))
  expect_identical(from_buffer(columns$g$data, "int32"), c(0L, -1L))
  expect_identical(columns$g$labels, I(c("u", "v")))
  expect_identical(from_buffer(columns$when$data, "float64")[[1]], as.numeric(time) * 1000)
  expect_identical(from_buffer(columns$d$data, "float64")[[1]], as.numeric(as.Date("2026-01-31")) * 864e5)
  expect_identical(columns$when$unit, "ms")
  expect_identical(from_buffer(columns$took$data, "float64"), c(120, 120))
  expect_identical(names(columns_binary(data.frame())), character())
})

test_that("columns_binary() names a column that it does not support", {
  df <- data.frame(a = 1:2)
  df$b <- list(1, 2)
  fails(columns_binary(df), "columns_binary\\(\\): column b: the class list is not supported")
  df$b <- matrix(1:4, 2)
  fails(columns_binary(df), "column b: matrices are not supported")
  fails(columns_binary(1:3), "expected a data frame, got 1:3")
})

test("columns_binary() is the value of a trait, with the bytes as buffers", {
  widget_open(list(`_model_name` = "AModel",
    data = columns_binary(data.frame(x = c(1, 2), g = factor(c("a", "b"))))))
  sent <- data_of(last(session))
  same(sent$buffer_paths, list(list("data", "x", "data"), list("data", "g", "data")))
  same(sent$state$data$g, list(dtype = "int32", labels = list("a", "b")))
})

test_that("arrow_ipc() writes a stream of Arrow, or names the packages that do", {
  if (requireNamespace("nanoarrow", quietly = TRUE) || requireNamespace("arrow", quietly = TRUE)) {
    # A stream starts with a continuation marker.
    bytes <- arrow_ipc(data.frame(x = 1:3, g = factor(c("u", "v", NA))))
    expect_identical(bytes[1:4], as.raw(rep(0xff, 4)))
  } else {
    fails(arrow_ipc(data.frame(x = 1:3)), "requires the package nanoarrow .* or arrow")
  }
})

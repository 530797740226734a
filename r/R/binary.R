#' Numbers as bytes
#'
#' `as_float32()` and its siblings convert numbers to a raw vector, which arrives on the page as a
#' `DataView`: `new Float32Array(model.get("data").buffer)`. `from_buffer()` converts a raw vector of the
#' page to numbers. The bytes are little-endian, as in all typed arrays of browsers.
#'
#' | function | JavaScript | `NA` | range |
#' | --- | --- | --- | --- |
#' | `as_float32()` | `Float32Array` | `NaN` | 7 digits |
#' | `as_float64()` | `Float64Array` | `NaN` | |
#' | `as_int8()`, `as_int16()`, `as_int32()` | `Int8Array` … | an error | checked |
#' | `as_uint8()`, `as_uint16()`, `as_uint32()` | `Uint8Array` … | an error | checked |
#' | `as_int64()` | `BigInt64Array` | an error | `integer64` of the package bit64, or whole numbers |
#'
#' @param x Numbers, or `TRUE` and `FALSE` as 1 and 0. A matrix is written by columns, as R stores it.
#' @param raw A raw vector.
#' @param type One of `"float32"`, `"float64"`, `"int8"`, `"int16"`, `"int32"`, `"uint8"`, `"uint16"`,
#'   `"uint32"`, `"int64"`.
#' @return `as_float32()` and its siblings return a raw vector, `from_buffer()` a numeric vector.
#'   `from_buffer(raw, "int64")` returns an `integer64`.
#' @examples
#' as_float32(c(1.5, NA))
#' from_buffer(as_float32(c(1.5, NA)), "float32")
#' try(as_uint8(256))
#' @name binary
NULL

#' @rdname binary
#' @export
as_float32 <- function(x) write_floats(x, "as_float32", 4)

#' @rdname binary
#' @export
as_float64 <- function(x) write_floats(x, "as_float64", 8)

#' @rdname binary
#' @export
as_int8 <- function(x) write_integers(x, "as_int8", 1, -2^7, 2^7 - 1)

#' @rdname binary
#' @export
as_int16 <- function(x) write_integers(x, "as_int16", 2, -2^15, 2^15 - 1)

#' @rdname binary
#' @export
as_int32 <- function(x) write_integers(x, "as_int32", 4, -2^31, 2^31 - 1)

#' @rdname binary
#' @export
as_uint8 <- function(x) write_integers(x, "as_uint8", 1, 0, 2^8 - 1)

#' @rdname binary
#' @export
as_uint16 <- function(x) write_integers(x, "as_uint16", 2, 0, 2^16 - 1)

#' @rdname binary
#' @export
as_uint32 <- function(x) write_integers(x, "as_uint32", 4, 0, 2^32 - 1)

#' @rdname binary
#' @export
as_int64 <- function(x) {
  if (!requireNamespace("bit64", quietly = TRUE)) {
    stop("shinycomm: as_int64() requires the package bit64", call. = FALSE)
  }
  if (!inherits(x, "integer64")) {
    x <- bit64::as.integer64(whole_numbers(x, "as_int64", -2^63, 2^63 - 1024))
  }
  if (anyNA(x)) stop("shinycomm: as_int64(): element ", which(is.na(x))[[1]], " is NA", call. = FALSE)
  # An integer64 has its bits in a double.
  writeBin(as.double(unclass(x)), raw(), size = 8, endian = "little")
}

numbers_of <- function(x, name) {
  if (is.object(x) || !(is.numeric(x) || is.logical(x))) {
    hint <- if (inherits(x, c("Date", "POSIXct", "difftime", "integer64"))) ": convert it with as.numeric()"
    if (is.factor(x)) hint <- ": convert it with as.integer()"
    stop("shinycomm: ", name, "(): expected numbers, got ", describe(x), hint, call. = FALSE)
  }
  x
}

write_floats <- function(x, name, size) {
  x <- as.double(numbers_of(x, name))
  # R's NA has other bits than the NaN of JavaScript.
  x[is.na(x)] <- NaN
  writeBin(x, raw(), size = size, endian = "little")
}

whole_numbers <- function(x, name, min, max) {
  x <- as.double(numbers_of(x, name))
  wrong <- is.na(x) | x != trunc(x) | x < min | x > max
  if (any(wrong)) {
    index <- which(wrong)[[1]]
    stop("shinycomm: ", name, "(): element ", index, " is ", format(x[[index]], digits = 15),
      ", expected a whole number from ", format(min, scientific = FALSE), " to ",
      format(max, scientific = FALSE), call. = FALSE)
  }
  x
}

write_integers <- function(x, name, size, min, max) {
  x <- whole_numbers(x, name, min, max)
  above <- x > 2^31 - 1
  x[above] <- x[above] - 2^32
  # R reads the bits of -2^31 as NA, with a warning.
  writeBin(suppressWarnings(as.integer(x)), raw(), size = size, endian = "little")
}

BINARY_SIZES <- c(
  float32 = 4, float64 = 8, int8 = 1, int16 = 2, int32 = 4, int64 = 8, uint8 = 1, uint16 = 2, uint32 = 4
)

#' @rdname binary
#' @export
from_buffer <- function(raw, type) {
  fail <- function(...) stop("shinycomm: from_buffer(): ", ..., call. = FALSE)
  if (!is.raw(raw)) fail("expected a raw vector, got ", describe(raw))
  if (!is.character(type) || length(type) != 1 || !type %in% names(BINARY_SIZES)) {
    fail("the type must be one of ", paste(names(BINARY_SIZES), collapse = ", "), ", got ", describe(type))
  }
  size <- BINARY_SIZES[[type]]
  count <- length(raw) / size
  if (count != trunc(count)) fail(length(raw), " bytes are no ", type, " values of ", size, " bytes")
  read <- function(what, ...) readBin(raw, what, count, size = size, endian = "little", ...)
  if (startsWith(type, "float")) return(read("double"))
  if (type == "int64") {
    if (!requireNamespace("bit64", quietly = TRUE)) fail("int64 requires the package bit64")
    return(structure(read("double"), class = "integer64"))
  }
  if (size < 4) return(read("integer", signed = startsWith(type, "int")))
  numbers <- read("integer")
  if (type == "int32" && !anyNA(numbers)) return(numbers)
  numbers <- as.double(numbers)
  numbers[is.na(numbers)] <- -2^31
  if (type == "uint32") numbers[numbers < 0] <- numbers[numbers < 0] + 2^32
  numbers
}

#' A data frame as columns of bytes
#'
#' Converts a data frame to an object of columns, for a trait of a widget. Numbers are bytes: 100,000
#' rows are sent in milliseconds, and `NaN` and `Inf` arrive.
#'
#' | column | on the page |
#' | --- | --- |
#' | numeric | `{dtype: "float64", data: DataView}`, `NA` is `NaN` |
#' | integer | `{dtype: "int32", data: DataView}`, with `NA` as float64 |
#' | factor | `{dtype: "int32", data: DataView, labels: ["a", "b"]}`: codes from 0, `NA` is -1 |
#' | [Date], [POSIXct] | `{dtype: "float64", data: DataView, unit: "ms"}`: milliseconds for `new Date()` |
#' | [difftime] | as numeric, in seconds |
#' | character, logical | `{dtype: "string", data: ["a", null]}`, `{dtype: "bool", data: [true, null]}` |
#'
#' This function in JavaScript reads a column:
#'
#' ```js
#' const TYPES = { float64: Float64Array, int32: Int32Array };
#' function read({ dtype, data, labels }) {
#'   if (!TYPES[dtype]) return data;
#'   // The bytes of each column are a buffer.
#'   const values = new TYPES[dtype](data.buffer);
#'   return labels ? Array.from(values, (code) => labels[code] ?? null) : values;
#' }
#' const x = read(model.get("data").x);
#' ```
#'
#' @param df A data frame.
#' @return A named list of columns.
#' @examples
#' str(columns_binary(head(iris, 3)))
#' @export
columns_binary <- function(df) {
  if (!is.data.frame(df)) {
    stop("shinycomm: columns_binary(): expected a data frame, got ", describe(df), call. = FALSE)
  }
  columns <- lapply(stats::setNames(nm = names(df)), function(name) {
    tryCatch(binary_column(df[[name]]), error = function(e) {
      stop("shinycomm: columns_binary(): column ", name, ": ", conditionMessage(e), call. = FALSE)
    })
  })
  as_object(columns)
}

binary_column <- function(x) {
  floats <- function(x, ...) list(dtype = "float64", data = as_float64(as.double(x)), ...)
  if (is.factor(x)) {
    codes <- as.integer(x) - 1L
    codes[is.na(codes)] <- -1L
    return(list(dtype = "int32", data = as_int32(codes), labels = I(levels(x))))
  }
  if (inherits(x, "Date")) return(floats(as.numeric(x) * 86400000, unit = "ms"))
  if (inherits(x, "POSIXt")) return(floats(as.numeric(as.POSIXct(x)) * 1000, unit = "ms"))
  if (inherits(x, c("difftime", "integer64"))) return(floats(to_widget(x)))
  if (!is.null(dim(x))) stop("matrices are not supported")
  if (is.integer(x) && !anyNA(x)) return(list(dtype = "int32", data = as_int32(as.vector(x))))
  if (is.numeric(x)) return(floats(x))
  type <- if (is.character(x)) "string" else if (is.logical(x)) "bool"
  if (is.null(type)) stop("the class ", class(x)[[1]], " is not supported")
  list(dtype = type, data = I(as.vector(x)))
}

#' A data frame in the format of Arrow
#'
#' Converts a data frame to a stream in the [IPC format of Arrow](https://arrow.apache.org/), which
#' `tableFromIPC()` of Arrow's JavaScript reads. It requires the package nanoarrow or arrow. With nanoarrow,
#' factors become texts.
#'
#' @param df A data frame, or an object that nanoarrow or arrow converts to a table.
#' @return A raw vector.
#' @examples
#' if (requireNamespace("nanoarrow", quietly = TRUE)) length(arrow_ipc(head(iris)))
#' @export
arrow_ipc <- function(df) {
  fail <- function(e) stop("shinycomm: arrow_ipc(): ", conditionMessage(e), call. = FALSE)
  writer <- arrow_writer()
  if (is.null(writer)) {
    stop("shinycomm: arrow_ipc() requires the package nanoarrow (0.7 or later) or arrow", call. = FALSE)
  }
  tryCatch(writer(df), error = fail)
}

# Returns a function that writes Arrow's format, of the first installed package, or NULL.
arrow_writer <- function() {
  if (requireNamespace("nanoarrow", quietly = TRUE) && utils::packageVersion("nanoarrow") >= "0.7.0") {
    return(function(df) {
      # nanoarrow does not write the dictionaries of factors.
      if (is.data.frame(df)) df[] <- lapply(df, function(x) if (is.factor(x)) as.character(x) else x)
      connection <- rawConnection(raw(), "wb")
      on.exit(close(connection))
      nanoarrow::write_nanoarrow(df, connection)
      rawConnectionValue(connection)
    })
  }
  if (requireNamespace("arrow", quietly = TRUE)) {
    return(function(df) as.raw(arrow::write_to_raw(df, format = "stream")))
  }
}

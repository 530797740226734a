#' Convert R values for widgets, and back
#'
#' `to_widget()` converts a value of R to plain values: lists, vectors without a class, raw vectors and
#' widgets. `from_widget()` converts a value of the page to the class of `like`. A package that has a
#' class defines a method of each.
#'
#' | in R | on the page |
#' | --- | --- |
#' | `NULL`, `NA` | `null` |
#' | `Inf`, `-Inf`, `NaN`, infinite dates | `null`: JSON has no such numbers; [columns_binary()] keeps them |
#' | a number, also in a matrix | 15 digits; whole numbers up to 2^53 are exact |
#' | a vector of length 1 | a value; in [I()] and in [trait_list()] an array |
#' | a vector of another length, a list | an array |
#' | a named vector, a named list | an object |
#' | a data frame | an object of columns |
#' | a matrix, an array | nested arrays, by rows |
#' | a factor | its labels |
#' | [Date] | `"2026-01-31"` |
#' | [POSIXct], [POSIXlt] | `"2026-01-31T12:00:00.000Z"`, in UTC |
#' | [difftime] | seconds |
#' | `integer64` of bit64 | a number; above 2^53 an error |
#' | [numeric_version], [noquote], a text of glue | a text, the values without the class |
#' | the value of an action button | the number of clicks |
#' | text of [jsonlite::toJSON()] | its value |
#' | a raw vector | a `DataView` |
#' | a widget | the model of the widget |
#' | a function, an environment, another class | an error |
#'
#' @param x A value of R.
#' @param like A value of the class to return: the present value of the trait.
#' @param value A value from the page, as [jsonlite::parse_json()] returns it: arrays are lists.
#' @param ... Arguments of methods.
#' @return `to_widget()` returns plain values, `from_widget()` a value like `like`. Both report an
#'   unsuitable value by an error.
#' @examples
#' to_widget(data.frame(x = 1:2, y = c("a", "b")))
#' to_widget(as.Date("2026-01-31"))
#' from_widget(as.Date("2026-01-31"), "2026-02-01")
#' from_widget(c(1, 2), list(3, 4))
#' .S3method("to_widget", "celsius", function(x, ...) list(degrees = unclass(x)))
#' .S3method("from_widget", "celsius", function(like, value, ...) {
#'   structure(value$degrees, class = "celsius")
#' })
#' to_widget(structure(21, class = "celsius"))
#' @export
to_widget <- function(x, ...) UseMethod("to_widget")

# Returns how to define a method. R does not find a method by the name of a function in app.R.
method_hint <- function(generic, class) {
  sprintf("define .S3method(\"%s\", \"%s\", function(x, ...) ...)", generic, class)
}

#' @export
to_widget.default <- function(x, ...) {
  if (is.object(x)) {
    stop("the class ", class(x)[[1]], " is not supported: ", method_hint("to_widget", class(x)[[1]]))
  }
  if (is.function(x)) stop("functions are not supported")
  if (is.environment(x)) stop("environments are not supported")
  if (is.complex(x)) stop("complex numbers are not supported")
  if (!is.null(x) && !is.atomic(x)) stop("the type ", typeof(x), " is not supported")
  if (is.character(x) && !all(validUTF8(enc2utf8(x)))) stop("invalid UTF-8")
  if (!is.null(names(x)) && !is.raw(x) && is.null(dim(x))) return(as_members(lapply(as.list(x), to_widget)))
  if (!is.double(x) || !any(is_long(x))) return(x)
  if (is.null(dim(x))) return(exact_json(x))
  # A 1-d array is a vector; others are arrays of their rows.
  if (length(dim(x)) == 1) return(exact_json(as.vector(x), is_array = TRUE))
  rows <- length(dim(x)) == 2
  lapply(unname(c(asplit(x, 1))), function(part) {
    if (rows) exact_json(as.vector(part), is_array = TRUE) else to_widget(part)
  })
}

# Returns which numbers are whole and have more digits than jsonlite writes, which are 15. JavaScript has
# whole numbers up to 2^53.
is_long <- function(x) !is.na(x) & abs(x) >= 1e15 & abs(x) <= 2^53 & x == trunc(x)

# Writes numbers with all digits.
exact_json <- function(x, is_array = length(x) != 1) {
  texts <- ifelse(is.finite(x), sprintf(ifelse(is_long(x), "%.0f", "%.15g"), x), "null")
  text <- if (is_array) paste0("[", paste(texts, collapse = ","), "]") else texts
  structure(text, class = "json")
}

#' @export
to_widget.list <- function(x, ...) {
  x <- unclass(x)
  for (i in nested_values(x)) x[i] <- list(as_plain(.subset2(x, i)))
  if (is.null(names(x))) x else as_members(x)
}

#' @export
to_widget.shinycomm_widget <- function(x, ...) x

#' @export
to_widget.AsIs <- function(x, ...) {
  class(x) <- setdiff(class(x), "AsIs")
  plain <- as_plain(x)
  as_array(plain)
}

#' @export
to_widget.data.frame <- function(x, ...) {
  as_members(lapply(unclass(x), function(column) {
    # The names of rows are not keys.
    has_rows <- is.atomic(column) || is.list(column) && (!is.object(column) || inherits(column, "AsIs"))
    if (has_rows && !is.data.frame(column)) column <- unname(column)
    # A column of one row is an array.
    as_array(as_plain(column))
  }))
}

#' @export
to_widget.factor <- function(x, ...) named_as(as.character(x), x)

# Returns plain values with the names of a vector, which make an object.
named_as <- function(plain, x) {
  if (is.null(dim(x))) names(plain) <- names(x)
  plain
}

#' @export
to_widget.Date <- function(x, ...) {
  x[!is.finite(x)] <- NA
  pad_years(format(x, "%Y-%m-%d"))
}

# R writes years before 1000 with fewer digits on some systems. JavaScript reads four.
pad_years <- function(texts) {
  short <- grep("^[0-9]{1,3}-", texts)
  missing <- 5 - regexpr("-", texts[short], fixed = TRUE)
  texts[short] <- paste0(strrep("0", missing), texts[short])
  texts
}

#' @export
to_widget.POSIXct <- function(x, ...) {
  # format() cuts off digits: a time of .123 may be stored as .12299999.
  times <- as.POSIXct(round(as.numeric(x), 3) + 1e-6, origin = "1970-01-01", tz = "UTC")
  text <- pad_years(format(times, "%Y-%m-%dT%H:%M:%OS3Z", tz = "UTC"))
  text[!is.finite(times)] <- NA
  named_as(text, x)
}

#' @export
to_widget.POSIXlt <- function(x, ...) to_widget(as.POSIXct(x))

#' @export
to_widget.difftime <- function(x, ...) named_as(as.numeric(x, units = "secs"), x)

#' @export
to_widget.numeric_version <- function(x, ...) as.character(x)

#' @export
to_widget.noquote <- function(x, ...) {
  class(x) <- setdiff(class(x), "noquote")
  to_widget(x)
}

#' @export
to_widget.glue <- function(x, ...) as.character(x)

#' @export
to_widget.shinyActionButtonValue <- function(x, ...) as.integer(x)

#' @export
to_widget.integer64 <- function(x, ...) {
  if (!requireNamespace("bit64", quietly = TRUE)) stop("integer64 requires the package bit64")
  # The numbers of JavaScript are exact up to this limit.
  if (any(abs(x) > bit64::as.integer64("9007199254740992"), na.rm = TRUE)) {
    stop("an integer64 is above 2^53, the limit of JavaScript")
  }
  to_widget(named_as(as.numeric(x), x))
}

#' @export
to_widget.json <- function(x, ...) {
  if (!jsonlite::validate(x)) stop("invalid JSON")
  x
}

#' @export
to_widget.html <- function(x, ...) as.character(x)

#' @rdname to_widget
#' @export
from_widget <- function(like, value, ...) UseMethod("from_widget")

#' @export
from_widget.default <- function(like, value, ...) {
  if (!is.list(value) || !is.atomic(like) || is.raw(like) || is.null(like)) return(value)
  if (length(dim(like)) == 2) return(as_rows(value))
  if (length(value) == 0) like[0] else as_vector(value)
}

#' @export
from_widget.AsIs <- function(like, value, ...) {
  class(like) <- setdiff(class(like), "AsIs")
  value <- from_widget(like, value)
  if (is.null(value)) value else I(value)
}

#' @export
from_widget.data.frame <- function(like, value, ...) {
  if (!is.list(value) || is.null(names(value))) stop("expected an object of columns")
  columns <- lapply(stats::setNames(nm = names(value)), function(name) {
    from_widget(like[[name]] %||% logical(), value[[name]])
  })
  # as.data.frame() would make columns of the elements of a list.
  lists <- vapply(columns, function(column) is.list(column) && !is.object(column), TRUE)
  columns[lists] <- lapply(columns[lists], I)
  frame <- as.data.frame(columns, optional = TRUE, stringsAsFactors = FALSE)
  for (name in names(columns)[lists]) frame[[name]] <- unclass(frame[[name]])
  if (inherits(like, "tbl_df") && !inherits(like, "grouped_df")) class(frame) <- class(like)
  frame
}

#' @export
from_widget.factor <- function(like, value, ...) {
  labels <- as_vector(value)
  unknown <- setdiff(labels[!is.na(labels)], levels(like))
  if (length(unknown) > 0) stop("unknown level ", shorten(unknown[[1]]))
  factor(labels, levels(like), ordered = is.ordered(like))
}

#' @export
from_widget.Date <- function(like, value, ...) parse_times(value, as.Date, "a date such as 2026-01-31")

#' @export
from_widget.POSIXct <- function(like, value, ...) {
  parse_times(value, parse_utc, "a time such as 2026-01-31T12:00:00Z")
}

#' @export
from_widget.POSIXlt <- function(like, value, ...) {
  times <- from_widget(as.POSIXct(like), value)
  if (is.null(times)) NULL else as.POSIXlt(times)
}

#' @export
from_widget.difftime <- function(like, value, ...) {
  seconds <- as_vector(value)
  if (is.null(seconds)) return(NULL)
  if (!is.numeric(seconds)) stop("expected seconds")
  duration <- as.difftime(seconds, units = "secs")
  units(duration) <- units(like)
  duration
}

#' @export
from_widget.integer64 <- function(like, value, ...) bit64::as.integer64(as_vector(value))

parse_times <- function(value, parse, expected) {
  if (is.null(value)) return(NULL)
  texts <- as_vector(value)
  is_empty <- is.list(texts) && length(texts) == 0 || is.logical(texts) && all(is.na(texts))
  if (is_empty) texts <- as.character(texts)
  times <- if (is.character(texts)) tryCatch(parse(texts), error = function(e) NULL)
  if (is.null(times) || anyNA(times[!is.na(texts)])) stop("expected ", expected)
  times
}

parse_utc <- function(texts) {
  # JavaScript writes Z, and Python +00:00.
  texts <- sub("(Z|[+-]00:?00)$", "", texts)
  as.POSIXct(texts, tz = "UTC", tryFormats = c(
    "%Y-%m-%dT%H:%M:%OS", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%OS", "%Y-%m-%d"
  ))
}

# Returns an array of JSON as a vector if all elements are values of one type, and null as NA.
as_vector <- function(value) {
  if (!is.list(value)) return(value)
  if (!is.null(names(value)) && !all(nzchar(names(value)))) return(value)
  scalars <- vapply(value, function(x) is.null(x) || (is.atomic(x) && length(x) == 1), TRUE)
  if (!all(scalars)) return(value)
  value[vapply(value, is.null, TRUE)] <- NA
  types <- unique(vapply(value[!vapply(value, is.na, TRUE)], typeof, ""))
  if (length(setdiff(types, c("integer", "double"))) > 0 && length(types) > 1) return(value)
  unlist(value) %||% list()
}

# Returns an array of rows as a matrix if the rows have one length and one type.
as_rows <- function(value) {
  rows <- lapply(unname(value), as_vector)
  is_matrix <- length(rows) > 0 && all(vapply(rows, is.atomic, TRUE)) && length(unique(lengths(rows))) == 1
  is_text <- vapply(rows, is.character, TRUE)
  if (is_matrix && (all(is_text) || !any(is_text))) do.call(rbind, rows) else value
}

# Converts a value, and also the result of a method, which may have a class.
as_plain <- function(x) {
  plain <- to_widget(x)
  if (is.object(x) && !inherits(plain, "shinycomm_widget")) to_widget(plain) else plain
}

# Makes a plain vector of any length an array.
as_array <- function(plain) {
  if (inherits(plain, "json")) {
    if (startsWith(plain, "[")) plain else structure(paste0("[", plain, "]"), class = "json")
  } else if (is.atomic(plain) && !is.raw(plain) && !is.null(plain)) {
    I(plain)
  } else {
    plain
  }
}

# Checks the keys of an object.
as_members <- function(x) {
  if (!all(validUTF8(enc2utf8(names(x))))) stop("invalid UTF-8 in a name")
  if (!all(nzchar(names(x)) & !is.na(names(x)))) stop("some values have a name, and some do not")
  duplicates <- names(x)[duplicated(names(x))]
  if (length(duplicates) > 0) stop("duplicate name ", shorten(duplicates[[1]]))
  x
}

# Returns the indices of the values in a list that to_widget() changes or rejects.
nested_values <- function(values) {
  simple <- c("NULL", "logical", "integer", "double", "raw")
  types <- vapply(values, typeof, "")
  nested <- !types %in% simple | vapply(values, function(x) !is.null(attributes(x)), TRUE)
  numbers <- which(types == "double" & !nested)
  if (length(numbers) > 0 && any(is_long(unlist(values[numbers], use.names = FALSE)))) nested[numbers] <- TRUE
  which(nested)
}

# Separates the raw vectors of plain values, and replaces widgets by references. Returns the state, the
# paths of the raw vectors, the raw vectors, and the widgets of each value.
remove_buffers <- function(state) {
  paths <- list()
  buffers <- list()
  widgets <- list()
  remove <- function(value, path) {
    if (inherits(value, "shinycomm_widget")) {
      widgets[[path[[1]]]] <<- c(widgets[[path[[1]]]], list(value))
      return(paste0("IPY_MODEL_", value$model_id))
    }
    if (!is.list(value)) return(value)
    names <- names(value)
    keep <- rep(TRUE, length(value))
    for (i in which(vapply(value, typeof, "") %in% c("raw", "list", "environment"))) {
      inner <- .subset2(value, i)
      inner_path <- c(path, list(if (is.null(names)) i - 1L else names[[i]]))
      if (is.raw(inner)) {
        paths[[length(paths) + 1]] <<- inner_path
        buffers[[length(buffers) + 1]] <<- inner
        # A list keeps null at the index; an object loses the key.
        if (is.null(names)) value[i] <- list(NULL) else keep[[i]] <- FALSE
      } else {
        value[i] <- list(remove(inner, inner_path))
      }
    }
    if (all(keep)) value else value[keep]
  }
  list(state = remove(state, list()), paths = paths, buffers = buffers, widgets = widgets)
}

# Returns whether remove_buffers() changes a plain value.
has_parts <- function(plain) {
  is.raw(plain) || is_widget(plain) || is.list(plain) && any(vapply(plain, has_parts, TRUE))
}

# Inserts the buffers of a message from the page into the state at their paths.
put_buffers <- function(state, paths, buffers) {
  is_object <- function(x) is.list(x) && (length(x) == 0 || !is.null(names(x)))
  if (!is.null(state) && !is_object(state)) stop("the state is not an object")
  if (!is.null(paths) && (!is.list(paths) || !all(vapply(paths, is.list, TRUE)))) {
    stop("buffer_paths is not an array of paths")
  }
  if (length(paths) > length(buffers)) stop(length(paths), " buffer paths for ", length(buffers), " buffers")
  put <- function(state, path, buffer) {
    key <- path[[1]]
    if (is.numeric(key) && length(key) == 1) {
      key <- key + 1
      # An index beyond the end could fill the memory.
      is_array <- is.list(state) && is.null(names(state))
      if (!is_array || !key %in% seq_along(state)) stop("buffer path: index out of range")
    } else if (!is.character(key) || !is_object(state)) {
      stop("buffer path: no object with the key ", shorten(describe(key)))
    }
    state[[key]] <- if (length(path) == 1) buffer else put(state[[key]], path[-1], buffer)
    state
  }
  state <- state %||% named_list()
  for (i in seq_along(paths)) {
    path <- paths[[i]]
    if (length(path) == 0 || length(path) > MAX_DEPTH) stop("buffer path: ", length(path), " keys")
    state <- put(state, path, buffers[[i]])
  }
  state
}

# Replaces references in a value from the page by widgets.
as_widgets <- function(value, registry) {
  if (is.list(value)) return(lapply(value, as_widgets, registry))
  if (!is.character(value) || !grepl("\\AIPY_MODEL_[0-9a-f]{32}\\z", value, perl = TRUE)) return(value)
  comm <- registry$comms[[substring(value, 11)]]
  comm$widget %||% value
}

#' Types of traits
#'
#' A trait is a value of a widget, with a type. [new_anywidget()] takes traits by name. A value of another
#' type is an error in R. If the page sends it, R warns, and sends its own value back.
#'
#' @param default The first value of each widget.
#' @param min,max The limits of numbers.
#' @param null Whether `NULL` is allowed.
#' @param values The allowed texts or numbers.
#' @param item The trait of each item, such as `trait_int()`; by default, items have any type.
#' @return A trait.
#' @seealso [to_widget()] for the conversion of values.
#' @examples
#' trait_int(0, min = 0)
#' trait_enum(c("small", "large"))
#' trait_list(c(2, 4), item = trait_float())
#' trait_frame(data.frame(x = 1:3))
#' @name traits
NULL

# Creates a trait. `check` returns a value of R as it is stored, or stops with the reason. `to` returns
# plain values for the page. `from` converts a value of the page, with the present value.
new_trait <- function(type, default, check, to = as_plain, from = function(value, current) check(value),
                      null = FALSE, synced = TRUE) {
  check_or_null <- function(value) {
    if (!is.null(value)) return(check(value))
    if (!null) stop("must not be NULL")
  }
  to_or_null <- function(value) if (!is.null(value)) to(value)
  from_or_null <- function(value, current) {
    if (is.null(value)) check_or_null(NULL) else check_or_null(from(value, current))
  }
  trait <- list(
    type = type, default = NULL, check = check_or_null, to = to_or_null, from = from_or_null,
    null = null, synced = synced
  )
  trait["default"] <- list(if (!is.null(default)) trait_default(type, check, default))
  structure(trait, class = "shinycomm_trait")
}

trait_default <- function(type, check, default) {
  tryCatch(check(default), error = function(e) {
    stop("shinycomm: ", type, "(): default ", conditionMessage(e), call. = FALSE)
  })
}

is_trait <- function(x) inherits(x, "shinycomm_trait")

#' @export
format.shinycomm_trait <- function(x, ...) paste0("<", x$type, "> ", describe(x$default))

#' @export
print.shinycomm_trait <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

# Stops because a value is wrong: "must be a number, got "five"".
must_be <- function(expected, value) stop("must be ", expected, ", got ", describe(value))

# Returns a short text for a value, in errors and prints.
describe <- function(value) {
  if (inherits(value, "shinycomm_widget")) return(format(value))
  if (is.data.frame(value)) {
    return(sprintf("a %s (%d x %d)", class(value)[[1]], nrow(value), ncol(value)))
  }
  if (is.function(value)) return("a function")
  if (is.raw(value)) return(paste(length(value), "bytes"))
  if (is.environment(value)) return("an environment")
  if (is.object(value) && is.atomic(value) && length(value) == 1) {
    return(sprintf("%s (%s)", format(value), class(value)[[1]]))
  }
  text <- tryCatch(deparse(value, nlines = 1, width.cutoff = 60)[[1]], error = function(e) class(value)[[1]])
  if (nchar(text) > 60) paste0(substr(text, 1, 57), "...") else text
}

check_number <- function(value, expected, min, max) {
  if (is.factor(value) || !is.numeric(value) || length(value) != 1 || is.na(value)) must_be(expected, value)
  value <- as.numeric(value)
  if (value < min || value > max) {
    limits <- paste("between", min, "and", max)
    if (max == Inf) limits <- paste(min, "or more")
    if (min == -Inf) limits <- paste(max, "or less")
    must_be(paste0(expected, ", ", limits), value)
  }
  value
}

#' @rdname traits
#' @export
trait_int <- function(default = 0L, min = -Inf, max = Inf, null = FALSE) {
  new_trait("trait_int", default, null = null, check = function(value) {
    number <- check_number(value, "a whole number", min, max)
    if (number != trunc(number) || is.infinite(number)) must_be("a whole number", value)
    if (abs(number) <= .Machine$integer.max) as.integer(number) else number
  })
}

#' @rdname traits
#' @export
trait_float <- function(default = 0, min = -Inf, max = Inf, null = FALSE) {
  new_trait("trait_float", default, null = null, check = function(value) {
    check_number(value, "a number", min, max)
  })
}

#' @rdname traits
#' @export
trait_bool <- function(default = FALSE, null = FALSE) {
  new_trait("trait_bool", default, null = null, check = function(value) {
    if (!is.logical(value) || length(value) != 1 || is.na(value)) must_be("TRUE or FALSE", value)
    as.vector(value)
  })
}

#' @rdname traits
#' @export
trait_string <- function(default = "", null = FALSE) {
  new_trait("trait_string", default, null = null, check = check_string)
}

check_string <- function(value) {
  if (is.factor(value)) value <- as.character(value)
  if (inherits(value, "html")) value <- as.character(value)
  if (!is.character(value) || length(value) != 1 || is.na(value)) must_be("a text", value)
  if (!validUTF8(enc2utf8(value))) stop("must be valid UTF-8")
  as.vector(value)
}

#' @rdname traits
#' @export
trait_enum <- function(values, default = values[[1]], null = FALSE) {
  if (length(values) == 0) stop("shinycomm: trait_enum(): values must not be empty", call. = FALSE)
  expected <- paste("one of", paste(vapply(values, describe, ""), collapse = ", "))
  new_trait("trait_enum", default, null = null, check = function(value) {
    if (is.factor(value)) value <- as.character(value)
    index <- if (is.atomic(value) && length(value) == 1) match(value, values) else NA
    if (is.na(index)) must_be(expected, value)
    values[[index]]
  })
}

#' @rdname traits
#' @export
trait_date <- function(default = NULL) {
  new_trait("trait_date", default, null = TRUE,
    check = function(value) {
      value <- day_of(value)
      if (!inherits(value, "Date") || length(value) != 1) must_be("a Date", value)
      if (is.na(value)) NULL else value
    },
    from = function(value, current) from_widget(Sys.Date(), value)
  )
}

#' @rdname traits
#' @export
trait_datetime <- function(default = NULL) {
  new_trait("trait_datetime", default, null = TRUE,
    check = function(value) {
      if (inherits(value, "POSIXlt")) value <- as.POSIXct(value)
      if (inherits(value, "Date")) value <- as.POSIXct(format(value), tz = "UTC")
      if (!inherits(value, "POSIXct") || length(value) != 1) must_be("a date-time (POSIXct)", value)
      if (is.na(value)) NULL else value
    },
    from = function(value, current) from_widget(Sys.time(), value)
  )
}

#' @rdname traits
#' @export
trait_list <- function(default = list(), item = NULL, null = FALSE) {
  if (!is.null(item) && !is_trait(item)) stop("shinycomm: trait_list(): item must be a trait", call. = FALSE)
  each <- function(value, call) {
    if (is.null(item)) return(value)
    combine(lapply(seq_along(value), function(i) {
      tryCatch(call(value[[i]]), error = function(e) stop("item ", i, " ", conditionMessage(e)))
    }))
  }
  new_trait("trait_list", default, null = null,
    check = function(value) {
      if (is.data.frame(value) || is.function(value) || is.environment(value)) {
        must_be("a list or a vector", value)
      }
      each(value, item$check)
    },
    to = function(value) {
      if (!is.null(item)) return(lapply(unname(as.list(value)), item$to))
      as_array(as_plain(unname(value)))
    },
    from = function(value, current) {
      if (!is.list(value) || !is.null(names(value))) must_be("an array", value)
      if (is.null(item)) return(from_widget(if (is.list(current)) logical() else current, value))
      each(value, function(x) item$from(x, NULL))
    }
  )
}

# Combines single values of one class in a vector.
combine <- function(values) {
  single <- vapply(values, function(x) is.atomic(x) && length(x) == 1 && !is.raw(x), TRUE)
  classes <- unique(lapply(values, function(x) if (is.numeric(x) && !is.object(x)) "numeric" else class(x)))
  if (length(values) == 0 || !all(single) || length(classes) > 1) values else do.call(c, values)
}

#' @rdname traits
#' @export
trait_object <- function(default = named_list(), null = FALSE) {
  new_trait("trait_object", default, null = null,
    check = function(value) {
      if (is.data.frame(value) || !is.vector(value) || (length(value) > 0 && is.null(names(value)))) {
        must_be("a list with names", value)
      }
      as_members(as_object(as.list(value)))
    },
    to = function(value) as_object(as_plain(value))
  )
}

#' @rdname traits
#' @export
trait_frame <- function(default = data.frame(), null = FALSE) {
  new_trait("trait_frame", default, null = null,
    check = function(value) {
      if (!is.data.frame(value)) must_be("a data frame", value)
      value
    },
    to = function(value) as_object(as_plain(value)),
    from = function(value, current) from_widget(if (is.null(current)) data.frame() else current, value)
  )
}

#' @rdname traits
#' @export
trait_bytes <- function(default = raw(), null = FALSE) {
  new_trait("trait_bytes", default, null = null, check = function(value) {
    if (!is.raw(value)) must_be("a raw vector", value)
    value
  })
}

#' @rdname traits
#' @export
trait_widget <- function(default = NULL) {
  new_trait("trait_widget", default, null = TRUE, check = function(value) {
    if (!inherits(value, "shinycomm_widget")) must_be("a widget", value)
    value
  })
}

#' @rdname traits
#' @export
trait_any <- function(default = NULL) {
  # A vector of another length than 1 is an array, also when it has one element later.
  is_array <- is.atomic(default) && length(default) != 1 && !is.raw(default) && !is.null(default) &&
    is.null(names(default))
  new_trait("trait_any", default, null = TRUE,
    check = identity,
    to = function(value) as_plain(if (is_array && is.atomic(value) && !is.raw(value)) I(value) else value),
    from = function(value, current) {
      like <- current %||% default
      if (!inherits(default, "AsIs")) class(like) <- setdiff(class(like), "AsIs")
      result <- from_widget(like, value)
      # An array of one element stays an array in the echo.
      is_one <- is.list(value) && length(value) == 1 && is.null(names(value)) && is.null(dim(result))
      if (is_one && !is_array && is.atomic(result) && !is.raw(result)) I(result) else result
    }
  )
}

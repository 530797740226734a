#' A list that is an object in JSON
#'
#' An empty [list()] is `[]` in JSON, an empty `named_list()` is `{}`.
#'
#' @param ... Named values.
#' @return A list with names.
#' @examples
#' named_list()
#' named_list(a = 1)
#' @export
named_list <- function(...) {
  values <- list(...)
  if (length(values) == 0) names(values) <- character()
  values
}

as_object <- function(x) if (length(x) == 0) named_list() else x

# Converts plain values to JSON.
to_json <- function(x) {
  text <- json_text(x)
  if (!validUTF8(text)) stop("invalid UTF-8")
  text
}

# Returns JSON that is written unchanged.
verbatim <- function(...) {
  text <- paste0(...)
  class(text) <- "json"
  text
}

# Returns the text that jsonlite writes for plain values. jsonlite takes 50 µs for a number, because each
# value of a list is a call of an S4 generic. So only long vectors and uncommon values are left to jsonlite.
json_text <- function(x) {
  attributes <- attributes(x)
  if (is.list(x)) {
    if (is.null(attributes)) return(paste0("[", paste(vapply(x, json_text, ""), collapse = ","), "]"))
    names <- attributes[["names"]]
    if (length(attributes) > 1 || !is_json_keys(names)) return(jsonlite_text(x))
    members <- vapply(x, json_text, "", USE.NAMES = FALSE)
    return(paste0("{", paste0("\"", names, "\":", members, recycle0 = TRUE, collapse = ","), "}"))
  }
  if (is.null(attributes)) {
    if (length(x) == 1) return(scalar_json(x))
    if (is.null(x)) return("null")
  } else if (inherits(x, "json") && length(attributes) == 1 && length(x) == 1) {
    return(as.vector(x))
  } else if (!identical(attributes, AS_IS)) {
    return(jsonlite_text(x))
  }
  if (length(x) > 50 || is.raw(x) || is.complex(x)) return(jsonlite_text(x))
  paste0("[", paste(vapply(as.vector(x), scalar_json, "", USE.NAMES = FALSE), collapse = ","), "]")
}
AS_IS <- attributes(I(1))

scalar_json <- function(x) {
  switch(typeof(x),
    logical = if (is.na(x)) "null" else if (x) "true" else "false",
    integer = if (is.na(x)) "null" else sprintf("%d", x),
    double = if (is.finite(x)) sprintf("%.15g", x) else "null",
    character = if (is_json_text(x)) paste0("\"", enc2utf8(x), "\"") else jsonlite_text(x),
    jsonlite_text(x)
  )
}

# Returns whether a text needs no escapes in JSON.
is_json_text <- function(x) !is.na(x) && !grepl("[\\x01-\\x1f\"\\\\]|</", x, perl = TRUE, useBytes = TRUE)

# Returns whether names are unique, and need no escapes in JSON.
is_json_keys <- function(names) {
  is.character(names) && !anyDuplicated(names) &&
    all(grepl("^[A-Za-z0-9_. -]+$", names, perl = TRUE, useBytes = TRUE))
}

# Returns the names of members with a colon.
json_keys <- function(names) {
  if (is_json_keys(names)) return(paste0("\"", names, "\":"))
  paste0(vapply(names, json_text, ""), ":", recycle0 = TRUE)
}

jsonlite_text <- function(x) {
  as.vector(jsonlite::toJSON(
    x,
    auto_unbox = TRUE, null = "null", na = "null", digits = NA, json_verbatim = TRUE
  ))
}

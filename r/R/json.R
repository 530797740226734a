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
  text <- jsonlite::toJSON(
    x,
    auto_unbox = TRUE, null = "null", na = "null", digits = NA, json_verbatim = TRUE
  )
  if (!validUTF8(text)) stop("invalid UTF-8")
  text
}

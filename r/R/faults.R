# Logs a fault in a message from the page, up to a limit: a page must not fill the log.
log_fault <- function(registry, ...) {
  registry$fault_count <- registry$fault_count + 1
  if (registry$fault_count <= MAX_LOGGED) warn(substr(paste0(...), 1, MAX_FAULT_LENGTH))
  if (registry$fault_count == MAX_LOGGED) warn("too many faults; later ones of this session are not logged")
}

# Logs an error of a callback, up to the same limit, because a page may cause it.
log_error <- function(registry, ...) {
  registry$error_count <- registry$error_count + 1
  if (registry$error_count <= MAX_LOGGED) warn(...)
  if (registry$error_count == MAX_LOGGED) warn("too many errors; later ones of this session are not logged")
}
MAX_LOGGED <- 20
MAX_FAULT_LENGTH <- 500

warn <- function(...) warning("shinycomm: ", ..., call. = FALSE, immediate. = TRUE)

# Returns a text from the page for one line of a log.
shorten <- function(text) encodeString(substr(text, 1, 60), quote = "'")

# Returns the message of an error. R's message for deep recursion is about its stack.
reason_of <- function(error) {
  if (inherits(error, "stackOverflowError")) return("the value has too many nested lists")
  conditionMessage(error)
}

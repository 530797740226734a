# Logs a fault in a message from the page, up to a limit: a page must not fill the log.
log_fault <- function(registry, ...) {
  registry$fault_count <- registry$fault_count + 1
  if (registry$fault_count <= 20) warn(...)
  if (registry$fault_count == 20) {
    warn("too many faults; later ones of this session are not logged")
  }
}

warn <- function(...) warning("shinycomm: ", ..., call. = FALSE, immediate. = TRUE)

# Returns a text from the page for one line of a log.
shorten <- function(text) encodeString(substr(text, 1, 60), quote = "'")

# Measures the R package without a browser, and prints a line for each figure: its name and its value.
# r-speed.mjs runs this script, see README.md. A figure is the median of the CPU times of five runs.
suppressMessages(library(shinycomm))

# A session of Shiny with a socket that drops all messages.
socket <- list2env(list(request = new.env(), send = function(message) NULL))
session <- utils::getFromNamespace("ShinySession", "shiny")$new(socket)
flush_react <- utils::getFromNamespace("flushReact", "shiny")
flush_sessions <- utils::getFromNamespace("flushPendingSessions", "shiny")
flush <- function() {
  flush_react()
  flush_sessions()
}
from_page <- function(input, value) session$manageInputs(stats::setNames(list(value), input), now = TRUE)
read_message <- utils::getFromNamespace("read_message", "shinycomm")
handle_msg <- utils::getFromNamespace("handle_msg", "shinycomm")

# Prints the time of one of `count` repetitions.
figure <- function(name, code, count = 1, unit = 1e6) {
  times <- replicate(5, {
    gc()
    before <- proc.time()
    code(count)
    sum((proc.time() - before)[c("user.self", "sys.self")])
  })
  cat(name, "\t", stats::median(times) / count * unit, "\n", sep = "")
}

shiny::withReactiveDomain(session, {
  slider <- ipy_int_slider(7)
  from_page(".shiny_comm_frames", 3)
  flush()
  registry <- session$userData$shinycomm

  set_many <- function(count) {
    for (i in seq_len(count)) slider$value <- i %% 100
    flush()
  }
  set_one <- function(count) {
    for (i in seq_len(count)) {
      slider$value <- i %% 100
      flush()
    }
  }
  update <- function(i) {
    sprintf(
      paste0(
        '{"content":{"comm_id":"%s","data":{"method":"update","state":{"value":%d},"buffer_paths":[]}},',
        '"metadata":{},"buffers":[]}'
      ),
      slider$model_id, i %% 100
    )
  }
  figure("set", set_many, 2000)
  figure("set-flush", set_one, 2000)
  figure("read", function(count) for (i in seq_len(count)) slider$value, 100)
  figure("read-reactive", function(count) shiny::isolate(for (i in seq_len(count)) slider$value), 2000)
  figure("update", function(count) {
    for (i in seq_len(count)) handle_msg(registry, read_message(update(i)))
  }, 500)
  figure("update-shiny", function(count) {
    for (i in seq_len(count)) {
      from_page("shinywidgets_comm_send", update(i))
      flush()
    }
  }, 100)
  widgets <- list()
  figure("open-400", function(count) {
    for (widget in widgets) widget$close()
    widgets <<- lapply(seq_len(400), function(i) ipy_int_slider(i %% 100))
    flush()
  }, unit = 1000)
  figure("set-flush-400", set_one, 500)

  binary <- anywidget("export default {}", bytes = raw(), numbers = NULL, table = data.frame())
  flush()
  # Each value differs from the one before.
  large <- function(name, values) {
    turn <- 0
    figure(name, function(count) {
      turn <<- turn + 1
      binary[[names(values)]] <- values[[1]](turn)
      flush()
    }, unit = 1000)
  }
  bytes <- as.raw(seq_len(8 * 2^20) %% 251)
  numbers <- as.numeric(seq_len(1e6))
  rows <- data.frame(x = seq_len(10000) / 3, y = seq_len(10000), name = paste("row", seq_len(10000)))
  large("raw-8m", list(bytes = function(turn) {
    bytes[[1]] <- as.raw(turn)
    bytes
  }))
  large("float32-1m", list(numbers = function(turn) as_float32(numbers + turn)))
  large("columns-1m", list(numbers = function(turn) columns_binary(data.frame(x = numbers + turn))))
  large("table-10k", list(table = function(turn) {
    rows$y <- rows$y + turn
    rows
  }))
})

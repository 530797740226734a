# Writes a zip archive without compression.
write_zip <- function(path, files) {
  int <- function(x, size) {
    if (size == 4) as_uint32(x) else as_uint16(x)
  }
  out <- list()
  central <- list()
  at <- 0
  for (name in names(files)) {
    data <- files[[name]]
    if (is.character(data)) data <- charToRaw(enc2utf8(paste(data, collapse = "\n")))
    crc <- sprintf("%08s", digest::digest(data, "crc32", serialize = FALSE))
    crc <- rev(unhex(gsub(" ", "0", crc)))
    common <- c(
      int(c(20, 0x0800, 0, 0, 33), 2), crc, int(c(length(data), length(data)), 4),
      int(c(nchar(name, "bytes"), 0), 2)
    )
    local <- c(charToRaw("PK"), as.raw(3:4), common, charToRaw(name), data)
    central <- c(central, list(c(
      charToRaw("PK"), as.raw(1:2), int(20, 2), common, int(c(0, 0, 0), 2), int(c(0, at), 4), charToRaw(name)
    )))
    out <- c(out, list(local))
    at <- at + length(local)
  }
  directory <- unlist(central)
  end <- c(
    charToRaw("PK"), as.raw(5:6), int(c(0, 0, length(files), length(files)),
      2), int(c(length(directory), at), 4), int(0, 2)
  )
  writeBin(c(unlist(out), directory, end), path)
  path
}

# Makes a wheel in a folder.
make_wheel <- function(name, files = list(), version = "1.2.3", requires = character(),
  folder = wheels_of_test()) {
  metadata <- c(
    "Metadata-Version: 2.1", paste("Name:", name), paste("Version:", version), paste("Requires-Dist:",
      requires),
    "", "Name: in the description"
  )
  info <- paste0(name, "-", version, ".dist-info/METADATA")
  write_zip(file.path(folder, paste0(name, "-", version, "-py3-none-any.whl")),
    c(files, stats::setNames(list(metadata), info)))
}

# The folder of wheels of the running test.
wheels_of_test <- function() getOption("shinycomm.wheels")

# A test with an empty folder of wheels.
wheel_test <- function(name, code) {
  code <- substitute(code)
  env <- new.env(parent = parent.frame())
  test_that(name, {
    folder <- tempfile("wheels-")
    dir.create(folder)
    old <- options(shinycomm.wheels = folder)
    on.exit({
      options(old)
      unlink(folder, recursive = TRUE)
    })
    env$session <- recorder()
    shiny::withReactiveDomain(env$session, eval(code, env))
    succeed()
  })
}

nbextension <- function(name, version, module, index = "define([], () => ({}))") {
  path <- paste0(name, "-", version, ".data/data/share/jupyter/nbextensions/", module, "/index.js")
  stats::setNames(list(index), path)
}

# Returns the state that a widget opened with, as JSON has it.
state_of <- function(session, widget) {
  force(widget)
  for (entry in session$sent) {
    if (is.list(entry$message) && identical(entry$message$content$comm_id, widget$model_id)) {
      return(data_of(entry)$state)
    }
  }
}
open_of <- function(session, widget) {
  opens <- Filter(function(entry) identical(entry$message$content$comm_id, widget$model_id), session$sent)
  opens[[1]]$message
}

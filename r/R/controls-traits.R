# The traits of controls, from the types in ipywidgets.json.

control_trait <- function(spec) {
  null <- isTRUE(spec$null)
  number <- function(trait) trait(spec$default, spec$min %||% -Inf, spec$max %||% Inf, null)
  dated <- function(check, to, from) new_trait(spec$type, NULL, check, to, from, null = TRUE)
  trait <- switch(spec$type,
    string = string_trait(spec),
    color = string_trait(spec, check_color),
    format = string_trait(spec, check_format),
    enum = choice_trait(spec),
    bool = trait_bool(spec$default, null),
    int = number(trait_int),
    float = number(trait_float),
    union = step_trait(spec),
    list = array_trait(spec),
    date = dated(check_day, day_to_page, day_from_page),
    datetime = dated(check_datetime, datetime_to_page, datetime_from_page),
    naive = dated(check_naive, datetime_to_page, datetime_from_page),
    time = dated(check_time, time_to_page, time_from_page),
    bytes = new_trait("bytes", raw(), check_media, identity, from = bytes_from_page),
    object = trait_object(),
    files = files_trait(),
    part = part_trait(spec$of),
    endpoint = new_trait("endpoint", NULL, check_endpoint, identity, from = read_only, null = TRUE),
    widget = new_trait("widget", NULL, check_child, identity),
    any = trait_any(spec$default),
    stop("unknown type ", spec$type)
  )
  if (isTRUE(spec$read_only)) trait$check <- read_only
  if (isFALSE(spec$echo)) trait$echo <- FALSE
  if (spec$type %in% c("bool", "int", "float")) trait$to <- plain_scalar
  trait
}

read_only <- function(...) stop("is read-only")

# A checked value is plain, except a number with more digits than jsonlite writes.
plain_scalar <- function(value) if (is.double(value) && abs(value) >= 1e15) as_plain(value) else value

string_trait <- function(spec, refine = identity) {
  new_trait(spec$type, spec$default, to = identity, null = isTRUE(spec$null), check = function(value) {
    if (inherits(value, c("shiny.tag", "shiny.tag.list"))) value <- as.character(value)
    if (isTRUE(spec$cast) && is.numeric(value) && length(value) == 1) value <- as.character(value)
    refine(check_string(value))
  })
}

# One of several texts. ipywidgets ignores their case.
choice_trait <- function(spec) {
  values <- unlist(spec$values)
  expected <- paste("one of", paste0("\"", values, "\"", collapse = ", "))
  new_trait("enum", spec$default, to = identity, null = isTRUE(spec$null), check = function(value) {
    if (is.factor(value)) value <- as.character(value)
    if (!is.character(value) || length(value) != 1 || is.na(value)) must_be(expected, value)
    at <- match(tolower(value), values)
    if (is.na(at)) must_be(paste0(expected, suggestion(value, values)), value)
    values[[at]]
  })
}

# A number, or "any".
step_trait <- function(spec) {
  number <- control_trait(spec$of[[1]])
  expected <- paste0(if (spec$of[[1]]$type == "int") "a whole number" else "a number", " or \"any\"")
  new_trait("step", spec$default, to = plain_scalar, check = function(value) {
    if (identical(value, "any")) return(value)
    tryCatch(number$check(value), error = function(e) must_be(expected, value))
  })
}

# An array of one type of items: a vector in R, or a list of widgets or objects.
array_trait <- function(spec) {
  empty <- switch(spec$item$type,
    string = character(), color = character(), int = integer(), float = numeric(), NULL
  )
  is_widget_list <- spec$item$type == "widget"
  item <- control_trait(spec$item)
  if (is.null(empty)) {
    trait <- trait_list(list(), if (spec$item$type != "any") item)
  } else {
    trait <- new_trait("vector", unlist(spec$default),
      check = function(value) check_vector(value, item, empty, spec$length),
      to = function(value) as_array(as_plain(value)),
      from = function(value, current) {
        if (!is.list(value) || !is.null(names(value))) must_be("an array", value)
        check_vector(value, item, empty, spec$length)
      }
    )
    trait$default <- trait$default %||% empty
  }
  check <- trait$check
  # In R, c() is NULL.
  trait$check <- function(value) {
    if (is_widget_list && is_widget(value)) value <- list(value)
    if (is.null(value) && is.null(spec$length)) empty %||% list() else check(value)
  }
  trait
}

check_vector <- function(value, item, empty, length = NULL) {
  if (is.factor(value)) value <- as.character(value)
  if (is.function(value) || is.environment(value) || is.data.frame(value)) must_be("a vector", value)
  if (!is.null(length) && length(value) != length) must_be(paste(length, "numbers"), value)
  checked <- lapply(seq_along(value), function(i) {
    tryCatch(item$check(value[[i]]), error = function(e) {
      if (is.list(value) || length(value) > 1) stop("item ", i, " ", conditionMessage(e)) else stop(e)
    })
  })
  c(empty, unlist(checked))
}

check_child <- function(value) {
  if (is_widget(value)) return(value)
  hint <- if (is.character(value)) ": use ipy_label() for a text" else ""
  stop("must be a widget, got ", describe(value), hint)
}

# Dates and times. The page has objects such as {year, month, date}, with months from 0.
check_day <- function(value) {
  if (is.character(value) && length(value) == 1) {
    day <- tryCatch(as.Date(value, "%Y-%m-%d"), error = function(e) NA)
    if (is.na(day)) must_be("a Date, or a text such as \"2026-01-31\"", value)
    return(day)
  }
  value <- day_of(value)
  if (!inherits(value, "Date") || length(value) != 1) must_be("a Date", value)
  if (is.na(value)) NULL else value
}

# Returns the day of a time in its own time zone, which as.Date() of R 4.2 does not use.
day_of <- function(value) {
  if (inherits(value, "POSIXt")) as.Date(format(value, "%Y-%m-%d")) else value
}

day_to_page <- function(value) {
  fields <- as.POSIXlt(value)
  list(year = fields$year + 1900, month = fields$mon, date = fields$mday)
}

day_from_page <- function(value, current) {
  fields <- number_fields(value, c("year", "month", "date"))
  day <- as.Date(ISOdate(fields[[1]], fields[[2]] + 1, fields[[3]]))
  if (is.na(day)) must_be("a date", value)
  day
}

number_fields <- function(value, names) {
  fields <- lapply(names, function(name) if (is.list(value)) value[[name]])
  if (!all(vapply(fields, function(field) is.numeric(field) && length(field) == 1, TRUE))) {
    must_be(paste0("an object with ", paste(names, collapse = ", ")), value)
  }
  as.numeric(unlist(fields))
}

check_datetime <- function(value) {
  if (inherits(value, "POSIXlt")) value <- as.POSIXct(value)
  if (inherits(value, "Date")) value <- as.POSIXct(format(value), tz = "UTC")
  if (!inherits(value, "POSIXct") || length(value) != 1) must_be("a date-time (POSIXct)", value)
  if (is.na(value)) NULL else value
}

# Returns a time in UTC that reads as the clock of the time zone of `value`.
check_naive <- function(value) {
  value <- check_datetime(value)
  if (is.null(value)) return(NULL)
  clock <- as.POSIXlt(value)
  ISOdatetime(clock$year + 1900, clock$mon + 1, clock$mday, clock$hour, clock$min, clock$sec, tz = "UTC")
}

datetime_to_page <- function(value) {
  # A time of .123 may be stored as .12299999.
  milliseconds <- round(as.numeric(value) * 1000)
  fields <- as.POSIXlt(as.POSIXct(milliseconds %/% 1000, origin = "1970-01-01", tz = "UTC"), tz = "UTC")
  list(
    year = fields$year + 1900, month = fields$mon, date = fields$mday, hours = fields$hour,
    minutes = fields$min, seconds = fields$sec, milliseconds = milliseconds %% 1000
  )
}

datetime_from_page <- function(value, current) {
  names <- c("year", "month", "date", "hours", "minutes", "seconds", "milliseconds")
  fields <- number_fields(value, names)
  time <- ISOdatetime(
    fields[[1]], fields[[2]] + 1, fields[[3]], fields[[4]], fields[[5]], fields[[6]] + fields[[7]] / 1000,
    tz = "UTC"
  )
  if (is.na(time)) must_be("a date and a time", value)
  time
}

# Returns a time of day as a text.
check_time <- function(value) {
  expected <- "a time such as \"12:30\" or \"12:30:05\""
  if (inherits(value, "POSIXt") && length(value) == 1) {
    value <- format(value, "%H:%M:%OS3")
  } else if (inherits(value, "difftime") && length(value) == 1) {
    value <- as.numeric(value, units = "secs")
    if (!is.na(value)) {
      if (value < 0 || value >= 86400) stop("must be between 0 and 24 hours, got ", value, " seconds")
      return(format_time(value))
    }
  }
  if (length(value) == 1 && is.na(value)) return(NULL)
  if (!is.character(value) || length(value) != 1) must_be(expected, value)
  pattern <- "^([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?$"
  if (!grepl(pattern, value)) must_be(expected, value)
  format_time(seconds_of(value))
}

seconds_of <- function(time) {
  parts <- as.numeric(strsplit(time, ":", fixed = TRUE)[[1]])
  sum(parts * c(3600, 60, 1)[seq_along(parts)])
}

format_time <- function(seconds) {
  milliseconds <- round(seconds * 1000)
  text <- sprintf(
    "%02d:%02d:%02d", as.integer(milliseconds %/% 3600000), as.integer(milliseconds %/% 60000 %% 60),
    as.integer(milliseconds %/% 1000 %% 60)
  )
  rest <- as.integer(milliseconds %% 1000)
  if (rest > 0) sprintf("%s.%03d", text, rest) else text
}

time_to_page <- function(value) {
  milliseconds <- round(seconds_of(value) * 1000)
  list(
    hours = milliseconds %/% 3600000, minutes = milliseconds %/% 60000 %% 60,
    seconds = milliseconds %/% 1000 %% 60, milliseconds = milliseconds %% 1000
  )
}

time_from_page <- function(value, current) {
  fields <- number_fields(value, c("hours", "minutes", "seconds", "milliseconds"))
  check_time(as.difftime(sum(fields * c(3600, 60, 1, 0.001)), units = "secs"))
}

# Colors and formats, as ipywidgets checks them.
check_color <- function(value) {
  percent <- "\\s*(\\d+(\\.\\d*)?|\\.\\d+)?%?\\s*"
  whole <- "\\s*\\d+%?\\s*"
  patterns <- c(
    "#([a-fA-F0-9]{3,4}|[a-fA-F0-9]{6}|[a-fA-F0-9]{8})",
    sprintf("rgb\\(%s,%s,%s\\)", whole, whole, whole),
    sprintf("rgba\\(%s,%s,%s,%s\\)", whole, whole, whole, percent),
    sprintf("hsl\\(%s,%s,%s\\)", percent, percent, percent),
    sprintf("hsla\\(%s,%s,%s,%s\\)", percent, percent, percent, percent),
    "var\\(--[^),]+(,.*)?\\)"
  )
  if (tolower(value) %in% unlist(ipywidgets_table()$colors)) return(value)
  if (!grepl(paste0("^(", paste(patterns, collapse = "|"), ")$"), value, perl = TRUE)) {
    must_be("a color of CSS such as \"red\" or \"#ff0000\"", value)
  }
  value
}

check_format <- function(value) {
  pattern <- "^(?:(.)?([<>=^]))?([+\\-\\( ])?([$#])?(0)?(\\d+)?(,)?(\\.\\d+)?([efgrs%pbodxXc])?$"
  if (!grepl(pattern, value, perl = TRUE)) must_be("a format of d3-format such as \".2f\"", value)
  value
}

# A raw vector, or the name of a file. open_control() converts URLs, which require a format.
check_media <- function(value) {
  if (is.raw(value)) return(value)
  if (!is.character(value) || length(value) != 1 || is.na(value)) must_be("a raw vector or a file", value)
  if (is_url(value)) return(charToRaw(enc2utf8(value)))
  if (!file.exists(value)) stop("no file ", value, " in ", getwd())
  readBin(value, "raw", file.size(value))
}

# A text of the page is not the name of a file: the echo would send the file to the page.
bytes_from_page <- function(value, current) if (is.raw(value)) value else must_be("bytes", value)

is_url <- function(value) is.character(value) && length(value) == 1 && grepl("^(https?|data):", value)

# The files of an upload: a data frame in R, an array of objects with bytes on the page.
files_trait <- function() {
  columns <- c("name", "type", "size", "last_modified", "content")
  none <- data.frame(name = character(), type = character(), size = numeric())
  none$last_modified <- as.POSIXct(numeric(), origin = "1970-01-01", tz = "UTC")
  none$content <- list()
  trait <- new_trait("files", none,
    check = function(value) {
      if (!is.data.frame(value) || !all(columns %in% names(value))) {
        must_be(paste("a data frame with the columns", paste(columns, collapse = ", ")), value)
      }
      value
    },
    to = function(value) {
      lapply(seq_len(nrow(value)), function(i) {
        list(
          name = value$name[[i]], type = value$type[[i]], size = value$size[[i]],
          content = value$content[[i]], last_modified = round(as.numeric(value$last_modified[[i]]) * 1000)
        )
      })
    },
    from = function(value, current) {
      is_file <- function(file) {
        is.list(file) && is.character(file[["name"]]) && is.character(file[["type"]]) &&
          is.numeric(file[["size"]]) && is.raw(file[["content"]]) && is.numeric(file[["last_modified"]])
      }
      if (!is.list(value) || !all(vapply(value, is_file, TRUE))) must_be("an array of files", value)
      if (length(value) == 0) return(none)
      column <- function(name) unlist(lapply(value, function(file) file[[name]]))
      files <- data.frame(name = column("name"), type = column("type"), size = as.numeric(column("size")))
      files$last_modified <- as.POSIXct(column("last_modified") / 1000, origin = "1970-01-01", tz = "UTC")
      files$content <- lapply(value, function(file) file[["content"]])
      files
    }
  )
  check <- trait$check
  trait$check <- function(value) if (length(value) == 0) none else check(value)
  trait
}

# A layout or a style. A list becomes a widget, which closes with the one that refers to it.
part_trait <- function(class) {
  model <- if (class == "Layout") "LayoutModel$" else "StyleModel$"
  is_part <- function(value) {
    is_widget(value) && "_model_name" %in% value$.parts$names() &&
      grepl(model, value$.parts$current("_model_name"))
  }
  trait <- new_trait("part", NULL, to = identity, null = TRUE, check = function(value) {
    if (is_part(value)) return(value)
    if (!is.list(value) || is.data.frame(value)) must_be(paste0("a widget of ", class, ", or a list"), value)
    owned_by_parent(open_control(class, value, shiny::getDefaultReactiveDomain()))
  })
  check <- trait$check
  trait$check <- function(value) check(if (is.null(value)) list() else value)
  # A page makes no widgets.
  trait$from <- function(value, current) {
    if (is_part(value)) value else must_be(paste("a widget of", class), value)
  }
  trait
}

# An end of a link: a widget and the name of a trait.
check_endpoint <- function(value) {
  if (!is.list(value) || length(value) != 2 || !is_widget(value[[1]])) {
    must_be("a widget and a name, such as list(slider, \"value\")", value)
  }
  name <- value[[2]]
  known <- value[[1]]$.parts$names()
  if (!is.character(name) || length(name) != 1 || !name %in% known) {
    stop(value[[1]]$.parts$class, " has no ", describe_name(name), suggestion(name, known))
  }
  if (!name %in% value[[1]]$.parts$synced) stop(name, " of ", value[[1]]$.parts$class, " is not on the page")
  unname(value)
}

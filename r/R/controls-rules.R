# Rules of controls. A rule has `start(values)`, which completes the first values; `adjust` and `computed`,
# as in new_widget(); and further `traits`. It is NULL for classes that do not have it.

pick <- function(name, values, present) if (name %in% names(values)) values[[name]] else present[[name]]

# Keeps a value within `min` and `max`.
limits_rule <- function(name, specs) {
  if (!all(c("min", "max", "value") %in% names(specs)) || endsWith(name, "sInput")) return(NULL)
  is_range <- specs$value$type == "list"
  # Times are compared as seconds, the limits of a FloatLogSlider are exponents.
  scaled <- if (specs$value$type == "time") seconds_of else identity
  list(adjust = function(values, present) {
    if (!any(c("value", "min", "max", "base") %in% names(values))) return(values)
    min <- pick("min", values, present)
    max <- pick("max", values, present)
    if (!is.null(min) && !is.null(max) && scaled(min) > scaled(max)) {
      stop("min (", describe_limit(min), ") is above max (", describe_limit(max), ")")
    }
    value <- pick("value", values, present)
    if (is.null(value)) return(values)
    if (is_range && value[[1]] > value[[2]]) {
      stop("value: the lower end (", value[[1]], ") is above the upper end (", value[[2]], ")")
    }
    if (!is.null(specs$base)) {
      base <- pick("base", values, present)
      min <- base^min
      max <- base^max
    }
    within <- value
    for (i in seq_along(value)) {
      if (!is.null(min) && scaled(within[[i]]) < scaled(min)) within[[i]] <- min
      if (!is.null(max) && scaled(within[[i]]) > scaled(max)) within[[i]] <- max
    }
    if (!identical(within, value)) values$value <- within
    values
  })
}

describe_limit <- function(limit) if (is.character(limit)) describe(limit) else format(limit)

# The first value of a range slider is the middle half of its limits.
range_rule <- function(name, specs) {
  if (!endsWith(name, "RangeSlider") || is.null(specs$min)) return(NULL)
  list(start = function(values) {
    min <- values$min %||% specs$min$default
    max <- values$max %||% specs$max$default
    if (is.null(values[["value"]]) && is.numeric(min) && is.numeric(max)) {
      values$value <- c(0.75 * min + 0.25 * max, 0.25 * min + 0.75 * max)
      if (specs$min$type == "int") values$value <- trunc(values$value)
    }
    values
  })
}

# The options, and value and label by index.
selection_rule <- function(name, specs) {
  if (is.null(specs[["_options_labels"]])) return(NULL)
  is_multiple <- specs$index$type == "list"
  is_range <- name == "SelectionRangeSlider"
  must_select <- name %in% c("SelectionSlider", "SelectionRangeSlider")
  options_of <- function(state) state[["_options"]]
  count <- function(options) length(options$labels)

  index <- if (is_multiple) {
    array_trait(list(item = list(type = "int"), length = if (is_range) 2, default = if (is_range) c(0L, 0L)))
  } else {
    control_trait(specs$index)
  }
  labels <- array_trait(list(item = list(type = "string")))
  labels$check <- labels$from <- read_only
  hidden <- new_trait("options", as_options(character()), identity, synced = FALSE)

  position <- function(value, options, among) {
    if (is.factor(value)) value <- as.character(value)
    if (is_multiple) {
      at <- vapply(seq_along(value), function(i) find_option(value[[i]], options, among), 1L)
      if (is_range && length(at) != 2) must_be("two options", value)
      return(list(index = at - 1L))
    }
    if (is.null(value) && must_select) stop("must not be NULL")
    list(index = if (!is.null(value)) find_option(value, options, among) - 1L)
  }
  selected <- function(all, index) {
    if (is_multiple) return(if (is.list(all)) as_vector(all[index + 1L]) else all[index + 1L])
    if (!is.null(index)) all[[index + 1L]]
  }
  list(
    traits = list(index = index, `_options_labels` = labels, `_options` = hidden),
    computed = list(
      options = list(
        from = "_options", get = function(state) options_of(state)$given,
        set = function(value, state) list(`_options` = as_options(value))
      ),
      value = list(
        from = c("index", "_options"),
        get = function(state) selected(options_of(state)$values, state[["index"]]),
        set = function(value, state) position(value, options_of(state), c("values", "labels"))
      ),
      label = list(
        from = c("index", "_options"),
        get = function(state) selected(options_of(state)$labels, state[["index"]]),
        set = function(value, state) position(value, options_of(state), "labels")
      )
    ),
    start = function(values) {
      if (must_select && length(values[["options"]]) == 0) {
        stop("shinycomm: ", name, ": options must not be empty", call. = FALSE)
      }
      is_selected <- any(c("index", "value", "label") %in% names(values))
      if (!is_multiple && !is_selected && length(values[["options"]]) > 0) values$index <- 0L
      values
    },
    adjust = function(values, present) {
      if (!any(c("_options", "index") %in% names(values))) return(values)
      options <- pick("_options", values, present)
      if ("_options" %in% names(values)) {
        if (must_select && count(options) == 0) stop("options must not be empty")
        values[["_options_labels"]] <- options$labels
        if (!"index" %in% names(values)) {
          # As in ipywidgets, new options select the first one, unless none was selected.
          has_first <- !is.null(present[["index"]]) && count(options) > 0
          first <- if (is_range) c(0L, 0L) else if (is_multiple) integer() else if (has_first) 0L
          values["index"] <- list(first)
        }
      }
      outside <- Filter(function(i) i < 0 || i >= count(options), values[["index"]])
      if (length(outside) > 0) stop("index (", outside[[1]], "): there are ", count(options), " options")
      values
    }
  )
}

# Returns the labels and the values of options, and the options as they were given.
as_options <- function(given) {
  if (is.factor(given)) given <- levels(given)
  if (is.null(given)) given <- character()
  if (is.data.frame(given) || !is.vector(given) && !is.atomic(given)) must_be("a vector or a list", given)
  # Pairs of label and value, as in Python.
  is_pair <- function(x) is.list(x) && is.null(names(x)) && length(x) == 2 && is.character(x[[1]])
  if (is.list(given) && length(given) > 0 && is.null(names(given)) && all(vapply(given, is_pair, TRUE))) {
    labels <- vapply(given, function(pair) pair[[1]], "")
    values <- lapply(given, function(pair) pair[[2]])
  } else {
    values <- unname(given)
    texts <- if (is.list(given)) {
      vapply(given, function(x) if (is.atomic(x) && length(x) == 1) format_option(x) else describe(x), "")
    } else {
      format_option(given)
    }
    labels <- names(given) %||% texts
    labels[!nzchar(labels)] <- texts[!nzchar(labels)]
  }
  if (anyNA(labels)) stop("must not have NA")
  list(labels = enc2utf8(as.character(unname(labels))), values = values, given = given)
}

format_option <- function(x) if (is.object(x)) trimws(format(x)) else as.character(x)

# Returns the position of the option that equals a value, or that has it as its label.
find_option <- function(value, options, among) {
  for (part in among) {
    all <- options[[part]]
    at <- if (is.list(all) || !is.atomic(value)) {
      equal <- vapply(seq_along(all), function(i) same_value(all[[i]], value), TRUE)
      match(TRUE, equal)
    } else if (length(value) == 1 && !is.na(value)) {
      match(value, all)
    }
    if (length(at) == 1 && !is.na(at)) return(at)
  }
  shown <- utils::head(options[[among[[1]]]], 6)
  texts <- vapply(seq_along(shown), function(i) describe(shown[[i]]), "")
  more <- if (length(options$labels) > 6) ", ..." else ""
  must_be(paste0("one of ", paste(texts, collapse = ", "), more), value)
}

# The titles and the selected page of Accordion, Tab and Stack.
pages_rule <- function(name, specs) {
  if (is.null(specs$titles)) return(NULL)
  is_tab <- name == "Tab"
  list(
    start = function(values) {
      if (is_tab && length(values$children) > 0 && !"selected_index" %in% names(values)) {
        values$selected_index <- 0
      }
      values
    },
    adjust = function(values, present) {
      count <- length(pick("children", values, present))
      if (any(c("children", "titles") %in% names(values))) {
        titles <- pick("titles", values, present)
        values$titles <- c(titles, rep("", count))[seq_len(count)]
      }
      index <- pick("selected_index", values, present)
      if ("selected_index" %in% names(values)) {
        if (!is.null(index) && (index < 0 || index >= count)) {
          stop("selected_index (", index, "): there are ", count, " children")
        }
      } else if ("children" %in% names(values)) {
        if (is_tab && count > 0) index <- min(index %||% 0L, count - 1L)
        if (!is.null(index) && index >= count) index <- NULL
        values["selected_index"] <- list(index)
      }
      values
    }
  )
}

# The allowed tags of TagsInput and its siblings.
tags_rule <- function(name, specs) {
  if (is.null(specs$allowed_tags)) return(NULL)
  list(adjust = function(values, present) {
    for (tag in as.list(values$value)) {
      if (identical(tag, "")) stop("value must not have an empty tag")
      allowed <- pick("allowed_tags", values, present)
      if (length(allowed) > 0 && !tag %in% unlist(allowed)) {
        stop("value: ", describe(tag), " is not one of the allowed tags")
      }
      min <- pick("min", values, present)
      max <- pick("max", values, present)
      if (!is.null(min) && tag < min || !is.null(max) && tag > max) {
        stop("value: ", tag, " is not between ", min %||% -Inf, " and ", max %||% Inf)
      }
    }
    values
  })
}

# The format of a media file or a URL.
media_rule <- function(name, specs) {
  if (!identical(specs$value$type, "bytes")) return(NULL)
  list(start = function(values) {
    file <- values$value
    if (is.null(values$format) && is.character(file) && length(file) == 1) {
      type <- tolower(tools::file_ext(file))
      values$format <- if (is_url(file)) "url" else switch(type,
        jpg = "jpeg", svg = "svg+xml", ico = "x-icon", oga = "ogg", ogv = "ogg", mpg = "mpeg",
        mov = "quicktime", type
      )
    }
    values
  })
}

# All borders of a layout.
border_rule <- function(name) {
  if (name != "Layout") return(NULL)
  sides <- paste0("border_", c("top", "right", "bottom", "left"))
  list(computed = list(border = list(
    from = sides,
    get = function(state) {
      borders <- unique(lapply(sides, function(side) state[[side]]))
      if (length(borders) == 1) borders[[1]]
    },
    set = function(value, state) stats::setNames(rep(list(value), 4), sides)
  )))
}

# The clicks of a button. The class makes 0 an empty value for shiny::req() and shiny::observeEvent().
button_rule <- function(name) {
  if (name != "Button") return(NULL)
  hidden <- trait_int(0L, min = 0)
  hidden$synced <- FALSE
  list(
    traits = list(`_clicks` = hidden),
    computed = list(clicks = list(
      from = "_clicks",
      get = function(state) structure(state[["_clicks"]], class = c("shinyActionButtonValue", "integer")),
      set = function(value, state) list(`_clicks` = unclass(value))
    )),
    start = function(values) {
      # As in ipywidgets, names of icons may begin with fa-.
      if (is.character(values$icon)) values$icon <- gsub("fa-", "", values$icon, fixed = TRUE)
      values
    }
  )
}

count_clicks <- function(button) {
  button$on_msg(function(content, buffers) {
    is_click <- is.list(content) && identical(content[["event"]], "click")
    if (is_click) button$clicks <- button$.parts$current("clicks") + 1L
  }, NULL)
}

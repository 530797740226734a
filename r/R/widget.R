#' Open a widget of any kind
#'
#' A widget is a pair of models: one in R, one on the page. Both can change its values. Most apps use
#' [ipy_int_slider()] and its siblings, [anywidget()] or [widget_from_wheel()] instead of this function.
#'
#' @section The widget:
#' - `w$value` is the value of the trait `value`. In a reactive, it is a reactive value.
#' - `w$value <- 5` changes it in R and on the page. `w$update(value = 5, max = 10)` changes several
#'   traits in one message.
#' - [observe_widget()] calls a function when a trait changes.
#' - `w$send(content, buffers)` sends a custom message, a list and raw vectors.
#' - `w$on_msg(callback)` registers `callback(content, buffers)` for custom messages of the page, and
#'   returns a function that removes it.
#' - `w$close()` closes the widget, here and on the page.
#' - `w$model_id` is the id of its models, and `w$comm` its comm, as [comm_open()] returns it.
#' - `names(w)` has the names of the traits. `w[["send"]]` is a trait with the name of a function.
#'
#' @param state A named list: the values of the traits as R values, or traits such as [trait_int()]. It
#'   has `_model_module`, `_model_name` and the other names that select the model and the view.
#' @param fill Whether the widget fills its output, which is 400 pixels high by default. Otherwise, the widget
#'   has the height of its content.
#' @param session The Shiny session. Without a session, the widget is for documents: see [save_widget()].
#' @return A widget.
#' @examples
#' server <- function(input, output, session) {
#'   widget <- widget_open(list(
#'     `_model_module` = "@jupyter-widgets/controls", `_model_module_version` = "2.0.0",
#'     `_model_name` = "ValidModel", `_view_module` = "@jupyter-widgets/controls",
#'     `_view_module_version` = "2.0.0", `_view_name` = "ValidView", value = TRUE
#'   ))
#'   output$widget <- render_widget(widget)
#' }
#' @export
widget_open <- function(state, fill = TRUE, session = shiny::getDefaultReactiveDomain()) {
  named_values(state, "widget_open()")
  traits <- lapply(state, function(value) if (is_trait(value)) value else trait_any(value))
  class <- sub("Model$", "", default_of(traits, "_model_name") %||% "widget")
  new_widget(widget_kind(class, traits), list(), fill, session)
}

default_of <- function(traits, name) traits[[name]]$default

# Creates the common part of the widgets of a class.
#
# `class` is its name in errors. `traits` is a named list of traits. `computed` has values that other traits
# determine, by name: `get(state)` returns the value, `set(value, state)` returns the values of traits, and
# `from` names the traits. `adjust(values, state)` returns changed values as the widget accepts them, such as
# within its limits.
widget_kind <- function(class, traits, computed = list(), adjust = function(values, state) values) {
  kind <- new.env(parent = emptyenv())
  kind$class <- class
  kind$traits <- traits
  kind$computed <- computed
  kind$adjust <- adjust
  kind$synced <- names(traits)[vapply(traits, function(trait) trait$synced, TRUE)]
  kind$unknown <- names(traits)[vapply(traits, function(trait) isTRUE(trait$unknown), TRUE)]
  kind$defaults <- lapply(traits, function(trait) trait$default)
  # The keys of the state in JSON, and the members with the default values, see default_members().
  kind$keys <- stats::setNames(json_keys(kind$synced), kind$synced)
  kind$members <- stats::setNames(rep(NA_character_, length(kind$synced)), kind$synced)
  kind
}

# Returns the members in JSON that have the default values of traits, by name. A member is written once for
# all widgets of a kind. A default that cannot be sent, or that has bytes or widgets, has no member.
default_members <- function(kind, names) {
  members <- kind$members[names]
  missing <- names[is.na(members)]
  for (name in missing) {
    members[[name]] <- tryCatch(
      {
        plain <- kind$traits[[name]]$to(kind$defaults[[name]])
        if (has_parts(plain)) "" else paste0(kind$keys[[name]], to_json(plain))
      },
      error = function(e) ""
    )
  }
  if (length(missing) > 0) kind$members[missing] <- members[missing]
  members[nzchar(members)]
}

# Creates a widget.
#
# `kind` is the result of widget_kind(), and `values` are the values that differ from the defaults.
# `html_deps` are dependencies that tell the page where modules are.
new_widget <- function(kind, values, fill, session, html_deps = NULL) {
  widget <- new.env(parent = emptyenv())
  registry <- if (is.null(session)) offline_registry() else comm_registry(session)
  class <- kind$class
  traits <- kind$traits
  computed <- kind$computed
  adjust <- kind$adjust
  synced <- kind$synced
  state <- kind$defaults
  # Traits whose default only the JavaScript has. They are sent with their first value.
  unset <- setdiff(kind$unknown, names(values))
  # The comms of the widgets in each value.
  references <- list()
  # The reactives of the traits, and the callbacks of observe_widget().
  changes <- NULL
  changed <- 0
  change_callbacks <- list()
  msg_callbacks <- callback_list("on_msg")

  fail <- function(name, reason) stop("shinycomm: ", name, " of ", class, ": ", reason, call. = FALSE)
  known <- function(name) {
    if (!is.character(name) || length(name) != 1 || !(name %in% names(state) || name %in% names(computed))) {
      similar <- suggestion(name, names(widget_values()))
      stop("shinycomm: ", class, " has no ", describe_name(name), similar, call. = FALSE)
    }
    name
  }
  widget_values <- function() c(state, computed)
  # Returns checked values of traits for values that R sets.
  checked <- function(values, present) {
    for (name in if (length(computed) > 0) intersect(names(computed), names(values))) {
      others <- values[names(values) %in% names(state)]
      set <- tryCatch(
        computed[[name]]$set(values[[name]], replace_values(present, others)),
        error = function(e) fail(name, conditionMessage(e))
      )
      values <- replace_values(values[names(values) != name], set)
    }
    at <- NULL
    tryCatch(
      {
        for (name in names(values)) {
          at <- name
          values[name] <- list(traits[[name]]$check(values[[name]]))
        }
        at <- NULL
        adjust(values, present)
      },
      error = function(e) {
        if (!is.null(at)) fail(at, conditionMessage(e))
        stop("shinycomm: ", class, ": ", conditionMessage(e), call. = FALSE)
      }
    )
  }
  # Converts values to the state and the buffers of a message, and calls `send`. Returns whether the widget
  # referred to another one before.
  serialize_and <- function(values, send, check = TRUE) {
    values <- values[names(values) %in% synced]
    plain <- values
    at <- NULL
    tryCatch(
      for (name in names(values)) {
        at <- name
        plain[name] <- list(traits[[name]]$to(values[[name]]))
      },
      error = function(e) fail(at, paste0("cannot be sent: ", reason_of(e)))
    )
    if (!is.null(registry$root)) plain <- with_module_url(plain, state)
    serialized <- remove_buffers(plain)
    for (name in if (check) names(serialized$widgets)) {
      for (inner in serialized$widgets[[name]]) {
        fault <- widget_fault(inner, registry)
        if (!is.null(fault)) fail(name, fault)
      }
    }
    send(serialized)
    referred <- any(names(values) %in% names(references))
    if (referred) references[names(values)] <<- NULL
    for (name in names(serialized$widgets)) {
      references[[name]] <<- lapply(serialized$widgets[[name]], function(inner) inner$comm)
    }
    referred
  }

  # Returns the state and the paths of its buffers as members in JSON. `others` are further members by name.
  json_of <- function(serialized, others = NULL) {
    names <- names(serialized$state)
    members <- paste0(kind$keys[names], vapply(serialized$state, json_text, ""), recycle0 = TRUE)
    if (length(others) > 0) {
      names(members) <- names
      members <- c(members, others)
      members <- members[synced[synced %in% names(members)]]
    }
    paths <- if (length(serialized$paths) > 0) json_text(serialized$paths) else "[]"
    paste0('"state":{', paste(members, collapse = ","), '},"buffer_paths":', paths)
  }

  values <- checked(values, state)
  state <- replace_values(state, values)
  # The JSON of a module depends on its size.
  defaults <- default_members(kind, synced[!synced %in% c(names(values), unset, "_esm")])
  comm <- NULL
  set_state <- function() state[!names(state) %in% unset]
  serialize_and(state[!names(state) %in% c(names(defaults), unset)], function(serialized) {
    comm <<- new_comm(registry, next_id(registry), "jupyter.widget", session %||% registry$root)
    open_comm(
      comm, verbatim("{", json_of(serialized, defaults), "}"), serialized$buffers, WIDGET_METADATA, html_deps
    )
  })
  comm$refers_to <- function() unlist(unname(references), recursive = FALSE)
  # Documents look for the links of their widgets.
  is_link <- is.null(state[["_view_name"]]) && length(comm$refers_to()) > 0
  if (is.null(registry$root) && is_link) assign(comm$comm_id, comm, envir = registry$comms)

  send_state <- function(method, values, check = TRUE) {
    referred <- serialize_and(values, check = check, send = function(serialized) {
      if (length(serialized$state) == 0 && length(serialized$buffers) == 0) return()
      data <- function() verbatim('{"method":"', method, '",', json_of(serialized), "}")
      comm$publish("comm_msg", data(), serialized$buffers, list())
    })
    if (referred) sweep_later(registry)
  }
  # Applies values to the state, and notifies reactives and callbacks.
  apply_values <- function(values) {
    before <- state
    state <<- replace_values(state, values)
    unset <<- setdiff(unset, names(values))
    changed_names <- names(values)
    for (name in if (length(computed) > 0) names(computed)) {
      rule <- computed[[name]]
      if (any(rule$from %in% names(values)) && !identical(rule$get(before), rule$get(state))) {
        changed_names <- c(changed_names, name)
      }
    }
    changed <<- changed + 1
    if (!is.null(changes)) for (name in changed_names) changes[[name]] <- changed
    if (length(change_callbacks) == 0) return()
    queue_calls(registry, lapply(intersect(changed_names, names(change_callbacks)), function(name) {
      function() {
        change_callbacks[[name]]$each(comm, function(callback, domain) {
          # An earlier callback may have changed the value again.
          value <- current(name)
          call_safely(comm, paste0("the observer of ", name, " of ", class), domain = domain, {
            if (has_arguments(callback, 2)) callback(value, name) else callback(value)
          })
        })
      }
    }))
  }
  current <- function(name) {
    if (length(computed) > 0 && name %in% names(computed)) computed[[name]]$get(state) else state[[name]]
  }

  # The number of updates of the page in a row that R corrected.
  corrected <- 0
  receive_update <- function(data, buffers) {
    wrong <- function(...) log_fault(registry, "comm ", comm$comm_id, ": the page sent ", ...)
    values <- tryCatch(put_buffers(data[["state"]], data[["buffer_paths"]], buffers), error = function(e) {
      wrong("a wrong update of ", class, ": ", conditionMessage(e))
      NULL
    })
    # Without buffers, no value of the update is right.
    if (is.null(values)) return(correct(page_names(data)))
    values <- values[names(values) %in% synced & !duplicated(names(values), fromLast = TRUE)]
    accepted <- list()
    refused <- character()
    for (name in names(values)) {
      if (is_protected(name)) {
        log_fault(registry, "comm ", comm$comm_id, ": the page may not change ", name, " of ", class)
        next
      }
      value <- values[[name]]
      tryCatch(
        {
          if (length(references[[name]]) > 0) value <- as_widgets(value, registry)
          accepted[name] <- list(traits[[name]]$from(value, state[[name]]))
        },
        error = function(e) {
          wrong("a wrong ", name, " of ", class, ": ", reason_of(e))
          refused <<- c(refused, name)
        }
      )
    }
    adjusted <- tryCatch(
      {
        adjusted <- adjust(accepted, state)
        # Like ipywidgets, send the echo before callbacks change values again.
        has_echo <- vapply(names(accepted), function(name) !isFALSE(traits[[name]]$echo), TRUE)
        send_state("echo_update", accepted[has_echo])
        adjusted
      },
      error = function(e) {
        wrong("wrong values of ", class, ": ", reason_of(e))
        NULL
      }
    )
    if (is.null(adjusted)) return(correct(c(refused, names(accepted))))
    same <- vapply(names(adjusted), function(name) {
      name %in% names(accepted) && same_value(adjusted[[name]], accepted[[name]])
    }, TRUE)
    correct(setdiff(refused, names(adjusted)), adjusted[!same])
    if (length(adjusted) > 0) apply_values(adjusted)
  }
  # Sends R's values to a page that has others. A module that repeats its values would never end.
  correct <- function(names, adjusted = list()) {
    if (length(names) == 0 && length(adjusted) == 0) {
      corrected <<- 0
      return(invisible())
    }
    corrected <<- corrected + 1
    if (corrected <= MAX_CORRECTIONS) {
      # Unchecked, because a referenced widget may be closed.
      send_state("update", replace_values(state[names], adjusted), check = FALSE)
    }
    if (corrected == MAX_CORRECTIONS) {
      warn("comm ", comm$comm_id, ": ", class, ": the page repeats wrong values; R stops correcting them")
    }
  }
  # Returns the names of the values in an update of the page, which may have any form.
  page_names <- function(data) {
    heads <- lapply(as_list(data[["buffer_paths"]]), function(path) as_list(path)[1])
    names <- unique(unlist(c(names(as_list(data[["state"]])), heads)))
    names <- intersect(names, synced)
    names[!is_protected(names)]
  }
  comm$handle <- function(message) {
    data <- message[["content"]][["data"]]
    if (!is.list(data)) {
      return(log_fault(registry, "comm ", comm$comm_id, ": the message to ", class, " is not an object"))
    }
    method <- data[["method"]]
    if (identical(method, "custom")) {
      msg_callbacks$each(comm, function(callback, domain) {
        call_safely(
          comm, paste("on_msg of", class), callback(data[["content"]], message[["buffers"]]), domain
        )
      })
    } else if (identical(method, "update")) {
      receive_update(data, message[["buffers"]])
    } else if (identical(method, "request_state")) {
      # Unchecked, because a referenced widget may be closed.
      send_state("update", set_state(), check = FALSE)
    }
  }

  widget$model_id <- comm$comm_id
  widget$comm <- comm
  widget$fill <- fill
  change <- function(values) {
    if (!comm$is_open()) stop("shinycomm: ", class, ": cannot update: the widget is closed", call. = FALSE)
    values <- checked(values, state)
    same <- vapply(names(values), function(name) same_value(state[[name]], values[[name]]), TRUE)
    if (all(same)) return(invisible(widget))
    send_state("update", values[!same])
    apply_values(values[!same])
    invisible(widget)
  }
  widget$update <- function(...) {
    values <- named_values(list(...), class)
    for (name in names(values)) known(name)
    change(values)
  }
  widget$send <- function(content, buffers = list()) {
    content <- tryCatch(as_plain(content), error = function(e) {
      stop("shinycomm: ", class, ": the message cannot be sent: ", reason_of(e), call. = FALSE)
    })
    comm$publish("comm_msg", list(method = "custom", content = content), buffers, named_list())
    invisible(widget)
  }
  widget$on_msg <- msg_callbacks$add
  widget$close <- function() comm$close()
  # The parts of the methods below. Their names are no traits' names.
  widget$.parts <- list(
    class = class, traits = traits, synced = synced, html_deps = html_deps,
    names = function() union(names(state), names(computed)),
    current = function(name) current(known(name)),
    read = function(name) {
      known(name)
      if (has_reactive_context()) {
        if (is.null(changes)) changes <<- shiny::reactiveValues()
        # An error outside of reactives, if the function above cannot know.
        tryCatch(changes[[name]], error = function(e) NULL)
      }
      current(name)
    },
    set = function(name, value) change(stats::setNames(list(value), known(name))),
    observe = function(name, callback) {
      if (is.null(change_callbacks[[known(name)]])) {
        change_callbacks[[name]] <<- callback_list("observe_widget")
      }
      change_callbacks[[name]]$add(callback)
    },
    # Returns the state as plain values, with the raw vectors and widgets.
    plain = function() {
      names <- setdiff(synced, unset)
      stats::setNames(lapply(names, function(name) traits[[name]]$to(state[[name]])), names)
    }
  )
  lockEnvironment(widget, bindings = TRUE)
  class(widget) <- "shinycomm_widget"
  comm$widget <- widget
  comm$label <- class
  widget
}

# How many updates of a page in a row are corrected.
MAX_CORRECTIONS <- 1000

as_list <- function(value) if (is.list(value)) value else list()

WIDGET_METADATA <- verbatim('{"version":"2.1.0"}')

# Returns whether a reactive or isolate() is running. Shiny does not export the function, and its error
# outside of reactives takes 2 ms. Without the function, the answer is TRUE.
has_reactive_context <- function() {
  has_context <- get0("hasCurrentContext", envir = asNamespace("shiny"), inherits = FALSE)
  is.null(has_context) || has_context()
}

# Returns `values` with `others`, which may be NULL.
replace_values <- function(values, others) {
  values[names(others)] <- others
  values
}

describe_name <- function(name) if (is.character(name) && length(name) == 1) name else describe(name)

# Returns a hint with a similar name, or an empty text. A name that is cut off is the most similar one, then
# a name with other capitals or with its letters in another order.
suggestion <- function(name, names) {
  names <- names[!startsWith(names, "_")]
  if (!is.character(name) || length(name) != 1 || length(names) == 0) return("")
  sorted <- function(x) vapply(strsplit(tolower(x), ""), function(x) paste(sort(x), collapse = ""), "")
  distances <- utils::adist(name, names, ignore.case = TRUE)
  distances[sorted(names) == sorted(name)] <- 0.5
  distances[startsWith(names, name)] <- 0
  if (min(distances) > min(2, nchar(name) / 2)) return("")
  paste0(" (similar: ", names[[which.min(distances)]], ")")
}

# Returns why a widget cannot be shown or referred to, or NULL.
widget_fault <- function(widget, registry) {
  if (!identical(widget$comm$registry, registry)) {
    if (is.null(widget$comm$registry$root)) {
      paste(format(widget), "was made outside of a session: make it in the server function")
    } else {
      paste(format(widget), "belongs to another session")
    }
  } else if (!widget$comm$is_open()) {
    paste(format(widget), "is closed")
  }
}

# Checks that each value has a unique name.
named_values <- function(values, class) {
  if (length(values) > 0 && (is.null(names(values)) || !all(nzchar(names(values))))) {
    stop("shinycomm: ", class, ": a value has no name", call. = FALSE)
  }
  duplicates <- names(values)[duplicated(names(values))]
  if (length(duplicates) > 0) {
    stop("shinycomm: ", class, ": duplicate value ", duplicates[[1]], call. = FALSE)
  }
  values
}

# Returns which values a page may not set, because R would serve the page's code under the app's URL.
# The page counts the views in `_view_count`.
is_protected <- function(names) {
  grepl("^_(esm|css|anywidget_id)$|^_(model|view)_", names) & names != "_view_count"
}

# Compares values like the page, where 5 and 5L are equal.
same_value <- function(one, other) {
  if (identical(one, other)) return(TRUE)
  is_number <- function(x) is.numeric(x) && !is.object(x)
  is_number(one) && is_number(other) && length(one) == length(other) &&
    identical(names(one), names(other)) && isTRUE(all(one == other))
}

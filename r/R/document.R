#' Save a widget as a page
#'
#' Writes a page that shows a widget from its state, without a server. The page needs neither R nor a
#' network: one file has the client and the modules of widgets, too. Its widgets react to the user, and links
#' in the browser work. A widget of a session is saved in its present state. A widget whose wheel has only an
#' extension of JupyterLab is an error.
#'
#' @param widget A widget, also one made without a session.
#' @param file The name of the page, such as `"slider.html"`.
#' @param title The title of the page.
#' @param selfcontained Whether the page is one file. Otherwise the client is in a folder next to it.
#' @return The name of the page, invisibly.
#' @section R Markdown and Quarto:
#' A widget that a chunk prints is shown in the same way in an HTML document. In a document with
#' `runtime: shiny`, the widget has R behind it, as in an app.
#' @examples
#' file <- tempfile(fileext = ".html")
#' save_widget(ipy_vbox(ipy_int_slider(7), ipy_label("A page")), file, title = "A slider")
#' @export
save_widget <- function(widget, file, title = "Widget", selfcontained = TRUE) {
  widget <- document_widget(widget, "save_widget")
  if (!is.character(file) || length(file) != 1 || !dir.exists(dirname(file))) {
    stop("shinycomm: save_widget(): file must be a name in an existing folder, got ", describe(file),
      call. = FALSE)
  }
  if (!selfcontained) {
    libraries <- paste0(tools::file_path_sans_ext(basename(file)), "_files")
    dependencies <- c(list(jquery(), widget_dependency()), module_files(list(widget), libraries))
    content <- htmltools::attachDependencies(document_tags(widget), dependencies)
    page <- htmltools::tagList(htmltools::tags$head(htmltools::tags$title(title)), content)
    htmltools::save_html(page, file, libdir = libraries)
    return(invisible(file))
  }
  heads <- vapply(document_dependencies(list(widget)), function(dependency) dependency$head, "")
  lines <- c(
    "<!DOCTYPE html>", "<html>", "<head>", "<meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    as.character(htmltools::tags$title(title)), heads, "</head>", "<body>",
    as.character(document_tags(widget)), "</body>", "</html>"
  )
  connection <- base::file(file, "wb")
  on.exit(close(connection))
  writeLines(enc2utf8(lines), connection, useBytes = TRUE)
  invisible(file)
}

#' Show a widget without an app
#'
#' Shows the page of [save_widget()] in the viewer of RStudio, or in the browser.
#'
#' @param widget A widget.
#' @return The name of the page, invisibly.
#' @examples
#' if (interactive()) widget_view(ipy_int_slider(7))
#' @export
widget_view <- function(widget) {
  file <- tempfile("widget", fileext = ".html")
  save_widget(widget, file)
  viewer <- getOption("viewer")
  if (is.function(viewer)) viewer(file) else utils::browseURL(paste0("file://", file))
  invisible(file)
}

# Shows a widget in a chunk of R Markdown or Quarto.
#' @exportS3Method knitr::knit_print
knit_print.shinycomm_widget <- function(x, ...) { # nolint: object_name_linter.
  if (!is.null(knitr::pandoc_to()) && !knitr::is_html_output()) return(knitr::knit_print(format(x)))
  knitr::knit_print(htmltools::as.tags(x), ...)
}

#' @exportS3Method knitr::knit_print
knit_print.shinycomm_dependency <- function(x, ...) { # nolint: object_name_linter.
  knitr::asis_output("", meta = list(x))
}

# Returns the output of a widget of the current session, or its state for a document.
#' @exportS3Method htmltools::as.tags
as.tags.shinycomm_widget <- function(x, ...) { # nolint: object_name_linter.
  session <- shiny::getDefaultReactiveDomain()
  registry <- x$comm$registry
  if (!is.null(session) && identical(session$rootScope(), registry$root)) {
    registry$printed <- registry$printed + 1
    id <- paste0("shinycomm_widget_", registry$printed)
    session$output[[id]] <- render_widget(x)
    return(widget_output(session$ns(id), fill = x$fill))
  }
  document_widget(x, "as.tags")
  runtime <- if (isNamespaceLoaded("knitr")) knitr::opts_knit$get("rmarkdown.runtime")
  served <- is.character(runtime) && startsWith(runtime, "shiny")
  dependencies <- if (served) {
    c(list(widget_dependency()), module_files(list(x)))
  } else {
    document_dependencies(list(x))
  }
  htmltools::attachDependencies(document_tags(x), dependencies)
}

document_widget <- function(x, call) {
  widget <- tryCatch(as_widget(x), shinycomm_no_widget = function(e) {
    stop("shinycomm: ", call, "(): expected a widget, got ", describe(x), call. = FALSE)
  })
  if (!widget$comm$is_open()) stop("shinycomm: ", call, "(): ", format(widget), " is closed", call. = FALSE)
  widget
}

# Returns the tags of a widget and its state, in Jupyter's format for documents:
# https://ipywidgets.readthedocs.io/en/stable/embedding.html
document_tags <- function(widget) {
  script <- function(kind, value, ...) {
    type <- sprintf("application/vnd.jupyter.widget-%s+json", kind)
    version <- list(version_major = 2L, version_minor = 0L)
    # A text with "</script>" must not end the script.
    json <- gsub("<", "\\u003c", to_json(c(version, value)), fixed = TRUE)
    htmltools::tags$script(type = type, ..., htmltools::HTML(json))
  }
  view <- script("view", list(model_id = widget$model_id), `data-fill` = if (widget$fill) "true")
  output <- htmltools::tags$div(class = "shiny-ipywidget-output", view)
  models <- document_models(list(widget))
  htmltools::tagList(
    htmltools::bindFillRole(output, item = widget$fill, container = TRUE),
    script("state", list(state = lapply(models, document_state)))
  )
}

# Returns widgets by model id, with the widgets in their state, and with links. Another part of a document
# may show the other end of a link.
document_models <- function(widgets) {
  found <- list()
  add <- function(widget) {
    if (!is.null(found[[widget$model_id]])) return()
    found[[widget$model_id]] <<- widget
    for (comm in widget$comm$refers_to()) add(comm$widget)
  }
  for (widget in widgets) add(widget)
  # Links have no view, and the widgets do not refer to them.
  comms <- as.list(widgets[[1]]$comm$registry$comms)
  links <- Filter(function(comm) {
    !is.null(comm$widget) && length(comm$refers_to()) > 0 &&
      is.null(comm$widget$.parts$plain()$`_view_name`)
  }, comms)
  repeat {
    before <- length(found)
    for (link in links) {
      ends <- vapply(link$refers_to(), function(comm) !is.null(found[[comm$comm_id]]), TRUE)
      if (any(ends)) add(link$widget)
    }
    if (length(found) == before) return(found)
  }
}

document_state <- function(widget) {
  serialized <- remove_buffers(widget$.parts$plain())
  state <- serialized$state
  buffers <- Map(function(path, bytes) {
    list(path = path, encoding = "base64", data = httpuv::rawToBase64(bytes))
  }, serialized$paths, serialized$buffers)
  list(
    model_name = state$`_model_name`, model_module = state$`_model_module`,
    model_module_version = state$`_model_module_version`, state = state, buffers = unname(buffers)
  )
}

# Returns the dependencies of documents, which contain the parts of the client that widgets need.
document_dependencies <- function(widgets) {
  states <- lapply(document_models(widgets), function(widget) remove_buffers(widget$.parts$plain())$state)
  modules <- unique(unlist(lapply(states, function(state) c(state$`_model_module`, state$`_view_module`))))
  texts <- unlist(states)
  parts <- list(
    jquery(inline = TRUE),
    document_part("document", c("start", "document"), script = "shiny-comm.js", sheet = "shiny-comm.css")
  )
  add <- function(...) parts <<- c(parts, list(document_part(...)))
  if ("@jupyter-widgets/controls" %in% modules) {
    scripts <- c("controls-core", "controls", "sanitize", "output-widget-sanitize")
    add("controls", scripts, c("controls", "icons"))
  }
  if ("@jupyter-widgets/output" %in% modules) {
    add("output", c("output-widget", "sanitize", "output-widget-sanitize"), "output")
  }
  if ("anywidget" %in% modules) add("anywidget", "anywidget")
  if (any(grepl("\\$.+\\$|\\\\\\(|\\\\\\[|\\\\begin\\{", texts))) add("math", "math-katex", "katex")
  bundled <- c("@jupyter-widgets/base", "@jupyter-widgets/controls", "@jupyter-widgets/output", "anywidget")
  if (length(setdiff(modules, bundled)) > 0) add("amd", "amd", "icons")
  c(parts, lapply(amd_modules(widgets), function(module) {
    text <- to_json(read_text(file.path(module$folder, "index.js")))
    module_head(module, sprintf(
      # The fragment is the extension without which the client would append one.
      "URL.createObjectURL(new Blob([%s], { type: 'text/javascript' })) + '#.js'",
      gsub("<", "\\u003c", text, fixed = TRUE)
    ))
  }))
}

# Returns the AMD modules of widgets from wheels: their names, and the folders with their files.
amd_modules <- function(widgets) {
  found <- list()
  for (widget in document_models(widgets)) {
    for (module in widget$.parts$html_deps) {
      if (!is.null(module$script)) {
        stop(
          "shinycomm: ", format(widget), " cannot be shown without a server: its module ", module$name,
          " is an extension of JupyterLab", call. = FALSE
        )
      }
      module$folder <- shiny::resourcePaths()[[module$src$href]]
      found[[module$name]] <- module
    }
  }
  unname(found)
}

# Returns the dependencies that tell a document where the AMD modules of its widgets are. They are in a folder
# next to the document, or at the addresses of the R process.
module_files <- function(widgets, libraries = NULL) {
  lapply(amd_modules(widgets), function(module) {
    if (is.null(libraries)) return(module_head(module, to_json(paste0(module$src$href, "/index.js"))))
    dependency <- module_head(module, to_json(paste0(
      libraries, "/", module_folder(module), "-", module$version, "/index.js"
    )))
    dependency$src <- list(file = module$folder)
    dependency$all_files <- TRUE
    dependency
  })
}

module_folder <- function(module) gsub("[^A-Za-z0-9_.-]", "-", sub("^@", "", module$name))

# Returns a dependency with a script that adds the address of a module, an expression, to the configuration of
# RequireJS, where the client finds it. A document may load RequireJS before or after the script.
module_head <- function(module, address) {
  script <- sprintf(
    "(paths => {
  const known = globalThis.requirejs;
  if (typeof known === 'function') return known.config({ paths });
  paths = { ...known?.paths, ...paths };
  globalThis.requirejs = { ...known, paths, s: { contexts: { _: { config: { paths } } } } };
})({ %s: %s });", to_json(module$name), address
  )
  htmltools::htmlDependency(
    module_folder(module), module$version, src = c(href = "shinycomm"), head = inline_script(script)
  )
}

# Returns a dependency that has a part of the client as texts.
document_part <- function(name, chunks, styles = NULL, script = NULL, sheet = NULL) {
  file_of <- function(chunk, extension) {
    pattern <- sprintf("^%s-[0-9A-F]{8}[.]%s$", chunk, extension)
    files <- list.files(client_path("chunks"), pattern)
    if (length(files) != 1) {
      stop(
        "shinycomm: the client of this installation has no file ", chunk, ".", extension,
        ": install the tarball of a release again", call. = FALSE
      )
    }
    file.path("chunks", files)
  }
  texts <- vapply(chunks, function(chunk) client_text(file_of(chunk, "js")), "")
  # The chunks and the client find each other by this key.
  key <- regmatches(texts[[1]], regexpr("Symbol[.]for\\(\"[^\"]+\"\\)", texts[[1]]))
  loader <- sprintf("(globalThis[%s]??={chunks:{},styles:{}})", key)
  sheets <- vapply(styles, function(style) client_sheet(file_of(style, "css")), "")
  addresses <- vapply(sheets, function(sheet) {
    paste0("data:text/css;base64,", httpuv::rawToBase64(charToRaw(sheet)))
  }, "")
  head <- c(
    inline_script(paste(
      c(loader, sprintf("%s.styles[\"%s\"]=\"%s\"", loader, styles, addresses)), collapse = ";\n"
    )),
    if (!is.null(sheet)) sprintf("<style>%s</style>", client_sheet(sheet)),
    vapply(chunks, function(chunk) inline_script(client_text(file_of(chunk, "js"))), ""),
    if (!is.null(script)) inline_script(client_text(script))
  )
  htmltools::htmlDependency(
    paste0("shinycomm-", name), client_version(), src = c(href = "shinycomm"),
    head = paste(head, collapse = "\n")
  )
}

# Returns a script tag for the text of a script, without two sequences that have a meaning in HTML.
inline_script <- function(text) {
  text <- gsub("</script", "<\\/script", text, fixed = TRUE)
  sprintf("<script>%s</script>", gsub("<!--", "<\\!--", text, fixed = TRUE))
}

# Returns Shiny's jQuery, which the client uses. A document may have another copy of the same name.
jquery <- function(inline = FALSE) {
  file <- system.file("www/shared/jquery.min.js", package = "shiny")
  text <- read_text(file)
  version <- regmatches(text, regexpr("[0-9]+[.][0-9]+[.][0-9]+", text))
  if (!inline) {
    return(htmltools::htmlDependency(
      "jquery", version, package = "shiny", src = c(file = "www/shared"), script = "jquery.min.js",
      all_files = FALSE
    ))
  }
  htmltools::htmlDependency("jquery", version, src = c(href = "shinycomm"), head = inline_script(text))
}

client_path <- function(...) system.file("client", ..., package = "shinycomm")

client_text <- function(file) read_text(client_path(file))

read_text <- function(path) {
  text <- readChar(path, file.size(path), useBytes = TRUE)
  Encoding(text) <- "UTF-8"
  text
}

# Returns a style sheet with its fonts.
client_sheet <- function(file) {
  text <- client_text(file)
  fonts <- regmatches(text, gregexpr("url\\([^)]*[.]woff2[^)]*\\)", text))[[1]]
  for (font in unique(fonts)) {
    path <- client_path("fonts", basename(gsub("url\\([\"']?|[\"']?\\)", "", font)))
    bytes <- readBin(path, "raw", file.size(path))
    address <- sprintf("url(data:font/woff2;base64,%s)", httpuv::rawToBase64(bytes))
    text <- gsub(font, address, text, fixed = TRUE)
  }
  text
}

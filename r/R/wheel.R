# Wheels of Python packages: their files, and the address of their JavaScript. A wheel is a zip archive; an
# installed package is a folder with the same files.

#' Read a wheel of a Python package
#'
#' Reads the names and the versions in a wheel. [widget_from_wheel()] makes its widgets.
#'
#' A wheel is the file of a package on PyPI, such as `ipyleaflet-0.20.0-py3-none-any.whl`. This command
#' downloads it: `pip download --no-deps ipyleaflet`. Without Python, the page of the package on
#' PyPI has it, below "Download files". Only `py3-none-any` wheels are for every computer; their
#' JavaScript is the same in all.
#'
#' @param wheel A wheel, the folder of an unpacked wheel, or the folder of an installed package, such as
#'   `"…/site-packages/ipyleaflet"`. Without a `/` and `.whl`, the name of a package: its newest wheel in
#'   the folder `getOption("shinycomm.wheels")`, by default `"wheels"` in the working directory.
#' @return An object with `name`, `version` and `modules`, the modules that the wheel has for pages. Its
#'   print shows the classes of widgets, too.
#' @section Files:
#' The needed files of a wheel are unpacked into the temporary folder of the R process, or into the
#' folder `options(shinycomm.wheel_cache = "…")`, which keeps them. A wheel with a name that leaves this
#' folder is refused.
#' @examples
#' if (file.exists("wheels/drawdata-0.5.2-py3-none-any.whl")) read_wheel("drawdata")
#' @export
read_wheel <- function(wheel) {
  if (inherits(wheel, "shinycomm_wheel")) return(wheel)
  if (!is.character(wheel) || length(wheel) != 1 || is.na(wheel)) {
    stop("shinycomm: read_wheel(): expected the name of a wheel, got ", describe(wheel), call. = FALSE)
  }
  path <- if (grepl("[/\\\\]|[.]whl$", wheel) || dir.exists(wheel)) wheel else find_wheel(wheel)
  if (!file.exists(path)) stop("shinycomm: no wheel ", path, ". ", how_to_get(wheel_name(path)),
    call. = FALSE)
  path <- normalizePath(path, winslash = "/")
  key <- paste(path, file.mtime(path), file.size(path))
  known <- wheels[[key]]
  if (!is.null(known)) return(known)
  wheel <- if (dir.exists(path)) open_folder(path) else open_archive(path)
  wheel$modules <- wheel_modules(wheel)
  assign(key, structure(wheel, class = "shinycomm_wheel"), envir = wheels)
  wheels[[key]]
}
wheels <- new.env(parent = emptyenv())

#' @export
format.shinycomm_wheel <- function(x, ...) paste0("<wheel ", x$name, " ", x$version, ">")

#' @export
print.shinycomm_wheel <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  classes <- python_classes(x)
  classes <- classes[vapply(classes, function(class) is_widget_class(class, classes), TRUE)]
  if (length(x$modules) > 0) cat("  modules: ", paste(names(x$modules), collapse = ", "), "\n", sep = "")
  if (length(classes) > 0) {
    cat(strwrap(paste("classes:", paste(names(classes), collapse = ", ")), indent = 2, exdent = 4),
      sep = "\n")
  }
  invisible(x)
}

# Returns the name of a package as in the name of a wheel.
wheel_name <- function(path) {
  tolower(gsub("[-_.]+", "_", sub("-[0-9].*$", "", sub("[.]whl$", "", basename(path)))))
}

wheels_folder <- function() getOption("shinycomm.wheels", "wheels")

# Returns the newest wheel of a package in a folder.
find_wheel <- function(name, folder = wheels_folder(), required = TRUE) {
  paths <- list.files(folder, "[.]whl$", full.names = TRUE)
  paths <- paths[wheel_name(paths) == wheel_name(name)]
  if (length(paths) == 0) {
    if (!required) return(NULL)
    stop("shinycomm: no wheel of ", name, " in the folder ", folder, ". ", how_to_get(name), call. = FALSE)
  }
  versions <- numeric_version(gsub("[^0-9.].*$", "", sub("^[^-]*-([^-]*)-.*$", "\\1", basename(paths))),
    strict = FALSE)
  paths[[order(versions, decreasing = TRUE)[[1]]]]
}

how_to_get <- function(name) {
  name <- gsub("_", "-", name)
  paste0(
    "Download it with `pip download --no-deps --dest ", wheels_folder(), " ", name,
    "`, or from the files of ", name, " on PyPI. options(shinycomm.wheels = ) sets the folder of wheels."
  )
}

# Checks the names in an archive: a name must not leave the folder of the archive.
check_names <- function(names, path) {
  parts <- strsplit(names, "[/\\\\]")
  unsafe <- grepl("^[/\\\\]|^[A-Za-z]:|^~", names) | vapply(parts, function(part) any(part == ".."), TRUE)
  if (any(unsafe)) {
    stop("shinycomm: the wheel ", path, " is refused: it has the file ", shorten(names[unsafe][[1]]),
      ", outside of its folder", call. = FALSE)
  }
}

# A wheel has the names of its files, and a function that returns the path of each after it is unpacked.
open_archive <- function(path) {
  listed <- tryCatch(utils::unzip(path, list = TRUE)$Name, error = function(e) NULL,
    warning = function(w) NULL)
  if (is.null(listed)) stop("shinycomm: ", path, " is not a wheel: it is no zip archive", call. = FALSE)
  check_names(listed, path)
  files <- listed[!endsWith(listed, "/")]
  digest <- digest::digest(path, "sha256", file = TRUE)
  extract <- function(names) {
    folder <- file.path(wheel_cache(), digest)
    paths <- file.path(folder, names)
    missing <- !file.exists(paths)
    if (any(missing)) {
      # Another process may unpack the same file: each file appears whole.
      work <- tempfile("unpack-", tmpdir = wheel_cache())
      on.exit(unlink(work, recursive = TRUE))
      utils::unzip(path, names[missing], exdir = work)
      for (one in unique(dirname(paths[missing]))) dir.create(one, FALSE, recursive = TRUE)
      file.rename(file.path(work, names[missing]), paths[missing])
    }
    paths
  }
  new_wheel(path, files, extract, digest)
}

wheel_cache <- function() {
  folder <- getOption("shinycomm.wheel_cache", file.path(tempdir(), "shiny-comm-wheels"))
  dir.create(folder, FALSE, recursive = TRUE)
  normalizePath(folder, winslash = "/")
}

open_folder <- function(path) {
  infos <- function(folder) list.files(folder, "[.]dist-info$", full.names = TRUE)
  if (length(infos(path)) > 1) {
    stop("shinycomm: ", path, " has several packages: name the folder of one, such as ",
      path, "/ipyleaflet", call. = FALSE)
  }
  digest <- digest::digest(list(path, file.mtime(path)), "sha256")
  if (length(infos(path)) == 1) {
    files <- list.files(path, recursive = TRUE, all.files = TRUE)
    return(new_wheel(path, files, function(names) file.path(path, names), digest))
  }
  # An installed package: the record of its files is next to it.
  for (info in infos(dirname(path))) {
    record <- file.path(info, "RECORD")
    if (!file.exists(record)) next
    files <- utils::read.csv(record, header = FALSE, colClasses = "character")[[1]]
    if (!any(startsWith(files, paste0(basename(path), "/")))) next
    names <- sub("^([.][.]/)+share/", "installed.data/data/share/", files)
    known <- stats::setNames(file.path(dirname(path), files), names)
    known <- known[!startsWith(names, "../") & file.exists(known)]
    return(new_wheel(path, names(known), function(names) unname(known[names]), digest))
  }
  stop("shinycomm: ", path, " is no package of Python: it has no .dist-info", call. = FALSE)
}

new_wheel <- function(path, files, extract, digest) {
  metadata <- grep("^[^/]*[.]dist-info/METADATA$", files, value = TRUE)
  if (length(metadata) != 1) stop("shinycomm: ", path, " is not a wheel: it has no METADATA", call. = FALSE)
  lines <- readLines(extract(metadata), warn = FALSE, encoding = "UTF-8")
  # The description follows the first empty line.
  lines <- lines[seq_len(c(which(lines == ""), length(lines) + 1)[[1]] - 1)]
  field <- function(name) sub("^[^:]*: *", "", grep(paste0("^", name, ":"), lines, value = TRUE))
  list(
    name = c(field("Name"), wheel_name(path))[[1]], version = c(field("Version"), "0")[[1]], path = path,
    requires = sub("[^A-Za-z0-9._-].*$", "", field("Requires-Dist")),
    files = files, extract = extract, digest = substr(digest, 1, 12)
  )
}

# Returns the path of a file in a wheel.
wheel_file <- function(wheel, name) {
  if (!name %in% wheel$files) stop("shinycomm: ", format(wheel), " has no file ", name, call. = FALSE)
  wheel$extract(name)
}

read_wheel_text <- function(wheel, name) {
  path <- wheel_file(wheel, name)
  text <- readChar(path, file.size(path), useBytes = TRUE)
  Encoding(text) <- "UTF-8"
  if (!validUTF8(text)) stop("shinycomm: ", name, " in ", format(wheel), " is not UTF-8", call. = FALSE)
  text
}

# ---- modules ----

# Returns the modules of a wheel by name: the folder of its AMD module, or of its labextension.
wheel_modules <- function(wheel) {
  folders <- function(kind, file) {
    pattern <- paste0("^[^/]*[.]data/data/share/jupyter/", kind, "/((?:@[^/]+/)?[^/]+)/", file, "$")
    found <- grep(pattern, wheel$files, value = TRUE, perl = TRUE)
    stats::setNames(dirname(found), sub(pattern, "\\1", found, perl = TRUE))
  }
  amd <- folders("nbextensions", "index[.]js")
  federated <- folders("labextensions", "package[.]json")
  modules <- lapply(stats::setNames(nm = setdiff(names(federated), names(amd))), function(name) {
    list(kind = "labextension", folder = federated[[name]])
  })
  c(lapply(amd, function(folder) list(kind = "amd", folder = folder)), modules)
}

# Returns a module of a wheel. The folder of a labextension may have another name than its module. Names that
# differ in case, `-` and `_` are equal; a package.json has a name, too.
find_module <- function(wheel, module) {
  if (module %in% names(wheel$modules)) return(wheel$modules[[module]])
  normal <- function(names) gsub("_", "-", tolower(names), fixed = TRUE)
  for (name in names(wheel$modules)) {
    found <- wheel$modules[[name]]
    if (found$kind != "labextension") next
    if (normal(name) == normal(module)) return(found)
    package <- tryCatch(jsonlite::read_json(wheel_file(wheel, file.path(found$folder, "package.json"))),
      error = function(e) NULL)
    if (identical(normal(package$name), normal(module))) return(found)
  }
}

# Returns the wheel that has a module: the wheel itself, or one that it requires, next to it or in the folder
# of wheels.
wheel_of_module <- function(wheel, module, seen = character()) {
  if (!is.null(find_module(wheel, module))) return(wheel)
  folders <- unique(c(dirname(wheel$path), wheels_folder()))
  for (name in setdiff(wheel$requires, seen)) {
    seen <- c(seen, name)
    path <- if (dir.exists(wheel$path)) installed_folder(wheel, name)
    for (folder in folders) path <- path %||% find_wheel(name, folder, required = FALSE)
    required <- if (!is.null(path)) tryCatch(read_wheel(path), error = function(e) NULL)
    if (is.null(required)) next
    found <- wheel_of_module(required, module, seen)
    if (!is.null(found)) return(found)
  }
  NULL
}

# Returns the folder of a package that is installed next to another.
installed_folder <- function(wheel, name) {
  folder <- file.path(dirname(wheel$path), gsub("[-.]", "_", name))
  if (dir.exists(folder)) folder
}

# Returns the dependencies that tell a page where modules are, and serves the modules. A module precedes the
# modules that request it.
module_dependencies <- function(wheel, modules) {
  found <- list()
  add <- function(module, required) {
    if (module %in% names(found)) return()
    owner <- wheel_of_module(wheel, module)
    if (is.null(owner)) {
      if (!required) return()
      needed <- setdiff(wheel$requires,
        c("anywidget", "ipywidgets", "jupyter", "notebook", "numpy", "pandas", "traitlets"))
      hint <- grep(gsub("[^a-z0-9]", ".", tolower(module)), tolower(needed), value = TRUE)
      stop("shinycomm: the module ", module, " is not in ", format(wheel), ". ",
        how_to_get(c(hint, module)[[1]]), call. = FALSE)
    }
    found[[module]] <<- NULL
    dependency <- module_dependency(owner, module)
    for (name in requested_modules(owner, module)) add(name, FALSE)
    found[[module]] <<- dependency
  }
  for (module in unique(modules)) add(module, TRUE)
  unname(found)
}

# Returns the names of the AMD modules that the AMD module of a wheel requests.
requested_modules <- function(wheel, module) {
  found <- find_module(wheel, module)
  if (found$kind != "amd") return(character())
  path <- wheel_file(wheel, file.path(found$folder, "index.js"))
  text <- readChar(path, file.size(path), useBytes = TRUE)
  pattern <- "\\b(?:define|require|requirejs)\\(\\s*(?:[\"'][^\"']*[\"']\\s*,)?\\s*\\[([^\\]]{0,2000})\\]"
  lists <- regmatches(text, gregexpr(pattern, text, perl = TRUE, useBytes = TRUE))[[1]]
  names <- unlist(regmatches(lists, gregexpr("[\"'][^\"']+[\"']", lists, useBytes = TRUE)))
  names <- unique(gsub("[\"']", "", names))
  names[grepl("^(@[A-Za-z0-9_-][A-Za-z0-9_.-]*/)?[A-Za-z0-9_-][A-Za-z0-9_.-]*$", names) &
    !startsWith(names, "@jupyter-widgets/") & names != module]
}

module_dependency <- function(wheel, module) {
  found <- find_module(wheel, module)
  files <- wheel$files[startsWith(wheel$files, paste0(found$folder, "/"))]
  # Source maps are for developers of the package.
  wheel$extract(files[!endsWith(files, ".map")])
  index <- wheel_file(wheel, file.path(found$folder, if (found$kind == "amd") "index.js" else "package.json"))
  prefix <- gsub("[^A-Za-z0-9_.-]", "-",
    paste0("shiny-comm-", sub("^@", "", module), "-", wheel$version, "-", wheel$digest))
  serve_folder(prefix, dirname(index))
  version <- gsub("[^0-9.].*$", "", wheel$version)
  dependency <- list(name = module, version = version, src = list(href = prefix))
  if (found$kind == "amd") {
    serve_extension(module, dirname(index))
    config <- list(paths = stats::setNames(list(paste0(prefix, "/index")), module))
    dependency$head <- paste0("<script>window.require.config(", to_json(config), ")</script>")
    return(dependency)
  }
  package <- tryCatch(jsonlite::read_json(index), error = function(e) NULL)
  build <- package$jupyterlab$`_build`
  if (!is.character(package$name) || !is.character(build$load) || !is.character(build$extension)) {
    stop("shinycomm: the labextension ", module, " of ", format(wheel), " has no widgets", call. = FALSE)
  }
  script <- list(
    src = paste0(prefix, "/", build$load), type = "jupyterlab-extension", `data-module` = module,
    `data-container` = package$name, `data-extension` = build$extension
  )
  script$`data-style` <- build$style
  dependency$script <- list(script)
  dependency
}

# Serves the files that some AMD modules request relative to the page, at the address of Jupyter Notebook.
serve_extension <- function(module, folder) {
  path <- paste0("nbextensions/", module)
  # Shiny's addResourcePath() allows no slash. Nothing else has this address, unless the app serves it.
  try(silent = TRUE, {
    server <- shiny::getShinyOption("server")
    present <- names(server$getStaticPaths())
    if (!any(c("nbextensions", path) %in% present)) {
      server$setStaticPath(.list = stats::setNames(list(httpuv::staticPath(folder)), path))
    }
  })
}

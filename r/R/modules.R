# Replaces a module of 16 KiB or more in `values` by a URL, relative to the page. The browser fetches it
# once.
with_module_url <- function(values, state) {
  text <- values[["_esm"]]
  enabled <- getOption("shinycomm.module_urls", TRUE) && is.character(text) && length(text) == 1
  if (!enabled || !identical(state[["_model_module"]], "anywidget")) return(values)
  bytes <- charToRaw(enc2utf8(text))
  if (length(bytes) < 16 * 1024) return(values)
  name <- paste0(digest::digest(bytes, "sha256", serialize = FALSE), ".js")
  folder <- file.path(tempdir(), "shiny-comm-modules")
  if (!file.exists(file.path(folder, name))) {
    dir.create(folder, showWarnings = FALSE)
    writeBin(bytes, file.path(folder, name))
  }
  values[["_esm"]] <- paste0("./", serve_folder("shiny-comm-modules", folder), "/", name)
  values
}

# Serves a folder whose files never change. The browser caches them permanently. Returns the prefix.
serve_folder <- function(prefix, folder) {
  if (!prefix %in% names(shiny::resourcePaths())) shiny::addResourcePath(prefix, folder)
  # addResourcePath() does not support headers. In a version of Shiny without this server, the browser
  # revalidates the files each time.
  try(silent = TRUE, {
    server <- shiny::getShinyOption("server")
    if (length(server$getStaticPaths()[[prefix]]$options$headers) == 0) {
      path <- httpuv::staticPath(folder, headers = list(
        # A page in a sandbox has an opaque origin, and imports modules only with this header.
        "Access-Control-Allow-Origin" = "*",
        "Cache-Control" = "public, max-age=31536000, immutable",
        "Vary" = "Accept-Encoding", "X-Content-Type-Options" = "nosniff"
      ))
      server$setStaticPath(.list = stats::setNames(list(path), prefix))
    }
  })
  prefix
}

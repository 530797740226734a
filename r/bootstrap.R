# Copies the client from dist/ of the repository into the package. The tools pkgbuild, pak and remotes run
# this file before a build; for R CMD build, run it in this folder: Rscript bootstrap.R
client <- file.path("inst", "client")
dist <- file.path("..", "dist")
if (dir.exists(dist)) {
  files <- c(
    grep("^shiny-comm([.]module)?[.](js|css)$", list.files(dist), value = TRUE),
    file.path("chunks", list.files(file.path(dist, "chunks"), "[.](js|css)$")),
    file.path("fonts", list.files(file.path(dist, "fonts"), "[.]woff2$"))
  )
  unlink(client, recursive = TRUE)
  for (folder in unique(dirname(file.path(client, files)))) dir.create(folder, recursive = TRUE)
  stopifnot(file.copy(file.path(dist, files), file.path(client, files)))
  stopifnot(file.copy(file.path(dist, "THIRD-PARTY.txt"), file.path("inst", "COPYRIGHTS"), overwrite = TRUE))
} else if (!file.exists(file.path(client, "shiny-comm.js"))) {
  stop("no client: build in a clone of the repository, which has dist/")
}

# The test vectors of binary frames.
vectors <- file.path("..", "docs", "frames.vectors.json")
if (file.exists(vectors)) stopifnot(file.copy(vectors, "tests/testthat/frames.vectors.json", overwrite = TRUE))

test("the output brings the client of the version of the package", {
  dependencies <- htmltools::findDependencies(widget_output("x"))
  names(dependencies) <- vapply(dependencies, function(dependency) dependency$name, "")
  version <- dependencies[["ipywidget-output-binding"]]$version
  expect_equal(version, paste0("100.", utils::packageVersion("shinycomm")))
  client <- system.file("client", package = "shinycomm")
  files <- file.path(client, c("shiny-comm.js", "shiny-comm.css", "chunks"))
  expect_true(all(file.exists(files)))
})

test("an installation without a client is an error that names ways to install the package", {
  fails(check_client(tempdir()), "^shinycomm: this installation has no client: install the tarball")
})

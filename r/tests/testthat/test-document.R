scripts_of <- function(html, kind) {
  pattern <- sprintf("<script type=\"application/vnd.jupyter.widget-%s[+]json\"[^>]*>(.*?)</script>", kind)
  found <- regmatches(html, gregexpr(pattern, html))[[1]]
  lapply(sub(pattern, "\\1", found), jsonlite::parse_json)
}
saved <- function(widget, ...) {
  file <- tempfile(fileext = ".html")
  expect_equal(save_widget(widget, file, ...), file)
  paste(readLines(file, encoding = "UTF-8"), collapse = "\n")
}

test_that("a document has the states of a widget, of its parts and of its links, with buffers", {
  slider <- ipy_int_slider(7)
  other <- ipy_int_slider(3)
  link <- ipy_control("Link", source = list(slider, "value"), target = list(other, "value"))
  unrelated <- ipy_control("Link", source = list(ipy_text(), "value"), target = list(ipy_text(), "value"))
  widget <- anywidget("export default {}; // </script>\u00e9", bytes = as.raw(1:60), slider = slider)
  html <- saved(widget, title = "A < B")
  expect_match(html, "<title>A &lt; B</title>", fixed = TRUE)
  views <- scripts_of(html, "view")
  expect_equal(views, list(list(version_major = 2L, version_minor = 0L, model_id = widget$model_id)))
  states <- scripts_of(html, "state")[[1]]$state
  expect_true(all(c(widget$model_id, slider$model_id, other$model_id, link$model_id) %in% names(states)))
  expect_false(unrelated$model_id %in% names(states))
  state <- states[[widget$model_id]]
  expect_equal(state$model_name, "AnyModel")
  expect_equal(state$state$`_esm`, "export default {}; // </script>\u00e9")
  expect_equal(state$state$slider, paste0("IPY_MODEL_", slider$model_id))
  data <- httpuv::rawToBase64(as.raw(1:60))
  expect_equal(state$buffers, list(list(path = list("bytes"), encoding = "base64", data = data)))
  expect_equal(states[[slider$model_id]]$state$value, 7L)
})

test_that("a document in one file has the parts of the client that its widgets need", {
  chunks <- function(html) {
    found <- regmatches(html, gregexpr("[.]chunks\\[\"[a-z-]+\"\\]=", html))[[1]]
    gsub(".*\\[\"|\"\\]=", "", found)
  }
  js <- saved(anywidget("export default {}"))
  expect_setequal(chunks(js), c("start", "document", "anywidget"))
  label <- saved(ipy_label("a price of $5"))
  expect_setequal(chunks(label), c(
    "start", "document", "controls-core", "controls", "sanitize", "output-widget-sanitize"
  ))
  expect_true("math-katex" %in% chunks(saved(ipy_label("$x$"))))
  expect_true("output-widget" %in% chunks(saved(ipy_control("Output"))))
  # No file, and no end of a script in a text.
  expect_no_match(gsub("data:[a-z0-9/;,+=-]*", "", label), "url\\([^)]*woff2")
  opens <- lengths(regmatches(label, gregexpr("<script[ >]", label)))
  expect_gte(opens, lengths(regmatches(label, gregexpr("</script>", label, fixed = TRUE))))
})

test_that("a document next to a folder of files, a widget of a session, and other objects", {
  file <- file.path(tempfile(), "page.html")
  dir.create(dirname(file))
  save_widget(ipy_label("x"), file, selfcontained = FALSE)
  expect_true(any(grepl("shiny-comm[.]js$", list.files(dirname(file), recursive = TRUE))))
  shiny::testServer(function(input, output, session) slider <- ipy_int_slider(7), {
    mock_page(session)$set(slider, value = 9)
    states <- scripts_of(saved(slider), "state")[[1]]$state
    expect_equal(states[[slider$model_id]]$state$value, 9L)
    slider$close()
    expect_error(saved(slider), "save_widget(): <IntSlider", fixed = TRUE)
  })
  for (wrong in list(file.path(tempfile(), "page.html"), 5, c("a.html", "b.html"))) {
    expect_error(save_widget(ipy_label(), wrong), "save_widget\\(\\): file must be a name in an existing folder")
  }
  expect_error(save_widget(7, file), "save_widget(): expected a widget, got 7", fixed = TRUE)
})

test_that("a widget in tags is a document outside of a session, and an output in one", {
  slider <- ipy_int_slider(7)
  html <- as.character(htmltools::tagList(htmltools::p("x"), slider))
  expect_equal(scripts_of(html, "view")[[1]]$model_id, slider$model_id)
  shiny::testServer(function(input, output, session) {
    slider <- ipy_int_slider(7)
    output$dynamic <- shiny::renderUI(slider)
  }, {
    html <- output$dynamic$html
    expect_match(html, "id=\"mock-session-shinycomm_widget_1\"", fixed = TRUE)
    expect_identical(mock_page(session)$shown("shinycomm_widget_1"), slider)
  })
  # The console shows text.
  expect_output(print(slider), "<IntSlider")
})

test_that("knitr prints widgets and the dependency", {
  printed <- knitr::knit_print(ipy_int_slider(7))
  expect_s3_class(printed, "knit_asis")
  names <- vapply(attr(printed, "knit_meta"), function(dependency) dependency$name, "")
  expect_true(all(c("jquery", "shinycomm-document", "shinycomm-controls") %in% names))
  dependency <- knitr::knit_print(widget_dependency())
  expect_equal(as.character(dependency), "")
  expect_equal(attr(dependency, "knit_meta")[[1]]$name, "ipywidget-output-binding")
  # A document that is not HTML gets the text.
  before <- knitr::opts_knit$get("rmarkdown.pandoc.to")
  knitr::opts_knit$set(rmarkdown.pandoc.to = "latex")
  expect_match(paste(knitr::knit_print(ipy_int_slider(7)), collapse = ""), "<IntSlider")
  knitr::opts_knit$set(rmarkdown.pandoc.to = before)
})

test_that("an installation with another client is an error that names the missing file", {
  expect_error(document_part("part", "no-such-chunk"), "has no file no-such-chunk.js")
})

wheel_test("a document has the AMD modules of a widget from a wheel, also inside of another widget", {
  text <- "define([], () => '</script>\u00e9');"
  make_wheel("amd", nbextension("amd", "1.2.3", "@scope/amd", text))
  widget <- widget_from_wheel("amd", `_model_name` = "AModel", `_view_name` = "AView", session = NULL)
  for (shown in list(widget, ipy_vbox(widget, session = NULL))) {
    html <- saved(shown)
    code <- "\"@scope/amd\": URL.createObjectURL(new Blob([\"define([], () => '\\u003c\\/script>\u00e9');\"]"
    expect_true(grepl(code, html, fixed = TRUE))
    # The client loads icons for each AMD module.
    expect_true(grepl(".styles[\"icons\"]=", html, fixed = TRUE))
    html <- saved(shown, selfcontained = FALSE)
    name <- sub("^.*\"@scope/amd\": \"([^\"]+)\".*$", "\\1", html)
    expect_equal(readLines(file.path(tempdir(), name), encoding = "UTF-8", warn = FALSE), text)
  }
  expect_false(grepl("requirejs = ", saved(ipy_label("x", session = NULL)), fixed = TRUE))
})

wheel_test("a document with an extension of JupyterLab is an error", {
  make_wheel("lab", list("lab-1.2.3.data/data/share/jupyter/labextensions/lab/package.json" =
    '{"name": "lab", "jupyterlab": {"_build": {"load": "x.js", "extension": "./ext"}}}'))
  widget <- widget_from_wheel("lab", `_model_name` = "AModel", `_view_name` = "AView", session = NULL)
  for (selfcontained in c(TRUE, FALSE)) {
    fails(save_widget(widget, tempfile(), selfcontained = selfcontained),
      "cannot be shown without a server: its module lab is an extension of JupyterLab")
  }
})

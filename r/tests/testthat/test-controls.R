# Sends values from the page, and returns the warnings.
page_sets <- function(session, widget, ..., buffer_paths = list(), buffers = list()) {
  data <- list(method = "update", state = list(...), buffer_paths = buffer_paths)
  warned(session$receive(widget$model_id, data, buffers))
}

test("each control of ipywidgets opens, and its default values can be read", {
  classes <- ipywidgets_table()$classes
  options <- list(SelectionSlider = list("a"), SelectionRangeSlider = list("a"))
  ends <- list(source = list(ipy_label(), "value"), target = list(ipy_label(), "value"))
  for (name in names(classes)) {
    arguments <- c(if (name %in% names(options)) list(options = "a"), if (endsWith(name, "Link")) ends)
    widget <- do.call(ipy_control, c(list(name), arguments))
    bytes <- names(Filter(function(spec) spec$type == "bytes", classes[[name]]))
    same(sort(names(data_of(last(session))$state)), sort(setdiff(names(classes[[name]]), bytes)))
    for (key in names(widget)) widget[[key]]
    for (key in names(Filter(function(spec) spec$type == "part", classes[[name]]))) {
      same(widget[[key]][["_model_name"]], paste0(classes[[name]][[key]]$of, "Model"))
    }
  }
  fails(ipy_control("Slider"), "ipywidgets has no Slider")
  fails(ipy_control("IntSlidr"), "ipywidgets has no IntSlidr \\(similar: IntSlider\\)")
})

test("children are single arguments or lists, together with values by name", {
  a <- ipy_label("a")
  b <- ipy_label("b")
  layout <- ipy_layout(width = "50%")
  for (box in list(
    ipy_vbox(a, b, layout = layout), ipy_vbox(list(a, b), layout = layout),
    ipy_hbox(a, list(b), layout = layout), ipy_hbox(layout = layout, NULL, a, NULL, b),
    ipy_vbox(children = list(a, b), layout = layout),
    ipy_control("Tab", a, b, layout = layout, titles = list("one", "other"))
  )) {
    same(identical(box[["children"]], list(a, b)), TRUE)
    same(identical(box[["layout"]], layout), TRUE)
  }
  same(ipy_vbox()[["children"]], list())
  fails(ipy_vbox(a, "b"), "children of VBox: item 2 must be a widget, got \"b\": use ipy_label")
  fails(ipy_vbox(a, style = list()), "VBox has no style")
  fails(ipy_label("a", 3), "Label: the argument 3 has no name")
  box <- ipy_vbox()
  box$children <- a
  same(identical(box$children, list(a)), TRUE)
  box$children <- NULL
  same(box$children, list())
})

test("layout and style are widgets or lists of values, and names are checked", {
  slider <- ipy_int_slider(5, layout = list(width = "50%"), style = list(handle_color = "red"))
  same(slider[["layout"]][["width"]], "50%")
  same(slider[["style"]][["handle_color"]], "red")
  same(slider[["style"]][["_model_name"]], "SliderStyleModel")
  style <- ipy_slider_style(handle_color = "blue")
  same(identical(ipy_float_slider(style = style)[["style"]], style), TRUE)
  for (case in list(c("mni", "min"), c("descr", "description"), c("Max", "max"), c("setp", "step"))) {
    hint <- sprintf("IntSlider has no %s \\(similar: %s\\)", case[[1]], case[[2]])
    fails(do.call(ipy_int_slider, stats::setNames(list(5), case[[1]])), hint)
  }
  fails(ipy_int_slider(foo = 1), "IntSlider has no foo$")
  fails(ipy_int_slider(desciption = "x"), "IntSlider has no desciption \\(similar: description\\)")
  fails(ipy_layout(widht = "1px"), "Layout has no widht")
  fails(ipy_int_slider(style = list(color = "red")), "SliderStyle has no color")
  fails(ipy_int_slider(layout = "50%"), "layout of IntSlider: must be a widget or a list, got \"50%\"")
  fails(ipy_int_slider(style = ipy_layout()), "style of IntSlider: must be a widget of SliderStyle")

  slider$layout$width <- "70%"
  same(slider$layout$width, "70%")
  same(data_of(last(session))$state, list(width = "70%"))
  slider$layout <- list(border = "1px solid")
  same(slider$layout$border_left, "1px solid")
  same(slider$layout$border, "1px solid")
  slider$layout$border_left <- NULL
  same(slider$layout$border, NULL)
})

test("a wrong value is an error that names the argument and the widget", {
  fails(ipy_int_slider("five"), "value of IntSlider: must be a whole number, got \"five\"")
  fails(ipy_int_slider(value = "five"), "value of IntSlider: must be a whole number")
  fails(ipy_int_slider(NA), "value of IntSlider: must be a whole number")
  fails(ipy_int_slider(1:3), "value of IntSlider: must be a whole number")
  fails(ipy_int_slider(2.5), "value of IntSlider: must be a whole number")
  fails(ipy_int_slider(min = 5, max = 3), "IntSlider: min \\(5\\) is above max \\(3\\)")
  fails(ipy_int_slider(orientation = "diagonal"), "orientation of IntSlider: must be one of \"horizontal\"")
  fails(ipy_button(button_style = "sucess"), "button_style of Button: .*similar: success")
  fails(ipy_text(5), "value of Text: must be a text, got 5")
  fails(ipy_checkbox(NA), "value of Checkbox: must be TRUE or FALSE")
  fails(ipy_color_picker("reddish"), "value of ColorPicker: must be a color of CSS")
  fails(ipy_float_slider(readout_format = "two"), "readout_format of FloatSlider: must be a format")
  fails(ipy_int_range_slider(3), "value of IntRangeSlider: must be 2 numbers, got 3")
  fails(ipy_int_range_slider(c(4, 2)), "value: the lower end \\(4\\) is above the upper end \\(2\\)")
  fails(ipy_tags_input(list("a", 1)), "value of TagsInput: item 2 must be a text, got 1")
  fails(ipy_date_picker(step = "all"), "step of DatePicker: must be a whole number or \"any\"")
  fails(ipy_date_picker("31.1.2026"), "value of DatePicker: must be a Date")
  fails(ipy_controller(name = "x"), "name of Controller: is read-only")
  slider <- ipy_int_slider(5)
  fails(slider$value <- "x", "value of IntSlider: must be a whole number")
  fails(slider$`_model_name` <- "x", "_model_name of IntSlider: is read-only")
  same(slider$value, 5L)
  # As in Python, NULL is the default, and the case of enumerations is ignored.
  same(ipy_int_slider(NULL, orientation = "Vertical")$orientation, "vertical")
  names <- c("red", "beige", "indigo", "Tomato")
  for (color in c(names, "#f00", "#ff0000ff", "rgb(1, 2, 3)", "hsl(10%, 20%, 30%)", "var(--a)")) {
    same(ipy_color_picker(color)$value, color)
  }
})

test("the page's values have the types of traits, and stay within limits", {
  slider <- ipy_int_slider(5, max = 10)
  warning <- page_sets(session, slider, value = "x")
  stopifnot(grepl("wrong value of IntSlider: must be a whole number", warning))
  same(slider$value, 5L)
  same(page_sets(session, slider, value = 20), character())
  same(slider$value, 10L)
  same(data_of(last(session))$state, list(value = 10L))
  stopifnot(grepl("min \\(11\\) is above max", page_sets(session, slider, min = 11)))
  range <- ipy_int_range_slider(c(2, 4))
  page_sets(session, range, value = list(3, 5))
  same(range$value, c(3L, 5L))
  stopifnot(is.atomic(range$value))
  stopifnot(length(page_sets(session, range, value = list(5, 3))) == 1)
  dropdown <- ipy_dropdown(letters)
  stopifnot(grepl("index \\(26\\): there are 26 options", page_sets(session, dropdown, index = 26)))
  stopifnot(length(page_sets(session, dropdown, `_options_labels` = list("x"))) == 1)
  same(dropdown$label, "a")
  tags <- ipy_tags_input("a", allowed_tags = c("a", "b"))
  stopifnot(grepl("\"c\" is not one of the allowed tags", page_sets(session, tags, value = list("c"))))
  page_sets(session, tags, value = list())
  same(tags$value, character())
})

test("limits move the value as in ipywidgets", {
  slider <- ipy_float_slider(5, 0, 10)
  slider$value <- 50
  same(slider$value, 10)
  slider$max <- 8
  same(slider$value, 8)
  slider$update(min = 20, max = 30)
  same(slider$value, 20)
  fails(slider$min <- 40, "FloatSlider: min \\(40\\) is above max \\(30\\)")
  same(slider$min, 20)
  log <- ipy_float_log_slider(5000, max = 2)
  same(log$value, 100)
  picker <- ipy_date_picker("2026-01-31", max = as.Date("2026-01-15"))
  same(picker$value, as.Date("2026-01-15"))
  time <- ipy_time_picker("09:00", min = "10:00")
  same(time$value, "10:00:00")
  fails(ipy_time_picker(min = "11:00", max = "9:30"), "min \\(\"11:00:00\"\\) is above max")
  ints <- ipy_ints_input(c(1, 2), min = 0, max = 5)
  fails(ints$value <- c(1, 9), "value: 9 is not between 0 and 5")
  fails(ipy_tags_input(c("a", "")), "must not have an empty tag")
})

test("a selection has value, label and index, which are reactive", {
  dropdown <- ipy_dropdown(c(One = 1, Two = 2, Three = 3))
  same(dropdown[["_options_labels"]], c("One", "Two", "Three"))
  same(list(dropdown$value, dropdown$label, dropdown$index), list(1, "One", 0L))
  seen <- list()
  shiny::observe(seen <<- c(seen, list(dropdown$value)))
  labels <- character()
  observe_widget(dropdown, "label", function(label) labels <<- c(labels, label))
  session$flushReact()
  page_sets(session, dropdown, index = 2)
  session$flushReact()
  dropdown$value <- "Two"
  session$flushReact()
  same(seen, list(1, 3, 2))
  same(labels, c("Three", "Two"))
  same(dropdown$index, 1L)
  dropdown$label <- "One"
  same(dropdown$value, 1)
  fails(dropdown$value <- 4, "value of Dropdown: must be one of 1, 2, 3, got 4")
  fails(dropdown$label <- "Four", "label of Dropdown: must be one of \"One\"")
  fails(dropdown$index <- 3, "Dropdown: index \\(3\\): there are 3 options")
  dropdown$value <- NULL
  same(list(dropdown$value, dropdown$label, dropdown$index), list(NULL, NULL, NULL))
  # As in ipywidgets, new options do not select one if none is selected.
  dropdown$options <- c("a", "b")
  same(dropdown$index, NULL)
  dropdown$update(options = c("x", "y", "z"), value = "z")
  same(list(dropdown$value, dropdown$index), list("z", 2L))
  dropdown$options <- c("p", "q")
  same(list(dropdown$value, dropdown$index, dropdown$options), list("p", 0L, c("p", "q")))
  dropdown$options <- character()
  same(list(dropdown$value, dropdown$index), list(NULL, NULL))
})

test("options are vectors, lists, factors or pairs", {
  value <- function(options, ...) ipy_dropdown(options, ...)$value
  same(value(factor(c("y", "x")), value = factor("y")), "y")
  same(ipy_select(list(a = 1:3, b = mean), index = 0)$value, 1:3)
  same(value(list(list("One", 1), list("Two", 2)), label = "Two"), 2)
  same(value(c(TRUE, FALSE), FALSE), FALSE)
  days <- as.Date("2026-01-31") + 0:1
  same(value(days, days[[2]]), days[[2]])
  same(ipy_dropdown(days)$label, "2026-01-31")
  same(ipy_dropdown(c(a = 1, 2))[["_options_labels"]], c("a", "2"))
  same(ipy_dropdown(1:3, "2")$index, 1L)
  fails(ipy_dropdown(c("a", NA)), "options of Dropdown: must not have NA")
  fails(ipy_dropdown(iris), "options of Dropdown: must be a vector or a list")
  fails(ipy_selection_slider(), "SelectionSlider: options must not be empty")
  slider <- ipy_selection_slider("a")
  fails(slider$options <- character(), "options must not be empty")
  fails(ipy_selection_slider("a", NULL), "value of SelectionSlider: must not be NULL")
})

test("selections of several options have vectors, which are arrays on the page", {
  several <- ipy_select_multiple(c(A = 1, B = 2, C = 3))
  same(several$value, numeric())
  several$value <- 2
  same(data_of(last(session))$state, list(index = list(1L)))
  page_sets(session, several, index = list(0, 2))
  same(list(several$value, several$label, several$index), list(c(1, 3), c("A", "C"), c(0L, 2L)))
  several$label <- "B"
  same(several$value, 2)
  several$value <- NULL
  same(data_of(last(session))$state, list(index = list()))
  several$value <- c(3, 1)
  several$options <- letters
  same(several$value, character())
  range <- ipy_selection_range_slider(month.abb, value = c("Feb", "May"))
  same(range$index, c(1L, 4L))
  page_sets(session, range, index = list(0, 2))
  same(range$value, c("Jan", "Mar"))
  fails(range$value <- "Feb", "value of SelectionRangeSlider: must be two options")
})

test("dates and times have classes of R, both ways", {
  date <- ipy_date_picker(as.Date("2026-01-31"))
  page_sets(session, date, value = list(year = 2026, month = 1, date = 28))
  same(date$value, as.Date("2026-02-28"))
  stopifnot(grepl("must be an object with year", page_sets(session, date, value = "2026-01-31")))
  page_sets(session, date, value = NULL)
  same(date$value, NULL)

  time <- as.POSIXct("2026-01-31 23:30:05.25", tz = "Etc/GMT+1")
  fields <- function(widget) data_of(last(session))$state$value
  datetime <- ipy_datetime_picker()
  datetime$value <- time
  same(fields(), list(
    year = 2026L, month = 1L, date = 1L, hours = 0L, minutes = 30L, seconds = 5L, milliseconds = 250L
  ))
  page_sets(session, datetime, value = list(
    year = 2026, month = 0, date = 31, hours = 1, minutes = 2, seconds = 3, milliseconds = 500
  ))
  same(datetime$value, as.POSIXct("2026-01-31 01:02:03.5", tz = "UTC"))
  naive <- ipy_naive_datetime_picker()
  naive$value <- time
  same(fields()[c("date", "hours")], list(date = 31L, hours = 23L))
  same(format(naive$value), "2026-01-31 23:30:05")

  picker <- ipy_time_picker()
  for (value in list("9:05", as.difftime("09:05:00"), as.POSIXct("2026-01-31 09:05", tz = "UTC"))) {
    picker$value <- NULL
    picker$value <- value
    same(picker$value, "09:05:00")
  }
  same(fields(), list(hours = 9L, minutes = 5L, seconds = 0L, milliseconds = 0L))
  page_sets(session, picker, value = list(hours = 23, minutes = 59, seconds = 59, milliseconds = 7))
  same(picker$value, "23:59:59.007")
  fails(picker$value <- "25:00", "value of TimePicker: must be a time such as")
  fails(picker$value <- as.difftime(25, units = "hours"), "must be between 0 and 24 hours")
})

test("an upload is a data frame with the bytes of each file, and is not echoed", {
  upload <- ipy_file_upload(multiple = TRUE)
  same(nrow(upload$value), 0L)
  file <- function(name, size) {
    list(name = name, type = "text/plain", size = size, last_modified = 1769860800123, content = NULL)
  }
  count <- length(session$sent)
  page_sets(session, upload, value = list(file("a.txt", 2), file("b.txt", 1)), error = "",
    buffer_paths = list(list("value", 0L, "content"), list("value", 1L, "content")),
    buffers = list(as.raw(1:2), as.raw(3)))
  same(upload$value$name, c("a.txt", "b.txt"))
  same(upload$value$content, list(as.raw(1:2), as.raw(3)))
  same(as.numeric(upload$value$last_modified[[1]]), 1769860800.123)
  same(lapply(session$sent[-seq_len(count)], function(entry) names(data_of(entry)$state)), list("error"))
  # Both ways.
  again <- ipy_file_upload(value = upload$value[2, ])
  same(data_of(last(session))$state$value[[1]]$last_modified, 1769860800123)
  upload$value <- NULL
  same(nrow(upload$value), 0L)
  same(data_of(last(session))$state, list(value = list()))
  stopifnot(length(page_sets(session, upload, value = list(list(name = 1)))) == 1)
})

test("media are bytes, files or URLs", {
  file <- tempfile(fileext = ".jpg")
  writeBin(as.raw(1:3), file)
  image <- ipy_image(file)
  same(list(image$value, image$format), list(as.raw(1:3), "jpeg"))
  same(ipy_image(file, format = "png")$format, "png")
  same(ipy_audio("https://example.org/a.mp3")$format, "url")
  image$value <- as.raw(4)
  same(image$value, as.raw(4))
  fails(ipy_image("missing.png"), "value of Image: no file missing.png in ")
  fails(ipy_image(5), "value of Image: must be a raw vector or a file")
})

test("clicks of a button are counted, observed, and reactive like clicks of an action button", {
  button <- ipy_button("x", icon = "fa-play")
  same(button$icon, "play")
  got <- reacted <- 0
  undo <- observe_click(button, function() got <<- got + 1)
  observe_click(button, function(which) stopifnot(identical(which, button)))
  shiny::observeEvent(button$clicks, reacted <<- reacted + 1)
  session$flushReact()
  same(reacted, 0)
  for (i in 1:2) {
    session$receive(button$model_id, list(method = "custom", content = list(event = "click")))
    session$flushReact()
  }
  same(list(got, reacted, as.integer(button$clicks)), list(2, 2, 2L))
  undo()
  session$receive(button$model_id, list(method = "custom", content = list(event = "click")))
  same(got, 2)
  same(length(session$sent), 3L)
  fails(observe_click(ipy_label(), print), "expected a Button")
})

test("pages have titles and a selected page as in ipywidgets", {
  a <- ipy_label("a")
  b <- ipy_label("b")
  tab <- ipy_tab(a, b, titles = "A")
  same(list(tab$titles, tab$selected_index), list(c("A", ""), 0L))
  tab$selected_index <- 1
  tab$children <- list(a)
  same(list(tab$titles, tab$selected_index), list("A", 0L))
  fails(tab$selected_index <- 1, "Tab: selected_index \\(1\\): there are 1 children")
  accordion <- ipy_accordion(a, b)
  same(accordion$selected_index, NULL)
  page_sets(session, accordion, selected_index = 1)
  same(accordion$selected_index, 1L)
  accordion$children <- list(a)
  same(accordion$selected_index, NULL)
})

test("links keep traits equal, until they are undone", {
  a <- ipy_int_slider(5)
  b <- ipy_bounded_int_text(max = 10)
  label <- ipy_label()
  unlink <- ipy_link(list(a, "value"), list(b, "value"))
  ipy_dlink(list(a, "value"), list(label, "value"), function(value) paste(value, "%"))
  same(list(b$value, label$value), list(5L, "5 %"))
  page_sets(session, b, value = 7)
  same(list(a$value, label$value), list(7L, "7 %"))
  # The limits of the other end.
  a$value <- 50
  same(list(a$value, b$value), list(10L, 10L))
  a$value <- 60
  same(list(a$value, b$value), list(10L, 10L))
  unlink()
  a$value <- 3
  same(b$value, 10L)
  fails(ipy_link(list(a, "valeu"), list(b, "value")), "IntSlider has no valeu \\(similar: value\\)")
  fails(ipy_link(a, b), "ipy_link\\(\\): source must be a widget and a name")
  fails(ipy_dlink(list(a, "value"), list(b, "value"), "x"), "callback must be a function")
  b$close()
  same(warned(a$value <- 4), character())
})

test("links of the page are models", {
  a <- ipy_int_slider()
  b <- ipy_int_slider()
  unlink <- ipy_jslink(list(a, "value"), list(b, "value"))
  state <- data_of(last(session))$state
  same(state$source, list(paste0("IPY_MODEL_", a$model_id), "value"))
  same(state$`_model_name`, "LinkModel")
  unlink()
  same(length(closed_in(session)), 1L)
  ipy_jsdlink(list(a, "value"), list(b, "max"))
  same(data_of(last(session))$state$`_model_name`, "DirectionalLinkModel")
  fails(ipy_jslink(list(a, "valeu"), list(b, "value")), "source of Link: IntSlider has no valeu")
  fails(ipy_jslink(list(ipy_button(), "clicks"), list(b, "value")), "clicks of Button is not on the page")
})

test("text is appended to an output control", {
  output <- ipy_output()
  append_stdout(output, c("a", "b"))
  append_stderr(output, "c\n")
  texts <- vapply(output$outputs, function(entry) paste0(entry$name, entry$text), "")
  same(texts, c("stdouta\nb\n", "stderrc\n"))
  output$outputs <- list()
  same(data_of(last(session))$state, list(outputs = list()))
  fails(append_stdout(ipy_label(), "x"), "append_stdout\\(\\): expected an Output")
})

test("each control of ipywidgets opens, and its default values can be read", {
  controls <- c("BoundedIntText", "BoundedFloatText", "IntProgress", "FloatProgress", "DatetimePicker",
    "NaiveDatetimePicker", "TimePicker", "Output", "TagsInput", "ColorsInput", "IntsInput", "FloatsInput")
  same(setdiff(controls, names(ipywidgets_models())), character())
  for (name in names(ipywidgets_models())) {
    model <- ipywidgets_models()[[name]]
    widget <- ipy_control(name)
    sent <- data_of(last(session))$state
    same(sort(names(sent)), sort(setdiff(c(names(model$state), names(model$models)), model$bytes)))
    for (key in setdiff(names(model$state), model$bytes)) same(widget[[key]], model$state[[key]])
    for (key in names(model$models)) {
      part <- widget[[key]]
      same(part[["_model_name"]], paste0(model$models[[key]], "Model"))
    }
  }
  # An update from the page changes the value.
  for (case in list(list("TagsInput", list("a")), list("IntsInput", list(1L)), list("BoundedIntText", 3L),
    list("TimePicker", list(hours = 1L)), list("Play", 4L))) {
    widget <- ipy_control(case[[1]])
    session$receive(widget$model_id, list(method = "update", state = list(value = case[[2]])))
    same(widget[["value"]], case[[2]])
  }
  same(ipy_int_slider()[["orientation"]], "horizontal")
  same(ipy_control("Image")[["value"]], raw())
  fails(ipy_control("Slider"), "ipywidgets has no Slider")
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
  fails(ipy_vbox(a, style = list()), "VBox has no style")
  fails(ipy_label("a", 3), "Label has no children")
})

test("layout and style are widgets or lists of values, and names are checked", {
  slider <- ipy_int_slider(5, layout = list(width = "50%"), style = list(handle_color = "red"))
  same(slider[["layout"]][["width"]], "50%")
  same(slider[["style"]][["handle_color"]], "red")
  same(slider[["style"]][["_model_name"]], "SliderStyleModel")
  style <- ipy_control("SliderStyle", handle_color = "blue")
  same(identical(ipy_float_slider(style = style)[["style"]], style), TRUE)
  fails(ipy_int_slider(desciption = "x"), "IntSlider has no desciption")
  fails(ipy_layout(widht = "1px"), "Layout has no widht")
  fails(ipy_int_slider(style = list(color = "red")), "SliderStyle has no color")
  fails(ipy_int_slider(layout = "50%"), "layout of IntSlider must be a widget or a list")
})

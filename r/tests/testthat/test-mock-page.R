server <- function(input, output, session) {
  slider <- ipy_int_slider(7, description = "Size")
  output$controls <- render_widget({
    button <- ipy_button("Go")
    button$on_msg(function(content, buffers) clicks(clicks() + 1))
    ipy_vbox(slider, button)
  })
  clicks <- shiny::reactiveVal(0)
  output$clicks <- shiny::renderText(clicks())
  output$double <- shiny::renderText(2 * slider$value)
  output$empty <- render_widget(NULL)
  output$broken <- render_widget(7)
}

test_that("a mock page shows the widgets of a server function, and changes them as a user", {
  shiny::testServer(server, {
    page <- mock_page(session)
    box <- page$shown("controls")
    expect_s3_class(box, "shinycomm_widget")
    classes <- vapply(page$widgets(), function(widget) widget$class, "")
    expect_setequal(classes, c("Layout", "SliderStyle", "IntSlider", "ButtonStyle", "Button", "VBox"))
    expect_equal(page$state(slider)$description, "Size")
    expect_equal(page$state(box)$children[[1]], paste0("IPY_MODEL_", slider$model_id))
    page$set(slider, value = 8)
    expect_equal(output$double, "16")
    expect_equal(page$state(slider)$value, 8L)
    # A change by R between two equal changes.
    slider$value <- 3
    page$set(slider, value = 8)
    expect_equal(slider$value, 8)
    expect_equal(page$messages()[[1]]$kind, "comm_open")
    button <- box$children[[2]]
    page$click(button)
    page$click(button$model_id)
    expect_equal(output$clicks, "2")
    expect_null(page$shown("empty"))
    expect_error(page$shown("broken"), "expected a widget or NULL")
    expect_error(page$set(slider, valu = 1), "IntSlider has no valu (similar: value)", fixed = TRUE)
    expect_error(page$click(slider), "click(): expected a Button, got IntSlider", fixed = TRUE)
    expect_error(page$set(7, value = 1), "set(): expected a widget, got 7", fixed = TRUE)
    slider$close()
    expect_error(page$state(slider), "the page has no widget <IntSlider \\w+ \\(closed\\)>")
  })
})

test_that("each function of a mock page can be the first one, with a widget that an output shows", {
  server <- function(input, output, session) output$button <- render_widget(ipy_button("Go"))
  calls <- list(
    click = function(page, button) page$click(button),
    send = function(page, button) page$send(button, list(event = "click")),
    set = function(page, button) page$set(button, description = "Gone"),
    state = function(page, button) page$state(button)
  )
  for (name in names(calls)) {
    shiny::testServer(server, {
      page <- mock_page(session)
      expect_no_error(calls[[name]](page, page$shown("button")))
      expect_equal(page$shown("button")$clicks > 0, name %in% c("click", "send"), info = name)
    })
  }
})

test_that("a value that only R has cannot be set on a mock page", {
  server <- function(input, output, session) dropdown <- ipy_dropdown(c("a", "b"))
  shiny::testServer(server, {
    page <- mock_page(session)
    expect_error(page$set(dropdown, value = "b"), "Dropdown has no value on the page, see state()", fixed = TRUE)
    page$set(dropdown, index = 1)
    expect_equal(dropdown$value, "b")
  })
})

test_that("a mock page sends JSON, so that R checks its types", {
  counter <- new_anywidget("counter", count = trait_int(0), bytes = trait_bytes(), esm = "export default {}")
  server <- function(input, output, session) {
    widget <- counter(bytes = as.raw(1:3))
    # The code of a test has a copy of the variables of the server function.
    got <- new.env()
    widget$on_msg(function(content, buffers) got$message <- list(content, buffers))
  }
  shiny::testServer(server, {
    page <- mock_page(session)
    expect_equal(page$state(widget)$bytes, as.raw(1:3))
    expect_warning(page$set(widget, count = "five"), "wrong count of counter")
    expect_equal(widget$count, 0)
    # The page gets R's value back.
    expect_equal(page$state(widget)$count, 0)
    page$set(widget, bytes = as.raw(9))
    expect_equal(widget$bytes, as.raw(9))
    page$send(widget, list(event = "draw"), list(as.raw(7)))
    expect_equal(got$message, list(list(event = "draw"), list(as.raw(7))))
    widget$send(list(a = 1), list(as.raw(2)))
    sent <- page$messages()[[length(page$messages())]]
    expect_equal(sent$data, list(method = "custom", content = list(a = 1L)))
    expect_equal(sent$buffers, list(as.raw(2)))
    # Frames are read as well as texts.
    session$setInputs(.shiny_comm_frames = 3)
    widgets <- lapply(1:2, function(n) counter(count = n, bytes = as.raw(n)))
    session$flushReact()
    expect_equal(page$state(widgets[[2]])$bytes, as.raw(2))
    expect_equal(page$state(widgets[[2]]$layout)$`_model_name`, "LayoutModel")
  })
})

test_that("a mock page opens comms, in the server function and in a module", {
  module <- function(id) {
    shiny::moduleServer(id, function(input, output, session) {
      comm_target("echo", function(comm, message) {
        comm$send(list(hello = session$ns("x")))
        comm$on_msg(function(message) comm$send(message$content$data, message$buffers))
        comm$on_close(function() closed(TRUE))
      })
      closed <- shiny::reactiveVal(FALSE)
      slider <- ipy_int_slider(5)
      output$slider <- render_widget(slider)
    })
  }
  shiny::testServer(module, args = list(id = "inner"), {
    page <- mock_page(session)
    expect_identical(page$shown("slider"), slider)
    before <- length(page$messages())
    comm <- page$open_comm("echo", list(n = 1))
    page$send_comm(comm, list(n = 2), list(as.raw(3)))
    page$close_comm(comm)
    got <- page$messages()[-seq_len(before)]
    expect_equal(lapply(got, function(message) message$data), list(list(hello = "inner-x"), list(n = 2L)))
    expect_equal(got[[2]]$buffers, list(as.raw(3)))
    expect_true(closed())
  })
})

test_that("widgets work in testServer() without a mock page, and a mock page needs a mock session", {
  shiny::testServer(server, {
    slider$value <- 9
    expect_equal(output$double, "18")
    expect_type(output$controls$model_id, "character")
  })
  expect_error(mock_page(NULL), "no current Shiny session")
})

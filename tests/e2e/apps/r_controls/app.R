# Controls with each kind of value, and what R reads.
library(shiny)
library(shinycomm)

ui <- fluidPage(widget_output("controls"), verbatimTextOutput("values"))

server <- function(input, output, session) {
  controls <- list(
    slider = ipy_int_slider(7, max = 10, description = "Slider"),
    range = ipy_int_range_slider(c(2, 4), max = 10, description = "Range"),
    dropdown = ipy_dropdown(c(One = 1, Two = 2), description = "Dropdown"),
    several = ipy_select_multiple(c("a", "b", "c"), description = "Several"),
    radio = ipy_radio_buttons(factor(c("yes", "no")), description = "Radio"),
    date = ipy_date_picker(as.Date("2026-01-31"), description = "Date"),
    datetime = ipy_datetime_picker(as.POSIXct("2026-01-31 12:00", tz = "UTC"), description = "Datetime"),
    naive = ipy_naive_datetime_picker(description = "Naive"),
    time = ipy_time_picker("12:30", description = "Time"),
    tags = ipy_tags_input("x", description = "Tags"),
    upload = ipy_file_upload(description = "Upload"),
    text = ipy_text("Ada", description = "Text"),
    color = ipy_color_picker("#ff0000", description = "Color"),
    button = ipy_button("Button")
  )
  linked <- ipy_bounded_int_text(max = 8, description = "Linked")
  ipy_link(list(controls$slider, "value"), list(linked, "value"))
  mirror <- ipy_text(description = "Mirror")
  ipy_jslink(list(controls$text, "value"), list(mirror, "value"))
  label <- ipy_label()
  observe_click(controls$button, function() label$value <- paste(controls$button$clicks, "clicks"))
  page <- ipy_tab(
    do.call(ipy_vbox, unname(controls)), ipy_label("Other"), titles = c("Controls", "Other"),
    layout = list(width = "500px")
  )
  output$controls <- render_widget(ipy_hbox(page, ipy_vbox(linked, mirror, label)))
  output$values <- renderText({
    values <- lapply(controls, function(control) {
      if ("clicks" %in% names(control)) return(as.integer(control$clicks))
      value <- control$value
      if (is.data.frame(value)) value <- c(value$name, vapply(value$content, rawToChar, ""))
      if (inherits(value, "POSIXt")) value <- format(value, "%Y-%m-%d %H:%M %Z", tz = "UTC")
      value
    })
    kinds <- vapply(values, function(value) paste0(class(value)[[1]], ": ", toString(value)), "")
    paste(names(values), kinds, collapse = "\n")
  })
}

shinyApp(ui, server)

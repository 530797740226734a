# European share prices: controls of ipywidgets in cards of bslib, and plots that follow them.
library(shiny)
library(bslib)
library(shinycomm)

COLORS <- c(DAX = "#e4572e", SMI = "#2e86ab", CAC = "#5b8e7d", FTSE = "#8a5a9e")
prices <- as.data.frame(EuStockMarkets)
days <- as.Date("1991-01-01") + round((as.numeric(time(EuStockMarkets)) - 1991) * 365.25)
months <- seq(as.Date("1991-07-01"), as.Date("1998-09-01"), by = "month")
names(months) <- format(months, "%b %Y")

full_card <- function(title, ...) card(full_screen = TRUE, card_header(title), ...)

ui <- page_fluid(
  theme = bs_theme(version = 5, primary = "#e4572e", bg = "#fbfaf8", fg = "#22303c", base_font = "system-ui"),
  includeCSS("www/style.css"),
  title = "European shares",
  h1("European shares, 1991 to 1998"),
  uiOutput("tiles"),
  div(
    class = "dashboard",
    card(card_header("Controls"), widget_output("controls")),
    full_card("Prices", plotOutput("lines", height = "460px", brush = brushOpts(
      "box", direction = "x", delayType = "debounce", resetOnNew = TRUE
    ))),
    full_card("Changes in a month", plotOutput("changes", height = "460px"))
  )
)

server <- function(input, output, session) {
  wide <- ipy_layout(width = "100%")
  colored <- list(handle_color = "#e4572e", description_width = "72px")
  shares <- ipy_tags_input(names(COLORS), allowed_tags = names(COLORS), allow_duplicates = FALSE)
  period <- ipy_selection_range_slider(months, index = c(0, length(months) - 1), description = "Period",
    readout = FALSE, layout = wide, style = colored)
  period_label <- ipy_label(layout = list(margin = "0 0 8px 80px"), style = list(text_color = "#5c6770"))
  smooth <- ipy_int_slider(10, min = 1, max = 120, description = "Smooth", readout = FALSE, layout = wide,
    style = colored)
  smooth_days <- ipy_bounded_int_text(10, min = 1, max = 120, layout = list(width = "80px"))
  scale <- ipy_toggle_buttons(c("Growth" = "growth", "Price" = "price"), style = list(button_width = "84px"))
  walk <- ipy_play(max = length(months) - 13, interval = 250, description = "A year")
  everything <- ipy_button("All data", icon = "refresh")

  ipy_jslink(list(smooth, "value"), list(smooth_days, "value"))
  ipy_dlink(list(period, "label"), list(period_label, "value"), function(ends) paste(ends, collapse = " to "))
  observe_widget(walk, "value", function(value) period$index <- c(value, value + 12))
  observe_click(everything, function() {
    period$index <- c(0, length(months) - 1)
    shares$value <- names(COLORS)
  })
  observeEvent(input$box, {
    ends <- as.Date(c(input$box$xmin, input$box$xmax), origin = "1970-01-01")
    at <- pmin(pmax(findInterval(ends, months), 1), length(months))
    period$index <- c(at[[1]], max(at[[2]], min(at[[1]] + 1, length(months)))) - 1
  })

  output$controls <- render_widget(ipy_vbox(
    shares, period, period_label, ipy_hbox(smooth, smooth_days), scale, ipy_hbox(walk, everything),
    layout = list(width = "100%", overflow = "hidden")
  ))

  chosen <- reactive({
    validate(need(length(shares$value) > 0, "Choose a share."))
    within <- days >= period$value[[1]] & days <= period$value[[2]] + 31
    list(days = days[within], prices = prices[within, shares$value, drop = FALSE])
  })

  output$tiles <- renderUI({
    data <- chosen()
    div(class = "tiles", lapply(names(data$prices), function(name) {
      ends <- data$prices[[name]][c(1, nrow(data$prices))]
      change <- sprintf("%+.0f %%", 100 * (ends[[2]] / ends[[1]] - 1))
      div(class = "tile", style = paste0("border-color:", COLORS[[name]]), strong(change), span(name))
    }))
  })

  output$lines <- renderPlot(bg = "transparent", {
    data <- chosen()
    values <- data$prices
    if (scale$value == "growth") values[] <- lapply(values, function(x) 100 * x / x[[1]])
    width <- min(smooth$value, nrow(values))
    values[] <- lapply(values, function(x) stats::filter(x, rep(1 / width, width), sides = 1))
    par(mar = c(3, 4, 1, 4), fg = "#22303c", col.axis = "#5c6770", las = 1, bty = "n", tcl = -0.2)
    plot(range(data$days), range(values, na.rm = TRUE), type = "n", xlab = "", ylab = "", xaxt = "n", yaxt = "n")
    abline(h = axTicks(2), col = "#e3e0da")
    axis(2, lwd = 0)
    axis.Date(1, data$days, lwd = 0, lwd.ticks = 1)
    for (name in names(values)) lines(data$days, values[[name]], col = COLORS[[name]], lwd = 2)
    last <- vapply(values, function(x) x[[length(x)]], 0)
    # Names of lines with near ends would overlap.
    height <- diff(par("usr")[3:4]) / 24
    places <- sort(last)
    for (i in seq_along(places)[-1]) places[[i]] <- max(places[[i]], places[[i - 1]] + height)
    mtext(names(places), side = 4, at = places, col = COLORS[names(places)], line = 0.2, font = 2)
  })

  output$changes <- renderPlot(bg = "transparent", {
    data <- chosen()
    month <- format(data$days, "%Y-%m")
    changes <- lapply(data$prices, function(x) 100 * (tapply(x, month, function(y) y[[length(y)]] / y[[1]]) - 1))
    par(mar = c(3, 4, 1, 1), fg = "#22303c", col.axis = "#5c6770", las = 1, bty = "n", tcl = -0.2)
    colors <- COLORS[names(changes)]
    boxplot(changes, col = paste0(colors, "55"), border = colors, ylab = "percent", lty = 1, pch = 19, cex = 0.6,
      xaxt = "n", boxwex = 0.5)
    axis(1, seq_along(changes), names(changes), lwd = 0)
    abline(h = 0, col = "#22303c55")
  })
}

shinyApp(ui, server)

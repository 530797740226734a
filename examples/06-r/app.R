# Jupyter widgets in R Shiny: controls and anywidgets, and their bytes in binary frames.
library(shiny)
source("../../r/shiny_comm.R")

ui <- fluidPage(
  shiny_comm_dependency("../../dist"),
  titlePanel("Jupyter widgets in R"),
  fluidRow(
    column(
      6,
      h4("Controls of ipywidgets"),
      widget_output("controls"),
      p("R has: ", textOutput("values", inline = TRUE)),
      actionButton("reset", "Set the slider to 10, from R"),
      actionButton("again", "Render the controls again")
    ),
    column(
      6,
      h4("An anywidget"),
      widget_output("counter"),
      p("R counts: ", textOutput("count", inline = TRUE)),
      actionButton("add", "Add 10, from R"),
      h4("Bytes"),
      p("The volcano, scaled by the slider: R sends its heights as bytes, in a binary frame."),
      widget_output("volcano"),
      p("The page has sent R ", textOutput("sent_back", inline = TRUE))
    )
  )
)

counter_module <- "
export default {
  render({ model, el }) {
    const button = document.createElement('button');
    button.className = 'btn btn-default counter';
    const show = () => { button.textContent = `count is ${model.get('count')}`; };
    button.addEventListener('click', () => {
      model.set('count', model.get('count') + 1);
      model.save_changes();
    });
    model.on('change:count', show);
    show();
    el.append(button);
  },
};"

# Draws a matrix of bytes; a click sends its rows back in reverse order.
picture_module <- "
export default {
  render({ model, el }) {
    const canvas = document.createElement('canvas');
    canvas.className = 'picture';
    canvas.style.width = '100%';
    const draw = () => {
      const [width, height] = [model.get('width'), model.get('height')];
      const bytes = new Uint8Array(model.get('pixels').buffer);
      Object.assign(canvas, { width, height });
      const image = new ImageData(width, height);
      bytes.forEach((value, n) => image.data.set([value, value, 255 - value, 255], 4 * n));
      canvas.getContext('2d').putImageData(image, 0, 0);
      canvas.dataset.sum = bytes.reduce((sum, value) => sum + value, 0);
    };
    canvas.addEventListener('click', () => {
      const bytes = new Uint8Array(model.get('pixels').buffer).toReversed();
      model.send({ what: 'reversed' }, undefined, [bytes]);
    });
    model.on('change:pixels', draw);
    draw();
    el.append(canvas);
  },
};"

server <- function(input, output, session) {
  slider <- reactiveVal()
  check <- reactiveVal()
  output$controls <- render_widget({
    input$again
    slider(ipy_int_slider(60, description = "Height"))
    check(ipy_checkbox(TRUE, description = "Shown"))
    shown <- ipy_label("60 %")
    name <- ipy_text("R", description = "Name", placeholder = "a name")
    clicks <- 0
    button <- ipy_button("Click")
    isolate(slider())$on_change("value", function(value) shown$set(value = paste(value, "%")))
    name$on_change("value", function(value) button$set(description = paste("Click,", value)))
    button$on_msg(function(content, buffers) {
      clicks <<- clicks + 1
      shown$set(value = paste(clicks, "clicks"))
    })
    ipy_vbox(isolate(slider()), isolate(check()), name, ipy_hbox(button, shown))
  })
  output$values <- renderText({
    paste(req(slider())$read("value"), req(check())$read("value"))
  })
  observeEvent(input$reset, slider()$set(value = 10))

  counter <- reactiveVal()
  output$counter <- render_widget({
    counter(anywidget(counter_module, count = 3, id = "example.counter"))
    isolate(counter())
  })
  output$count <- renderText(req(counter())$read("count"))
  observeEvent(input$add, counter()$set(count = counter()$get("count") + 10))

  scaled <- reactive({
    heights <- volcano / max(volcano) * 255
    as.raw(round(heights * req(slider())$read("value") / 100))
  })
  picture <- reactiveVal()
  sent_back <- reactiveVal("nothing yet: click the picture")
  output$volcano <- render_widget({
    widget <- anywidget(
      picture_module,
      width = nrow(volcano), height = ncol(volcano), pixels = isolate(scaled())
    )
    widget$on_msg(function(content, buffers) {
      same <- identical(rev(buffers[[1]]), widget$get("pixels"))
      sent_back(paste(length(buffers[[1]]), "bytes,", content$what, if (same) "and whole"))
    })
    picture(widget)
    widget
  })
  observeEvent(scaled(), req(picture())$set(pixels = scaled()))
  output$sent_back <- renderText(sent_back())
}

shinyApp(ui, server)

# Returns the numbers of entries in a registry.
entries_of <- function(registry) {
  c(
    comms = length(ls(registry$comms)), unowned = length(ls(registry$unowned)),
    owned = length(unlist(registry$owned)), shown = length(registry$shown), outbox = registry$outbox$size(),
    queue = length(registry$queue), targets = length(registry$targets)
  )
}

test("1,000 widgets that were opened and closed leave nothing", {
  registry <- comm_registry(session)
  session$flushReact()
  before <- entries_of(registry)
  collected <- 0
  use <- function(i) {
    slider <- ipy_int_slider(i)
    stop_observing <- observe_widget(slider, "value", function(value) NULL)
    slider$on_msg(function(...) NULL)
    shiny::isolate(slider$value)
    slider$value <- 50
    if (i %% 100 == 0) session$receive(slider$model_id, list(method = "update", state = list(value = 7L)))
    reg.finalizer(slider, function(x) collected <<- collected + 1)
    reg.finalizer(slider$layout, function(x) collected <<- collected + 1)
    slider$close()
    if (i %% 2 == 0) stop_observing()
  }
  for (i in 1:1000) {
    use(i)
    if (i %% 100 == 0) session$flushReact()
  }
  session$flushReact()
  expect_identical(entries_of(registry), before)
  gc()
  # Variables of the interpreter may have the last one.
  expect_gte(collected, 1998)
})

test("widgets that an output opens in each run leave nothing", {
  registry <- comm_registry(session)
  count <- shiny::reactiveVal(0)
  rendered(session, "out", quote({
    count()
    ipy_vbox(ipy_int_slider(7), anywidget("js", value = 1))
  }))
  session$flushReact()
  one <- entries_of(registry)
  for (i in 1:20) {
    count(i)
    session$flushReact()
  }
  expect_identical(entries_of(registry), one)
})

test("a change without widgets schedules no search for unused widgets", {
  registry <- comm_registry(session)
  slider <- ipy_int_slider(7)
  box <- ipy_vbox(slider)
  session$flushReact()
  slider$value <- 8
  session$receive(slider$model_id, list(method = "update", state = list(value = 9L)))
  expect_false(registry$sweep_pending)
  box$children <- list()
  expect_true(registry$sweep_pending)
})

test("a value outside of reactives is read without an error", {
  slider <- ipy_int_slider(7)
  errors <- 0
  value <- withCallingHandlers(slider$value, error = function(e) errors <<- errors + 1)
  expect_identical(c(value, errors), c(7, 0))
})

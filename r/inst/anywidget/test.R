test_that("the page and R change the count", {
  shiny::testServer("../..", {
    page <- mock_page(session)
    expect_equal(page$state(widget)$count, 3)

    page$set(widget, count = 4)
    expect_equal(output$count, "R has the count 4")

    session$setInputs(reset = 1)
    expect_equal(page$state(widget)$count, 0)

    # A value of another type is ignored with a warning.
    expect_warning(page$set(widget, count = "many"), "count")
    expect_equal(widget$count, 0)
  })
})

library(testthat)
library(shinycomm)

test_check("shinycomm")

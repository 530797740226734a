library(testthat)
library(shiny)
library(shinycomm)

test_dir("testthat", reporter = c("progress", "fail"))

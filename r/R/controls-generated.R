# Written by scripts/record-r-controls.py: do not edit.

#' Accordion
#'
#' The class `Accordion` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... The children: widgets, or lists of widgets.
#' @param titles A character vector. Titles of the pages.
#' @param selected_index A whole number, or `NULL`. The index of the selected page. This is either an
#'   integer selecting a particular sub-widget, or None to have no widgets selected.
#' @param box_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the box.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_accordion(ipy_label("a"), ipy_label("b"), titles = c("One", "Other"))
#' @family controls
#' @export
ipy_accordion <- function(
  ..., titles = character(), selected_index = NULL, box_style = "", layout = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Accordion", names(match.call())[-1], environment(), list(...), session)
}

#' Audio
#'
#' The class `Audio` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A raw vector, a file, or a URL. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param format A text. The format of the tags, as in d3-format.
#' @param autoplay `TRUE` or `FALSE`. When true, the audio starts when it's displayed.
#' @param loop `TRUE` or `FALSE`. When true, the audio will start from the beginning after finishing.
#' @param controls `TRUE` or `FALSE`. Specifies that audio controls should be displayed (such as a
#'   play/pause button etc).
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_audio()
#' @family controls
#' @export
ipy_audio <- function(
  value = raw(), ..., format = "mp3", autoplay = TRUE, loop = TRUE, controls = TRUE, layout = NULL,
  tabbable = NULL, tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Audio", names(match.call())[-1], environment(), list(...), session)
}

#' Bounded float text
#'
#' The class `BoundedFloatText` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A number. The value.
#' @param min A number. The lower limit.
#' @param max A number. The upper limit.
#' @param step A number, or `NULL`. Minimum step to increment the value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_bounded_float_text()
#' @family controls
#' @export
ipy_bounded_float_text <- function(
  value = 0, min = 0, max = 100, step = NULL, ..., disabled = FALSE, continuous_update = FALSE,
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("BoundedFloatText", names(match.call())[-1], environment(), list(...), session)
}

#' Bounded int text
#'
#' The class `BoundedIntText` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A whole number. The value.
#' @param min A whole number. The lower limit.
#' @param max A whole number. The upper limit.
#' @param step A whole number. Minimum step to increment the value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_bounded_int_text(7, min = 0, max = 10)
#' @family controls
#' @export
ipy_bounded_int_text <- function(
  value = 0, min = 0, max = 100, step = 1, ..., disabled = FALSE, continuous_update = FALSE,
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("BoundedIntText", names(match.call())[-1], environment(), list(...), session)
}

#' Box
#'
#' The class `Box` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... The children: widgets, or lists of widgets.
#' @param box_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the box.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_box(ipy_label("a"), ipy_label("b"))
#' @family controls
#' @export
ipy_box <- function(
  ..., box_style = "", layout = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Box", names(match.call())[-1], environment(), list(...), session)
}

#' Button
#'
#' The class `Button` of ipywidgets. [control_values] describes values and limits.
#'
#' @param description A text. The text on the button.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param icon A text. Font-awesome icon names, without the 'fa-' prefix.
#' @param button_style One of `"primary"`, `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a
#'   predefined styling for the button.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_button_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_button("Start", icon = "play", button_style = "success")
#' @family controls
#' @export
ipy_button <- function(
  description = "", ..., disabled = FALSE, icon = "", button_style = "", layout = NULL, style = NULL,
  tabbable = NULL, tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Button", names(match.call())[-1], environment(), list(...), session)
}

#' Button style
#'
#' The class `ButtonStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param button_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Color of the button.
#' @param font_family A text, or `NULL`. Button text font family.
#' @param font_size A text, or `NULL`. Button text font size.
#' @param font_style A text, or `NULL`. Button text font style.
#' @param font_variant A text, or `NULL`. Button text font variant.
#' @param font_weight A text, or `NULL`. Button text font weight.
#' @param text_color A text, or `NULL`. Button text color.
#' @param text_decoration A text, or `NULL`. Button text decoration.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_button("Stop", style = ipy_button_style(button_color = "tomato"))
#' @family controls
#' @export
ipy_button_style <- function(
  ..., button_color = NULL, font_family = NULL, font_size = NULL, font_style = NULL,
  font_variant = NULL, font_weight = NULL, text_color = NULL, text_decoration = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("ButtonStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Checkbox
#'
#' The class `Checkbox` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value `TRUE` or `FALSE`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param indent `TRUE` or `FALSE`. Indent the control to align with other controls with a description.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_checkbox_style()], or a list of its arguments. Styling customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_checkbox()
#' @family controls
#' @export
ipy_checkbox <- function(
  value = FALSE, ..., indent = TRUE, disabled = FALSE, description = "", description_allow_html = FALSE,
  layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Checkbox", names(match.call())[-1], environment(), list(...), session)
}

#' Checkbox style
#'
#' The class `CheckboxStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param background A text, or `NULL`. Background specifications.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_checkbox_style()
#' style
#' @family controls
#' @export
ipy_checkbox_style <- function(
  ..., background = NULL, description_width = "", session = shiny::getDefaultReactiveDomain()
) {
  make_control("CheckboxStyle", names(match.call())[-1], environment(), list(...), session)
}

#' A color
#'
#' The class `ColorPicker` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A color of CSS, such as `"red"` or `"#ff0000"`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param concise `TRUE` or `FALSE`. Display short version with just a color selector.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_color_picker("#ff8800", description = "Fill")
#' @family controls
#' @export
ipy_color_picker <- function(
  value = "black", ..., concise = FALSE, disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("ColorPicker", names(match.call())[-1], environment(), list(...), session)
}

#' Colors input
#'
#' The class `ColorsInput` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A vector of colors. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param placeholder A text. The text of an empty control.
#' @param allowed_tags A list. The allowed tags; all tags if it is empty.
#' @param allow_duplicates `TRUE` or `FALSE`. Whether a tag may occur twice.
#' @param description A text. Not shown, as in Jupyter: put an `ipy_label()` before the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_colors_input(c("red", "#00ff00"))
#' @family controls
#' @export
ipy_colors_input <- function(
  value = character(), ..., placeholder, allowed_tags = list(), allow_duplicates = TRUE,
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("ColorsInput", names(match.call())[-1], environment(), list(...), session)
}

#' Combobox
#'
#' The class `Combobox` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A text. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param options A character vector. Dropdown options for the combobox.
#' @param ensure_option `TRUE` or `FALSE`. If set, ensure value is in options. Implies
#'   continuous_update=False.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param placeholder A text. The text of an empty control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_text_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_combobox("Rome", options = c("Paris", "Rome"))
#' @family controls
#' @export
ipy_combobox <- function(
  value = "", ..., options = character(), ensure_option = FALSE, disabled = FALSE,
  continuous_update = TRUE, placeholder, description = "", description_allow_html = FALSE,
  layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Combobox", names(match.call())[-1], environment(), list(...), session)
}

#' Controller
#'
#' The class `Controller` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param index A whole number. The id number of the controller.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_controller()
#' @family controls
#' @export
ipy_controller <- function(
  ..., index = 0, layout = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Controller", names(match.call())[-1], environment(), list(...), session)
}

#' Date picker
#'
#' The class `DatePicker` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A [Date], or `NULL`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param min A [Date], or `NULL`. The lower limit.
#' @param max A [Date], or `NULL`. The upper limit.
#' @param step A whole number or `"any"`. The date step to use for the picker, in days, or "any".
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_date_picker(as.Date("2026-01-31"), min = as.Date("2026-01-01"))
#' @family controls
#' @export
ipy_date_picker <- function(
  value = NULL, ..., disabled = FALSE, min = NULL, max = NULL, step = 1, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("DatePicker", names(match.call())[-1], environment(), list(...), session)
}

#' Datetime picker
#'
#' The class `DatetimePicker` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A [POSIXct], or `NULL`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param min A [POSIXct], or `NULL`. The lower limit.
#' @param max A [POSIXct], or `NULL`. The upper limit.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_datetime_picker(as.POSIXct("2026-01-31 12:00", tz = "UTC"))
#' @family controls
#' @export
ipy_datetime_picker <- function(
  value = NULL, ..., disabled = FALSE, min = NULL, max = NULL, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("DatetimePicker", names(match.call())[-1], environment(), list(...), session)
}

#' Style of a description
#'
#' The class `DescriptionStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_description_style()
#' style
#' @family controls
#' @export
ipy_description_style <- function(
  ..., description_width = "", session = shiny::getDefaultReactiveDomain()
) {
  make_control("DescriptionStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Dropdown
#'
#' The class `Dropdown` of ipywidgets. [control_values] describes values and limits.
#'
#' @param options The options: a vector, a factor, or a list. Names are labels.
#' @param value The selected value or its label, see [control_values].
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param label The selected label.
#' @param index The selected index, counted from 0.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_dropdown(c(One = 1, Two = 2), value = 2)
#' @family controls
#' @export
ipy_dropdown <- function(
  options = character(), value, ..., label, index, disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Dropdown", names(match.call())[-1], environment(), list(...), session)
}

#' File upload
#'
#' The class `FileUpload` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param accept A text. File types to accept, empty string for all.
#' @param multiple `TRUE` or `FALSE`. If True, allow for multiple files upload.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param icon A text. Font-awesome icon name, without the 'fa-' prefix.
#' @param button_style One of `"primary"`, `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a
#'   predefined styling for the button.
#' @param error A text. Error message.
#' @param value A data frame, see [control_values]. The value.
#' @param description A text. The text on the button.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_button_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_file_upload(accept = ".csv", multiple = TRUE)
#' @family controls
#' @export
ipy_file_upload <- function(
  ..., accept = "", multiple = FALSE, disabled = FALSE, icon = "upload", button_style = "", error = "",
  value = NULL, description = "Upload", description_allow_html = FALSE, layout = NULL, style = NULL,
  tabbable = NULL, tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("FileUpload", names(match.call())[-1], environment(), list(...), session)
}

#' Float log slider
#'
#' The class `FloatLogSlider` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A number. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param step A number, or `NULL`. Minimum step in the exponent to increment the value.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param readout `TRUE` or `FALSE`. Display the current value of the slider next to it.
#' @param readout_format A format of d3-format, such as `".2f"`. Format for the readout.
#' @param continuous_update `TRUE` or `FALSE`. Update the value of the widget as the user is holding
#'   the slider.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param base A number. Base for the logarithm.
#' @param behavior One of `"drag-tap"`, `"drag-snap"`, `"tap"`, `"drag"`, `"snap"`. Slider dragging
#'   behavior.
#' @param max A number. The upper limit.
#' @param min A number. The lower limit.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_slider_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_float_log_slider()
#' @family controls
#' @export
ipy_float_log_slider <- function(
  value = 1, ..., step = 0.1, orientation = "horizontal", readout = TRUE, readout_format = ".3g",
  continuous_update = TRUE, disabled = FALSE, base = 10, behavior = "drag-tap", max = 4, min = 0,
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("FloatLogSlider", names(match.call())[-1], environment(), list(...), session)
}

#' Float progress
#'
#' The class `FloatProgress` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A number. The value.
#' @param min A number. The lower limit.
#' @param max A number. The upper limit.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param bar_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`, or `NULL`. Use a
#'   predefined styling for the progress bar.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_progress_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_float_progress()
#' @family controls
#' @export
ipy_float_progress <- function(
  value = 0, min = 0, max = 100, ..., orientation = "horizontal", bar_style = "", description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("FloatProgress", names(match.call())[-1], environment(), list(...), session)
}

#' Float range slider
#'
#' The class `FloatRangeSlider` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A vector of 2 numbers. The value. By default the middle half of the limits.
#' @param min A number. The lower limit.
#' @param max A number. The upper limit.
#' @param step A number, or `NULL`. Minimum step to increment the value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param readout `TRUE` or `FALSE`. Display the current value of the slider next to it.
#' @param readout_format A format of d3-format, such as `".2f"`. Format for the readout.
#' @param continuous_update `TRUE` or `FALSE`. Update the value of the widget as the user is sliding
#'   the slider.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param behavior One of `"drag-tap"`, `"drag-snap"`, `"tap"`, `"drag"`, `"snap"`. Slider dragging
#'   behavior.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_slider_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_float_range_slider(c(0.2, 0.4), max = 1, step = 0.1)
#' @family controls
#' @export
ipy_float_range_slider <- function(
  value, min = 0, max = 100, step = 0.1, ..., orientation = "horizontal", readout = TRUE,
  readout_format = ".2f", continuous_update = TRUE, disabled = FALSE, behavior = "drag-tap",
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("FloatRangeSlider", names(match.call())[-1], environment(), list(...), session)
}

#' Float slider
#'
#' The class `FloatSlider` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A number. The value.
#' @param min A number. The lower limit.
#' @param max A number. The upper limit.
#' @param step A number, or `NULL`. Minimum step to increment the value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param readout `TRUE` or `FALSE`. Display the current value of the slider next to it.
#' @param readout_format A format of d3-format, such as `".2f"`. Format for the readout.
#' @param continuous_update `TRUE` or `FALSE`. Update the value of the widget as the user is holding
#'   the slider.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param behavior One of `"drag-tap"`, `"drag-snap"`, `"tap"`, `"drag"`, `"snap"`. Slider dragging
#'   behavior.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_slider_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_float_slider(0.5, max = 1, step = 0.1)
#' @family controls
#' @export
ipy_float_slider <- function(
  value = 0, min = 0, max = 100, step = 0.1, ..., orientation = "horizontal", readout = TRUE,
  readout_format = ".2f", continuous_update = TRUE, disabled = FALSE, behavior = "drag-tap",
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("FloatSlider", names(match.call())[-1], environment(), list(...), session)
}

#' Float text
#'
#' The class `FloatText` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A number. The value.
#' @param step A number, or `NULL`. Minimum step to increment the value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_float_text()
#' @family controls
#' @export
ipy_float_text <- function(
  value = 0, step = NULL, ..., disabled = FALSE, continuous_update = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("FloatText", names(match.call())[-1], environment(), list(...), session)
}

#' Floats input
#'
#' The class `FloatsInput` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A numeric vector. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param format A format of d3-format, such as `".2f"`. The format of the tags, as in d3-format.
#' @param min A number, or `NULL`. The lower limit.
#' @param max A number, or `NULL`. The upper limit.
#' @param tag_style One of `"primary"`, `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a
#'   predefined styling for the tags.
#' @param placeholder A text. The text of an empty control.
#' @param allowed_tags A list. The allowed tags; all tags if it is empty.
#' @param allow_duplicates `TRUE` or `FALSE`. Whether a tag may occur twice.
#' @param description A text. Not shown, as in Jupyter: put an `ipy_label()` before the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_floats_input(c(0.5, 1.5), min = 0)
#' @family controls
#' @export
ipy_floats_input <- function(
  value = numeric(), ..., format = ".1f", min = NULL, max = NULL, tag_style = "", placeholder,
  allowed_tags = list(), allow_duplicates = TRUE, description = "", description_allow_html = FALSE,
  layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("FloatsInput", names(match.call())[-1], environment(), list(...), session)
}

#' Grid box
#'
#' The class `GridBox` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... The children: widgets, or lists of widgets.
#' @param box_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the box.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_grid_box(ipy_label("a"), ipy_label("b"))
#' @family controls
#' @export
ipy_grid_box <- function(
  ..., box_style = "", layout = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("GridBox", names(match.call())[-1], environment(), list(...), session)
}

#' Hbox
#'
#' The class `HBox` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... The children: widgets, or lists of widgets.
#' @param box_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the box.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_hbox(ipy_label("a"), ipy_label("b"))
#' @family controls
#' @export
ipy_hbox <- function(
  ..., box_style = "", layout = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("HBox", names(match.call())[-1], environment(), list(...), session)
}

#' HTML
#'
#' The class `HTML` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A text. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param placeholder A text. The text of an empty control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_html_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_html("<b>bold</b>")
#' @family controls
#' @export
ipy_html <- function(
  value = "", ..., placeholder, description = "", description_allow_html = FALSE, layout = NULL,
  style = NULL, tabbable = NULL, tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("HTML", names(match.call())[-1], environment(), list(...), session)
}

#' HTML math
#'
#' The class `HTMLMath` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A text. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param placeholder A text. The text of an empty control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_html_math_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_html_math("$x^2$")
#' @family controls
#' @export
ipy_html_math <- function(
  value = "", ..., placeholder, description = "", description_allow_html = FALSE, layout = NULL,
  style = NULL, tabbable = NULL, tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("HTMLMath", names(match.call())[-1], environment(), list(...), session)
}

#' Style of HTML with mathematics
#'
#' The class `HTMLMathStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param background A text, or `NULL`. Background specifications.
#' @param font_size A text, or `NULL`. Text font size.
#' @param text_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Text color.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_html_math_style()
#' style
#' @family controls
#' @export
ipy_html_math_style <- function(
  ..., background = NULL, font_size = NULL, text_color = NULL, description_width = "",
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("HTMLMathStyle", names(match.call())[-1], environment(), list(...), session)
}

#' HTML style
#'
#' The class `HTMLStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param background A text, or `NULL`. Background specifications.
#' @param font_size A text, or `NULL`. Text font size.
#' @param text_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Text color.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_html_style()
#' style
#' @family controls
#' @export
ipy_html_style <- function(
  ..., background = NULL, font_size = NULL, text_color = NULL, description_width = "",
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("HTMLStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Image
#'
#' The class `Image` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A raw vector, a file, or a URL. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param format A text. The format of the tags, as in d3-format.
#' @param width A text. Width of the image in pixels. Use layout.width for styling the widget.
#' @param height A text. Height of the image in pixels. Use layout.height for styling the widget.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_image("https://www.r-project.org/logo/Rlogo.png", width = 100)
#' @family controls
#' @export
ipy_image <- function(
  value = raw(), ..., format = "png", width = "", height = "", layout = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Image", names(match.call())[-1], environment(), list(...), session)
}

#' Int progress
#'
#' The class `IntProgress` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A whole number. The value.
#' @param min A whole number. The lower limit.
#' @param max A whole number. The upper limit.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param bar_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the progress bar.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_progress_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_int_progress()
#' @family controls
#' @export
ipy_int_progress <- function(
  value = 0, min = 0, max = 100, ..., orientation = "horizontal", bar_style = "", description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("IntProgress", names(match.call())[-1], environment(), list(...), session)
}

#' Int range slider
#'
#' The class `IntRangeSlider` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A vector of 2 numbers. The value. By default the middle half of the limits.
#' @param min A whole number. The lower limit.
#' @param max A whole number. The upper limit.
#' @param step A whole number. Minimum step that the value can take.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param readout `TRUE` or `FALSE`. Display the current value of the slider next to it.
#' @param readout_format A format of d3-format, such as `".2f"`. Format for the readout.
#' @param continuous_update `TRUE` or `FALSE`. Update the value of the widget as the user is sliding
#'   the slider.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param behavior One of `"drag-tap"`, `"drag-snap"`, `"tap"`, `"drag"`, `"snap"`. Slider dragging
#'   behavior.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_slider_style()], or a list of its arguments. Slider style
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_int_range_slider(c(2, 4), max = 10, description = "Range")
#' @family controls
#' @export
ipy_int_range_slider <- function(
  value, min = 0, max = 100, step = 1, ..., orientation = "horizontal", readout = TRUE,
  readout_format = "d", continuous_update = TRUE, disabled = FALSE, behavior = "drag-tap",
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("IntRangeSlider", names(match.call())[-1], environment(), list(...), session)
}

#' Int slider
#'
#' The class `IntSlider` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A whole number. The value.
#' @param min A whole number. The lower limit.
#' @param max A whole number. The upper limit.
#' @param step A whole number. Minimum step to increment the value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param readout `TRUE` or `FALSE`. Display the current value of the slider next to it.
#' @param readout_format A format of d3-format, such as `".2f"`. Format for the readout.
#' @param continuous_update `TRUE` or `FALSE`. Update the value of the widget as the user is holding
#'   the slider.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param behavior One of `"drag-tap"`, `"drag-snap"`, `"tap"`, `"drag"`, `"snap"`. Slider dragging
#'   behavior.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_slider_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_int_slider(7, max = 10, description = "Number")
#' @family controls
#' @export
ipy_int_slider <- function(
  value = 0, min = 0, max = 100, step = 1, ..., orientation = "horizontal", readout = TRUE,
  readout_format = "d", continuous_update = TRUE, disabled = FALSE, behavior = "drag-tap",
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("IntSlider", names(match.call())[-1], environment(), list(...), session)
}

#' Int text
#'
#' The class `IntText` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A whole number. The value.
#' @param step A whole number. Minimum step to increment the value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_int_text()
#' @family controls
#' @export
ipy_int_text <- function(
  value = 0, step = 1, ..., disabled = FALSE, continuous_update = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("IntText", names(match.call())[-1], environment(), list(...), session)
}

#' Ints input
#'
#' The class `IntsInput` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A vector of whole numbers. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param format A format of d3-format, such as `".2f"`. The format of the tags, as in d3-format.
#' @param min A whole number, or `NULL`. The lower limit.
#' @param max A whole number, or `NULL`. The upper limit.
#' @param tag_style One of `"primary"`, `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a
#'   predefined styling for the tags.
#' @param placeholder A text. The text of an empty control.
#' @param allowed_tags A list. The allowed tags; all tags if it is empty.
#' @param allow_duplicates `TRUE` or `FALSE`. Whether a tag may occur twice.
#' @param description A text. Not shown, as in Jupyter: put an `ipy_label()` before the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_ints_input(c(1, 2))
#' @family controls
#' @export
ipy_ints_input <- function(
  value = integer(), ..., format = "d", min = NULL, max = NULL, tag_style = "", placeholder,
  allowed_tags = list(), allow_duplicates = TRUE, description = "", description_allow_html = FALSE,
  layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("IntsInput", names(match.call())[-1], environment(), list(...), session)
}

#' Label
#'
#' The class `Label` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A text. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param placeholder A text. The text of an empty control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_label_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_label("A label")
#' @family controls
#' @export
ipy_label <- function(
  value = "", ..., placeholder, description = "", description_allow_html = FALSE, layout = NULL,
  style = NULL, tabbable = NULL, tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Label", names(match.call())[-1], environment(), list(...), session)
}

#' Label style
#'
#' The class `LabelStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param font_family A text, or `NULL`. Label text font family.
#' @param font_style A text, or `NULL`. Label text font style.
#' @param font_variant A text, or `NULL`. Label text font variant.
#' @param font_weight A text, or `NULL`. Label text font weight.
#' @param text_decoration A text, or `NULL`. Label text decoration.
#' @param background A text, or `NULL`. Background specifications.
#' @param font_size A text, or `NULL`. Text font size.
#' @param text_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Text color.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_label_style()
#' style
#' @family controls
#' @export
ipy_label_style <- function(
  ..., font_family = NULL, font_style = NULL, font_variant = NULL, font_weight = NULL,
  text_decoration = NULL, background = NULL, font_size = NULL, text_color = NULL,
  description_width = "", session = shiny::getDefaultReactiveDomain()
) {
  make_control("LabelStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Layout of a control
#'
#' The class `Layout` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param align_content One of `"flex-start"`, `"flex-end"`, `"center"`, `"space-between"`,
#'   `"space-around"`, `"space-evenly"`, `"stretch"`, `"inherit"`, `"initial"`, `"unset"`, or `NULL`. The
#'   align-content CSS attribute.
#' @param align_items One of `"flex-start"`, `"flex-end"`, `"center"`, `"baseline"`, `"stretch"`,
#'   `"inherit"`, `"initial"`, `"unset"`, or `NULL`. The align-items CSS attribute.
#' @param align_self One of `"auto"`, `"flex-start"`, `"flex-end"`, `"center"`, `"baseline"`,
#'   `"stretch"`, `"inherit"`, `"initial"`, `"unset"`, or `NULL`. The align-self CSS attribute.
#' @param border_top A text, or `NULL`. The border top CSS attribute.
#' @param border_right A text, or `NULL`. The border right CSS attribute.
#' @param border_bottom A text, or `NULL`. The border bottom CSS attribute.
#' @param border_left A text, or `NULL`. The border left CSS attribute.
#' @param bottom A text, or `NULL`. The bottom CSS attribute.
#' @param display A text, or `NULL`. The display CSS attribute.
#' @param flex A text, or `NULL`. The flex CSS attribute.
#' @param flex_flow A text, or `NULL`. The flex-flow CSS attribute.
#' @param height A text, or `NULL`. The height CSS attribute.
#' @param justify_content One of `"flex-start"`, `"flex-end"`, `"center"`, `"space-between"`,
#'   `"space-around"`, `"inherit"`, `"initial"`, `"unset"`, or `NULL`. The justify-content CSS attribute.
#' @param justify_items One of `"flex-start"`, `"flex-end"`, `"center"`, `"inherit"`, `"initial"`,
#'   `"unset"`, or `NULL`. The justify-items CSS attribute.
#' @param left A text, or `NULL`. The left CSS attribute.
#' @param margin A text, or `NULL`. The margin CSS attribute.
#' @param max_height A text, or `NULL`. The max-height CSS attribute.
#' @param max_width A text, or `NULL`. The max-width CSS attribute.
#' @param min_height A text, or `NULL`. The min-height CSS attribute.
#' @param min_width A text, or `NULL`. The min-width CSS attribute.
#' @param overflow A text, or `NULL`. The overflow CSS attribute.
#' @param order A text, or `NULL`. The order CSS attribute.
#' @param padding A text, or `NULL`. The padding CSS attribute.
#' @param right A text, or `NULL`. The right CSS attribute.
#' @param top A text, or `NULL`. The top CSS attribute.
#' @param visibility One of `"visible"`, `"hidden"`, `"inherit"`, `"initial"`, `"unset"`, or `NULL`.
#'   The visibility CSS attribute.
#' @param width A text, or `NULL`. The width CSS attribute.
#' @param object_fit One of `"contain"`, `"cover"`, `"fill"`, `"scale-down"`, `"none"`, or `NULL`. The
#'   object-fit CSS attribute.
#' @param object_position A text, or `NULL`. The object-position CSS attribute.
#' @param grid_auto_columns A text, or `NULL`. The grid-auto-columns CSS attribute.
#' @param grid_auto_flow One of `"column"`, `"row"`, `"row dense"`, `"column dense"`, `"inherit"`,
#'   `"initial"`, `"unset"`, or `NULL`. The grid-auto-flow CSS attribute.
#' @param grid_auto_rows A text, or `NULL`. The grid-auto-rows CSS attribute.
#' @param grid_gap A text, or `NULL`. The grid-gap CSS attribute.
#' @param grid_template_rows A text, or `NULL`. The grid-template-rows CSS attribute.
#' @param grid_template_columns A text, or `NULL`. The grid-template-columns CSS attribute.
#' @param grid_template_areas A text, or `NULL`. The grid-template-areas CSS attribute.
#' @param grid_row A text, or `NULL`. The grid-row CSS attribute.
#' @param grid_column A text, or `NULL`. The grid-column CSS attribute.
#' @param grid_area A text, or `NULL`. The grid-area CSS attribute.
#' @param border A text, or `NULL`. All four borders.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_int_slider(layout = ipy_layout(width = "50%", border = "1px solid"))
#' @family controls
#' @export
ipy_layout <- function(
  ..., align_content = NULL, align_items = NULL, align_self = NULL, border_top = NULL,
  border_right = NULL, border_bottom = NULL, border_left = NULL, bottom = NULL, display = NULL,
  flex = NULL, flex_flow = NULL, height = NULL, justify_content = NULL, justify_items = NULL,
  left = NULL, margin = NULL, max_height = NULL, max_width = NULL, min_height = NULL, min_width = NULL,
  overflow = NULL, order = NULL, padding = NULL, right = NULL, top = NULL, visibility = NULL,
  width = NULL, object_fit = NULL, object_position = NULL, grid_auto_columns = NULL,
  grid_auto_flow = NULL, grid_auto_rows = NULL, grid_gap = NULL, grid_template_rows = NULL,
  grid_template_columns = NULL, grid_template_areas = NULL, grid_row = NULL, grid_column = NULL,
  grid_area = NULL, border = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Layout", names(match.call())[-1], environment(), list(...), session)
}

#' Naive datetime picker
#'
#' The class `NaiveDatetimePicker` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A [POSIXct], or `NULL`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param min A [POSIXct], or `NULL`. The lower limit.
#' @param max A [POSIXct], or `NULL`. The upper limit.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_naive_datetime_picker(as.POSIXct("2026-01-31 12:00", tz = "UTC"))
#' @family controls
#' @export
ipy_naive_datetime_picker <- function(
  value = NULL, ..., min = NULL, max = NULL, disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("NaiveDatetimePicker", names(match.call())[-1], environment(), list(...), session)
}

#' Text and other output
#'
#' The class `Output` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param msg_id A text. Parent message id of messages to capture.
#' @param outputs A list. The output messages synced from the frontend.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' output <- ipy_output()
#' append_stdout(output, "Hello\n")
#' output
#' @family controls
#' @export
ipy_output <- function(
  ..., msg_id = "", outputs = list(), layout = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Output", names(match.call())[-1], environment(), list(...), session)
}

#' Password
#'
#' The class `Password` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A text. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param placeholder A text. The text of an empty control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_text_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_password()
#' @family controls
#' @export
ipy_password <- function(
  value = "", ..., disabled = FALSE, continuous_update = TRUE, placeholder, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Password", names(match.call())[-1], environment(), list(...), session)
}

#' Buttons that play an animation
#'
#' The class `Play` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A whole number. The value.
#' @param min A whole number. The lower limit.
#' @param max A whole number. The upper limit.
#' @param step A whole number. Increment step.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param playing `TRUE` or `FALSE`. Whether the control is currently playing.
#' @param repeat `TRUE` or `FALSE`. Whether the control will repeat in a continuous loop.
#' @param interval A whole number. The time between two animation steps (ms).
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param show_repeat `TRUE` or `FALSE`. Show the repeat toggle button in the widget.
#' @param description A text. Not shown, as in Jupyter: put an `ipy_label()` before the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_play()
#' @family controls
#' @export
ipy_play <- function(
  value = 0, min = 0, max = 100, step = 1, ..., playing = FALSE, `repeat` = FALSE, interval = 100,
  disabled = FALSE, show_repeat = TRUE, description = "", description_allow_html = FALSE, layout = NULL,
  style = NULL, tabbable = NULL, tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Play", names(match.call())[-1], environment(), list(...), session)
}

#' Progress style
#'
#' The class `ProgressStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param bar_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Color of the progress
#'   bar.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_progress_style()
#' style
#' @family controls
#' @export
ipy_progress_style <- function(
  ..., bar_color = NULL, description_width = "", session = shiny::getDefaultReactiveDomain()
) {
  make_control("ProgressStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Radio buttons
#'
#' The class `RadioButtons` of ipywidgets. [control_values] describes values and limits.
#'
#' @param options The options: a vector, a factor, or a list. Names are labels.
#' @param value The selected value or its label, see [control_values].
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param label The selected label.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param index The selected index, counted from 0.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_radio_buttons(levels(iris$Species), value = "virginica")
#' @family controls
#' @export
ipy_radio_buttons <- function(
  options = character(), value, ..., label, orientation = "vertical", index, disabled = FALSE,
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("RadioButtons", names(match.call())[-1], environment(), list(...), session)
}

#' Select
#'
#' The class `Select` of ipywidgets. [control_values] describes values and limits.
#'
#' @param options The options: a vector, a factor, or a list. Names are labels.
#' @param value The selected value or its label, see [control_values].
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param label The selected label.
#' @param rows A whole number. The number of rows to display.
#' @param index The selected index, counted from 0.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_select(month.name, value = "May", rows = 4)
#' @family controls
#' @export
ipy_select <- function(
  options = character(), value, ..., label, rows = 5, index, disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Select", names(match.call())[-1], environment(), list(...), session)
}

#' Select multiple
#'
#' The class `SelectMultiple` of ipywidgets. [control_values] describes values and limits.
#'
#' @param options The options: a vector, a factor, or a list. Names are labels.
#' @param value The selected value or its label, see [control_values].
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param label The selected label.
#' @param rows A whole number. The number of rows to display.
#' @param index The selected index, counted from 0.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_select_multiple(month.name, value = c("May", "June"))
#' @family controls
#' @export
ipy_select_multiple <- function(
  options = character(), value, ..., label, rows = 5, index, disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("SelectMultiple", names(match.call())[-1], environment(), list(...), session)
}

#' Selection range slider
#'
#' The class `SelectionRangeSlider` of ipywidgets. [control_values] describes values and limits.
#'
#' @param options The options: a vector, a factor, or a list. Names are labels.
#' @param value The selected value or its label, see [control_values].
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param label The selected label.
#' @param index The selected index, counted from 0.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param readout `TRUE` or `FALSE`. Display the current selected label next to the slider.
#' @param continuous_update `TRUE` or `FALSE`. Update the value of the widget as the user is holding
#'   the slider.
#' @param behavior One of `"drag-tap"`, `"drag-snap"`, `"tap"`, `"drag"`, `"snap"`. Slider dragging
#'   behavior.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_slider_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_selection_range_slider(month.name, value = c("May", "July"))
#' @family controls
#' @export
ipy_selection_range_slider <- function(
  options = character(), value, ..., label, index, orientation = "horizontal", readout = TRUE,
  continuous_update = TRUE, behavior = "drag-tap", disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("SelectionRangeSlider", names(match.call())[-1], environment(), list(...), session)
}

#' Selection slider
#'
#' The class `SelectionSlider` of ipywidgets. [control_values] describes values and limits.
#'
#' @param options The options: a vector, a factor, or a list. Names are labels.
#' @param value The selected value or its label, see [control_values].
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param label The selected label.
#' @param orientation One of `"horizontal"`, `"vertical"`. Vertical or horizontal.
#' @param readout `TRUE` or `FALSE`. Display the current selected label next to the slider.
#' @param continuous_update `TRUE` or `FALSE`. Update the value of the widget as the user is holding
#'   the slider.
#' @param behavior One of `"drag-tap"`, `"drag-snap"`, `"tap"`, `"drag"`, `"snap"`. Slider dragging
#'   behavior.
#' @param index The selected index, counted from 0.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_slider_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_selection_slider(c("small", "medium", "large"))
#' @family controls
#' @export
ipy_selection_slider <- function(
  options = character(), value, ..., label, orientation = "horizontal", readout = TRUE,
  continuous_update = TRUE, behavior = "drag-tap", index, disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("SelectionSlider", names(match.call())[-1], environment(), list(...), session)
}

#' Slider style
#'
#' The class `SliderStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param handle_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Color of the slider
#'   handle.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_int_slider(style = ipy_slider_style(handle_color = "tomato"))
#' @family controls
#' @export
ipy_slider_style <- function(
  ..., handle_color = NULL, description_width = "", session = shiny::getDefaultReactiveDomain()
) {
  make_control("SliderStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Stack
#'
#' The class `Stack` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... The children: widgets, or lists of widgets.
#' @param titles A character vector. Titles of the pages.
#' @param selected_index A whole number, or `NULL`. The index of the selected page. This is either an
#'   integer selecting a particular sub-widget, or None to have no widgets selected.
#' @param box_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the box.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_stack(ipy_label("a"), ipy_label("b"), titles = c("One", "Other"))
#' @family controls
#' @export
ipy_stack <- function(
  ..., titles = character(), selected_index = NULL, box_style = "", layout = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Stack", names(match.call())[-1], environment(), list(...), session)
}

#' Tab
#'
#' The class `Tab` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... The children: widgets, or lists of widgets.
#' @param titles A character vector. Titles of the pages.
#' @param selected_index A whole number, or `NULL`. The index of the selected page. This is either an
#'   integer selecting a particular sub-widget, or None to have no widgets selected. By default the first
#'   page.
#' @param box_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the box.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_tab(ipy_label("a"), ipy_label("b"), titles = c("One", "Other"))
#' @family controls
#' @export
ipy_tab <- function(
  ..., titles = character(), selected_index, box_style = "", layout = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Tab", names(match.call())[-1], environment(), list(...), session)
}

#' Tags input
#'
#' The class `TagsInput` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A character vector. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param tag_style One of `"primary"`, `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a
#'   predefined styling for the tags.
#' @param placeholder A text. The text of an empty control.
#' @param allowed_tags A list. The allowed tags; all tags if it is empty.
#' @param allow_duplicates `TRUE` or `FALSE`. Whether a tag may occur twice.
#' @param description A text. Not shown, as in Jupyter: put an `ipy_label()` before the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_tags_input(c("a", "b"), allowed_tags = letters)
#' @family controls
#' @export
ipy_tags_input <- function(
  value = character(), ..., tag_style = "", placeholder, allowed_tags = list(), allow_duplicates = TRUE,
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("TagsInput", names(match.call())[-1], environment(), list(...), session)
}

#' Text
#'
#' The class `Text` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A text. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param placeholder A text. The text of an empty control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_text_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_text("Ada", description = "Name")
#' @family controls
#' @export
ipy_text <- function(
  value = "", ..., disabled = FALSE, continuous_update = TRUE, placeholder, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Text", names(match.call())[-1], environment(), list(...), session)
}

#' Text style
#'
#' The class `TextStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param background A text, or `NULL`. Background specifications.
#' @param font_size A text, or `NULL`. Text font size.
#' @param text_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Text color.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_text_style()
#' style
#' @family controls
#' @export
ipy_text_style <- function(
  ..., background = NULL, font_size = NULL, text_color = NULL, description_width = "",
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("TextStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Textarea
#'
#' The class `Textarea` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A text. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param rows A whole number, or `NULL`. The number of rows to display.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param continuous_update `TRUE` or `FALSE`. Update the value as the user types. If False, update on
#'   submission, e.g., pressing Enter or navigating away.
#' @param placeholder A text. The text of an empty control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_text_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_textarea()
#' @family controls
#' @export
ipy_textarea <- function(
  value = "", ..., rows = NULL, disabled = FALSE, continuous_update = TRUE, placeholder,
  description = "", description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL,
  tooltip = NULL, session = shiny::getDefaultReactiveDomain()
) {
  make_control("Textarea", names(match.call())[-1], environment(), list(...), session)
}

#' Time picker
#'
#' The class `TimePicker` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A time such as `"12:30"`, or `NULL`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param min A time such as `"12:30"`, or `NULL`. The lower limit.
#' @param max A time such as `"12:30"`, or `NULL`. The upper limit.
#' @param step A number or `"any"`. The time step to use for the picker, in seconds, or "any".
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_time_picker("12:30")
#' @family controls
#' @export
ipy_time_picker <- function(
  value = NULL, ..., disabled = FALSE, min = NULL, max = NULL, step = 60, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("TimePicker", names(match.call())[-1], environment(), list(...), session)
}

#' Toggle button
#'
#' The class `ToggleButton` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value `TRUE` or `FALSE`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param icon A text. Font-awesome icon.
#' @param button_style One of `"primary"`, `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a
#'   predefined styling for the button.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text on the button.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_toggle_button_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_toggle_button()
#' @family controls
#' @export
ipy_toggle_button <- function(
  value = FALSE, ..., icon = "", button_style = "", disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("ToggleButton", names(match.call())[-1], environment(), list(...), session)
}

#' Toggle button style
#'
#' The class `ToggleButtonStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param font_family A text, or `NULL`. Toggle button text font family.
#' @param font_size A text, or `NULL`. Toggle button text font size.
#' @param font_style A text, or `NULL`. Toggle button text font style.
#' @param font_variant A text, or `NULL`. Toggle button text font variant.
#' @param font_weight A text, or `NULL`. Toggle button text font weight.
#' @param text_color A color of CSS, such as `"red"` or `"#ff0000"`, or `NULL`. Toggle button text
#'   color.
#' @param text_decoration A text, or `NULL`. Toggle button text decoration.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_toggle_button_style()
#' style
#' @family controls
#' @export
ipy_toggle_button_style <- function(
  ..., font_family = NULL, font_size = NULL, font_style = NULL, font_variant = NULL, font_weight = NULL,
  text_color = NULL, text_decoration = NULL, description_width = "",
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("ToggleButtonStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Toggle buttons
#'
#' The class `ToggleButtons` of ipywidgets. [control_values] describes values and limits.
#'
#' @param options The options: a vector, a factor, or a list. Names are labels.
#' @param value The selected value or its label, see [control_values].
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param label The selected label.
#' @param tooltips A character vector. Tooltips for each button.
#' @param icons A character vector. Icons names for each button (FontAwesome names without the fa-
#'   prefix).
#' @param button_style One of `"primary"`, `"success"`, `"info"`, `"warning"`, `"danger"`, `""`, or
#'   `NULL`. Use a predefined styling for the buttons.
#' @param index The selected index, counted from 0.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_toggle_buttons_style()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_toggle_buttons(c("left", "right"), icons = c("arrow-left", "arrow-right"))
#' @family controls
#' @export
ipy_toggle_buttons <- function(
  options = character(), value, ..., label, tooltips = character(), icons = character(),
  button_style = "", index, disabled = FALSE, description = "", description_allow_html = FALSE,
  layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("ToggleButtons", names(match.call())[-1], environment(), list(...), session)
}

#' Toggle buttons style
#'
#' The class `ToggleButtonsStyle` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param button_width A text. The width of each button.
#' @param font_weight A text. Text font weight of each button.
#' @param description_width A text. Width of the description to the side of the control.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' style <- ipy_toggle_buttons_style()
#' style
#' @family controls
#' @export
ipy_toggle_buttons_style <- function(
  ..., button_width = "", font_weight = "", description_width = "",
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("ToggleButtonsStyle", names(match.call())[-1], environment(), list(...), session)
}

#' Vbox
#'
#' The class `VBox` of ipywidgets. [control_values] describes values and limits.
#'
#' @param ... The children: widgets, or lists of widgets.
#' @param box_style One of `"success"`, `"info"`, `"warning"`, `"danger"`, `""`. Use a predefined
#'   styling for the box.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_vbox(ipy_label("a"), ipy_label("b"))
#' @family controls
#' @export
ipy_vbox <- function(
  ..., box_style = "", layout = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("VBox", names(match.call())[-1], environment(), list(...), session)
}

#' Valid
#'
#' The class `Valid` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value `TRUE` or `FALSE`. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param readout A text. Message displayed when the value is False.
#' @param disabled `TRUE` or `FALSE`. Whether the user cannot change the control.
#' @param description A text. The text next to the control.
#' @param description_allow_html `TRUE` or `FALSE`. Whether the description is HTML.
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param style A widget of [ipy_description_style()], or a list of its arguments. Styling
#'   customizations.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_valid()
#' @family controls
#' @export
ipy_valid <- function(
  value = FALSE, ..., readout = "Invalid", disabled = FALSE, description = "",
  description_allow_html = FALSE, layout = NULL, style = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Valid", names(match.call())[-1], environment(), list(...), session)
}

#' Video
#'
#' The class `Video` of ipywidgets. [control_values] describes values and limits.
#'
#' @param value A raw vector, a file, or a URL. The value.
#' @param ... Other traits by name, such as `_dom_classes`.
#' @param format A text. The format of the tags, as in d3-format.
#' @param width A text. Width of the video in pixels.
#' @param height A text. Height of the video in pixels.
#' @param autoplay `TRUE` or `FALSE`. When true, the video starts when it's displayed.
#' @param loop `TRUE` or `FALSE`. When true, the video will start from the beginning after finishing.
#' @param controls `TRUE` or `FALSE`. Specifies that video controls should be displayed (such as a
#'   play/pause button etc).
#' @param layout A widget of [ipy_layout()], or a list of its arguments.
#' @param tabbable `TRUE` or `FALSE`, or `NULL`. Whether the control is in the tab order.
#' @param tooltip A text, or `NULL`. A tooltip caption.
#' @param session As in [widget_open()].
#' @return A widget; see [widget_open()].
#' @examples
#' ipy_video()
#' @family controls
#' @export
ipy_video <- function(
  value = raw(), ..., format = "mp4", width = "", height = "", autoplay = TRUE, loop = TRUE,
  controls = TRUE, layout = NULL, tabbable = NULL, tooltip = NULL,
  session = shiny::getDefaultReactiveDomain()
) {
  make_control("Video", names(match.call())[-1], environment(), list(...), session)
}

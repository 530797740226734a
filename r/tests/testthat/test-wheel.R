module <- "export default { render({ model, el }) { el.textContent = model.get('count'); } };"
python <- '
"""A widget: `class NoClass:`."""
from pathlib import Path
from traitlets import Int, List as ListType, Unicode
import traitlets
import anywidget
from ._constants import COLORS, MISSING

HERE = Path(__file__).parent / "static"
LIMIT = 7  # a constant


class Base(anywidget.AnyWidget):
    label = Unicode("it\'s # not a comment").tag(sync=True)
    note = traitlets.Unicode(None, allow_none=True).tag(sync=True)


class Counter(Base):
    _esm = HERE / "counter.js"
    _css = Path(__file__).parent / "static" / "counter.css"

    count = Int(LIMIT).tag(sync=True)
    size = traitlets.Float(
        default_value=1_0.5,
        help="a (bracket",
    ).tag(sync=True)
    on: bool = traitlets.Bool(True).tag(sync=True)
    points = ListType([[1, 2], (3, 4)]).tag(sync=True)
    names = ListType(Unicode(), default_value=[\'a\', "b"]).tag(sync=True)
    colors = ListType(COLORS).tag(sync=True)
    options = traitlets.Dict({"a": {"b": None}}).tag(sync=True)
    empty = traitlets.Dict().tag(sync=True)
    kind = traitlets.Enum(["x", "y"], default_value="y").tag(sync=True)
    computed = Int(len("abc")).tag(sync=True)
    special = OwnList(Instance(Node)).tag(sync=True)
    typed = TypedTuple(trait=Unicode()).tag(sync=True)
    private = Int(3)

    def method(self):
        inside = Int(5).tag(sync=True)
'
counter_files <- list(
  "counter/widget.py" = python,
  "counter/_constants.py" = "COLORS = ['red', 'blue']",
  "counter/static/counter.js" = module,
  "counter/static/counter.css" = ".a { color: red; }",
  "counter/tests/test_it.py" = "class Test:\n    _esm = 'x'"
)

wheel_test("read_wheel() tells the name, the version and the classes", {
  path <- make_wheel("counter", counter_files)
  wheel <- read_wheel(path)
  same(wheel[c("name", "version")], list(name = "counter", version = "1.2.3"))
  same(capture.output(print(wheel)), c("<wheel counter 1.2.3>", "  classes: Counter"))
  # By the name of the package, in the folder of wheels; the newest one.
  make_wheel("counter", counter_files, "1.10.0")
  same(read_wheel("counter")$version, "1.10.0")
  same(read_wheel(wheel), wheel)
})

wheel_test("an anywidget opens with the module and the defaults of its class in Python", {
  make_wheel("counter", counter_files)
  widget <- widget_from_wheel("counter", label = "Größe")
  state <- state_of(session, widget)
  same(state$`_esm`, module)
  same(state$`_css`, ".a { color: red; }")
  same(state$`_anywidget_id`, "counter.widget.Counter")
  same(state$label, "Größe")
  same(state[c("count", "size", "on", "kind")], list(count = 7L, size = 10.5, on = TRUE, kind = "y"))
  same(state$points, list(list(1L, 2L), list(3L, 4L)))
  same(state$names, list("a", "b"))
  same(state$colors, list("red", "blue"))
  same(state$options, list(a = list(b = NULL)))
  same(names(state$empty), character())
  expect_true("note" %in% names(state) && is.null(state$note))
  same(state$typed, list())
  # Attributes without `sync`.
  same(intersect(names(state), c("private", "inside")), character())
})

wheel_test("a default that only Python knows is left to the JavaScript, and the trait follows R and the page", {
  make_wheel("counter", counter_files)
  widget <- widget_from_wheel("counter")
  opened <- state_of(session, widget)
  same(intersect(names(opened), c("computed", "special")), character())
  expect_true(all(c("computed", "special") %in% names(widget)))
  expect_null(widget$computed)
  expect_false("computed" %in% names(widget$.parts$plain()))
  message <- list(method = "request_state")
  session$receive(widget$model_id, message)
  same(intersect(names(data_of(last(session))$state), c("computed", "special")), character())
  session$receive(widget$model_id, list(method = "update", state = list(computed = 5), buffer_paths = list()))
  same(widget$computed, 5L)
  widget$special <- list("a")
  same(data_of(last(session))$state, list(special = list("a")))
  session$receive(widget$model_id, message)
  same(data_of(last(session))$state[c("computed", "special")], list(computed = 5L, special = list("a")))
  same(state_of(session, widget_from_wheel("counter", computed = 4))$computed, 4L)
})

wheel_test("wrong names and types of traits are errors", {
  make_wheel("counter", counter_files)
  fails(widget_from_wheel("counter", "Counter", cuont = 1), "Counter has no cuont \\(similar: count\\)")
  fails(widget_from_wheel("counter", count = "five"), "count of Counter: must be a whole number")
  fails(widget_from_wheel("counter", "Conter"), "has no class Conter \\(similar: Counter\\)")
  fails(widget_from_wheel(count = 1), "no wheel")
  fails(widget_from_wheel("counter", "Counter", 5), "a value of a trait has no name")
  two <- 'class A(W):\n    _esm = "a.js"\nclass B(W):\n    _esm = """export default {}"""'
  make_wheel("two", list("two/w.py" = two))
  fails(widget_from_wheel("two"), "several classes, name one of A, B")
  fails(widget_from_wheel("two", "A"), "has no file two/a.js")
  same(state_of(session, widget_from_wheel("two", "B"))$`_esm`, "export default {}")
  make_wheel("none", list("none/x.py" = "x = 1"))
  fails(widget_from_wheel("none"), "has no class of a widget")
})

wheel_test("a missing wheel is an error with the command that downloads it", {
  fails(read_wheel("jupyter_leaflet"),
    "pip download --no-deps --dest .* jupyter-leaflet`, or from the files of jupyter-leaflet on PyPI")
  fails(read_wheel("folder/none-1.0-py3-none-any.whl"), "no wheel folder/none-1.0-py3-none-any.whl")
  fails(read_wheel(5), "expected the name of a wheel, got 5")
  text <- file.path(wheels_of_test(), "text-1.0-py3-none-any.whl")
  writeLines("no archive", text)
  fails(read_wheel(text), "is not a wheel: it is no zip archive")
  fails(read_wheel(write_zip(text, list(a = "b"))), "it has no METADATA")
})

wheel_test("an archive with a name outside of its folder is refused, and nothing is unpacked", {
  for (name in c("../evil.js", "a/../../evil.js", "/tmp/evil.js", "C:\\evil.js", "a\\..\\..\\evil.js",
    "~/evil.js")) {
    path <- make_wheel("evil", stats::setNames(list("x"), name), version = as.character(nchar(name)))
    fails(read_wheel(path), "is refused: it has the file .* outside of its folder")
  }
})

wheel_test("files are unpacked when they are needed, into the folder of the option", {
  cache <- file.path(wheels_of_test(), "cache")
  old <- options(shinycomm.wheel_cache = cache)
  on.exit(options(old))
  wheel <- read_wheel(make_wheel("counter", c(counter_files, "counter/large.bin" = "x")))
  same(basename(list.files(cache, recursive = TRUE)), "METADATA")
  widget_from_wheel(wheel)
  unpacked <- basename(list.files(cache, recursive = TRUE))
  expect_true(all(c("counter.js", "widget.py") %in% unpacked))
  expect_false("large.bin" %in% unpacked)
})

wheel_test("an AMD module is served from the wheel that the wheel requires", {
  classes <- '
class Thing(DOMWidget):
    _model_name = Unicode("ThingModel").tag(sync=True)
    _view_name = Unicode("ThingView").tag(sync=True)
    _model_module = Unicode("js-thing").tag(sync=True)
    _view_module = Unicode("js-thing").tag(sync=True)
    size = Int(3).tag(sync=True)
'
  make_wheel("thing", list("thing/__init__.py" = classes), requires = c("absent>=1", "js-thing<2,>=1"))
  fails(widget_from_wheel("thing"), "the module js-thing is not in <wheel thing 1.2.3>.*pip download")
  index <- "define(['@jupyter-widgets/base', 'js-other', './local', 'https://example.org/x'], () => ({}))"
  make_wheel("js_thing", nbextension("js_thing", "1.2.3", "js-thing", index), requires = "js_other")
  make_wheel("js_other", nbextension("js_other", "2.0.0", "js-other"), version = "2.0.0")
  widget <- widget_from_wheel("thing", size = 4)
  opened <- open_of(session, widget)
  state <- opened$content$data$state
  same(state[c("_model_name", "_view_module", "size")],
    list(`_model_name` = "ThingModel", `_view_module` = "js-thing", size = 4L))
  expect_true(startsWith(state$layout, "IPY_MODEL_"))
  deps <- opened$content$html_deps
  # The requested module comes first.
  same(vapply(deps, function(dep) dep$name, ""), c("js-other", "js-thing"))
  prefix <- deps[[2]]$src$href
  expect_match(prefix, "^shiny-comm-js-thing-1.2.3-[0-9a-f]{12}$")
  same(deps[[2]]$head, paste0(
    '<script>window.require.config({"paths":{"js-thing":"', prefix, '/index"}})</script>'
  ))
  expect_identical(readLines(file.path(shiny::resourcePaths()[[prefix]], "index.js"), warn = FALSE), index)
})

wheel_test("a model without a class in Python is named by its traits", {
  make_wheel("js_thing", nbextension("js_thing", "1.2.3", "@scope/thing"))
  widget <- widget_from_wheel("js_thing", `_model_name` = "ThingModel", `_view_name` = "ThingView", n = 1)
  opened <- open_of(session, widget)
  same(opened$content$data$state$`_model_module`, "@scope/thing")
  same(opened$content$data$state$n, 1L)
  expect_match(opened$content$html_deps[[1]]$src$href, "^shiny-comm-scope-thing-1.2.3-")
  make_wheel("both", c(nbextension("both", "1.2.3", "a"), nbextension("both", "1.2.3", "b")))
  fails(widget_from_wheel("both", `_model_name` = "X"),
    "set `_model_module` to one of the modules in <wheel both 1.2.3>: a, b")
})

wheel_test("a labextension is named with the attributes that the client reads", {
  package <- '{"name": "@a/lab-thing", "version": "1.2.3",
    "jupyterlab": {"_build": {"load": "static/remote.js",
    "extension": "./extension", "style": "./style"}}}'
  folder <- "lab_thing-1.2.3.data/data/share/jupyter/labextensions/lab_thing/"
  files <- stats::setNames(list(package, "x"), paste0(folder, c("package.json", "static/remote.js")))
  make_wheel("lab_thing", files)
  widget <- widget_from_wheel("lab_thing", `_model_name` = "M", `_view_name` = "V",
    `_model_module` = "lab-thing",
    `_view_module` = "lab-thing")
  script <- open_of(session, widget)$content$html_deps[[1]]$script[[1]]
  expect_match(script$src, "^shiny-comm-lab-thing-1.2.3-[0-9a-f]{12}/static/remote.js$")
  same(script[-1], list(
    type = "jupyterlab-extension", `data-module` = "lab-thing", `data-container` = "@a/lab-thing",
    `data-extension` = "./extension", `data-style` = "./style"
  ))
})

wheel_test("an unpacked wheel and an installed package are wheels, too", {
  unpacked <- file.path(wheels_of_test(), "unpacked")
  utils::unzip(make_wheel("counter", counter_files), exdir = unpacked)
  same(state_of(session, widget_from_wheel(unpacked))$count, 7L)
  site <- file.path(wheels_of_test(), "lib", "site-packages")
  utils::unzip(file.path(wheels_of_test(), "counter-1.2.3-py3-none-any.whl"), exdir = site)
  share <- file.path(wheels_of_test(), "share", "jupyter", "nbextensions", "extra")
  dir.create(share, recursive = TRUE)
  writeLines("define([], 1)", file.path(share, "index.js"))
  writeLines(c("counter/widget.py,,", "counter/_constants.py,,", "counter/static/counter.js,,",
    "counter/static/counter.css,,",
    "counter-1.2.3.dist-info/METADATA,,", "../../bin/x,,",
    "../../share/jupyter/nbextensions/extra/index.js,,"),
    file.path(site, "counter-1.2.3.dist-info", "RECORD"))
  wheel <- read_wheel(file.path(site, "counter"))
  same(names(wheel$modules), "extra")
  same(state_of(session, widget_from_wheel(wheel))$names, list("a", "b"))
  dir.create(file.path(site, "other-1.0.dist-info"))
  fails(read_wheel(site), "has several packages: name the folder of one")
  fails(read_wheel(share), "is no package of Python")
})

# Reads the classes of widgets in the Python source of a wheel: the traits with their types, and the defaults
# that are constants. Python does not run.

# Returns the classes in a wheel by name, each with its file, its bases, and the expressions of its traits.
python_classes <- function(wheel) {
  key <- paste("classes", wheel$path, wheel$digest)
  if (!is.null(wheels[[key]])) return(wheels[[key]])
  files <- wheel$files[endsWith(wheel$files, ".py") & !grepl("(^|/)tests?/|[.]data/", wheel$files)]
  # A wheel with thousands of files, such as plotly's, has few with widgets, near the top.
  if (length(files) > 1000) files <- files[lengths(strsplit(files, "/")) <= 2]
  classes <- list()
  for (path_name in files) {
    path <- wheel$extract(path_name)
    text <- readChar(path, file.size(path), useBytes = TRUE)
    if (!grepl("class ", text, fixed = TRUE, useBytes = TRUE)) next
    if (!grepl("_esm|_view_name|_model_name|sync *= *True", text, useBytes = TRUE)) next
    found <- read_python(text, path_name)
    classes[setdiff(names(found), names(classes))] <- found[setdiff(names(found), names(classes))]
  }
  assign(key, classes, envir = wheels)
  classes
}

# Returns whether a class or its base has a model or a module.
is_widget_class <- function(class, classes) {
  if (!is.null(class$esm) || "_model_name" %in% names(class$traits)) return(TRUE)
  any(vapply(classes[intersect(class$bases, names(classes))], is_widget_class, TRUE, classes = classes))
}

# Returns a class with its traits and the traits of its bases. `lookup` returns the expression of a constant
# in another file.
resolve_class <- function(classes, name, lookup) {
  class <- classes[[name]]
  class$traits <- lapply(class$traits, python_trait, class, lookup)
  for (base in intersect(class$bases, setdiff(names(classes), name))) {
    other <- resolve_class(classes[names(classes) != name], base, lookup)
    class$traits <- c(class$traits, other$traits[setdiff(names(other$traits), names(class$traits))])
    class$esm <- class$esm %||% other$esm
    class$css <- class$css %||% other$css
    class$all_bases <- c(class$all_bases, other$all_bases)
  }
  class$all_bases <- unique(c(class$all_bases, class$bases))
  class
}

read_python <- function(text, file) {
  statements <- python_statements(text)
  constants <- list()
  aliases <- character()
  classes <- list()
  current <- NULL
  for (statement in statements) {
    indent <- nchar(sub("[^ ].*$", "", statement))
    if (indent == 0) current <- NULL
    if (indent == 0 && grepl("^class +[A-Za-z_]", statement)) {
      current <- sub("^class +([A-Za-z0-9_]+).*$", "\\1", statement)
      bases <- if (grepl("(", statement, fixed = TRUE)) sub("^[^(]*\\((.*)\\) *:.*$", "\\1",
        statement) else ""
      bases <- trimws(split_arguments(bases))
      bases <- sub("^.*[.]", "", bases[nzchar(bases) & !grepl("=", bases, fixed = TRUE)])
      classes[[current]] <- list(path = file, bases = bases, traits = list())
      next
    }
    if (grepl("^(from|import) ", statement)) {
      renamed <- regmatches(statement, gregexpr("[A-Za-z_]+ +as +[A-Za-z_]+", statement))[[1]]
      aliases[sub("^.* ", "", renamed)] <- sub(" .*$", "", renamed)
      next
    }
    pattern <- "^ *([A-Za-z_][A-Za-z0-9_]*) *(?::[^=]*)?= *(.*)$"
    if (!grepl(pattern, statement, perl = TRUE)) next
    # The statements of functions are deeper.
    if (indent > (if (is.null(current)) 0 else 4)) next
    name <- sub(pattern, "\\1", statement, perl = TRUE)
    value <- trimws(sub(pattern, "\\2", statement, perl = TRUE))
    if (is.null(current)) {
      constants[[name]] <- value
    } else if (name %in% c("_esm", "_css")) {
      classes[[current]][[substring(name, 2)]] <- python_source(value, file, constants)
    } else if (grepl("sync *= *True", value)) {
      classes[[current]]$traits[[name]] <- value
    } else {
      constants[[name]] <- constants[[name]] %||% value
    }
  }
  lapply(classes, function(class) c(class, list(constants = constants, aliases = aliases)))
}

# Returns the statements of Python code, each as one line: without comments and docstrings, with the lines
# of brackets and of texts joined.
python_statements <- function(text) {
  text <- gsub("\r\n?", "\n", text, useBytes = TRUE)
  Encoding(text) <- "UTF-8"
  if (!validUTF8(text)) return(character())
  # Texts come first in the pattern, because they may have any other character.
  token <- paste0(
    "[rRbBuUfF]{0,2}\"\"\"(?:[^\\\\]|\\\\[\\s\\S])*?\"\"\"|[rRbBuUfF]{0,2}'''(?:[^\\\\]|\\\\[\\s\\S])*?'''|",
    "\"(?:[^\"\\\\\n]|\\\\.)*\"|'(?:[^'\\\\\n]|\\\\.)*'|#[^\n]*|\\\\\n|[\\[({\\])}]|\n"
  )
  # With characters instead of bytes, a long text takes seconds.
  at <- gregexpr(token, text, perl = TRUE, useBytes = TRUE)[[1]]
  if (at[[1]] == -1) return(text)
  tokens <- regmatches(text, list(at))[[1]]
  rest <- regmatches(text, list(at), invert = TRUE)[[1]]
  depth <- cumsum(tokens %in% c("(", "[", "{")) - cumsum(tokens %in% c(")", "]", "}"))
  tokens[startsWith(tokens, "#") | tokens == "\\\n"] <- ""
  ends <- tokens == "\n" & depth <= 0
  tokens[tokens == "\n" & !ends] <- " "
  # A separator that no text has.
  tokens[ends] <- "\001"
  lines <- strsplit(paste(c(rbind(rest, c(tokens, ""))), collapse = ""), "\001", fixed = TRUE,
    useBytes = TRUE)[[1]]
  Encoding(lines) <- "UTF-8"
  lines[grepl("[^ \t]", lines)]
}

# Splits the arguments of a call at the commas outside of brackets and texts.
split_arguments <- function(text) {
  token <- "\"\"\"[\\s\\S]*?\"\"\"|\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|[\\[({\\])},]"
  at <- gregexpr(token, text, perl = TRUE)[[1]]
  if (at[[1]] == -1) return(text)
  tokens <- regmatches(text, list(at))[[1]]
  depth <- cumsum(tokens %in% c("(", "[", "{")) - cumsum(tokens %in% c(")", "]", "}"))
  commas <- at[tokens == "," & depth == 0]
  trimws(substring(text, c(1, commas + 1), c(commas - 1, nchar(text))))
}

# Returns a function that finds the expression of a constant in a wheel, or NULL.
constant_lookup <- function(wheel) {
  files <- wheel$files[endsWith(wheel$files, ".py") & !grepl("(^|/)tests?/|[.]data/", wheel$files)]
  files <- files[lengths(strsplit(files, "/")) <= 2]
  lines <- NULL
  function(name) {
    if (is.null(lines)) lines <<- unlist(lapply(wheel$extract(files), readLines, warn = FALSE,
      encoding = "UTF-8"))
    pattern <- paste0("^", name, " *(:[^=]*)?= *([^=].*)$")
    found <- grep(pattern, lines, value = TRUE)
    if (length(found) > 0) sub(" +#.*$", "", sub(pattern, "\\2", found[[1]]))
  }
}

# Returns the constant of an expression in Python as list(value), or NULL for another expression.
python_constant <- function(text, lookup = function(name) NULL, depth = 0) {
  text <- trimws(text)
  if (grepl("^[A-Za-z_][A-Za-z0-9_]*$", text) && !text %in% c("True", "False", "None")) {
    found <- if (depth < 4) lookup(text)
    return(if (!is.null(found)) python_constant(found, lookup, depth + 1))
  }
  token <- paste0(
    "\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'|True|False|None|",
    "[-+]?(?:[0-9][0-9_]*[.]?[0-9]*|[.][0-9]+)(?:[eE][-+]?[0-9]+)?|[\\[\\](){},:]|\\s+"
  )
  at <- gregexpr(token, text, perl = TRUE)[[1]]
  if (sum(attr(at, "match.length")) != nchar(text)) return(NULL)
  tokens <- trimws(regmatches(text, list(at))[[1]])
  single <- startsWith(tokens, "'")
  inner <- substring(tokens[single], 2, nchar(tokens[single]) - 1)
  tokens[single] <- paste0("\"",
    gsub("\\'", "'", gsub("(?<!\\\\)\"", "\\\\\"", inner, perl = TRUE), fixed = TRUE), "\"")
  json <- c(True = "true", False = "false", None = "null", `(` = "[", `)` = "]")
  named <- tokens %in% names(json)
  tokens[named] <- json[tokens[named]]
  numbers <- grepl("^[-+.0-9]", tokens)
  tokens[numbers] <- sub("^([-]?)[.]", "\\10.",
    sub("[.]($|[eE])", ".0\\1", sub("^[+]", "", gsub("_", "", tokens[numbers]))))
  text <- gsub(",([]}])", "\\1", paste(tokens, collapse = ""))
  # An integer in brackets is itself in Python.
  text <- gsub("^\\[([-0-9.]+)\\]$",
    if (any(tokens == ",")) "[\\1]" else if (startsWith(trimws(text), "[")) "[\\1]" else "\\1", text)
  tryCatch(list(jsonlite::parse_json(text)), error = function(e) NULL)
}

# Returns the trait of an expression in a class, such as `Int(40, min=1).tag(sync=True)`.
python_trait <- function(text, class, lookup) {
  type <- sub("^(?:[A-Za-z_]+[.])*([A-Za-z_]+) *\\(.*$", "\\1", text, perl = TRUE)
  if (type %in% names(class$aliases)) type <- class$aliases[[type]]
  inside <- sub("[.]tag *\\(.*$", "", sub("^[^(]*\\(", "", text))
  arguments <- split_arguments(sub("\\) *$", "", inside))
  arguments <- arguments[nzchar(arguments)]
  names <- ifelse(grepl("^[A-Za-z_]+ *=[^=]", arguments), trimws(sub("=.*$", "", arguments)), "")
  values <- trimws(sub("^[A-Za-z_]+ *=(?!=)", "", arguments, perl = TRUE))
  unnamed <- values[names == ""]
  positional <- type %in% c("Int", "Integer", "CInt", "Float", "CFloat", "Unicode", "CUnicode", "Bool",
    "CBool",
    "Bytes", "Any", "Dict", "List", "Tuple", "Set")
  # The first argument of a list may be the trait of its items.
  text <- if ("default_value" %in% names) values[names == "default_value"] else if (positional &&
    length(unnamed) > 0) {
    if (!grepl("^(?:[A-Za-z_]+[.])*[A-Z][A-Za-z]+ *\\(|^[A-Z][a-z]+[A-Za-z]*$", unnamed[[1]]) ||
      unnamed[[1]] %in% c("True", "False", "None") || type %in% c("Int", "Float", "Unicode",
        "Bool")) unnamed[[1]]
  }
  empty <- switch(type, Int = , Integer = , CInt = 0L, Float = , CFloat = 0, Unicode = , CUnicode = "",
    Bool = ,
    CBool = FALSE, List = , Tuple = , Set = , TypedTuple = list(), Dict = named_list())
  found <- if (is.null(text)) list(empty) else python_constant(text, function(name) {
    class$constants[[name]] %||% lookup(name)
  })
  value <- if (length(found) > 0) simplify_json(found[[1]])
  if (type == "Dict" && length(value) == 0) value <- if (!is.null(value)) named_list()
  # A default that Python computes, or that belongs to a type of the package.
  none <- c("Any", "CaselessStrEnum", "Date", "Datetime", "Enum", "ForwardDeclaredInstance", "Instance",
    "Time", "Type", "UseEnum")
  unknown <- is.null(found) || (is.null(text) && is.null(empty) && !type %in% none)
  null <- is.null(value) || any(names == "allow_none" & values == "True")
  trait <- switch(type,
    Int = , Integer = , CInt = trait_int(value, null = null),
    Float = , CFloat = trait_float(value, null = null),
    Unicode = , CUnicode = trait_string(value, null = null),
    Bool = , CBool = trait_bool(value, null = null),
    Bytes = trait_bytes(if (!unknown && is.raw(value)) value, null = TRUE),
    List = , Tuple = , Set = , TypedTuple = trait_list(value, null = null),
    Dict = trait_object(value, null = null),
    trait_any(value)
  )
  trait$unknown <- unknown
  trait
}

# Returns an array of JSON as a vector if its elements have one type.
simplify_json <- function(value) {
  if (is.list(value) && length(value) > 0 && is.null(names(value))) as_vector(value) else value
}

# Returns the file of an expression such as `Path(__file__).parent / "static" / "widget.js"`, or its text.
python_source <- function(text, file, constants, depth = 0) {
  pieces <- regmatches(text, gregexpr("\"\"\"[\\s\\S]*?\"\"\"|'''[\\s\\S]*?'''|\"[^\"]*\"|'[^']*'", text,
    perl = TRUE))[[1]]
  triple <- grepl("^(\"\"\"|''')", pieces)
  if (any(triple)) {
    piece <- pieces[triple][[1]]
    return(list(text = substring(piece, 4, nchar(piece) - 3)))
  }
  parts <- substring(pieces, 2, nchar(pieces) - 1)
  first <- sub("^([A-Za-z_][A-Za-z0-9_]*).*$", "\\1", text)
  # A name before the parts may be a folder.
  if (!grepl("__file__", text, fixed = TRUE) && !is.null(constants[[first]]) && depth < 3) {
    folder <- python_source(constants[[first]], file, constants, depth + 1)
    if (is.null(folder$file)) return(folder)
    return(list(file = paste(c(folder$file, parts), collapse = "/")))
  }
  if (!grepl("__file__|__name__|__package__", text)) {
    return(if (length(parts) > 0 && grepl("[.]m?js$|[.]css$", parts[[length(parts)]])) {
      list(file = normal_path(file.path(dirname(file), paste(parts, collapse = "/"))))
    })
  }
  up <- lengths(regmatches(text, gregexpr("[.]parent|dirname|with_name", text)))
  folder <- file
  for (i in seq_len(max(up, if (grepl("__file__", text, fixed = TRUE)) 0 else 1))) folder <- dirname(folder)
  list(file = normal_path(paste(c(folder, parts), collapse = "/")))
}

# Removes `.` and `..` from a path.
normal_path <- function(path) {
  kept <- character()
  for (part in strsplit(path, "/", fixed = TRUE)[[1]]) {
    if (part == "..") kept <- utils::head(kept, -1) else if (!part %in% c(".", "")) kept <- c(kept, part)
  }
  paste(kept, collapse = "/")
}

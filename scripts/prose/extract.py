"""Prints, as JSON, the prose of each Python file that the arguments name."""

import ast
import io
import json
import sys
import tokenize

LOG_METHODS = {"debug", "info", "warning", "warn", "error", "exception", "critical"}


def comments(source):
    """Returns each comment with its place."""
    found = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            found.append(
                {
                    "isLine": True,
                    "text": token.string.lstrip("#"),
                    "line": line,
                    "column": column,
                    "ownsLine": token.line[:column].strip() == "",
                }
            )
    return found


def docstrings(tree):
    """Yields docstrings, and the strings that follow an attribute."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        for statement in node.body if isinstance(node, owners) else []:
            if isinstance(statement, ast.Expr) and is_string(statement.value):
                yield from paragraphs(statement.value)


def texts(tree):
    """Yields the strings of exceptions, warnings and log lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from strings(node.exc.args)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in LOG_METHODS:
                yield from strings(node.args)


def strings(nodes):
    for node in nodes:
        text = text_of(node)
        if text is not None:
            yield {"kind": "text", "text": text, "line": node.lineno}


def text_of(node):
    """Returns the text of a string or an f-string, whose values count as one word each."""
    if is_string(node):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) or "`x`" for part in node.values)
    if isinstance(node, ast.BinOp):
        left, right = text_of(node.left), text_of(node.right)
        return None if left is None and right is None else f"{left or ''}{right or ''}"
    return None


def is_string(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def paragraphs(node):
    """Yields the parts of a docstring: a change of the indent begins a new part, but not in code."""
    lines = node.value.split("\n")
    indent, fenced, start = None, False, 0
    for number, line in enumerate(lines):
        text = line.lstrip()
        changes = number > 0 and text and not fenced and len(line) - len(text) != indent
        if changes and indent is not None:
            yield part(node, lines, start, number)
            start = number
        if number > 0 and text and not fenced:
            indent = len(line) - len(text)
        if text.startswith("```"):
            fenced = not fenced
    yield part(node, lines, start, len(lines))


def part(node, lines, start, end):
    text = "\n".join(line.strip() for line in lines[start:end])
    return {"kind": "docstring", "text": text, "line": node.lineno + start}


def prose(file):
    with open(file, encoding="utf-8") as opened:
        source = opened.read()
    tree = ast.parse(source, file)
    return {"comments": comments(source), "blocks": [*docstrings(tree), *texts(tree)]}


json.dump([prose(file) for file in sys.argv[1:]], sys.stdout)

"""Serves every app in a folder, below its path without ``.py``: ``python samples.py --port <port> --host <host> <folder>``."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from pathlib import Path

import uvicorn
from shiny import App
from shiny.express import wrap_express_app
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route


def load(file: Path, name: str) -> App:
    """The app of a file, as ``shiny run`` finds it; shinywidgets imports a widget's module by its name."""
    if "shiny.express" in file.read_text(encoding="utf-8"):
        return wrap_express_app(file)
    spec = importlib.util.spec_from_file_location(name.replace("/", "_"), file)
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.app


parser = argparse.ArgumentParser()
parser.add_argument("--port", type=int)
parser.add_argument("--host")
parser.add_argument("folder", type=Path)
args = parser.parse_args()

routes = []
for file in sorted(args.folder.rglob("*.py")):
    name = file.relative_to(args.folder).with_suffix("").as_posix()
    routes.append(Mount(f"/{name}", app=load(file, name)))
app = Starlette(routes=[Route("/", lambda _: PlainTextResponse("samples")), *routes])
uvicorn.run(app, host=args.host, port=args.port, log_level="warning")

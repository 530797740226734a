"""Starts the app, and returns its function of ASGI for calls from JavaScript."""

import importlib
import os
import sys
import types

# The host has no kernel and no processes: packages that look for them find these.
sys.modules["_multiprocessing"] = object  # type: ignore[assignment]
kernel = types.ModuleType("ipykernel")
kernel.comm = types.ModuleType("ipykernel.comm")  # type: ignore[attr-defined]
kernel.comm.Comm = type("Comm", (), {})  # type: ignore[attr-defined]
sys.modules["ipykernel"] = kernel
sys.modules["ipykernel.comm"] = kernel.comm

sys.path[:0] = ["/home/pyodide", f"/home/pyodide/{name}"]  # noqa: F821
importlib.invalidate_caches()
importlib.import_module(f"{name}.{os.environ.get('APP', 'app')}").app.call_pyodide  # noqa: B018, F821

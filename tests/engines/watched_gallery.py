"""The gallery, with a script in its pages' heads that keeps whatever goes wrong in them.

Classic WebDriver cannot read the console, nor put a script into a page before it is loaded.
"""

from __future__ import annotations

import sys
from pathlib import Path

from shiny import App, ui
from starlette.requests import Request

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples" / "01-gallery"))

from app import app_ui, server  # noqa: E402

WATCH = """
window.pageFaults = [];
{
  const keep = (kind, what) =>
    window.pageFaults.push(`${kind}: ${what?.message ?? what} ${what?.stack ?? ""}`.trim());
  for (const method of ["error", "warn"]) {
    const before = console[method];
    console[method] = (...parts) => {
      const told = parts.map((part) => part?.stack ?? String(part)).join(" ");
      // Warnings are the widgets' own affair, unless they are the client's.
      if (method === "error" || /^\\[?shiny-comm/.test(told)) keep("console", told);
      before.apply(console, parts);
    };
  }
  // Captured, as what fails to load says so at its own element alone.
  addEventListener("error", (event) => {
    const { target } = event;
    if (target === window) keep("uncaught", event.error ?? event.message);
    else if (target.matches("script, link, img")) keep("not loaded", target.src || target.href);
  }, true);
  addEventListener("unhandledrejection", ({ reason }) => keep("rejected", reason));
}
"""


def watched_ui(request: Request) -> ui.Tag:
    """The gallery's page, whose first script is the one above."""
    page = app_ui(request)
    page.insert(0, ui.head_content(ui.tags.script(WATCH)))
    return page


app = App(watched_ui, server)

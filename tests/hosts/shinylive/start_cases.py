"""The app of the cases, as another module: shinywidgets rejects widget classes of ``app.py`` here.

See docs/upstream/shinylive-classes.md.
"""

from cases_app import app  # noqa: F401

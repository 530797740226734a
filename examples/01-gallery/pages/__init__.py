"""The gallery's pages.

Each module has a ``TITLE``, an ``INTRO`` sentence, ``page_ui()`` and
``server(input, output, session)``.
"""

"""The client of the installed package, for the app without ``use()``."""

from shiny_comm import dependency as shiny_comm  # noqa: F401

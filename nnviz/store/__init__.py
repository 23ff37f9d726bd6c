"""Runs on disk: one SQLite file, one writer, films thinned, all that a page or a command reads."""

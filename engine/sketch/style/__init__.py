"""Styles: the sketch engine's data about kinds of music, read from TOML files and checked."""

"""Styles: the data that the sketch engine knows about a kind of music, read from TOML files and checked."""

"""The tempo/key map: genres by tempo and key, for requests without genres.

`rules` reads rules from TOML, `genre_map` looks them up: first the user's own, then those of `factory.toml`, which
cover every tempo and every key.
"""

from bridge.request.genre_map.genre_map import GenreChoice, GenreMap, write_starter
from bridge.request.genre_map.rules import InvalidRules, Rule, read_rules

__all__ = ["GenreChoice", "GenreMap", "InvalidRules", "Rule", "read_rules", "write_starter"]

"""From a DAW's tempo and key to genres, for generations that name none.

`rules` reads rules from TOML, `genremap` looks them up: first the user's own, then `factory.toml`, which has an
answer for every tempo and every key.
"""

from bridge.request.genre_map.genre_map import GenreChoice, GenreMap, write_starter
from bridge.request.genre_map.rules import InvalidRules, Rule, read_rules

__all__ = ["GenreChoice", "GenreMap", "InvalidRules", "Rule", "read_rules", "write_starter"]

"""The parameter block: what it may hold, the checks on it, and the music words inside its `genres`.

`spec` is the table that everything hangs on; `check` reads values by it, `words` finds tempo, key and meter in plain
text. Pure Python on text and numbers: no files, no sockets, no audio.
"""

from bridge.request.block.check import RESET, Reset, check_block, check_value, coerce_text, overlay, parse_json_block
from bridge.request.block.invalid_block import InvalidBlock, UnknownKey
from bridge.request.block.music_words import GenreWords, prompt_text, read_words, replace_words
from bridge.request.block.parameter import Parameter
from bridge.request.block.table import SPEC, default_of, defaults, markdown_table

__all__ = [
    "RESET",
    "SPEC",
    "GenreWords",
    "InvalidBlock",
    "Parameter",
    "Reset",
    "UnknownKey",
    "check_block",
    "check_value",
    "coerce_text",
    "default_of",
    "defaults",
    "markdown_table",
    "overlay",
    "parse_json_block",
    "prompt_text",
    "read_words",
    "replace_words",
]

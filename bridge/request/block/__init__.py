"""The parameter block: its keys and allowed values, the checks on it, and the music words inside its `genres`.

`table` lists every key; `check` and `values` check a block against it, `coerce` and `parse` read text, `music_words`
finds tempo, key and meter in plain language. Pure Python on text and numbers: no files, no sockets, no audio.
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

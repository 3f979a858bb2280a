"""Reads a block from JSON text, strictly: ambiguous or dangerous text is refused with a sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bridge.request.block.invalid_block import InvalidBlock, shorten, wrong_value

MAX_BYTES = 1 << 20
MAX_DEPTH = 16
MAX_DIGITS = 400
"""Longest integer in digits: more than any float can hold, and short enough to parse quickly."""


def parse_json_block(text: str | bytes, max_bytes: int = MAX_BYTES) -> dict[str, object]:
    """Return the JSON object in `text`; its values are not checked yet (`check_block` does that).

    Parameters
    ----------
    text : str or bytes
        JSON, as UTF-8 if bytes; a byte order mark before it is skipped.
    max_bytes : int
        Length of the longest text; over HTTP a block may carry audio.

    Raises
    ------
    InvalidBlock
        If it is longer than `max_bytes`, not UTF-8, not JSON (`NaN` and `Infinity` are not), not an object, nested
        deeper than 16 levels, or has a key twice.
    """
    source = _decode(text, max_bytes)
    try:
        value = json.loads(source, parse_constant=_refuse_constant, parse_int=_integer, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidBlock(sentence=f"The parameter block is not valid JSON at {place}: {error.msg}.") from None
    except RecursionError:
        raise _too_deep() from None
    if not isinstance(value, dict):
        raise InvalidBlock([wrong_value("The parameter block", value, "a JSON object")])
    _check_depth(value)
    return value


def _decode(text: str | bytes, max_bytes: int) -> str:
    # A text is never shorter in bytes than in characters, so a long one need not be encoded to be refused.
    size = len(text) if isinstance(text, bytes) or len(text) > max_bytes else len(text.encode(errors="replace"))
    if size > max_bytes:
        raise InvalidBlock(sentence=f"The parameter block is too long: at most {max_bytes:,} bytes are taken.")
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidBlock(
            sentence=f"The parameter block must be UTF-8 text; its byte {error.start + 1} is not."
        ) from None


def _refuse_constant(word: str) -> object:
    raise InvalidBlock(sentence=f"The parameter block is not valid JSON: {word} is not a number there.")


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise InvalidBlock(sentence=f"The parameter block has a number of {len(digits):,} digits; that is too long.")
    return int(digits)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members: dict[str, object] = {}
    for name, value in pairs:
        if name in members:
            raise InvalidBlock(sentence=f"The parameter block has {shorten(name, 40)!r} more than once.")
        members[name] = value
    return members


def _check_depth(value: object) -> None:
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return
    raise _too_deep()


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> InvalidBlock:
    return InvalidBlock(sentence=f"The parameter block is nested too deeply: at most {MAX_DEPTH} levels are taken.")

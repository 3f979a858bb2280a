"""Reads the block's `audio_codes`: the music as the model's own tokens, five a second."""

from __future__ import annotations

import re

from engine.errors import InvalidValue

CODES = 64_000
"""The size of the codebook: 8 · 8 · 8 · 5 · 5 · 5."""
CODES_PER_SECOND = 5
_MAX_SECONDS = 600
_CODE = re.compile(r"<\|audio_code_([0-9]{1,6})\|>")


def read_codes(text: str) -> tuple[int, ...]:
    """Return the codes of `<|audio_code_123|><|audio_code_7|>…`, none for "".

    Raises
    ------
    InvalidValue
        If there is other text between them, a code is out of range, or there are too many.
    """
    if not text:
        return ()
    codes = tuple(int(match) for match in _CODE.findall(text))
    if _CODE.sub("", text).strip():
        raise InvalidValue("audio_codes", text, "a row of <|audio_code_N|>")
    for code in codes:
        if code >= CODES:
            raise InvalidValue("audio_codes", f"<|audio_code_{code}|>", f"codes of 0–{CODES - 1}")
    if len(codes) > CODES_PER_SECOND * _MAX_SECONDS:
        raise InvalidValue("audio_codes", f"{len(codes)} codes", f"at most {CODES_PER_SECOND * _MAX_SECONDS} codes")
    return codes

"""The block's `audio_codes`: a plan of the music in the model's own language, five codes a second."""

from __future__ import annotations

import re

from engine.errors import InvalidValue

CODES = 64_000
"""How many different codes there are: 8 · 8 · 8 · 5 · 5 · 5."""
CODES_PER_SECOND = 5
_MAX_SECONDS = 600
_CODE = re.compile(r"<\|audio_code_([0-9]{1,6})\|>")


def read_codes(text: str) -> tuple[int, ...]:
    """Return the codes of `<|audio_code_123|><|audio_code_7|>…`, none for "".

    Raises
    ------
    InvalidValue
        If there is anything else between them, a code is none, or they are too many.
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

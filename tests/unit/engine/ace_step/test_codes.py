from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ace_step.codes import CODES, read_codes
from engine.errors import InvalidValue


@given(st.lists(st.integers(0, CODES - 1), max_size=30), st.sampled_from(["", " ", "\n"]))
def test_codes_are_read_in_their_order(codes: list[int], between: str) -> None:
    assert read_codes(between.join(f"<|audio_code_{code}|>" for code in codes)) == tuple(codes)


@pytest.mark.parametrize("text", ["7", "<|audio_code_|>", "<|audio_code_-1|>", "<|audio_code_1|>,<|audio_code_2|>"])
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="audio_codes must be a row of"):
        read_codes(text)


def test_the_codebook_and_the_length_are_limited() -> None:
    assert CODES == 8 * 8 * 8 * 5 * 5 * 5
    with pytest.raises(InvalidValue, match="codes of 0–63999"):
        read_codes(f"<|audio_code_{CODES}|>")
    assert len(read_codes("<|audio_code_0|>" * 3000)) == 3000  # ten minutes at five codes a second
    with pytest.raises(InvalidValue, match="at most 3000 codes"):
        read_codes("<|audio_code_0|>" * 3001)

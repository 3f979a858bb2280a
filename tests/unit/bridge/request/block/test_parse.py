"""JSON texts that are accepted, and those that are refused with a sentence."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.request.block import InvalidBlock, parse_json_block


@pytest.mark.parametrize(
    ("text", "block"),
    [
        ("{}", {}),
        (' {"genres": "caf\\u00e9"} ', {"genres": "café"}),
        ('{"genres": "café"}'.encode(), {"genres": "café"}),
        (b'\xef\xbb\xbf{"steps": 30}', {"steps": 30}),
        ('\ufeff{"steps": 30}', {"steps": 30}),
        ('{"tempo": 97.6, "stems": ["a"]}', {"tempo": 97.6, "stems": ["a"]}),
    ],
)
def test_reads(text: str | bytes, block: object) -> None:
    assert parse_json_block(text) == block


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not valid JSON at line 1, column 1"),
        ('{"a": 1,\n"b"}', "line 2, column 4"),
        ("{'a': 1}", "not valid JSON"),
        ('{"a": 1} x', "not valid JSON"),
        ("[]", "must be a JSON object, not \\[\\]"),
        ("null", "must be a JSON object, not null"),
        ('{"a": NaN}', "NaN is not a number"),
        ('{"a": -Infinity}', "-Infinity is not a number"),
        ('{"steps": 1, "steps": 2}', "'steps' more than once"),
        ('{"a": {"b": 1, "b": 2}}', "'b' more than once"),
        ('{"a": ' + "[" * 16 + "]" * 16 + "}", "nested too deeply"),
        ('{"a": ' + "[" * 200_000 + "]" * 200_000 + "}", "nested too deeply"),
        ("[" * 500_000, "nested too deeply"),
        ('{"a": ' + "9" * 10_000 + "}", "10,000 digits"),
        ('{"a": "' + "x" * (1 << 20) + '"}', "too long"),
        ('{"a": "' + "é" * (1 << 19) + '"}', "too long"),
        (b'{"a": "\xff"}', "UTF-8 text; its byte 8"),
        ('{"a": 1}'.encode("utf-16"), "UTF-8"),
    ],
)
def test_refuses(text: str | bytes, reason: str) -> None:
    with pytest.raises(InvalidBlock, match=reason) as error:
        parse_json_block(text)
    assert len(str(error.value)) < 300


def test_nests_as_deep_as_it_says() -> None:
    assert parse_json_block('{"a": ' + "[" * 15 + "]" * 15 + "}")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60) | st.text(alphabet='{}[]":,01.eE-\\u \ud800', max_size=40))
def test_anything_is_read_or_refused(text: str | bytes) -> None:
    try:
        block = parse_json_block(text)
    except InvalidBlock:
        return
    assert isinstance(block, dict)

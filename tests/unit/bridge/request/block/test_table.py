"""The table itself: the keys, ranges and defaults of the contract."""

import pytest

from bridge.request.block import SPEC, check_value, default_of, defaults, markdown_table

CONTRACT_KEYS = [
    *(
        "genres",
        "lyrics",
        "lyrics_strength",
        "output_seconds",
        "shift",
        "pitch_shift",
        "seed",
        "steps",
        "cfg",
        "base64",
    ),
    *(
        "bars",
        "tempo",
        "time_signature",
        "key",
        "tempo_map",
        "meter_map",
        "language",
        "stems",
        "task",
        "source_audio",
    ),
    *("reference_audio", "region", "audio_codes", "lora", "lora_strength"),
    *("chords", "stem_seeds", "midi_part"),
    *("variations", "preset", "engine", "model", "sample_rate", "bit_depth"),
]

CONTRACT_RANGES = {
    "lyrics_strength": (0.1, 10, 1),
    "output_seconds": (10, 240, None),
    "shift": (0, 10, None),
    "pitch_shift": (-12, 12, 0),
    "seed": (0, 2**32 - 1, None),
    "steps": (1, 150, None),
    "cfg": (1, 15, None),
    "bars": (0, 10_000, None),
    "tempo": (20, 400, None),
    "lora_strength": (0, 2, 1),
    "variations": (1, 8, 1),
    "sample_rate": (8_000, 192_000, 48_000),
}


def test_has_the_contracts_keys_and_no_other() -> None:
    assert list(SPEC) == CONTRACT_KEYS


def test_has_the_contracts_ranges_and_defaults() -> None:
    numeric = {name: (p.low, p.high, p.default) for name, p in SPEC.items() if p.kind in ("integer", "number")}
    assert numeric == CONTRACT_RANGES


def test_other_defaults() -> None:
    others = {name: value for name, value in defaults().items() if name not in CONTRACT_RANGES}
    texts = ("genres", "lyrics", "key", "language", "source_audio", "reference_audio", "preset", "model", "chords")
    assert others == dict.fromkeys((*texts, "audio_codes", "lora"), "") | {
        "base64": False,
        "tempo_map": [],
        "meter_map": [],
        "stems": "auto",
        "task": "text2music",
        "engine": "auto",
        "bit_depth": "24",
        "stem_seeds": {},
        "midi_part": {},
    }


@pytest.mark.parametrize("name", defaults())
def test_every_default_is_allowed_and_canonical(name: str) -> None:
    assert check_value(name, default_of(name)) == default_of(name)


def test_defaults_cannot_be_changed_through_what_is_handed_out() -> None:
    handed_out = default_of("tempo_map")
    assert isinstance(handed_out, list)
    handed_out.append("spoilt")
    assert default_of("tempo_map") == []


@pytest.mark.parametrize("name", SPEC)
def test_every_key_is_described_in_one_breath(name: str) -> None:
    parameter = SPEC[name]
    assert parameter.doc.endswith(".")
    assert 20 < len(parameter.doc) < 250
    assert parameter.allowed
    assert parameter.default is not None or parameter.absent


def test_markdown_has_one_row_of_five_cells_for_each_key() -> None:
    lines = markdown_table().splitlines()
    assert [line.split("`")[1] for line in lines[2:]] == CONTRACT_KEYS
    assert all(line.replace("\\|", "").count("|") == 6 for line in lines)
    assert "| `pitch_shift` | number | −12–12 semitones | `0.0` |" in markdown_table()
    assert "| `seed` | integer | 0–4294967295 | random |" in markdown_table()

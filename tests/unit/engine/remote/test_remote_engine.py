"""What of a block goes to another companion."""

import pytest

from engine.errors import EngineFailed
from engine.remote.remote_engine import body_of

BLOCK = {
    "genres": "funk",
    "tempo": 97.6,
    "bars": 8,
    "output_seconds": 60,
    "preset": "Mine",
    "engine": "remote",
    "model": "auto",
    "bit_depth": "16",
    "lora": "",
    "midi_part": {},
}


@pytest.mark.parametrize(
    ("model", "engine"),
    [
        ("auto", {"engine": "auto"}),
        ("sketch", {"engine": "sketch"}),
        ("ace-step-2b-turbo", {"engine": "ace-step", "model": "ace-step-2b-turbo"}),
    ],
)
def test_the_music_goes_over_and_what_is_of_this_machine_stays(model: str, engine: dict[str, str]) -> None:
    music = {"genres": "funk", "tempo": 97.6, "bars": 8, "bit_depth": "float", "lora": "", "midi_part": {}}
    assert body_of(BLOCK, model) == {**music, **engine}


@pytest.mark.parametrize(
    "value", [{"lora": "/home/me/voice.safetensors"}, {"midi_part": {"stem": "bass", "file": "/home/me/bass.mid"}}]
)
def test_files_of_this_machine_that_cannot_go_over_are_named(value: dict[str, object]) -> None:
    with pytest.raises(EngineFailed, match=next(iter(value))):
        body_of({**BLOCK, **value}, "auto")

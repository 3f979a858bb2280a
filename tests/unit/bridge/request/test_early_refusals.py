"""What the engine would refuse after the wait is refused at once, in the words of the door."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.request.early_refusals import check_early
from bridge.request.file_words import FileWords
from engine.errors import InvalidValue
from engine.registry import ACE_STEP, SKETCH, ace_step_info, remote_info

NEURAL = ace_step_info()
ENGINES = {SKETCH.name: SKETCH, ACE_STEP: NEURAL, "remote": remote_info("http://studio.local:9125")}


@pytest.fixture
def source(tmp_path: Path) -> str:
    soundfile.write(tmp_path / "source.wav", np.zeros((96_000, 2)), 48_000)
    return str(tmp_path / "source.wav")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "block",
    [
        {"source_audio": "/no/such.wav"},
        {"reference_audio": "/no/such.wav"},
        {"lora": "/no/such.safetensors"},
        {"midi_part": {"stem": "bass", "file": "/no/such.mid"}},
    ],
)
def test_a_file_that_is_missing_is_refused_with_every_engine(
    tmp_path: Path, engine: str, block: dict[str, object]
) -> None:
    (name,) = block
    with pytest.raises(InvalidValue, match=f"{name}.*no/such"):
        check_early(block, ENGINES[engine], tmp_path)


def test_the_words_are_those_of_the_door(tmp_path: Path) -> None:
    words = FileWords("audio as base64, or an upload's URL", "an adapter's name")
    with pytest.raises(InvalidValue, match=r"the task cover needs audio as base64, or an upload's URL\.") as caught:
        check_early({"task": "cover"}, NEURAL, tmp_path, words)
    assert "path" not in str(caught.value)
    with pytest.raises(InvalidValue, match="lora must be an adapter's name") as caught:
        check_early({"lora": "mine"}, NEURAL, tmp_path, words)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ({"task": "cover", "source_audio": ""}, "source_audio"),
        ({"task": "repaint", "region": [1.5, 2.5]}, "inside the source, which is 2 seconds long"),
        ({"task": "repaint", "region": [2.0, 3.0]}, "inside the source"),
        ({"task": "lego", "stems": ["bass"], "region": [1.0, 1.01]}, "0.04 seconds"),
        ({"task": "repaint", "audio_codes": "<|audio_code_1|>"}, "text2music or cover"),
        ({"audio_codes": "<|audio_code_64000|>"}, "codes of 0–63999"),
        ({"task": "extract"}, "at least one of"),
        ({"task": "complete", "stems": ["piano"]}, "among"),
    ],
)
def test_a_task_that_cannot_be_done_is_refused(
    tmp_path: Path, source: str, block: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidValue, match=words):
        check_early({"source_audio": source, **block}, NEURAL, tmp_path)


@pytest.mark.parametrize(
    "block",
    [
        {},
        {"task": "cover"},
        {"task": "cover", "source_audio": "", "audio_codes": "<|audio_code_1|>"},
        {"task": "repaint", "region": [0.5, 2.0]},
        {"task": "cover", "region": [5.0, 9.0]},
        {"task": "extract", "stems": ["drums"]},
        {"task": "complete"},
    ],
)
def test_a_task_that_has_what_it_needs_passes(tmp_path: Path, source: str, block: dict[str, object]) -> None:
    check_early({"source_audio": source, **block}, NEURAL, tmp_path)


def test_a_name_of_an_adapter_is_looked_up_where_it_can_be(tmp_path: Path) -> None:
    check_early({"lora": "theirs"}, ENGINES["remote"], tmp_path)
    with pytest.raises(InvalidValue, match="loras"):
        check_early({"lora": "theirs"}, NEURAL, tmp_path)

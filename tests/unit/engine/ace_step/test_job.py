from __future__ import annotations

from pathlib import Path

import pytest

from engine.ace_step.job import read_job
from engine.ace_step.plan import BASE, TURBO, LoadPlan
from engine.contract import TASKS
from engine.errors import InvalidValue
from tests.helpers.ace_requests import request

BASE_PLAN = LoadPlan("base", Path("models"), "diffusers", BASE, tasks=TASKS)
TURBO_PLAN = LoadPlan("turbo", Path("models"), "diffusers", TURBO)


@pytest.mark.parametrize(
    ("block", "sentence"),
    [
        ({"steps": 0}, "steps must be 1–150, not 0"),
        ({"steps": "many"}, "steps must be a number from 1 to 150, not 'many'"),
        ({"cfg": 16}, "cfg must be 1–15, not 16"),
        ({"cfg": float("nan")}, "cfg must be a number from 1 to 15, not nan"),
        ({"shift": -1}, "shift must be 0–10, not -1"),
        ({"lyrics_strength": 0}, "lyrics_strength must be 0.1–10, not 0"),
        ({"lora_strength": 2.5}, "lora_strength must be 0–2, not 2.5"),
        ({"lora": 3}, "lora must be a text, not 3"),
        ({"task": "remix"}, "task must be one of text2music, cover, repaint, extract, lego, complete, not 'remix'"),
        ({"task": "cover"}, "source_audio must be the path of the audio that cover works on"),
        ({"task": "cover", "source_audio": "/no/such.wav"}, "source_audio must be the path of a file that exists"),
        ({"reference_audio": "/no/such.wav"}, "reference_audio must be the path of a file that exists"),
        ({"region": [2, 1]}, r"region must be \[start, end\] in seconds, 0 <= start < end, not \[2, 1\]"),
        ({"region": "all"}, "region must be"),
        ({"region": [0, float("inf")]}, "region must be"),
        ({"audio_codes": "hello"}, r"audio_codes must be a row of <\|audio_code_N\|>, not 'hello'"),
        ({"audio_codes": "<|audio_code_64000|>"}, "audio_codes must be codes of 0–63999"),
        ({"audio_codes": "<|audio_code_1|>" * 3001}, "audio_codes must be at most 3000 codes, not '3001 codes'"),
        (
            {"audio_codes": "<|audio_code_1|>", "task": "repaint"},
            "task must be text2music or cover where audio_codes",
        ),
    ],
)
def test_an_invalid_value_is_named(block: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        read_job(request(**block), BASE_PLAN)


def test_a_task_that_the_model_was_not_trained_for_is_refused() -> None:
    with pytest.raises(InvalidValue, match="task must be text2music, cover, repaint with the model turbo"):
        read_job(request(task="extract", source_audio="x.wav", stems=("drums",)), TURBO_PLAN)


def test_parts_that_the_model_does_not_know_are_refused(source_file: Path) -> None:
    with pytest.raises(InvalidValue, match=r"stems must be among vocals, .* for the task extract, not 'kazoo'"):
        read_job(request(task="extract", source_audio=str(source_file), stems=("kazoo",)), BASE_PLAN)
    with pytest.raises(InvalidValue, match="stems must be at least one of"):
        read_job(request(task="lego", source_audio=str(source_file)), BASE_PLAN)
    job = read_job(request(task="extract", source_audio=str(source_file)), BASE_PLAN, ("drums", "other"))
    assert job.passes == (("drums",),)


@pytest.mark.parametrize(
    ("region", "sentence"),
    [
        ([3.5, 4.5], r"region must be inside the source, which is 4 seconds long, not \[3.5, 4.5\]"),
        ([5.0, 6.0], "inside the source"),
        ([1.0, 1.01], "at least 0.04 seconds long"),
    ],
)
def test_a_region_has_to_lie_in_the_source(source_file: Path, region: list[float], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        read_job(request(task="repaint", source_audio=str(source_file), region=region), TURBO_PLAN)


def test_keys_that_a_task_does_not_use_are_reported() -> None:
    job = read_job(request(source_audio="/nowhere.wav", region=[0, 1], lyrics="la", language="Klingon"), TURBO_PLAN)
    assert any("source_audio was not used" in notice for notice in job.notices)
    assert any("region was not used" in notice for notice in job.notices)
    assert any("does not know the language 'Klingon'" in notice for notice in job.notices)


def test_ten_minutes_fit_and_more_does_not() -> None:
    longest = read_job(request(beats=1200, bpm=120.0), TURBO_PLAN)
    assert (longest.seconds, longest.margin_s) == (600.0, 0.0)
    with pytest.raises(InvalidValue, match="at most 600 seconds of music"):
        read_job(request(beats=1300, bpm=120.0), TURBO_PLAN)

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.ace_step.job import EXPERIMENTAL, SEEDS, read_job
from engine.ace_step.plan import BASE, TURBO, LoadPlan
from engine.contract import TASKS
from engine.errors import InvalidValue
from engine.music import Meter, MeterMap, MeterPoint
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


def test_a_plain_request_becomes_a_job_at_the_models_tempo() -> None:
    job = read_job(request(beats=32, bpm=120.0, seed=7, variations=2), TURBO_PLAN)
    assert (job.task, job.model_bpm, job.seeds, job.source, job.region) == ("text2music", 120.0, (7, 8), None, None)
    # 16 s of music, and a bar of 2 s before and after it.
    assert (job.seconds, job.margin_s, job.latent_frames) == (20.0, 2.0, 500)
    assert job.passes == ((),)


def test_the_margin_is_at_least_a_second() -> None:
    job = read_job(request(beats=60, bpm=300.0, meter=Meter(4, 4)), TURBO_PLAN)  # a bar of 0.8 s
    assert (job.seconds, job.margin_s) == (14.0, 1.0)


@settings(deadline=None)
@given(st.integers(1, 1200), st.floats(30, 300))
def test_the_music_and_its_margins_always_fit_the_model(beats: int, bpm: float) -> None:
    try:
        job = read_job(request(beats=beats, bpm=bpm), TURBO_PLAN)
    except InvalidValue as error:
        assert "at most 600 seconds of music" in str(error)  # noqa: PT017
        assert beats * 60 / bpm > 585
        return
    assert job.model_bpm is not None
    music_s = beats * 60 / job.model_bpm
    assert 10 <= job.seconds <= 600
    assert job.margin_s >= 0
    assert job.seconds >= min(600, music_s + 2 * job.margin_s) - 1e-9


def test_seeds_wrap_around_after_the_last() -> None:
    assert read_job(request(seed=SEEDS - 1, variations=3), TURBO_PLAN).seeds == (SEEDS - 1, 0, 1)


def test_with_a_source_the_source_sets_length_and_tempo(source_file: Path) -> None:
    job = read_job(request(task="cover", source_audio=str(source_file), beats=400), TURBO_PLAN)
    assert (job.seconds, job.margin_s, job.model_bpm) == (
        10.0,
        0.0,
        None,
    )  # the source has 4 s, the model's least is 10
    assert job.source is not None
    assert job.source.seconds == 4.0


def test_codes_are_a_cover_without_a_source() -> None:
    job = read_job(request(audio_codes="<|audio_code_5|><|audio_code_6|>", source_audio="/nowhere.wav"), TURBO_PLAN)
    assert (job.task, job.audio_codes, job.source) == ("cover", (5, 6), None)
    assert any("source_audio was not used" in notice for notice in job.notices)


@pytest.mark.parametrize(
    ("task", "passes"),
    [
        ("extract", (("drums",), ("bass",))),
        ("lego", (("drums",), ("bass",))),
        ("complete", (("drums", "bass"),)),
    ],
)
def test_extract_and_lego_make_one_part_per_run(
    source_file: Path, task: str, passes: tuple[tuple[str, ...], ...]
) -> None:
    job = read_job(request(task=task, source_audio=str(source_file), stems=("drums", "bass")), BASE_PLAN)
    assert job.passes == passes
    assert (EXPERIMENTAL in job.notices) == (task == "lego")


def test_complete_may_choose_its_parts_itself(source_file: Path) -> None:
    job = read_job(request(task="complete", source_audio=str(source_file)), BASE_PLAN)
    assert job.passes == ((),)


def test_a_region_that_ends_with_the_source_is_accepted(source_file: Path) -> None:
    job = read_job(request(task="repaint", source_audio=str(source_file), region=[1, 4]), TURBO_PLAN)
    assert job.region == (1.0, 4.0)


def test_lyrics_strength_without_lyrics_is_reported_as_not_run() -> None:
    job = read_job(request(lyrics_strength=3.0), TURBO_PLAN)
    assert job.lyrics_strength == 1.0
    assert job.effective_params == {"lyrics_strength": 1.0}
    sung = read_job(request(lyrics="la", lyrics_strength=3.0), TURBO_PLAN)
    assert sung.lyrics_strength == 3.0
    assert sung.effective_params == {}


def test_a_model_that_can_be_told_one_meter_says_so() -> None:
    meters = MeterMap([MeterPoint(0, Meter(4, 4)), MeterPoint(2, Meter(3, 4))])
    asked = replace(request(), meter=Meter(4, 4), meter_map=meters)
    job = read_job(asked, BASE_PLAN)
    assert job.conditions.timesignature == "4"
    assert any(
        "can be told one meter only, 4/4" in one and "3/4 of your project from bar 3" in one for one in job.notices
    )
    assert not any("one meter" in one for one in read_job(request(), BASE_PLAN).notices)

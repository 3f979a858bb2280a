from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.ace_step.ace_step_engine import AceStepEngine
from engine.contract import Generation
from engine.music import TempoMap
from tests.helpers.ace_requests import quiet_progress, request

torch = pytest.importorskip("torch")


def run(engine: AceStepEngine, **values: Any) -> Sequence[Generation]:  # noqa: ANN401
    return engine.generate(request(**values), quiet_progress)


def test_text_to_music_has_the_length_the_margin_and_the_tempo_that_it_says(engine: AceStepEngine) -> None:
    (made,) = run(engine, beats=32, bpm=97.6)
    bar_s = 4 * 60 / 98
    assert made.model_bpm == 98
    assert made.margin_s == pytest.approx(bar_s)
    assert made.mix.shape == (round((32 * 60 / 98 + 2 * bar_s) * 48_000), 2)
    assert made.mix.dtype == np.float32
    assert (made.on_grid, made.stems, made.seed, made.model) == (False, (), 7, "tiny-turbo")


def test_a_short_request_is_generated_at_ten_seconds(engine: AceStepEngine) -> None:
    (made,) = run(engine, beats=4, bpm=120.0)
    assert made.mix.shape[0] == 480_000
    assert made.margin_s == 2.0


def test_the_same_seed_gives_the_same_bits_whatever_ran_before(engine: AceStepEngine, source_file: Path) -> None:
    first = run(engine, lyrics="[Verse]\nhello")[0].mix
    run(engine, task="cover", source_audio=str(source_file))
    assert np.array_equal(first, run(engine, lyrics="[Verse]\nhello")[0].mix)


@pytest.mark.parametrize("task", ["cover", "repaint"])
def test_tasks_on_a_source_are_reproducible_too(engine: AceStepEngine, source_file: Path, task: str) -> None:
    values: dict[str, Any] = {"task": task, "source_audio": str(source_file)}
    first = run(engine, **values)[0].mix
    torch.rand(3)  # moves the global generator, from which the plain pipeline draws
    assert np.array_equal(first, run(engine, **values)[0].mix)


def test_variations_have_seeds_in_a_row_and_each_is_close_to_its_single_run(engine: AceStepEngine) -> None:
    made = run(engine, variations=3, seed=2**32 - 1)
    assert [one.seed for one in made] == [2**32 - 1, 0, 1]
    single = run(engine, seed=0)[0].mix
    # Matrix products of another height may add up in another order; more than rounding it must not be.
    assert np.abs(made[1].mix - single).max() < 1e-6
    assert np.abs(made[0].mix - made[1].mix).max() > 0.01


def test_both_layouts_give_the_same_bits(engine: AceStepEngine) -> None:
    first = run(engine)[0].mix
    (other,) = run(engine, model="tiny-original")
    assert other.model == "tiny-original"
    assert np.array_equal(first, other.mix)


def test_extract_makes_each_part_by_its_name_as_long_as_the_source(
    base_engine: AceStepEngine, source_file: Path
) -> None:
    (made,) = run(base_engine, task="extract", source_audio=str(source_file), stems=("drums", "vocals"), cfg=1.0)
    assert [stem.name for stem in made.stems] == ["drums", "vocals"]
    assert {stem.audio.shape for stem in made.stems} == {(4 * 48_000, 2)}
    assert np.array_equal(made.mix, made.stems[0].audio + made.stems[1].audio)
    assert np.abs(made.stems[0].audio - made.stems[1].audio).max() > 1e-3
    assert made.on_grid
    assert made.model_bpm is None


def test_lego_is_reported_as_experimental(base_engine: AceStepEngine, source_file: Path) -> None:
    (made,) = run(base_engine, task="lego", source_audio=str(source_file), stems=("bass",), cfg=1.0)
    assert [stem.name for stem in made.stems] == ["bass"]
    assert any("lego is experimental" in notice for notice in made.notices)


def test_complete_returns_a_mix_on_the_sources_time_line(base_engine: AceStepEngine, source_file: Path) -> None:
    (made,) = run(base_engine, task="complete", source_audio=str(source_file), stems=("drums",), cfg=3.0)
    assert made.stems == ()
    assert made.mix.shape == (4 * 48_000, 2)
    assert made.on_grid


def test_repaint_keeps_every_sample_outside_the_region(engine: AceStepEngine, source_file: Path) -> None:
    import soundfile

    (made,) = run(engine, task="repaint", source_audio=str(source_file), region=[1.0, 2.5])
    source, _ = soundfile.read(source_file, dtype="float32")
    assert np.array_equal(made.mix[:48_000], source[:48_000])
    assert np.array_equal(made.mix[120_000:], source[120_000:])
    assert np.abs(made.mix[48_000:120_000] - source[48_000:120_000]).max() > 0.05
    assert made.on_grid


def test_repaint_at_another_rate_keeps_the_resampled_source(engine: AceStepEngine, source_file: Path) -> None:
    from engine.ace_step.sources import read_source

    (made,) = run(engine, task="repaint", source_audio=str(source_file), region=[1.0, 2.0], sample_rate=44_100)
    source = read_source(str(source_file), "source_audio").at(44_100)
    assert made.mix.shape == source.shape
    assert np.array_equal(made.mix[:44_100], source[:44_100])
    assert np.array_equal(made.mix[2 * 44_100 :], source[2 * 44_100 :])


def test_audio_codes_are_a_cover_of_the_requests_length(engine: AceStepEngine) -> None:
    (made,) = run(engine, audio_codes="<|audio_code_1|><|audio_code_63999|>" * 20)
    (other,) = run(engine, audio_codes="<|audio_code_5|>" * 40)
    assert made.mix.shape == run(engine)[0].mix.shape
    assert np.abs(made.mix - other.mix).max() > 1e-3


def test_a_tempo_map_is_given_to_the_model_as_its_mean(engine: AceStepEngine) -> None:
    from dataclasses import replace

    changing = replace(request(), tempo_map=TempoMap.parse([{"beat": 0, "bpm": 90}, {"beat": 4, "bpm": 110}]))
    (made,) = engine.generate(changing, quiet_progress)
    assert made.model_bpm == 99

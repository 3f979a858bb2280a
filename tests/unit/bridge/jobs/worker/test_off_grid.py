"""Engines that play off the grid, without stems or on a source's time line: the takes that they become."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from bridge.jobs.worker import run_job
from bridge.jobs.worker.run_job import JobRunner
from bridge.jobs.worker.take_paths import TakePaths
from bridge.request.block import defaults
from bridge.request.job_spec import JobSpec
from bridge.takes.manifest import read_manifest
from engine.contract import AUTO, Generation, GenerationRequest, Phase, Progress, Stem
from engine.errors import Cancelled
from engine.registry import SKETCH, create
from tests.helpers.hub.separators import SIX, install_demucs
from tests.helpers.plain_drums import drums_at

Audio = NDArray[np.float32]
RATE = 16_000
ASKED, PLAYED, LATE_S = 97.6, 99.1, 0.37
SPEC = JobSpec(
    engine="sketch",
    block={
        **defaults(),
        "genres": "funk",
        "tempo": ASKED,
        "time_signature": "4/4",
        "bars": 4.0,
        "seed": 7,
        "engine": "sketch",
        "model": "sketch-1",
        "sample_rate": RATE,
    },
    prompt="funk, 97.6 BPM",
)


class Toy:
    """An engine that plays `mix`, whatever it is asked for."""

    def __init__(self, mix: Audio, **fields: object) -> None:
        self.info, self.mix = SKETCH, mix
        self.fields: dict[str, Any] = dict(fields)
        self.stems: tuple[Stem, ...] = ()

    def load(self, progress: Progress, model: str = AUTO) -> None:
        progress("loading", 1.0)

    def unload(self) -> None:
        pass

    def generate(self, request: GenerationRequest, progress: Progress) -> Sequence[Generation]:
        progress("generating", 1.0)
        made = Generation(self.stems, self.mix, request.seed, None, "toy-1", on_grid=False)
        return [replace(made, **self.fields) for _ in range(request.variations)]


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Toy:
    engine = Toy(drums_at(PLAYED, LATE_S, 20, RATE), model_bpm=98.0)
    monkeypatch.setattr(run_job, "create", lambda *_: engine)
    return engine


def run(runner: JobRunner, folder: Path, spec: JobSpec = SPEC, progress: Progress = lambda _p, _f: None) -> Path:
    return runner.perform(spec, TakePaths.of("ab12", time.time(), spec, folder), progress).manifests[0]


def attacks_s(audio: Audio) -> NDArray[np.float64]:
    """Return the seconds at which the level passes 12 % of the peak, 0.1 s after the last time; no engine code."""
    level = np.abs(audio).max(axis=1)
    loud = np.flatnonzero(level > 0.12 * level.max())
    starts = loud[np.diff(loud, prepend=-RATE) > 0.1 * RATE]
    return starts / RATE


def test_what_was_played_too_fast_and_late_lands_on_the_projects_beats(toy: Toy, tmp_path: Path) -> None:
    path = run(JobRunner(), tmp_path)
    manifest = read_manifest(path)
    audio, rate = soundfile.read(path.parent / manifest["mix"]["file"], dtype="float32", always_2d=True)
    assert (rate, len(audio)) == (RATE, round(16 * 60 / ASKED * RATE))
    beats_s = np.arange(16) * 60 / ASKED
    found_s = attacks_s(audio)
    nearest_s = np.array([found_s[np.argmin(np.abs(found_s - beat))] for beat in beats_s])
    assert np.abs(nearest_s - beats_s).max() < 0.004
    kicks = [np.abs(np.fft.rfft(audio[round(beat * RATE) :][:2_000, 0]))[4:12].max() for beat in beats_s]
    assert np.argmax(kicks[:2]) == 0  # the kick is on the one
    alignment = manifest["alignment"]
    assert alignment["verdict"] == "tight"
    assert alignment["error_ms_median"] < 3
    assert alignment["error_ms_p95"] < 8
    assert alignment["tempo_before"] == pytest.approx(PLAYED, rel=0.003)
    assert alignment["tempo_measured"] == pytest.approx(ASKED, rel=0.001)
    assert (alignment["tempo_expected"], alignment["warp"]) == (98.0, "vocoder")
    assert {"separating", "aligning"} <= set(manifest["timings"])


def test_without_a_separator_the_take_is_one_stem_and_says_what_gives_more(toy: Toy, tmp_path: Path) -> None:
    manifest = read_manifest(run(JobRunner(tmp_path / "models"), tmp_path))
    assert [stem["name"] for stem in manifest["stems"]] == ["music"]
    assert manifest["stem_sum_error_db"] < -90
    assert any("stembridge models download htdemucs" in notice for notice in manifest["notices"])


def test_with_one_the_take_has_stems_that_sum_to_the_mix(toy: Toy, tmp_path: Path) -> None:
    install_demucs(tmp_path / "models", sample_rate=RATE)
    reported: list[tuple[Phase, float]] = []
    runner = JobRunner(tmp_path / "models")
    manifest = read_manifest(run(runner, tmp_path, progress=lambda phase, share: reported.append((phase, share))))
    assert {stem["name"] for stem in manifest["stems"]} == {"drums", "bass", "other", "vocals"}
    assert manifest["stem_sum_error_db"] < -90
    phases = list(dict.fromkeys(phase for phase, _ in reported))
    assert phases == ["loading", "generating", "separating", "aligning", "writing"]
    for phase in phases:
        shares = [share for now, share in reported if now == phase]
        assert shares == sorted(shares)
        assert shares[-1] == 1.0


def test_wanted_stems_come_in_their_order_and_the_rest_is_in_other(toy: Toy, tmp_path: Path) -> None:
    install_demucs(tmp_path / "models", sample_rate=RATE)
    install_demucs(tmp_path / "models", "htdemucs_6s", SIX, sample_rate=RATE)
    spec = SPEC.with_block({"stems": ["keyboard", "drums", "strings"]})
    manifest = read_manifest(run(JobRunner(tmp_path / "models"), tmp_path, spec))
    assert [stem["name"] for stem in manifest["stems"]] == ["keyboard", "drums", "other"]
    assert manifest["stem_sum_error_db"] < -90
    assert any("no stem strings" in notice for notice in manifest["notices"])


@pytest.mark.parametrize("phase", ["separating", "aligning"])
def test_a_cancel_while_a_take_is_finished_leaves_nothing(toy: Toy, tmp_path: Path, phase: str) -> None:
    install_demucs(tmp_path / "models", sample_rate=RATE)

    def cancelled_at(now: Phase, share: float) -> None:
        if now == phase and share >= 0.3:
            raise Cancelled

    runner, project = JobRunner(tmp_path / "models"), tmp_path / "project"
    project.mkdir()
    with pytest.raises(Cancelled):
        run(runner, project, progress=cancelled_at)
    assert list(project.iterdir()) == []
    assert run(runner, project).exists()


def test_a_damaged_separator_costs_the_stems_but_not_the_take(toy: Toy, tmp_path: Path) -> None:
    folder = install_demucs(tmp_path / "models", sample_rate=RATE)
    weights = next(folder.glob("*.safetensors"))
    weights.write_bytes(weights.read_bytes()[:1000])
    manifest = read_manifest(run(JobRunner(tmp_path / "models"), tmp_path))
    assert [stem["name"] for stem in manifest["stems"]] == ["music"]
    assert any(str(weights) in notice for notice in manifest["notices"])


def silence(audio: Audio) -> Audio:
    return np.zeros_like(audio)


def hiss(audio: Audio) -> Audio:
    return np.random.default_rng(1).normal(0, 0.1, audio.shape).astype(np.float32)


def no_numbers(audio: Audio) -> Audio:
    return np.full_like(audio, np.nan)


def three_frames(audio: Audio) -> Audio:
    return audio[:3]


@pytest.mark.parametrize("spoil", [silence, hiss, no_numbers, three_frames])
def test_what_cannot_be_measured_says_so_and_is_a_take_all_the_same(
    toy: Toy, tmp_path: Path, spoil: Callable[[Audio], Audio]
) -> None:
    toy.mix = spoil(toy.mix)
    manifest = read_manifest(run(JobRunner(), tmp_path))
    assert manifest["frames"] == round(16 * 60 / ASKED * RATE)
    assert manifest["alignment"]["verdict"] == "could not measure"
    assert manifest["alignment"]["error_ms_median"] is None
    assert any("No steady beat" in notice or "only brought to" in notice for notice in manifest["notices"])


def test_an_engines_own_stems_are_aligned_with_their_own_mix(toy: Toy, tmp_path: Path) -> None:
    toy.stems = (Stem("drums", toy.mix, is_drums=True), Stem("bass", toy.mix * np.float32(0.5)))
    manifest = read_manifest(run(JobRunner(), tmp_path))
    assert [stem["name"] for stem in manifest["stems"]] == ["drums", "bass"]
    assert "separating" not in manifest["timings"]
    # The mix that the engine made is not the sum of its stems, and is not replaced by it.
    assert manifest["stem_sum_error_db"] > -30
    assert manifest["alignment"]["verdict"] == "tight"


def test_a_task_on_a_source_keeps_the_sources_length(toy: Toy, tmp_path: Path) -> None:
    toy.fields = {"on_grid": True}
    toy.mix = toy.mix[:100_001]
    manifest = read_manifest(run(JobRunner(), tmp_path, SPEC.with_block({"task": "repaint"})))
    assert manifest["frames"] == 100_001
    assert manifest["bars"] == pytest.approx(100_001 / RATE * ASKED / 60 / 4)


def test_the_sketch_engines_takes_pass_untouched(tmp_path: Path) -> None:
    spec = replace(
        SPEC, block={**SPEC.block, "bars": 1.0, "tempo": 240.0, "sample_rate": 8_000, "bit_depth": "float"}
    )
    path = run(JobRunner(), tmp_path, spec)
    engine = create("sketch")
    engine.load(lambda _p, _f: None)
    (made,) = engine.generate(spec.generation_request(), lambda _p, _f: None)
    manifest = read_manifest(path)
    for stem, entry in zip(made.stems, manifest["stems"], strict=True):
        written, _ = soundfile.read(path.parent / entry["file"], dtype="float32", always_2d=True)
        before, after = (hashlib.sha256(audio.tobytes()).hexdigest() for audio in (stem.audio, written))
        assert before == after
    assert not {"separating", "aligning"} & set(manifest["timings"])

import ast
from pathlib import Path

import numpy as np
import pytest

import engine.align.proof
from engine.align.measure import GridError
from engine.align.proof import find_onsets, prove_onsets
from engine.music import Meter, TempoMap, TempoPoint
from tests.helpers.drift_set import DriftCase, drift_case
from tests.helpers.drift_synth import Audio, mixed

RAMP = TempoMap([TempoPoint(0.0, 90.0, True), TempoPoint(24.0, 130.0)])


def prove(
    audio: Audio, sample_rate: int, tempo_map: TempoMap, meter: Meter, before: Audio | None = None
) -> GridError:
    """Find the onsets of `audio` and measure them, as the alignment does."""
    earlier = None if before is None else find_onsets(before, sample_rate)
    onsets = find_onsets(audio, sample_rate)
    return prove_onsets(onsets, len(audio) / sample_rate, tempo_map, meter, before=earlier)


def on_grid(case: DriftCase, tempo_map: TempoMap | None = None) -> Audio:
    return mixed(case.reference(tempo_map or TempoMap.constant(case.bpm)))


def late(audio: Audio, by_s: float, rate: int) -> Audio:
    return np.concatenate([np.zeros((round(by_s * rate), audio.shape[1]), np.float32), audio])


@pytest.mark.parametrize("kind", ["steady", "swing", "meter_7_8", "meter_6_8", "gap"])
def test_what_is_on_the_grid_is_proven_tight(kind: str) -> None:
    case = drift_case(kind, 3, bars=6)
    found = prove(on_grid(case), case.sample_rate, TempoMap.constant(case.bpm), case.meter)
    assert found.verdict == "tight"
    assert found.error_ms_median is not None
    assert found.error_ms_median < 0.3
    assert found.error_ms_p95 is not None
    assert found.error_ms_p95 < 2.0
    assert found.downbeat_offset_ms == pytest.approx(0.0, abs=0.5)
    assert found.tempo_measured == pytest.approx(case.bpm, rel=1e-3)


def test_a_project_with_a_ramp_is_measured_on_the_ramp() -> None:
    case = drift_case("walk", 3, bars=6)
    assert prove(on_grid(case, RAMP), case.sample_rate, RAMP, case.meter).verdict == "tight"
    wrong = prove(on_grid(case, RAMP), case.sample_rate, TempoMap.constant(110.0), case.meter)
    assert wrong.verdict == "loose"


@pytest.mark.parametrize("late_ms", [5.0, 15.0, 25.0])
def test_late_audio_is_measured_late(late_ms: float) -> None:
    case = drift_case("steady", 4, bars=6)
    audio = late(on_grid(case), late_ms / 1000.0, case.sample_rate)
    found = prove(audio, case.sample_rate, TempoMap.constant(case.bpm), case.meter)
    assert found.downbeat_offset_ms == pytest.approx(late_ms, abs=0.5)
    assert found.verdict == ("tight" if late_ms < 10 else "loose")


def test_drift_is_loose_and_its_tempo_is_measured() -> None:
    case = drift_case("wrong_tempo", 5, bars=8)
    grid = TempoMap.constant(case.bpm)
    before = prove(case.mix, case.sample_rate, grid, case.meter)
    assert before.verdict == "loose"
    after = prove(on_grid(case), case.sample_rate, grid, case.meter, before=case.mix)
    true_bpm = 60.0 / float(case.seconds(1.0) - case.seconds(0.0))
    assert after.tempo_before == pytest.approx(true_bpm, rel=1e-3)
    assert after.tempo_measured == pytest.approx(case.bpm, rel=1e-3)


NOISE = np.random.default_rng(0).standard_normal((44_100, 2)) * 0.1


@pytest.mark.parametrize(
    "audio",
    [
        np.zeros((44_100, 2)),
        np.zeros((0, 2)),
        np.ones((3, 1)),
        np.ones((44_100, 1)),
        NOISE,
        np.full((1000, 2), np.nan),
        np.sin(np.arange(44_100) * 0.05)[:, None],
    ],
)
def test_what_has_no_clear_onsets_could_not_be_measured(audio: np.ndarray) -> None:
    found = prove(audio.astype(np.float32), 44_100, TempoMap.constant(120.0), Meter(4, 4))
    assert found.verdict == "could not measure"
    assert found.error_ms_median is None
    assert found.downbeat_offset_ms is None


@pytest.mark.parametrize(("rate", "channels"), [(8_000, 1), (22_050, 2), (96_000, 3)])
def test_any_rate_and_channel_count_is_measured(rate: int, channels: int) -> None:
    case = drift_case("steady", 6, sample_rate=rate, bars=4)
    audio = np.repeat(on_grid(case)[:, :1], channels, axis=1)
    assert prove(audio, rate, TempoMap.constant(case.bpm), case.meter).verdict == "tight"


def test_the_proof_shares_nothing_with_the_tracker() -> None:
    for path in Path(engine.align.proof.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not [name for name in names if name.startswith(("engine.align.track", "engine.align.fit"))]

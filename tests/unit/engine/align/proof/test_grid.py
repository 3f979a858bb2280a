import ast
from pathlib import Path

import numpy as np
import pytest

import engine.align.proof
from engine.align.measure import GridError
from engine.align.proof import Onsets, find_onsets, prove_onsets
from engine.align.proof.grid import NOTHING_CLEAR
from engine.music import Meter, TempoMap, TempoPoint
from tests.helpers.drift_set import DriftCase, Times, drift_case
from tests.helpers.drift_synth import Audio, mixed

RAMP = TempoMap([TempoPoint(0.0, 90.0, True), TempoPoint(24.0, 130.0)])


def prove(audio: Audio, sample_rate: int, tempo_map: TempoMap, meter: Meter) -> GridError:
    """Find the onsets of `audio` and measure them, as the alignment does."""
    return prove_onsets(find_onsets(audio, sample_rate), len(audio) / sample_rate, tempo_map, meter)


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
    after = prove(on_grid(case), case.sample_rate, grid, case.meter)
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


STEADY = TempoMap.constant(120.0)
FOUR = Meter(4, 4)


def measured(places: Times, late_s: float | Times = 0.0, strengths: Times | None = None) -> GridError:
    """Measure onsets at `places` (quarter notes at 120 BPM), `late_s` late each."""
    times_s = np.asarray(places * 0.5 + late_s)
    order = np.argsort(times_s)
    weights = np.ones(len(places)) if strengths is None else strengths
    return prove_onsets(Onsets(times_s[order], weights[order]), 10.0, STEADY, FOUR)


BEATS = np.arange(16.0)


@pytest.mark.parametrize(("late_ms", "verdict"), [(0.0, "tight"), (9.0, "tight"), (-9.0, "tight"), (11.0, "loose")])
def test_onsets_on_the_beat_are_measured_as_they_are(late_ms: float, verdict: str) -> None:
    found = measured(BEATS + 4.0, late_ms / 1000.0)
    assert found.error_ms_median == pytest.approx(abs(late_ms))
    assert found.error_ms_p95 == pytest.approx(abs(late_ms))
    assert found.downbeat_offset_ms == pytest.approx(late_ms)
    assert found.tempo_measured == pytest.approx(120.0)
    assert found.verdict == verdict
    assert found.onsets == 16
    assert found.method == "16 onsets of the finished mix, complex domain"


def test_what_off_beats_have_in_common_is_groove_and_no_error() -> None:
    swung = np.concatenate([BEATS, BEATS + 0.5])
    found = measured(swung, np.repeat([0.0, 0.03], 16))
    assert found.onsets == 32
    assert found.error_ms_p95 == pytest.approx(0.0, abs=1e-9)
    loose = measured(swung, np.concatenate([np.zeros(16), np.tile([0.03, -0.03], 8)]))
    assert loose.error_ms_p95 == pytest.approx(30.0, abs=0.1)


def test_what_beats_have_in_common_is_an_error() -> None:
    assert measured(BEATS, 0.015).error_ms_median == pytest.approx(15.0)


def test_too_few_off_beats_make_no_groove() -> None:
    found = measured(np.concatenate([BEATS, [0.5, 1.5, 2.5]]), np.repeat([0.0, 0.03], [16, 3]))
    assert found.error_ms_p95 == pytest.approx(30.0)


def test_of_several_onsets_at_a_place_the_strongest_counts() -> None:
    places, late_s = np.concatenate([BEATS, BEATS]), np.repeat([0.0, 0.02], 16)
    strengths = np.repeat([0.4, 1.0], 16)
    found = measured(places, late_s, strengths)
    assert found.onsets == 16
    assert found.error_ms_median == pytest.approx(20.0)
    assert measured(places, late_s, strengths[::-1]).error_ms_median == pytest.approx(0.0, abs=1e-9)


def test_onsets_between_places_are_other_notes() -> None:
    between = np.concatenate([BEATS, BEATS + 0.125])  # a thirty-second note: 62.5 ms from both places
    assert measured(between).onsets == 16


def test_seven_onsets_are_too_few() -> None:
    found = measured(BEATS[:7])
    assert (found.verdict, found.onsets, found.method) == ("could not measure", 7, NOTHING_CLEAR)
    assert measured(BEATS[:8]).verdict == "tight"


def test_without_an_onset_on_a_downbeat_its_offset_is_unknown() -> None:
    found = measured(BEATS[BEATS % 4 != 0], 0.012)
    assert found.downbeat_offset_ms is None
    assert found.error_ms_median == pytest.approx(12.0)


def test_onsets_that_drift_are_another_tempo() -> None:
    found = measured(BEATS, BEATS * 0.5 * 0.004)
    assert found.tempo_measured == pytest.approx(120.0 / 1.004, rel=1e-6)


def test_in_eighth_note_meters_places_are_quarters_of_an_eighth() -> None:
    onsets = Onsets(np.arange(48) * 0.0625, np.ones(48))
    assert prove_onsets(onsets, 3.0, STEADY, Meter(6, 8)).onsets == 48
    assert prove_onsets(onsets, 3.0, STEADY, FOUR).onsets == 24

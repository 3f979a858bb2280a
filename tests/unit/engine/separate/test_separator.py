"""The separator with tiny networks of Demucs' own class: sums, shapes, levels, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from engine import optional_libraries
from engine.align.warp import ArraySource
from engine.errors import Cancelled, EngineUnavailable, InvalidValue
from engine.separate import Separator, find_separator
from tests.helpers.hub.separators import FOUR, SIX, install_demucs

Audio = NDArray[np.float32]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    install_demucs(folder)
    install_demucs(folder, "htdemucs_6s", SIX)
    return folder


@pytest.fixture(scope="module")
def separator(models: Path) -> Separator:
    return Separator(models)


def quiet(_fraction: float) -> None:
    pass


def noise(frames: int, channels: int, level: float = 0.5) -> Audio:
    return np.random.default_rng(frames).uniform(-level, level, (frames, channels)).astype(np.float32)


@pytest.mark.parametrize(
    ("rate", "channels", "frames"),
    [
        (44_100, 2, 100_000),
        (48_000, 2, 60_001),
        (8_000, 1, 3),
        (192_000, 8, 50_000),
        (22_050, 5, 30_000),
        (96_000, 2, 1),
    ],
)
def test_stems_are_as_long_as_the_mix_and_sum_to_it(
    separator: Separator, rate: int, channels: int, frames: int
) -> None:
    mix = noise(frames, channels)
    stems = separator.separate(mix, rate, quiet).stems
    assert tuple(stems) == FOUR
    assert {audio.shape for audio in stems.values()} == {mix.shape}
    rest_db = 20 * np.log10(np.abs(np.sum(list(stems.values()), axis=0) - mix).max() + 1e-12)
    assert rest_db < -120


def test_segments_give_the_same_stems_as_demucs_own_splitting(separator: Separator, models: Path) -> None:
    from demucs.apply import apply_model

    mix = noise(150_000, 2)
    model = separator.load("htdemucs")
    wave = torch.from_numpy(mix.T.copy())
    mean, spread = wave.mean(0).mean(), wave.mean(0).std()
    with torch.inference_mode():
        theirs = apply_model(model._bag, ((wave - mean) / spread)[None], shifts=0)[0] * spread
    ours = separator.separate(mix, 44_100, quiet).stems
    inside = slice(0, 100_000)  # the last segment of Demucs repeats earlier audio where ours has silence
    for number, name in enumerate(FOUR):
        if name != "other":
            assert np.allclose(ours[name][inside], theirs[number].T.numpy()[inside], atol=2e-4)


def test_the_same_mix_gives_the_same_stems_again(separator: Separator) -> None:
    mix = noise(50_000, 2)
    first, second = (separator.separate(mix, 48_000, quiet).stems for _ in range(2))
    assert all(np.array_equal(first[name], second[name]) for name in FOUR)


def test_one_channel_is_separated_as_two_equal_ones(separator: Separator) -> None:
    mono = noise(60_000, 1)
    single = separator.separate(mono, 44_100, quiet).stems["drums"]
    double = separator.separate(np.repeat(mono, 2, axis=1), 44_100, quiet).stems["drums"]
    assert np.allclose(single[:, 0], double.mean(axis=1), atol=1e-5)


def test_a_louder_mix_gives_the_same_stems_louder(separator: Separator) -> None:
    mix = noise(60_000, 2, 0.1)
    soft, loud = (separator.separate(mix * np.float32(gain), 44_100, quiet).stems["bass"] for gain in (1, 8))
    assert np.allclose(8 * soft, loud, atol=1e-4)


def test_silence_stays_silence(separator: Separator) -> None:
    stems = separator.separate(np.zeros((50_000, 2), np.float32), 48_000, quiet).stems
    assert all(not audio.any() for audio in stems.values())


def test_samples_that_are_no_numbers_are_silent_and_reported(separator: Separator) -> None:
    mix = noise(30_000, 2)
    mix[100:200, 0] = np.nan
    mix[300] = np.inf
    made = separator.separate(mix, 44_100, quiet)
    total = np.sum(list(made.stems.values()), axis=0)
    assert np.abs(total[100:200, 0]).max() < 1e-6
    assert "102 samples" in made.notices[0]


def test_a_model_without_other_gives_what_is_left_as_a_separate_stem(tmp_path: Path) -> None:
    install_demucs(tmp_path, sources=("drums", "rest"))
    mix = noise(30_000, 2)
    stems = Separator(tmp_path).separate(mix, 48_000, quiet).stems
    assert tuple(stems) == ("drums", "rest", "residual")
    assert np.abs(np.sum(list(stems.values()), axis=0) - mix).max() < 1e-6


def test_it_can_be_cancelled_after_every_segment(separator: Separator) -> None:
    fractions: list[float] = []

    def cancel(fraction: float) -> None:
        fractions.append(fraction)
        if len(fractions) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        separator.separate(noise(200_000, 2), 44_100, cancel)
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < fractions[1] < 1
    assert separator.separate(noise(1_000, 2), 44_100, quiet).stems  # and works on


def test_memory_is_given_back_and_taken_again(models: Path) -> None:
    separator = Separator(models)
    first = separator.load()
    assert separator.load() is first
    separator.unload()
    assert not hasattr(first, "_bag")
    assert separator.load("htdemucs_6s").sources == SIX


@pytest.mark.parametrize("channels", [0, 9])
def test_too_many_channels_are_refused(separator: Separator, channels: int) -> None:
    with pytest.raises(InvalidValue, match="1–8"):
        separator.start(ArraySource(np.zeros((10, channels), np.float32)), 48_000, quiet)


def test_no_frames_are_refused(separator: Separator) -> None:
    with pytest.raises(InvalidValue, match="one frame or more"):
        separator.separate(np.zeros((0, 2), np.float32), 48_000, quiet)


def test_a_missing_model_or_library_is_reported_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineUnavailable, match=r"stembridge models download htdemucs$"):
        Separator(tmp_path).load()
    with pytest.raises(EngineUnavailable, match=r"stembridge models download htdemucs_6s$"):
        Separator(tmp_path).load("htdemucs_6s")
    monkeypatch.setattr(optional_libraries, "find_spec", lambda name: None if name == "demucs" else name)
    with pytest.raises(EngineUnavailable, match=r"demucs .*stembridge engine install"):
        Separator(tmp_path).load()


def test_a_music_model_is_no_separator(models: Path) -> None:
    with pytest.raises(InvalidValue, match="a separator like htdemucs"):
        Separator(models).load("ace-step-xl-turbo")


def test_the_wanted_size_is_taken_if_it_is_there(models: Path, tmp_path: Path) -> None:
    assert (find_separator(models), find_separator(models, six=True)) == ("htdemucs", "htdemucs_6s")
    install_demucs(tmp_path, "htdemucs_6s", SIX)
    assert find_separator(tmp_path) == "htdemucs_6s"


def test_stems_come_a_few_seconds_at_a_time_and_progress_with_them(separator: Separator) -> None:
    fractions: list[float] = []
    mix = noise(200_000, 2)
    separation = separator.start(ArraySource(mix), 44_100, fractions.append)
    assert separation.names == FOUR
    assert fractions == []
    first = next(separation.blocks)
    assert 0 < len(first) < 100_000
    assert first.shape[1:] == (4, 2)
    assert len(fractions) < 4
    rest = list(separation.blocks)
    assert len(first) + sum(map(len, rest)) == 200_000
    assert fractions[-1] == 1.0
    assert fractions == sorted(fractions)


def test_a_constant_offset_is_shared_by_the_stems(separator: Separator) -> None:
    mix = noise(60_000, 2, 0.1) + np.float32(0.25)
    plain = separator.separate(mix - np.float32(0.25), 44_100, quiet).stems
    moved = separator.separate(mix, 44_100, quiet).stems
    for name in FOUR:
        np.testing.assert_allclose(moved[name][:30_000] - plain[name][:30_000], 0.0625, atol=1e-3)


def test_channels_of_another_pair_do_not_leak(separator: Separator) -> None:
    mix = np.concatenate([noise(50_000, 2), np.zeros((50_000, 2), np.float32)], axis=1)
    stems = separator.separate(mix, 44_100, quiet).stems
    for audio in stems.values():
        assert audio[:, :2].any()
        assert not audio[:, 2:].any()


def test_guitar_or_piano_ask_for_the_larger_model(models: Path) -> None:
    separator = Separator(models)
    assert separator.best([]) == "htdemucs"
    assert separator.best({"piano"}) == "htdemucs_6s"


def test_without_a_models_folder_nothing_is_installed() -> None:
    with pytest.raises(EngineUnavailable, match="stembridge models download htdemucs"):
        find_separator(None)
    with pytest.raises(EngineUnavailable, match="stembridge models download htdemucs"):
        Separator(None).load("htdemucs")

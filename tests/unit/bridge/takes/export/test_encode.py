"""FLAC and MP3 files with tags in front of their sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from bridge.takes.export.encode import encode, write_tagged
from bridge.takes.export.id3 import tag_bytes
from bridge.takes.export.tags import Tags
from engine.errors import EngineFailed, InvalidValue

TAGS = Tags("Größe – 夜", "vinyl (seed 7)", 97.6, "F#m", "", "2026-11-21")
RATE = 48_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.wav"
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, (RATE, 2))
    soundfile.write(path, noise, RATE, "PCM_24")
    return path


@pytest.mark.parametrize("suffix", ["flac", "mp3"])
def test_tags_leave_the_sound_as_it_is_and_are_read_by_others(source: Path, tmp_path: Path, suffix: str) -> None:
    plain, tagged = tmp_path / f"plain.{suffix}", tmp_path / f"97.6bpm F#m tagged.{suffix}"
    encode(source, plain, None)
    encode(source, tagged, TAGS)
    np.testing.assert_array_equal(soundfile.read(plain)[0], soundfile.read(tagged)[0])
    with soundfile.SoundFile(tagged) as file:
        assert (file.title, file.artist, file.comment) == (TAGS.title, "Stem Bridge", "vinyl (seed 7)")
        assert file.date.startswith("2026")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([source.name, plain.name, tagged.name])


def test_an_mp3_begins_with_its_only_tag(source: Path, tmp_path: Path) -> None:
    encode(source, tmp_path / "a.mp3", TAGS)
    data = (tmp_path / "a.mp3").read_bytes()
    assert (data[:3], data.count(b"TBPM"), data.count(b"TKEY")) == (b"ID3", 1, 1)
    start = tag_bytes(data[:10])
    assert data[start : start + 1] == b"\xff", "sound follows at once"


def test_a_flac_has_its_tempo_and_key(source: Path, tmp_path: Path) -> None:
    encode(source, tmp_path / "a.flac", TAGS)
    head = (tmp_path / "a.flac").read_bytes()[:4000]
    assert (head.count(b"BPM=97.6"), head.count(b"INITIALKEY=F#m"), head.count(b"TITLE=")) == (1, 1, 1)


def test_blocks_are_written_one_after_another(tmp_path: Path) -> None:
    blocks = [np.full((500, 2), level, np.float32) for level in (0.25, 0.5)]
    write_tagged(tmp_path / "a.flac", blocks, 44_100, 2, TAGS)
    audio, rate = soundfile.read(tmp_path / "a.flac")
    assert (rate, audio[0, 0], audio[999, 1], len(audio)) == (44_100, 0.25, 0.5, 1000)


def test_a_rate_that_mp3_lacks_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(InvalidValue, match="48000 Hz or less"):
        write_tagged(tmp_path / "a.mp3", [], 96_000, 2, TAGS)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_beside_a_file_that_cannot_be_tagged(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_self: Path, _target: Path) -> None:
        raise EngineFailed("no")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(EngineFailed):
        encode(source, tmp_path / "a.flac", TAGS)
    assert [path.name for path in tmp_path.glob(".*")] == []

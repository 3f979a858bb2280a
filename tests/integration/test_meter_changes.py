"""A take whose meter changes, made as a user makes it, read and heard by programs that are not ours."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import mido
import numpy as np
import pytest
import rpp
import soundfile

from bridge.cli.main import main

METERS = [
    {"bar": 0, "time_signature": "4/4"},
    {"bar": 2, "time_signature": "3/4"},
    {"bar": 4, "time_signature": "7/8"},
]
BAR_LINES = [0.0, 4.0, 8.0, 11.0, 14.0, 17.5]
"""In quarter notes; the take ends at 21."""
TEMPO = 96.0


@pytest.fixture(scope="module")
def take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("take")
    (folder / "meters.json").write_text(json.dumps(METERS))
    words = ["--genres", "funk", "--tempo", f"{TEMPO:g}", "--key", "Em", "--bars", "6", "--seed", "3", "--rpp"]
    words += ["--stems", "drums,bass,chords", "--engine", "sketch", "--meter-map", str(folder / "meters.json")]
    assert main(["generate", *words, "--out", str(folder / "out")]) == 0
    return folder / "out"


def manifest_of(take: Path) -> dict[str, object]:
    content: dict[str, object] = json.loads((take / "manifest.json").read_text(encoding="utf-8"))
    return content


def file_of(take: Path, stem: str, kind: str = "file") -> Path:
    (entry,) = (one for one in manifest_of(take)["stems"] if one["name"] == stem)  # type: ignore[attr-defined]
    return take / str(entry[kind])


def test_the_manifest_has_the_map_and_counts_its_bars(take: Path) -> None:
    manifest = manifest_of(take)
    assert manifest["meter_map"] == METERS
    assert (manifest["bars"], manifest["time_signature"]) == (6.0, "4/4")
    assert manifest["frames"] == round(21 * 60 / TEMPO * 48_000)
    assert manifest["alignment"]["verdict"] == "tight"  # type: ignore[index]


def test_mido_reads_the_time_signatures_and_notes_on_every_bar_line(take: Path) -> None:
    for file in (file_of(take, "drums", "midi"), file_of(take, "bass", "midi"), take / "song.mid"):
        midi = mido.MidiFile(file)
        tick, signatures, onsets = 0, [], set()
        for message in mido.merge_tracks(midi.tracks):
            tick += message.time
            beat = tick / midi.ticks_per_beat
            if message.type == "time_signature":
                signatures.append((beat, f"{message.numerator}/{message.denominator}"))
            elif message.type == "note_on" and message.velocity:
                onsets.add(beat)
        assert signatures == [(0.0, "4/4"), (8.0, "3/4"), (14.0, "7/8")]
        assert onsets >= set(BAR_LINES)
        assert tick / midi.ticks_per_beat == 21.0


def test_the_reaper_project_has_the_meters_at_their_seconds(take: Path) -> None:
    project = rpp.loads((take / "take.rpp").read_text(encoding="utf-8"))
    points = [child[1:] for child in project.find("TEMPOENVEX") if child[0] == "PT"]
    found = [(float(at), float(bpm), divmod(int(meter), 65536)) for at, bpm, _, meter in points]
    beats = {0.0: (4, 4), 8.0: (4, 3), 14.0: (8, 7)}
    assert found == [(pytest.approx(beat * 60 / TEMPO), TEMPO, meter) for beat, meter in beats.items()]


def test_the_drums_are_heard_on_every_bar_line(take: Path) -> None:
    audio, rate = soundfile.read(file_of(take, "drums"), dtype="float32")
    mono = np.abs(audio).max(axis=1)
    for beat in BAR_LINES[1:]:
        at = round(beat * 60 / TEMPO * rate)
        before, after = mono[at - rate // 100 : at - 20], mono[at : at + rate // 50]
        assert after.max() > 3 * before.max(), beat


def test_a_wav_can_only_name_the_first_meter(take: Path) -> None:
    data = file_of(take, "drums").read_bytes()
    at = data.index(b"acid") + 8
    _, _, _, _, beats, denominator, numerator, bpm = struct.unpack("<IHHfIHHf", data[at : at + 24])
    assert (beats, denominator, numerator, bpm) == (21, 4, 4, TEMPO)

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile

from engine.contract import GenerationRequest
from engine.errors import Cancelled, EngineFailed
from engine.music import Key
from engine.remote.client import RemoteCompanion
from engine.remote.takes import MANIFEST, fetch_generation
from tests.helpers.ace_requests import request
from tests.helpers.fake_companion import Answer, FakeCompanion

RATE = 48_000


def wav(level: float) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.full((100, 2), level, np.float32), RATE, "FLOAT", format="WAV")
    return buffer.getvalue()


def midi(channel: int, program: int | None = None) -> bytes:
    """Return a file with the notes C4 from beat 1 for one beat and E4 from beat 0 for half a beat."""
    file = mido.MidiFile(ticks_per_beat=960)
    track = mido.MidiTrack()
    file.tracks.append(track)
    if program is not None:
        track.append(mido.Message("program_change", channel=channel, program=program))
    for kind, note, delta in (("note_on", 64, 0), ("note_off", 64, 480), ("note_on", 60, 480), ("note_off", 60, 960)):
        track.append(mido.Message(kind, channel=channel, note=note, velocity=100 * (kind == "note_on"), time=delta))
    buffer = io.BytesIO()
    file.save(file=buffer)
    return buffer.getvalue()


FILES = {
    "mix.wav": wav(0.75),
    "drums.wav": wav(0.5),
    "bass.wav": wav(0.25),
    "bass.mid": midi(3, 36),
    "drums.mid": midi(9),
}


def entry(file: str, **more: str) -> dict[str, str]:
    return {"file": file, "sha256": hashlib.sha256(FILES[file]).hexdigest(), **more}


def manifest(**values: object) -> dict[str, Any]:
    return {
        "id": "7f3a",
        "engine": "ace-step",
        "model": "ace-step-2b-turbo",
        "version": "0.1.0",
        "timings": {"generate_s": 2.5},
        "params": {"seed": 7, "steps": 8, "genres": "funk"},
        "key": "E minor",
        "notices": ["It was loud."],
        "alignment": {"method": "none"},
        "mix": entry("mix.wav"),
        "stems": [
            entry("drums.wav", name="drums", midi="drums.mid"),
            entry("bass.wav", name="bass", midi="bass.mid"),
            entry("mix.wav", name="other"),
        ],
        **values,
    }


def fetch(studio: FakeCompanion, folder: Path, content: Any, asked: GenerationRequest, **options: Any) -> Any:  # noqa: ANN401
    files = {name: f"{studio.url}/files/{name}" for name in (*FILES, MANIFEST)}
    for name, data in FILES.items():
        studio.answers("GET", f"/files/{name}", Answer(200, data))
    studio.answers("GET", f"/files/{MANIFEST}", content if isinstance(content, Answer) else Answer.json(content))
    with RemoteCompanion(studio.address) as companion:
        return fetch_generation(companion, files, asked, folder, options.get("on_chunk", lambda: None))


def test_a_take_comes_back_sample_for_sample_and_note_for_note(studio: FakeCompanion, tmp_path: Path) -> None:
    made = fetch(studio, tmp_path, manifest(), request(genres="funk"))
    assert np.array_equal(made.mix, np.full((100, 2), 0.75, np.float32))
    assert [stem.program for stem in made.stems] == [None, 36, None], "the instruments of its MIDI files"
    assert [(stem.name, float(stem.audio[0, 0]), stem.is_drums) for stem in made.stems] == [
        ("drums", 0.5, True),
        ("bass", 0.25, False),
        ("other", 0.75, False),
    ]
    for stem in made.stems[:2]:
        assert [(note.pitch, note.start_beats) for note in stem.notes] == [(64, 0.0), (60, 1.0)]
    assert (made.seed, made.key, made.model) == (7, Key("E", "minor"), "ace-step-2b-turbo")
    assert (made.on_grid, made.alignment) == (True, {"method": "none"})


def test_the_origin_of_a_take_is_kept_and_reported(studio: FakeCompanion, tmp_path: Path) -> None:
    made = fetch(studio, tmp_path, manifest(), request())
    assert made.origin == {
        "url": studio.url,
        "id": "7f3a",
        "engine": "ace-step",
        "model": "ace-step-2b-turbo",
        "version": "0.1.0",
        "timings": {"generate_s": 2.5},
    }
    assert made.notices == (
        f"Made by the companion at {studio.url}: its take 7f3a, engine ace-step, model ace-step-2b-turbo.",
        "It was loud.",
    )


def test_only_requested_parameters_that_ran_differently_are_reported(studio: FakeCompanion, tmp_path: Path) -> None:
    params = {"seed": 7, "steps": 8, "shift": 3.0, "bit_depth": "float", "cfg": 1.0}
    made = fetch(studio, tmp_path, manifest(params=params), request(steps=50, bit_depth="16"))
    assert made.effective_params == {"steps": 8}


@pytest.mark.parametrize("key", ["", None])
def test_a_take_without_a_key_has_none(studio: FakeCompanion, tmp_path: Path, key: str | None) -> None:
    assert fetch(studio, tmp_path, manifest(key=key, model=""), request()).key is None


def test_temporary_files_are_deleted_one_by_one(studio: FakeCompanion, tmp_path: Path) -> None:
    fetch(studio, tmp_path, manifest(), request())
    assert [path.name for path in tmp_path.iterdir()] == [MANIFEST]


@pytest.mark.parametrize(
    "content",
    [
        Answer(200, b"<html>"),
        Answer(200, b"[]"),
        {},
        manifest(stems=None),
        manifest(mix=None),
        manifest(params={"seed": "many"}),
        manifest(key="H sharp"),
        manifest(stems=[{"name": "drums", "file": "lost.wav", "sha256": ""}]),
        manifest(mix={**entry("mix.wav"), "file": "bass.mid", "sha256": ""}),
        manifest(stems=[entry("drums.wav", name="drums", midi="bass.wav")]),
    ],
    ids=["html", "list", "empty", "stems", "mix", "seed", "key", "lost", "no audio", "no midi"],
)
def test_a_take_that_is_not_what_it_should_be_is_one_sentence(
    studio: FakeCompanion, tmp_path: Path, content: object
) -> None:
    with pytest.raises(EngineFailed, match=f"The take of the companion at {studio.url} cannot be understood"):
        fetch(studio, tmp_path, content, request())


def test_a_file_with_another_hash_is_refused(studio: FakeCompanion, tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="mix did not arrive whole"):
        fetch(studio, tmp_path, manifest(mix={**entry("mix.wav"), "sha256": "0" * 64}), request())


def test_a_cancel_ends_the_transfer(studio: FakeCompanion, tmp_path: Path) -> None:
    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        fetch(studio, tmp_path, json.loads(json.dumps(manifest())), request(), on_chunk=cancel)

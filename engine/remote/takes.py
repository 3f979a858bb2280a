"""The takes of another companion's result, fetched and read: samples, notes and what their manifest says."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mido
import soundfile

from engine.contract import Generation, GenerationRequest, Stem
from engine.errors import EngineFailed, InvalidValue
from engine.midinotes import DRUM_CHANNEL, notes_by_channel
from engine.music import Key
from engine.remote.client import RemoteCompanion
from engine.score import Note

if TYPE_CHECKING:
    from engine.contract import Audio

MANIFEST = "manifest.json"
_TOLD = ("id", "engine", "model", "version", "timings")
"""Fields of the manifest there that ours repeats under `remote`."""
_OWN_KEYS = ("engine", "model", "bit_depth", "seed", "source_audio", "reference_audio", "preset")
"""Keys of the block that mean something else over there, or are told otherwise."""

Alive = Callable[[], None]


def fetch_generation(
    companion: RemoteCompanion, files: Mapping[str, str], request: GenerationRequest, folder: Path, alive: Alive
) -> Generation:
    """Return one take, whose files' URLs are `files`, through the empty folder `folder`.

    Raises
    ------
    EngineUnavailable, EngineFailed
        If it cannot be fetched, or is not what its manifest says.
    Exception
        Whatever `alive`, called now and then, raises.
    """
    try:
        companion.download(files[MANIFEST], folder / MANIFEST)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        stems = [
            _stem(companion, entry, files, folder / str(number), alive)
            for number, entry in enumerate(manifest["stems"])
        ]
        mix = _audio(companion, manifest["mix"], files, folder / "mix", alive)
        return Generation(
            stems=tuple(stems),
            mix=mix,
            seed=int(manifest["params"]["seed"]),
            key=Key.parse(manifest["key"]) if manifest["key"] else None,
            model=str(manifest["model"]),
            on_grid=True,
            effective_params=_ran_otherwise(manifest["params"], request.block),
            notices=(_made_there(companion, manifest), *map(str, manifest["notices"])),
            alignment=dict(manifest["alignment"]),
            origin={"url": companion.url, **{name: manifest.get(name) for name in _TOLD}},
        )
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        EOFError,
        soundfile.LibsndfileError,
        InvalidValue,
    ) as error:
        raise EngineFailed(
            f"The take of the companion at {companion.url} cannot be understood ({type(error).__name__}: {error}); "
            "is it of another version?"
        ) from error


def _stem(
    companion: RemoteCompanion, entry: Mapping[str, Any], files: Mapping[str, str], path: Path, alive: Alive
) -> Stem:
    audio = _audio(companion, entry, files, path, alive)
    name = str(entry["name"])
    if "midi" not in entry:
        return Stem(name, audio, is_drums=name == "drums")
    companion.download(files[entry["midi"]], path)
    by_channel = notes_by_channel(mido.MidiFile(path))
    path.unlink()
    notes: list[Note] = sorted(
        (note for channel in by_channel.values() for note in channel), key=lambda note: (note.start_beats, note.pitch)
    )
    return Stem(name, audio, tuple(notes), is_drums=DRUM_CHANNEL in by_channel)


def _audio(
    companion: RemoteCompanion, entry: Mapping[str, Any], files: Mapping[str, str], path: Path, alive: Alive
) -> Audio:
    """Return a file's samples as they are there; the file is gone afterwards."""
    companion.download(files[entry["file"]], path, str(entry["sha256"]), alive)
    audio: Audio = soundfile.read(path, dtype="float32", always_2d=True)[0]
    path.unlink()
    return audio


def _ran_otherwise(params: Mapping[str, object], asked: Mapping[str, object]) -> dict[str, object]:
    """Return what ran with another value than was asked for, as steps that a few-step model has capped."""
    return {
        name: value
        for name, value in params.items()
        if name in asked and name not in _OWN_KEYS and value != asked[name]
    }


def _made_there(companion: RemoteCompanion, manifest: Mapping[str, Any]) -> str:
    return (
        f"Made by the companion at {companion.url}: its take {manifest['id']}, engine {manifest['engine']}, "
        f"model {manifest['model'] or 'unnamed'}."
    )

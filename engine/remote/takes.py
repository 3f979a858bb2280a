"""Fetches and reads the takes of another companion's result: samples, notes and the values of their manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mido
import soundfile

from engine.contract import Generation, GenerationRequest, Stem
from engine.errors import EngineFailed, InvalidValue
from engine.midinotes import DRUM_CHANNEL, first_program, notes_by_channel
from engine.music import Key
from engine.origin import Origin
from engine.remote.client import RemoteCompanion
from engine.score import Note

if TYPE_CHECKING:
    from engine.contract import Audio

MANIFEST = "manifest.json"
_ORIGIN_FIELDS = ("id", "engine", "model", "version", "timings")
"""The fields of that manifest that ours repeats under `remote`."""
_OWN_KEYS = ("engine", "model", "bit_depth", "seed", "source_audio", "reference_audio", "preset")
"""The keys of the block that mean something else there, or are reported separately."""

OnChunk = Callable[[], None]
"""Called for every chunk of a file; what it raises ends the transfer."""


def fetch_generation(
    companion: RemoteCompanion, files: Mapping[str, str], request: GenerationRequest, folder: Path, on_chunk: OnChunk
) -> Generation:
    """Return one take, given the URLs of its files by name; the empty `folder` is used for temporary files.

    Raises
    ------
    EngineUnavailable, EngineFailed
        If it cannot be fetched, or is not what its manifest says.
    Exception
        Whatever `on_chunk` raises.
    """
    try:
        companion.download(files[MANIFEST], folder / MANIFEST)
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        stems = [
            _stem(companion, entry, files, folder / str(number), on_chunk)
            for number, entry in enumerate(manifest["stems"])
        ]
        mix = _audio(companion, manifest["mix"], files, folder / "mix", on_chunk)
        return Generation(
            stems=tuple(stems),
            mix=mix,
            seed=int(manifest["params"]["seed"]),
            key=Key.parse(manifest["key"]) if manifest["key"] else None,
            model=str(manifest["model"]),
            on_grid=True,
            effective_params=(effective := _changed_params(manifest, request.block)),
            param_origin={name: str(manifest.get("origin", {}).get(name, Origin.MODEL)) for name in effective},
            notices=(_origin_notice(companion, manifest), *map(str, manifest["notices"])),
            alignment=dict(manifest["alignment"]),
            origin={"url": companion.url, **{name: manifest.get(name) for name in _ORIGIN_FIELDS}},
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
    companion: RemoteCompanion, entry: Mapping[str, Any], files: Mapping[str, str], path: Path, on_chunk: OnChunk
) -> Stem:
    audio = _audio(companion, entry, files, path, on_chunk)
    name = str(entry["name"])
    if "midi" not in entry:
        return Stem(name, audio, is_drums=name == "drums")
    companion.download(files[entry["midi"]], path)
    file = _read_midi(path)
    by_channel = notes_by_channel(file)
    path.unlink()
    notes: list[Note] = sorted(
        (note for channel in by_channel.values() for note in channel), key=lambda note: (note.start_beats, note.pitch)
    )
    return Stem(name, audio, tuple(notes), DRUM_CHANNEL in by_channel, first_program(file))


def _read_midi(path: Path) -> mido.MidiFile:
    """Read a MIDI file; ValueError if it is none, for which mido raises several other errors."""
    try:
        return mido.MidiFile(path)
    except (OSError, IndexError, mido.KeySignatureError) as error:
        raise ValueError(str(error)) from error


def _audio(
    companion: RemoteCompanion, entry: Mapping[str, Any], files: Mapping[str, str], path: Path, on_chunk: OnChunk
) -> Audio:
    """Fetch a file, return its samples unchanged, and delete it."""
    companion.download(files[entry["file"]], path, str(entry["sha256"]), on_chunk)
    audio: Audio = soundfile.read(path, dtype="float32", always_2d=True)[0]
    path.unlink()
    return audio


def _changed_params(manifest: Mapping[str, Any], requested: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters that ran otherwise than requested, and those that style or model decided there."""
    decided = {name for name, origin in manifest.get("origin", {}).items() if origin in (Origin.STYLE, Origin.MODEL)}
    return {
        name: value
        for name, value in manifest["params"].items()
        if name not in _OWN_KEYS and (name in decided if name not in requested else value != requested[name])
    }


def _origin_notice(companion: RemoteCompanion, manifest: Mapping[str, Any]) -> str:
    return (
        f"Made by the companion at {companion.url}: its take {manifest['id']}, engine {manifest['engine']}, "
        f"model {manifest['model'] or 'unnamed'}."
    )

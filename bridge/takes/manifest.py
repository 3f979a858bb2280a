"""`manifest.json`: the description of a take for DAW scripts, the window and users' own scripts. No numpy.

The format is section 7 of the contract (`docs/protocol.md`). Fields beyond it: `origin`, who said or decided each of
the `params`; `title`, `prompt`, `notices`, `bit_depth`, `gain_db`, `version`; `song`, the MIDI file with all parts,
if notes are known; `meter_map`, if the meter changes within the take; `variations`, if a job has several takes: the
relative paths of all their manifests; `remote`, if another companion made the take: values of that companion's
manifest.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeGuard

import bridge
from bridge.takes.colors import stem_color
from bridge.takes.file_names import title_words
from bridge.takes.take import AudioFile, Take, WrittenTake
from engine.errors import InvalidValue
from engine.music import Meter, MeterMap
from engine.origin import Origin

FORMAT = 1
_MAX_BYTES = 16_000_000
_NUMBER = (int, float)
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "id": str,
    "created": str,
    "engine": str,
    "model": str,
    "params": dict,
    "tempo": _NUMBER,
    "time_signature": str,
    "key": str,
    "tempo_map": list,
    "start_beat": _NUMBER,
    "bars": _NUMBER,
    "frames": int,
    "sample_rate": int,
    "stems": list,
    "mix": dict,
    "alignment": dict,
    "stem_sum_error_db": (int, float, type(None)),
    "timings": dict,
}


def build_manifest(
    take: Take, written: WrittenTake, *, timings: Mapping[str, float] | None = None, variations: Sequence[str] = ()
) -> dict[str, Any]:
    """Return the manifest of `take` as JSON values; NaN and ±∞, which JSON does not have, become None.

    `timings` (seconds by phase) are merged with the take's. `variations` are the paths of all manifests of the job,
    relative to this one, in order; fewer than two are left out.
    """
    generation = take.generation
    params = {**take.params, **generation.effective_params, "seed": generation.seed}
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "id": take.take_id,
        "title": take.title,
        "created": _utc(take.created),
        "engine": take.engine,
        "model": generation.model,
        "params": params,
        "origin": _origin(take, params),
        **_music(take),
        "stems": [stem_entry(stem) for stem in written.stems],
        "mix": audio_entry(written.mix),
        **({"song": {"file": written.song}} if written.song else {}),
        "alignment": {**asdict(written.alignment), **take.alignment_details},
        "stem_sum_error_db": written.stem_sum_error_db,
        "timings": {**take.timings, **(timings or {})},
        "prompt": take.prompt,
        "notices": [*generation.notices, *written.notices],
        "bit_depth": take.bit_depth,
        "gain_db": written.gain_db,
        "version": bridge.__version__,
    }
    if generation.origin:
        manifest["remote"] = dict(generation.origin)
    if len(variations) > 1:
        manifest["variations"] = list(variations)
    return {name: _json_value(value) for name, value in manifest.items()}


def _origin(take: Take, params: Mapping[str, object]) -> dict[str, str]:
    decided = {**dict.fromkeys(take.generation.effective_params, Origin.MODEL), **take.generation.param_origin}
    return {name: str(decided.get(name) or take.origin.get(name) or Origin.DEFAULT) for name in params}


def _music(take: Take) -> dict[str, object]:
    request = take.request
    tempo_map = request.tempo_map
    return {
        "tempo": float(tempo_map.points[0].bpm),
        "time_signature": str(request.meters.first),
        "key": str(take.key) if take.key else "",
        "tempo_map": [] if tempo_map.is_constant else tempo_map.to_json(),
        **({} if request.meters.is_constant else {"meter_map": request.meters.to_json()}),
        "start_beat": take.start_beat,
        "bars": take.bars,
        "frames": request.frames,
        "sample_rate": request.sample_rate,
    }


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """Return the file's bytes: UTF-8, indented."""
    text = json.dumps(manifest, ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8", "replace")


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest at `path`; all fields of the contract are checked for presence and type.

    Raises
    ------
    InvalidValue
        If it cannot be read, is not a manifest, or names files outside its own folder.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise _broken(path, f"larger than {_MAX_BYTES // 1_000_000} MB")
        manifest = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
    except OSError as error:
        raise InvalidValue("manifest", str(path), f"one that can be read ({error.strerror or error})") from error
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise _broken(path, f"not JSON: {error}") from error
    if not isinstance(manifest, dict):
        raise _broken(path, "not a JSON object")
    fault = _fault(manifest)
    if fault:
        raise _broken(path, fault)
    return manifest


def stem_entry(stem: AudioFile) -> dict[str, object]:
    """Return the manifest's entry of a stem."""
    midi = {} if stem.midi is None else {"midi": stem.midi}
    return {"name": stem.name, "color": stem_color(stem.name), **midi, **audio_entry(stem)}


def audio_entry(audio: AudioFile) -> dict[str, object]:
    """Return the fields that stems and mix have in common in a manifest."""
    return {"file": audio.file, "peak_db": audio.peak_db, "lufs": audio.lufs, "sha256": audio.sha256}


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _json_value(value: object) -> object:
    """Return `value` as a JSON value: NaN as None, fractions and numpy scalars as numbers, other types as text."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float | Fraction):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _json_value(entry) for key, entry in value.items()}
    if isinstance(value, Sequence | set | frozenset) and not isinstance(value, bytes):
        return [_json_value(entry) for entry in value]
    to_plain = getattr(value, "tolist", None)  # numpy scalars and arrays
    if to_plain is not None:
        return _json_value(to_plain())
    return str(value)


def _fault(manifest: Mapping[str, Any]) -> str | None:
    """Return the first fault of a manifest, or None."""
    number = manifest.get("format")
    if isinstance(number, int) and number > FORMAT:
        return f"of format {number}, made by a newer version of Stem Bridge"
    if isinstance(number, bool) or number != FORMAT:
        return "without format 1"
    for name, kind in _FIELDS.items():
        if name not in manifest:
            return f"without {name}"
        value = manifest[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return f"with a wrong {name}"
    if not all(_is_audio_entry(entry) for entry in (*manifest["stems"], manifest["mix"])):
        return "with a stem that names no file in its own folder"
    if "song" in manifest and not _names_a_file(manifest["song"]):
        return "with a song that names no file in its own folder"
    if not all(isinstance(entry.get("name"), str) for entry in manifest["stems"]):
        return "with a stem without a name"
    return None


def file_names(manifest: Mapping[str, Any]) -> list[str]:
    """Return the names of all files that a manifest names: the mix, the stems, their MIDI files and the song."""
    entries = [manifest["mix"], *manifest["stems"]]
    midi = [entry["midi"] for entry in entries if "midi" in entry]
    song = [manifest["song"]["file"]] if "song" in manifest else []
    return [*(entry["file"] for entry in entries), *midi, *song]


def meters_of(manifest: Mapping[str, Any]) -> MeterMap:
    """Return the meter map from the take's start; constant where the manifest has none."""
    wire = manifest.get("meter_map")
    return MeterMap.parse(wire) if wire else MeterMap.constant(Meter.parse(manifest["time_signature"]))


def length_beats_of(manifest: Mapping[str, Any]) -> Fraction:
    """Return the take's length in quarter notes."""
    return meters_of(manifest).beats(manifest["bars"])


def title_of(manifest: Mapping[str, Any]) -> str:
    """Return the title of the music, in older manifests the first words of its genres; may be empty."""
    title = manifest.get("title")
    return title if isinstance(title, str) else title_words(str(manifest["params"].get("genres", "")))


def _is_audio_entry(entry: object) -> bool:
    return _names_a_file(entry) and ("midi" not in entry or _is_file_name(entry["midi"]))


def _names_a_file(entry: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(entry, dict) and _is_file_name(entry.get("file"))


def _is_file_name(value: object) -> bool:
    return isinstance(value, str) and value not in ("", ".", "..") and not any(sign in value for sign in "/\\:\0")


def _refuse_constant(name: str) -> float:
    raise json.JSONDecodeError(f"{name} is not allowed", name, 0)


def _broken(path: Path, why: str) -> InvalidValue:
    return InvalidValue("manifest", str(path), f"a complete take's {path.name} (this one is {why})")

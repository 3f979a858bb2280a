"""Refusals in front of the queue: what a task cannot do without, files that are missing, values that cannot be right.

The engine refuses the same, but only once the job has waited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bridge.request.audio_length import audio_length_s
from bridge.request.file_words import FileWords
from bridge.request.unsaid import FROM_WORDS
from engine.ace_step.codes import read_codes
from engine.ace_step.lora import find_lora
from engine.ace_step.plan import TRACKS
from engine.ace_step.untold import WITH_REGION
from engine.contract import EngineInfo
from engine.errors import InvalidValue, StemBridgeError
from engine.registry import ACE_STEP, SKETCH
from engine.sketch.midi_part import read_midi_part

AUDIO_KEYS = ("source_audio", "reference_audio")
WITH_TRACKS = ("extract", "lego")
"""Tasks that make the parts that are named."""
_HEADER_ERROR_S = 0.001
_SHORTEST_REGION_S = 0.04


class NoSource(InvalidValue):
    """A task that works on audio was given none."""

    def __init__(self, task: str, allowed: str) -> None:
        """Say that `task` needs `source_audio`, which is `allowed`."""
        StemBridgeError.__init__(self, f"source_audio is missing: the task {task} needs {allowed}.")
        self.name, self.given, self.allowed = "source_audio", "", allowed


def check_early(
    block: Mapping[str, object], info: EngineInfo, models_dir: Path | None, words: FileWords | None = None
) -> None:
    """Raise if the engine would refuse the block.

    `words` are those of the door: a program over HTTP uploads audio and has no paths here.

    Raises
    ------
    InvalidValue
        If a file is missing or does not fit the task, or values contradict each other.
    """
    words = words or FileWords()
    _check_files(block, info, models_dir, words)
    task = str(block.get("task", FROM_WORDS))
    if info.name != SKETCH.name:
        _check_codes(block, task)
        _check_source(block, task, words)
        _check_tracks(block, task)


def _check_files(block: Mapping[str, object], info: EngineInfo, models_dir: Path | None, words: FileWords) -> None:
    for name in AUDIO_KEYS:
        given = str(block.get(name, ""))
        if given and not Path(given).expanduser().is_file():
            raise InvalidValue(name, given, words.audio)
    if part := block.get("midi_part"):
        _check_midi_part(part, info)
    if lora := str(block.get("lora", "")):
        _check_lora(lora, info, models_dir, words)


def _check_midi_part(part: object, info: EngineInfo) -> None:
    if info.name == SKETCH.name:
        read_midi_part(part)
        return
    file = str(part["file"]) if isinstance(part, Mapping) else ""
    if not Path(file).expanduser().is_file():
        raise InvalidValue("midi_part file", file, "a file that is there")


def _check_lora(lora: str, info: EngineInfo, models_dir: Path | None, words: FileWords) -> None:
    is_path = bool(set("/\\") & set(lora))
    if info.name == ACE_STEP and models_dir is not None:
        try:
            find_lora(lora, models_dir)
        except InvalidValue:
            if not words.lora:
                raise
            raise InvalidValue("lora", lora, words.lora) from None
    elif is_path and not Path(lora).expanduser().exists():
        raise InvalidValue("lora", lora, words.lora or "the path of a .safetensors file that exists")


def _check_codes(block: Mapping[str, object], task: str) -> None:
    codes = str(block.get("audio_codes", ""))
    if codes and task not in (FROM_WORDS, "cover"):
        raise InvalidValue("task", task, "text2music or cover where audio_codes are given")
    read_codes(codes)


def _check_source(block: Mapping[str, object], task: str, words: FileWords) -> None:
    if task == FROM_WORDS or block.get("audio_codes"):
        return
    source, region = str(block.get("source_audio", "")), block.get("region")
    if not source:
        raise NoSource(task, words.audio)
    if isinstance(region, Sequence) and task in WITH_REGION:
        _check_region(float(region[0]), float(region[1]), Path(source).expanduser())


def _check_region(start_s: float, end_s: float, source: Path) -> None:
    given = [start_s, end_s]
    if end_s - start_s < _SHORTEST_REGION_S:
        raise InvalidValue("region", given, f"at least {_SHORTEST_REGION_S} seconds long")
    length_s = audio_length_s(source)
    if length_s is not None and (start_s >= length_s or end_s > length_s + _HEADER_ERROR_S):
        raise InvalidValue("region", given, f"inside the source, which is {length_s:.6g} seconds long")


def _check_tracks(block: Mapping[str, object], task: str) -> None:
    stems = block.get("stems")
    if task in WITH_TRACKS and not isinstance(stems, list):
        raise InvalidValue("stems", "", f"at least one of {', '.join(TRACKS)} for the task {task}")
    if task in (*WITH_TRACKS, "complete") and isinstance(stems, list):
        unknown = [name for name in stems if name not in TRACKS]
        if unknown:
            raise InvalidValue("stems", ", ".join(unknown), f"among {', '.join(TRACKS)} for the task {task}")

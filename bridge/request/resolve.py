"""Merges all sources of a request into one complete, checked job spec.

Precedence from lowest to highest: the block's defaults, words inside `genres` (for tempo, key and meter), a preset,
the client's own block, the DAW's state (or the project's saved Live set, as long as no DAW has sent any), the
request's own keys.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.request.block import defaults, overlay, prompt_text, read_words, replace_words
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import LOOP, PLAYHEAD, JobSpec
from bridge.request.length import settle_length
from bridge.request.presets.presets import Presets, apply_preset
from bridge.request.regeneration import as_the_song_is_now
from bridge.request.saved_live_set import with_saved_set
from bridge.request.session_state import SessionState
from bridge.request.trigger import Trigger
from engine.contract import AUTO, EngineInfo
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Key, Meter, TempoMap
from engine.music.tempo import check_bpm
from engine.registry import SKETCH, check_model, choose, no_remote
from engine.remote.remote_engine import FindRemote

DEFAULT_TEMPO_BPM = 120.0
DEFAULT_METER = Meter(4, 4)
MIN_LENGTH_S = 0.1
MAX_LENGTH_S = 600.0
"""The longest piece that ACE-Step 1.5 makes; it also keeps one take within a desktop computer's memory."""


class NoGenres(InvalidValue):
    """The request has no genres, and neither tempo nor key to look some up by."""

    def __init__(self) -> None:
        StemBridgeError.__init__(
            self, "genres are missing: say styles, instruments and mood, or a tempo or key to choose them by."
        )
        self.name, self.given, self.allowed = "genres", "", "styles, instruments and mood"


class Resolver:
    """Turns triggers into job specs, using the user's presets and genre map."""

    def __init__(
        self,
        presets: Presets,
        genre_map: GenreMap,
        models_dir: Path | None = None,
        find_remote: FindRemote = no_remote,
    ) -> None:
        self._presets = presets
        self._models_dir = models_dir
        self._find_remote = find_remote
        self._genre_map = genre_map

    def resolve(self, trigger: Trigger, state: SessionState) -> JobSpec:
        """Return the complete request.

        Raises
        ------
        InvalidValue
            If a value is missing or values contradict each other; the sentence names them.
        EngineUnavailable
            If the requested engine cannot run here.
        """
        block = overlay(self._base(trigger, state), trigger.block)
        state, notices = with_saved_set(state, _start(trigger, state, block))
        info = choose(str(block.get("engine", "auto")), self._models_dir, self._find_remote)
        music = _Music.settle(trigger.block, state, block)
        genres, more = self._genres(block, music)
        complete = defaults() | block | music.as_block()
        complete["genres"] = replace_words(genres, music.given_tempo, music.key, music.given_meter)
        loop_beats = state.loop[1] if state.loop and _is_open(block, trigger) else None
        length = settle_length(block, music.tempo_map, music.meter, trigger, loop_beats)
        complete |= {"bars": length.bars, "ending": length.ending}
        complete |= {"engine": info.name, "model": _model(block, info)}
        complete["seed"] = block.get("seed", _new_seed())
        base64 = bool(complete.pop("base64", False))
        if "output_seconds" not in block:
            complete.pop("output_seconds", None)
        check_model(info, str(complete["model"]), str(complete["task"]), self._models_dir)
        _check_stems(info, complete["stems"])
        spec = JobSpec(
            engine=info.name,
            block=complete,
            prompt=prompt_text(genres, music.tempo_map.points[0].bpm, music.key, music.meter),
            start_beat=_start(trigger, state, block),
            start_seconds=trigger.start_seconds,
            project=str(state.project) if state.project else None,
            into=trigger.into,
            daw=state.daw,
            notices=[*notices, *more, *length.notices],
            base64=base64,
            follows=_follows(trigger, state, block),
            song=state.song(),
        )
        _check_length(spec)
        return spec

    def _base(self, trigger: Trigger, state: SessionState) -> dict[str, object]:
        """Return the block under the request's own keys: the client's, under the request's preset if it names one."""
        name = trigger.block.get("preset")
        return apply_preset(state.block, self._presets.get(str(name))) if name else state.block

    def regenerate(self, spec: JobSpec, state: SessionState, change: Trigger, stem: str = "") -> JobSpec:
        """Return the request of `spec` as the song is now, with another seed.

        With `stem`, that stem alone gets another seed and goes into the mix last; as long as the song is as it was,
        all others stay as they are, to the bit.

        Raises
        ------
        InvalidValue
            If the request does not fit the song any more, its engine cannot make one stem again, or has no such stem.
        """
        seeds = _new_seeds(spec, change, stem)
        state = replace(
            state,
            daw=state.daw or spec.daw,
            project=state.project or (Path(spec.project) if spec.project else None),
        )
        now = with_saved_set(state, spec.start_beat)[0]
        if stem:  # it replaces one stem of a take, which stays in its place
            now = replace(now, position=None, loop=None)
        trigger = as_the_song_is_now(spec, now, change)
        if trigger is None:
            return replace(spec, daw=state.daw, project=str(state.project) if state.project else None).with_block(
                seeds
            )
        again = self.resolve(trigger, state)
        return replace(again, base64=spec.base64).with_block({"seed": spec.block["seed"], **seeds})

    def _genres(self, block: Mapping[str, object], music: _Music) -> tuple[str, list[str]]:
        """Return the requested genres, or those of the tempo/key map with a notice about it."""
        genres = str(block.get("genres", "")).strip()
        if genres:
            return str(block["genres"]), []
        if music.given_tempo is None and music.key is None:
            raise NoGenres
        chosen = self._genre_map.lookup(music.tempo_map.points[0].bpm, music.key)
        return chosen.genres, [f"Genres taken from the {chosen.origin} tempo/key map: {chosen.genres}."]


@dataclass(frozen=True, slots=True)
class _Music:
    """Tempo, meter and key of a request; `given_…` is None where only the default applies."""

    tempo_map: TempoMap
    given_tempo: float | None
    meter: Meter
    given_meter: Meter | None
    key: Key | None

    @classmethod
    def settle(cls, own: Mapping[str, object], state: SessionState, block: Mapping[str, object]) -> _Music:
        """Pick each value from the first source that has it: request, DAW state, block, words in the genres."""
        words = read_words(str(block.get("genres", "")))
        tempo_map = cls._tempo_map(own, state, block, words.tempo)
        meters = (own.get("time_signature"), state.meter, block.get("time_signature"), words.meter)
        meter = next((Meter.parse(str(m)) for m in meters if m), None)
        keys = (own.get("key"), state.key, block.get("key"), words.key)
        key = next((Key.parse(str(k)) for k in keys if k), None)
        told = tempo_map.points[0].bpm if tempo_map else None
        return cls(tempo_map or TempoMap.constant(DEFAULT_TEMPO_BPM), told, meter or DEFAULT_METER, meter, key)

    @staticmethod
    def _tempo_map(
        own: Mapping[str, object], state: SessionState, block: Mapping[str, object], word_bpm: float | None
    ) -> TempoMap | None:
        for source in (own, None, block):
            if source is None:
                if state.tempo_map is not None:
                    return state.tempo_map
                if state.tempo is not None:
                    return TempoMap.constant(state.tempo)
            elif source.get("tempo_map"):
                return TempoMap.parse(source["tempo_map"])
            elif source.get("tempo"):
                return TempoMap.constant(check_bpm(source["tempo"]))
        return TempoMap.constant(word_bpm) if word_bpm else None

    def as_block(self) -> dict[str, object]:
        points = self.tempo_map.points
        return {
            "tempo": points[0].bpm,
            "tempo_map": [] if len(points) == 1 else self.tempo_map.to_json(),
            "time_signature": str(self.meter),
            "key": str(self.key) if self.key else "",
        }


def _new_seeds(spec: JobSpec, change: Trigger, stem: str) -> dict[str, object]:
    """Return the keys of the block that change with another seed, of all or of one stem."""
    if not stem:
        return {"seed": change.block.get("seed", _new_seed())}
    if spec.engine != SKETCH.name:
        raise InvalidValue("engine", spec.engine, f"“{SKETCH.name}” to make one stem anew")
    _check_stems(SKETCH, [stem])
    others = {name: seed for name, seed in spec.block["stem_seeds"].items() if name != stem}
    return {"stem_seeds": {**others, stem: _new_seed()}}


def _new_seed() -> int:
    return secrets.randbelow(2**32)


def _start(trigger: Trigger, state: SessionState, block: Mapping[str, object]) -> float:
    if trigger.start_beat is not None:
        return trigger.start_beat
    return state.loop[0] if state.loop and _is_open(block, trigger) else state.playhead_beats


def _follows(trigger: Trigger, state: SessionState, block: Mapping[str, object]) -> str:
    """Return which place of the session the start is, "" where the request has named one."""
    if trigger.start_beat is not None:
        return trigger.follows
    return LOOP if state.loop and _is_open(block, trigger) else PLAYHEAD


def _is_open(block: Mapping[str, object], trigger: Trigger) -> bool:
    """Return True if the request gives neither start nor length, so that an active loop sets both."""
    return trigger.start_beat is None and "bars" not in block and "output_seconds" not in block


def _check_length(spec: JobSpec) -> None:
    seconds = spec.tempo_map.seconds(spec.length_beats)
    if not MIN_LENGTH_S <= seconds <= MAX_LENGTH_S:
        at = f"{spec.block['bars']:g} bars of {spec.meter} at {spec.block['tempo']:g} BPM ({seconds:.3g} s)"
        raise InvalidValue("length", at, f"{MIN_LENGTH_S:g}–{MAX_LENGTH_S:g} seconds")


def _model(block: Mapping[str, object], info: EngineInfo) -> str:
    """Return the requested model, or the engine's first one if none or "auto" was requested."""
    asked = str(block.get("model", ""))
    return info.models[0] if asked in ("", AUTO) else asked


def _check_stems(info: EngineInfo, stems: object) -> None:
    """Refuse unknown stems now, instead of when the engine starts."""
    unknown = [name for name in stems if name not in info.stems] if isinstance(stems, list) else []
    if unknown:
        raise InvalidValue(
            "stems", ", ".join(unknown), f"among {', '.join(info.stems)} with the engine “{info.name}”"
        )

"""Merges all sources of a request into one complete, checked job spec.

Precedence from lowest to highest: defaults (of the model, the style, or the door), words inside `genres` (for tempo,
key and meter), a preset, the client's own block, the DAW's state (or the project's saved Live set, as long as no DAW
has sent any), the request's own keys. Every value keeps its origin; what nobody said stays absent, but for what the
grid needs: tempo, meter and length.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.request.block import prompt_text, read_words, replace_words
from bridge.request.capability_check import capability_notices, check_stems
from bridge.request.early_refusals import check_early
from bridge.request.genre_map.genre_map import GenreMap
from bridge.request.job_spec import LOOP, PLAYHEAD, JobSpec
from bridge.request.layers import Layers, Origins, complete_block
from bridge.request.length import DEFAULT_DAW_BARS, settle_length
from bridge.request.meters import meters_block, settled_meters
from bridge.request.presets.presets import Presets
from bridge.request.regeneration import as_the_song_is_now
from bridge.request.saved_live_set import with_saved_set
from bridge.request.session_state import SessionState
from bridge.request.style_homes import StyleHomes
from bridge.request.trigger import Trigger
from bridge.request.unsaid import FROM_WORDS, chosen_sentence, chosen_words, holds
from bridge.request.untold_meters import untold_meters
from engine.contract import AUTO, EngineInfo
from engine.errors import InvalidValue, StemBridgeError
from engine.music import Key, Meter, MeterMap, TempoMap
from engine.music.tempo import check_bpm
from engine.origin import Origin
from engine.registry import ACE_STEP, SKETCH, check_model, choose, no_remote
from engine.remote.remote_engine import FindRemote

if TYPE_CHECKING:
    from engine.sketch.home import StyleHome

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
        homes: StyleHomes | None = None,
    ) -> None:
        self._homes = homes or StyleHomes()
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
        block = self._layers(trigger, state)
        state, notices = with_saved_set(state, _start(trigger, state, block))
        info = choose(str(block.get("engine", "auto")), self._models_dir, self._find_remote)
        given = _Music.settle(Layers().over(trigger.block, trigger.origin), state, block)
        genres, more = self._genres(block, given, trigger)
        seed, task = _seed(block), str(block.get("task", FROM_WORDS))
        home = self._homes.of(genres) if task == FROM_WORDS else None
        music = given.at_home(home, info, seed)
        loop = (state.loop[1], state.origin_of("bars")) if state.loop and _is_open(block, trigger) else None
        usual = home.bars if home and holds(home, info.name) else DEFAULT_DAW_BARS
        length = settle_length(block, music.tempo_map, music.meters, trigger, loop=loop, usual=usual)
        decided = {
            **music.as_block(),
            "genres": replace_words(genres, music.given_tempo, given.key, music.given_meter),
            "bars": length.bars,
            "ending": length.ending,
            **meters_block(music.meters, length.bars),
            "engine": info.name,
            "model": _model(block, info),
            "seed": seed,
        }
        complete = complete_block(block, info, decided, {**music.origin, "bars": length.origin})
        check_model(info, str(complete["model"]), task, self._models_dir)
        check_stems(info, complete.get("stems"))
        unkept = capability_notices(info, complete, self._models_dir)
        check_early(complete, info, self._models_dir, trigger.file_words)
        more += [*_on_style(home, info, given, music), *unkept]
        spec = JobSpec(
            engine=info.name,
            block=dict(complete),
            origin={name: str(source) for name, source in complete.origin.items()},
            prompt=prompt_text(genres, music.tempo_map.points[0].bpm, music.key, music.meters.first),
            start_beat=_start(trigger, state, block),
            start_seconds=trigger.start_seconds,
            project=str(state.project) if state.project else None,
            into=trigger.into,
            daw=state.daw,
            notices=[*notices, *more, *length.notices],
            base64=bool(block.get("base64", False)),
            follows=_follows(trigger, state, block),
            song=state.song(),
        )
        _check_length(spec)
        return replace(spec, notices=[*spec.notices, *untold_meters(spec, state)])

    def _layers(self, trigger: Trigger, state: SessionState) -> Layers:
        """Return what was said: the door's defaults, the client's block, the request's preset, its own keys."""
        layers = Layers().over(trigger.defaults, Origin.DEFAULT).over(state.block, state.block_origin)
        name = trigger.block.get("preset")
        if name:
            layers = layers.under_preset(self._presets.get(str(name)))
        return layers.over(trigger.block, trigger.origin)

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
        seeds_from = Origin.USER if stem or "seed" in change.block else Origin.DEFAULT
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
            same = replace(spec, daw=state.daw, project=str(state.project) if state.project else None)
            return same.with_block(seeds, seeds_from)
        again = self.resolve(trigger, state).with_block({"seed": spec.block["seed"]})
        return replace(again, base64=spec.base64).with_block(seeds, seeds_from)

    def _genres(self, block: Mapping[str, object], music: _Music, trigger: Trigger) -> tuple[str, list[str]]:
        """Return the requested genres, or those of the tempo/key map with a notice about it."""
        genres = str(block.get("genres", "")).strip()
        if genres:
            return str(block["genres"]), []
        if trigger.needs_genres and music.given_tempo is None and music.key is None:
            raise NoGenres
        chosen = self._genre_map.lookup(music.tempo_map.points[0].bpm, music.key)
        return chosen.genres, [f"Genres taken from the {chosen.origin} tempo/key map: {chosen.genres}."]


@dataclass(frozen=True, slots=True)
class _Music:
    """Tempo, meter and key of a request; `given_…` is None where nobody said it. `origin` is by key of the block."""

    tempo_map: TempoMap
    given_tempo: float | None
    meters: MeterMap
    given_meters: MeterMap | None
    key: Key | None
    origin: Origins

    @classmethod
    def settle(cls, own: Layers, state: SessionState, block: Layers) -> _Music:
        """Pick each value from the first source that has it: request, DAW state, block, words in the genres."""
        words = read_words(str(block.get("genres", "")))
        tempo_map, tempo_from = cls._tempo_map(own, state, block, words.tempo)
        meters, meters_from = settled_meters(own, state, block, words.meter)
        key, key_from = _first("key", own, state.key, state, block, words.key)
        told = tempo_map.points[0].bpm if tempo_map else None
        return cls(
            tempo_map or TempoMap.constant(DEFAULT_TEMPO_BPM),
            told,
            meters or MeterMap.constant(DEFAULT_METER),
            meters,
            Key.parse(key) if key else None,
            {
                **dict.fromkeys(("tempo", "tempo_map"), tempo_from),
                **dict.fromkeys(("time_signature", "meter_map"), meters_from),
                "key": key_from,
            },
        )

    @staticmethod
    def _tempo_map(
        own: Layers, state: SessionState, block: Layers, word_bpm: float | None
    ) -> tuple[TempoMap | None, Origin]:
        for source in (own, None, block):
            if source is None:
                if state.tempo_map is not None:
                    return state.tempo_map, state.origin_of("tempo_map")
                if state.tempo is not None:
                    return TempoMap.constant(state.tempo), state.origin_of("tempo")
            elif source.get("tempo_map"):
                return TempoMap.parse(source["tempo_map"]), source.origin["tempo_map"]
            elif source.get("tempo"):
                return TempoMap.constant(check_bpm(source["tempo"])), source.origin["tempo"]
        return (TempoMap.constant(word_bpm), Origin.USER) if word_bpm else (None, Origin.DEFAULT)

    def at_home(self, home: StyleHome | None, info: EngineInfo, seed: int) -> _Music:
        """Return the music with what its style has where nobody said otherwise.

        The key is left to the sketch engine, which draws it among the style's own, too.
        """
        if home is None or not holds(home, info.name):
            return self
        origin = dict(self.origin)
        tempo_map, meters, key = self.tempo_map, self.meters, self.key
        if self.given_tempo is None:
            tempo_map = TempoMap.constant(home.bpm)
            origin |= {"tempo": Origin.STYLE, "tempo_map": Origin.STYLE}
        if self.given_meters is None:
            meters, origin["time_signature"] = MeterMap.constant(home.meter), Origin.STYLE
        if key is None and info.name == ACE_STEP:
            key, origin["key"] = home.key_of(seed), Origin.STYLE
        return replace(self, tempo_map=tempo_map, meters=meters, key=key, origin=origin)

    @property
    def given_meter(self) -> Meter | None:
        return self.given_meters.first if self.given_meters else None

    def as_block(self) -> dict[str, object]:
        points = self.tempo_map.points
        return {
            "tempo": points[0].bpm,
            **({} if len(points) == 1 else {"tempo_map": self.tempo_map.to_json()}),
            **({"key": str(self.key)} if self.key else {}),
        }


def _first(
    name: str, own: Layers, of_session: object, state: SessionState, block: Layers, in_words: object
) -> tuple[str, Origin]:
    """Return the first value of a music key that is not empty, as text, and its origin."""
    sources = (
        (own.get(name), own.origin.get(name, Origin.USER)),
        (of_session, state.origin_of(name)),
        (block.get(name), block.origin.get(name, Origin.USER)),
        (in_words, Origin.USER),
    )
    return next(((str(value), origin) for value, origin in sources if value), ("", Origin.DEFAULT))


def _on_style(home: StyleHome | None, info: EngineInfo, given: _Music, music: _Music) -> list[str]:
    """Return sentences on what was chosen where nobody said it, and on a tempo that is far from the style's."""
    if home is None:
        return []
    chosen = chosen_words(
        None if given.given_tempo is not None else music.tempo_map.points[0].bpm,
        None if given.given_meters is not None or music.meters.first == DEFAULT_METER else music.meters.first,
        music.key if given.key is None else None,
    )
    far = home.about(given.given_tempo) if given.given_tempo is not None else ""
    return [*filter(None, (chosen_sentence(home, info.name, chosen), far))]


def _new_seeds(spec: JobSpec, change: Trigger, stem: str) -> dict[str, object]:
    """Return the keys of the block that change with another seed, of all or of one stem."""
    if not stem:
        return {"seed": change.block.get("seed", _new_seed())}
    if spec.engine != SKETCH.name:
        raise InvalidValue("engine", spec.engine, f"“{SKETCH.name}” to make one stem anew")
    check_stems(SKETCH, [stem])
    others = {name: seed for name, seed in spec.value("stem_seeds").items() if name != stem}
    return {"stem_seeds": {**others, stem: _new_seed()}}


def _seed(block: Layers) -> int:
    seed = block.get("seed")
    return seed if isinstance(seed, int) else _new_seed()


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
        meters = " and ".join(map(str, spec.meters.meters[:3]))
        at = f"{spec.block['bars']:g} bars of {meters} at {spec.block['tempo']:g} BPM ({seconds:.3g} s)"
        raise InvalidValue("length", at, f"{MIN_LENGTH_S:g}–{MAX_LENGTH_S:g} seconds")


def _model(block: Mapping[str, object], info: EngineInfo) -> str:
    """Return the requested model, or the engine's first one if none or "auto" was requested."""
    asked = str(block.get("model", ""))
    return info.models[0] if asked in ("", AUTO) else asked

"""Tracks the beats of audio, with the requested tempo and meter as prior."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from engine.align.track.accents import NEAR, Accents, accents_of, at_places, beat_phases, moments, wrapped
from engine.align.track.analysis import Analysis, analyse
from engine.align.track.bar_pulses import BarPulses
from engine.align.track.beats import Beats, Marks, no_beats
from engine.align.track.blocks import blocks_of
from engine.align.track.metre import find_downbeat
from engine.align.track.path import find_path, strengths
from engine.music.tempo import check_bpm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.contract import Audio
    from engine.music import Meter, MeterMap

    Times = NDArray[np.float64]

_FEWEST_ATTACKS = 4
_FEWEST_BEATS = 3
_TEMPOS = (
    (Fraction(1), 1.0),
    (Fraction(1), 0.86),
    (Fraction(1), 1.16),
    (Fraction(2, 3), 1.0),
    (Fraction(3, 2), 1.0),
    (Fraction(3, 4), 1.0),
    (Fraction(4, 3), 1.0),
)
"""(relation to the requested tempo, factor besides) of the tempos that are tried in turn until one is trusted."""
_TRUSTED = 0.85
_MUCH_BETTER = 0.15  # trust that a less likely tempo must gain
_SLOW_BPM, _FAST_BPM = 75.0, 165.0  # beyond these, music may be in double or half time of the requested tempo
_AS_HEAVY = 0.5  # off-beats heavier than this share of the beats mean double time; alternate beats lighter, half time
_PLACES = 4  # clusters of attacks in a pulse, at most
_BEAT_WIDTH = 0.09  # pulses: a cluster within this distance of the beat is the beat itself
_AGREES = 0.04  # pulses: an attack within this distance of its place supports the beats
_AROUND = 2  # pulses on either side whose attacks support a beat
_DOUBT = 0.5  # strength around a beat at which its confidence is halved
_EARLY = 0.15  # pulses by which a downbeat may precede the first sound, or the clip
_WEAKEST = 0.05  # strength of an attack that counts as a sound


def track_beats(
    audio: Audio | Mapping[str, Audio],
    sample_rate: int,
    bpm: float,
    meter: Meter,
    meter_map: MeterMap | None = None,
) -> Beats:
    """Track the beats of `audio`, float32 [shape=(frames, channels)], or of stems by name, in `meter` or a map of it.

    `bpm` (quarter notes per minute) is the audio's nominal tempo. Tempos within ±8 % are tried first, then those
    within ±24 % and at 2/3, 3/4, 4/3 and 3/2 of it. In half and double time the beats stay those of `bpm`.

    Raises
    ------
    InvalidValue
        If the tempo, the sample rate or the samples cannot be used.
    """
    return beats_of(analyse(blocks_of(audio, sample_rate), sample_rate), bpm, meter, meter_map)


def beats_of(analysis: Analysis, bpm: float, meter: Meter, meter_map: MeterMap | None = None) -> Beats:
    """Track the beats of a clip from its analysis; `bpm`, `meter` and `meter_map` are those of `track_beats`."""
    check_bpm(bpm, "bpm")
    strength = strengths(analysis)
    audible = np.flatnonzero(strength > _WEAKEST)
    first_sound_s = float(analysis.attacks.times_s[audible[0]]) if audible.size else 0.0
    best = no_beats(meter, bpm, first_sound_s, analysis.length_s)
    bars = BarPulses.of(meter, meter_map)
    if audible.size < _FEWEST_ATTACKS:
        return best
    for relation, centre in _TEMPOS:
        found = _at_tempo(analysis, strength, bars, bpm, relation, centre, first_sound_s)
        if found is not None and found.trust > best.trust + (_MUCH_BETTER if len(best.times_s) else 0.0):
            best = found
        if best.trust >= _TRUSTED:
            break
    return best


def _at_tempo(
    analysis: Analysis,
    strength: NDArray[np.float32],
    bars: BarPulses,
    bpm: float,
    relation: Fraction,
    centre: float,
    first_sound_s: float,
) -> Beats | None:
    """Track within ±8 % of `relation` · `centre` · `bpm`; None if there are too few beats."""
    pulse = bars.pulse_beats / relation
    period_s = 60.0 / (bpm * centre) * float(pulse)
    beats_s = find_path(analysis.attacks.times_s, strength, analysis.length_s, period_s)
    if len(beats_s) < _FEWEST_BEATS:
        return None
    accents = accents_of(analysis, strength.astype(np.float64), beats_s)

    def first_bar(place: float) -> float:
        return _first_downbeat(accents.beats_s, place, bars.first, first_sound_s, analysis.length_s)

    downbeat = first_bar(find_downbeat(analysis, accents, bars, first_bar))
    grid = _BeatGrid(accents, downbeat, pulse, bars, first_sound_s, analysis.length_s)
    usable = len(grid.numbers) >= _FEWEST_BEATS and 0 in grid.numbers
    return grid.beats(bpm, relation) if usable else None


def _first_downbeat(path_s: Times, place: float, bar_pulses: int, first_sound_s: float, length_s: float) -> float:
    """Return the start of the first bar that sounds in its first half; earlier sounds are a pick-up."""
    period_s = float(np.median(np.diff(path_s)))
    bars = place + bar_pulses * np.arange(-2, len(path_s) // bar_pulses + 3)
    sounding_s = first_sound_s - (bar_pulses / 2 - _EARLY) * period_s
    bars_s = moments(np.asarray(bars, np.float64), path_s)
    begins = (bars_s >= max(-_EARLY * period_s, sounding_s)) & (bars_s < length_s)
    # A clip so short that it has no downbeat starts from its first beat.
    return float(bars[np.argmax(begins)]) if begins.any() else place % 1.0


class _BeatGrid:
    """The beats numbered from the first downbeat, which lies at `downbeat` on the path (in path beats)."""

    def __init__(
        self,
        accents: Accents,
        downbeat: float,
        pulse: Fraction,
        bars: BarPulses,
        first_sound_s: float,
        length_s: float,
    ) -> None:
        self.accents, self.pulse, self.bars, self.downbeat = accents, pulse, bars, downbeat
        self.first_sound_s, self.length_s = first_sound_s, length_s
        path_s = accents.beats_s
        period_s = float(np.median(np.diff(path_s)))
        whole = np.arange(-len(path_s) - 8, 2 * len(path_s) + 8)
        times_s = moments(np.asarray(self.downbeat + whole, np.float64), path_s)
        inside = (times_s >= -_EARLY * period_s) & (times_s < length_s)
        self.numbers, self.coarse_s = whole[inside], times_s[inside]

    def beats(self, bpm: float, relation: Fraction) -> Beats:
        """Return the tracker's result for this grid; `relation` is that of its tempo to `bpm`."""
        position = self.accents.position - self.downbeat
        # Clusters near the beat are the beat itself; the others are numbered by strength.
        others = wrapped(beat_phases(self.accents, _PLACES) - self.downbeat % 1.0)
        phases = np.concatenate([[0.0], others[np.abs(others) > _BEAT_WIDTH] % 1.0])
        away = wrapped(position[:, None] - phases)
        nearest = np.argmin(np.abs(away), axis=1)
        away = away[np.arange(len(away)), nearest]
        times_s = self._refined(position)
        tempo = 60.0 * float(self.pulse) * (len(times_s) - 1) / (times_s[-1] - times_s[0])
        return Beats(
            times_s=times_s,
            confidence=self._confidence(position, away, len(phases)),
            pulse_beats=self.pulse,
            bar_pulses=self.bars.first,
            bar_lines=self.bars.lines,
            first_downbeat=int(np.flatnonzero(self.numbers == 0)[0]),
            requested_bpm=bpm,
            tempo_bpm=tempo,
            tempo_relation=relation * self._level(bpm * float(relation)),
            marks=self._marks(position, away, nearest),
            first_sound_s=self.first_sound_s,
            length_s=self.length_s,
        )

    def _level(self, bpm: float) -> Fraction:
        """Return 2 for double time, 1/2 for half time, else 1; decided only where `bpm` is unusually slow or fast."""
        beats = np.arange(self.downbeat % 2.0, len(self.accents.beats_s) - 0.5)
        if len(beats) < 2:
            return Fraction(1)
        weight = self.accents.low + self.accents.mid
        on, off = (at_places(self.accents, weight, beats + shift) for shift in (0.0, 0.5))
        if bpm < _SLOW_BPM and off.mean() > _AS_HEAVY * on.mean():
            return Fraction(2)
        first, second = sorted((float(on[::2].mean()), float(on[1::2].mean())))
        return Fraction(1, 2) if bpm > _FAST_BPM and first < _AS_HEAVY * second else Fraction(1)

    def _marks(self, position: Times, away: Times, classes: NDArray[np.intp]) -> Marks:
        strength = self.accents.strength
        used = (np.abs(away) <= NEAR) & (strength > _WEAKEST)
        return Marks(
            beats=(position - away)[used] * float(self.pulse),
            classes=classes[used],
            times_s=self.accents.times_s[used],
            weights=np.minimum(strength[used], 1.0),
        )

    def _refined(self, position: Times) -> Times:
        """Move each beat to the strongest attack near it."""
        times_s = self.coarse_s.copy()
        beat = np.round(position).astype(np.intp)
        order = np.argsort(self.accents.strength)
        near = order[np.abs(position - beat)[order] <= _AGREES]
        index = np.searchsorted(self.numbers, beat[near])
        known = (index < len(self.numbers)) & (self.numbers[np.minimum(index, len(self.numbers) - 1)] == beat[near])
        times_s[index[known]] = self.accents.times_s[near[known]]
        return times_s

    def _confidence(self, position: Times, away: Times, places: int) -> Times:
        """Return the share of strength around each beat that lies at the clusters, corrected for chance, 0–1."""
        strength = self.accents.strength
        agreeing = np.where(np.abs(away) <= _AGREES, strength, 0.0)
        order = np.argsort(position)
        sums = np.concatenate([np.zeros((2, 1)), np.cumsum([strength[order], agreeing[order]], axis=1)], axis=1)
        first = np.searchsorted(position[order], self.numbers - _AROUND - 0.5)
        last = np.searchsorted(position[order], self.numbers + _AROUND + 0.5)
        total, good = sums[:, last] - sums[:, first]
        chance = 2 * _AGREES * places
        share = good / np.maximum(total, 1e-9)
        enough = total / (total + _DOUBT)
        return np.asarray(np.clip((share - chance) / (1 - chance), 0.0, 1.0) * enough)

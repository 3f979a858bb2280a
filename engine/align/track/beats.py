"""The tracker's result: the beats of a clip, their confidence, and the attacks that support them."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.music import Meter

    Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Attacks at the places within the beat where attacks cluster: the points that a map is fitted to.

    Attributes:
        beats: the place of each attack in quarter notes from the first downbeat [shape=(marks,)].
        classes: number of the cluster within the beat, 0 for the beat itself; others may be off any grid (swing).
        times_s: beginning of each attack in seconds from the clip's first frame, rising.
        weights: above 0; 1 is a typical strong attack.
    """

    beats: Times
    classes: NDArray[np.intp]
    times_s: Times
    weights: Times


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """The beats of a clip, in order [shape=(beats,) each].

    Attributes:
        times_s: seconds from the clip's first frame; the outermost may lie a little outside it.
        confidence: 0 (a guess) to 1 (attacks around it agree to a few milliseconds).
        pulse_beats: quarter notes from one beat to the next (6/8: 1/2).
        bar_pulses: beats in a bar; in the first one where `bar_lines` has others.
        first_downbeat: index of the downbeat that the music starts from; −1 if there are no beats.
        requested_bpm: the requested tempo in quarter notes per minute.
        tempo_bpm: the mean tempo found; None if there are no beats.
        tempo_relation: the clip's tempo over the requested one: 1, or a simple ratio such as 2 or 2/3. For 1/2 and 2
            the beats here are still those of the requested tempo.
        marks: the attacks that a map can be fitted to.
        first_sound_s: time of the first attack; 0 if there is none.
        length_s: length of the clip.
        bar_lines: bar lines in beats from the first downbeat, where bars differ; empty if they do not.
    """

    times_s: Times
    confidence: Times
    pulse_beats: Fraction
    bar_pulses: int
    first_downbeat: int
    requested_bpm: float
    tempo_bpm: float | None
    tempo_relation: Fraction
    marks: Marks
    first_sound_s: float
    length_s: float
    bar_lines: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))

    @property
    def beats(self) -> Times:
        """Places of the beats in quarter notes from the first downbeat [shape=(beats,)]."""
        return np.asarray((np.arange(len(self.times_s)) - self.first_downbeat) * float(self.pulse_beats), np.float64)

    @property
    def trust(self) -> float:
        """Mean confidence of the beats, 0–1, which decides how closely a map may follow them."""
        return float(self.confidence.mean()) if len(self.confidence) else 0.0


def pulse_of(meter: Meter) -> tuple[Fraction, int]:
    """Return (quarter notes per pulse, pulses per bar) for tracking music in `meter`.

    The pulse is the meter's own beat, but no longer than a quarter note; beats shorter than an eighth are joined in
    pairs up to an eighth, as long as whole pulses fill the bar.
    """
    pulse, count = Fraction(4, meter.denominator), meter.numerator
    while pulse > 1:
        pulse, count = pulse / 2, count * 2
    while pulse < Fraction(1, 2) and count % 2 == 0:
        pulse, count = pulse * 2, count // 2
    return pulse, count


def no_beats(meter: Meter, requested_bpm: float, first_sound_s: float, length_s: float) -> Beats:
    """Return the result for a clip without beats."""
    pulse, count = pulse_of(meter)
    empty = np.empty(0)
    return Beats(
        times_s=empty,
        confidence=empty,
        pulse_beats=pulse,
        bar_pulses=count,
        first_downbeat=-1,
        requested_bpm=requested_bpm,
        tempo_bpm=None,
        tempo_relation=Fraction(1),
        marks=Marks(empty, np.empty(0, np.intp), empty, empty),
        first_sound_s=first_sound_s,
        length_s=length_s,
    )

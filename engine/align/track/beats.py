"""What a tracker says of a clip: its beats, how sure each is, and the attacks that they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.music import Meter

    Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Attacks that lie where attacks gather within the beat: what a map can be fitted to.

    Attributes:
        beats: the place that the attack belongs to, in quarter notes from the first downbeat [shape=(marks,)].
        classes: which of the places in a beat that is, 0 for the beat itself; others may be on no grid (swing).
        times_s: when the attack begins, in seconds from the clip's first frame, rising.
        weights: above 0; 1 for a usual strong one.
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
        positions_in_bar: 0 is the first beat of a bar.
        pulse_beats: quarter notes from one beat to the next (6/8: 1/2).
        bar_pulses: beats in a bar.
        first_downbeat: index of the beat that the music starts from; −1 if there are no beats.
        downbeat_confidence: probability that "one" is right, 0–1.
        wanted_bpm: the tempo that was asked for, in quarter notes per minute.
        tempo_bpm: the mean tempo found; None if there was nothing to find it by.
        tempo_relation: tempo at which the clip seems to move over the wanted one: 1, or a simple ratio such as 2 or
            2/3. The beats here keep to the wanted tempo's level for 1/2 and 2.
        marks: the attacks that can be held on to.
        first_sound_s: when the clip first sounds; 0 if it never does.
        length_s: of the clip.
    """

    times_s: Times
    confidence: Times
    positions_in_bar: NDArray[np.intp]
    pulse_beats: Fraction
    bar_pulses: int
    first_downbeat: int
    downbeat_confidence: float
    wanted_bpm: float
    tempo_bpm: float | None
    tempo_relation: Fraction
    marks: Marks
    first_sound_s: float
    length_s: float

    @property
    def beats(self) -> Times:
        """Each beat's place in quarter notes from the first downbeat [shape=(beats,)]."""
        return np.asarray((np.arange(len(self.times_s)) - self.first_downbeat) * float(self.pulse_beats), np.float64)

    @property
    def trust(self) -> float:
        """Mean confidence of the beats, 0–1: how far a map may follow them."""
        return float(self.confidence.mean()) if len(self.confidence) else 0.0


def pulse_of(meter: Meter) -> tuple[Fraction, int]:
    """Return (quarter notes per beat, beats per bar) that `meter` is tracked by.

    The meter's own beats, but no longer than a quarter note, and for sixteenths and shorter ones the longest note
    up to an eighth that still gives whole bars.
    """
    pulse, count = Fraction(4, meter.denominator), meter.numerator
    while pulse > 1:
        pulse, count = pulse / 2, count * 2
    while pulse < Fraction(1, 2) and count % 2 == 0:
        pulse, count = pulse * 2, count // 2
    return pulse, count


def no_beats(meter: Meter, wanted_bpm: float, first_sound_s: float, length_s: float) -> Beats:
    """Return the answer for a clip that has nothing to track."""
    pulse, count = pulse_of(meter)
    empty = np.empty(0)
    return Beats(
        times_s=empty,
        confidence=empty,
        positions_in_bar=np.empty(0, np.intp),
        pulse_beats=pulse,
        bar_pulses=count,
        first_downbeat=-1,
        downbeat_confidence=0.0,
        wanted_bpm=wanted_bpm,
        tempo_bpm=None,
        tempo_relation=Fraction(1),
        marks=Marks(empty, np.empty(0, np.intp), empty, empty),
        first_sound_s=first_sound_s,
        length_s=length_s,
    )

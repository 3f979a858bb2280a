"""The critic: scores a take of a section by rules that come from listening tests.

- key clarity: the sounding time of each pitch class, correlated with the probe-tone profiles of Krumhansl and Kessler
  (C. L. Krumhansl, *Cognitive Foundations of Musical Pitch*, 1990) and with the pitch distributions that Albrecht and
  Shanahan counted (*The Use of Large Corpora to Train a New Type of Key-Finding Algorithm*, 2013): the lead of the
  intended key over all others, in whichever of the two sets it leads less.
- syncopation: moderate is preferred to none and to maximal (Witek et al. 2014, *Syncopation, Body-Movement and
  Pleasure in Groove Music*); the style defines the moderate range.
- register spacing, a lead that moves by step, over no more than a tenth or so, and a bass that meets the kick drum.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from engine.music import Key
from engine.music.key import MODES
from engine.sketch.compose.events import TickHit
from engine.sketch.compose.form import Section

ALBRECHT_MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
ALBRECHT_MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
KRUMHANSL_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
KRUMHANSL_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
CLEAR_LEAD = 0.3
WEIGHTS = {"key": 6.0, "syncopation": 1.5, "register": 0.5, "contour": 1.0, "kick": 2.0}


def judge(
    parts: Mapping[str, Sequence[TickHit]],
    kicks: Sequence[TickHit],
    key: Key,
    section: Section,
    band: tuple[float, float],
) -> float:
    """Score the pitched parts of a section, "bass", "chords" and "lead" among them; higher is better.

    `band` is the style's share of off-beat onsets, low and high.
    """
    pitched = [hit for hits in parts.values() for hit in hits]
    onsets = sorted({hit.start for hit in pitched})
    scores = {
        "key": key_lead(pitched, key),
        "syncopation": -_distance_outside(off_beat_share(onsets, section), band),
        "register": _spacing(parts),
        "contour": _contour(parts["lead"]),
        "kick": _kicks_met(parts["bass"], kicks),
    }
    return sum(WEIGHTS[name] * score for name, score in scores.items())


def key_lead(hits: Sequence[TickHit], key: Key) -> float:
    """Return the correlation with `key` minus the best other key's, −2 … 2, capped at `CLEAR_LEAD`."""
    sounding = [0.0] * 12
    for hit in hits:
        sounding[hit.pitch % 12] += hit.length
    return min(CLEAR_LEAD, *(_lead_in_profiles(sounding, key, profiles) for profiles in _PROFILES))


def _lead_in_profiles(sounding: Sequence[float], key: Key, profiles: Mapping[str, Sequence[float]]) -> float:
    own_mode = "major" if MODES[key.mode][2] == 4 else "minor"
    best_other, own = -1.0, -1.0
    for mode, profile in profiles.items():
        for tonic in range(12):
            likeness = _correlation(sounding, profile, tonic)
            if tonic == key.pitch_class and mode == own_mode:
                own = likeness
            else:
                best_other = max(best_other, likeness)
    return own - best_other


def off_beat_share(onsets: Sequence[int], section: Section) -> float:
    """Return the share of `onsets` (ticks) that are not on a beat group's start."""
    beats = {measure.start + group.start for measure in section.measures for group in measure.groups}
    return sum(onset not in beats for onset in onsets) / max(1, len(onsets))


def _standardised(profile: Sequence[float]) -> tuple[float, ...]:
    mean = sum(profile) / 12
    size = math.sqrt(sum((value - mean) ** 2 for value in profile))
    return tuple((value - mean) / size for value in profile)


_PROFILES = (
    {"major": _standardised(KRUMHANSL_MAJOR), "minor": _standardised(KRUMHANSL_MINOR)},
    {"major": _standardised(ALBRECHT_MAJOR), "minor": _standardised(ALBRECHT_MINOR)},
)


def _correlation(sounding: Sequence[float], profile: Sequence[float], tonic: int) -> float:
    mean = sum(sounding) / 12
    size = math.sqrt(sum((value - mean) ** 2 for value in sounding))
    product = sum(value * profile[(pitch - tonic) % 12] for pitch, value in enumerate(sounding))
    return product / size if size else 0.0


def _distance_outside(value: float, band: tuple[float, float]) -> float:
    return max(0.0, band[0] - value, value - band[1])


def _spacing(parts: Mapping[str, Sequence[TickHit]]) -> float:
    """Return 0 if the chords lie an octave above the bass and the lead a fifth above the chords, less if closer."""
    bass, chords, lead = (_mean_pitch(parts[name]) for name in ("bass", "chords", "lead"))
    return -(max(0.0, 12 - (chords - bass)) + max(0.0, 7 - (lead - chords))) / 12


def _mean_pitch(hits: Sequence[TickHit]) -> float:
    return sum(hit.pitch for hit in hits) / len(hits) if hits else 60.0


def _contour(lead: Sequence[TickHit]) -> float:
    """Return a score up to 1: high for steps rather than leaps or repeats, and a range of a sixth to a tenth."""
    if len(lead) < 3:
        return 0.0
    pitches = [hit.pitch for hit in lead]
    moves = [abs(after - before) for before, after in pairwise(pitches)]
    steps = sum(1 <= move <= 4 for move in moves) / len(moves)
    repeats = sum(move == 0 for move in moves) / len(moves)
    span = max(pitches) - min(pitches)
    return steps - max(0.0, repeats - 0.3) - _distance_outside(span, (9, 17)) / 6


def _kicks_met(bass: Sequence[TickHit], kicks: Sequence[TickHit]) -> float:
    """Return the share of kicks that coincide with a bass note."""
    starts = {hit.start for hit in bass}
    return sum(kick.start in starts for kick in kicks) / max(1, len(kicks))

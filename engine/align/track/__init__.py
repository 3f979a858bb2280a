"""Beat tracking: the times of the beats in audio, the downbeats, and a confidence. Nothing here changes audio.

`tracker` is the entry point: `analysis` makes one pass over the samples (`bands`, `attacks`, in `blocks`), `path`
follows the beats, `accents` and `metre` find the downbeats.
"""

from engine.align.track.analysis import Analysis, analyse
from engine.align.track.beats import Beats, Marks, pulse_of
from engine.align.track.tracker import beats_of, track_beats

__all__ = ["Analysis", "Beats", "Marks", "analyse", "beats_of", "pulse_of", "track_beats"]

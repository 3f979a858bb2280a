"""Beats in audio: where they are, which is the "one", and how sure that is. Nothing here changes audio.

`tracker` puts it together: `analysis` goes over the samples once (`bands`, `attacks`, in `blocks`), `path` follows
the beats, `accents` and `metre` find the bar.
"""

from engine.align.track.analysis import Analysis, analyse
from engine.align.track.beats import Beats, Marks, pulse_of
from engine.align.track.tracker import beats_of, track_beats

__all__ = ["Analysis", "Beats", "Marks", "analyse", "beats_of", "pulse_of", "track_beats"]

"""The proof of an alignment: onsets found anew in the finished audio, and their distance from the grid.

Nothing is shared with `engine.align.track`: a mistake there must not hide itself here.
"""

from engine.align.proof.grid import prove, prove_onsets
from engine.align.proof.onsets import Onsets, find_onsets

__all__ = ["Onsets", "find_onsets", "prove", "prove_onsets"]

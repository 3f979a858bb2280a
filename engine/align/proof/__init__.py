"""The proof of an alignment: onsets detected in the finished audio, and their distances from the grid.

Nothing is shared with `engine.align.track`: a mistake there must not go unnoticed here.
"""

from engine.align.proof.grid import prove_onsets
from engine.align.proof.onsets import Onsets, find_onsets

__all__ = ["Onsets", "find_onsets", "prove_onsets"]

"""The proof of an alignment: onsets found anew in the finished audio, and their distance from the grid.

Nothing is shared with `engine.align.track`: a mistake there must not hide itself here.
"""

from engine.align.proof.grid import prove

__all__ = ["prove"]

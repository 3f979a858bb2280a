"""Ableton Link, read at the moment of a trigger: join, read tempo and beat, leave.

The library (the extra `link`, GPL) is imported by a program of its own, `peer`, that the companion starts (`ask`) and
that ends when it has read: nothing of it is ever in the companion's process, and no tempo is ever set.
"""

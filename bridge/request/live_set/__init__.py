"""Reads tempo, meter and key of a saved Ableton Live set (`.als`, Live 9–12), without Live.

`document` reads the file's gzip and XML, `curve` tempo automation, `scale` keys, `liveset` all values together, and
`project` picks a project's set. Nothing here writes: a user's set is never changed.
"""

from bridge.request.live_set.liveset import SavedSet, read_set
from bridge.request.live_set.project import newest_set

__all__ = ["SavedSet", "newest_set", "read_set"]

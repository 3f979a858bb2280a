"""What a saved Ableton Live set (`.als`, Live 9–12) says of its tempo, meter and key, without Live.

What lives here: the file's outer form (`document`), tempo automation (`curve`), the values (`liveset`), and which set
of a project counts (`project`). What must not: writing. A user's set is never touched.
"""

from bridge.request.live_set.liveset import SavedSet, read_set
from bridge.request.live_set.project import newest_set

__all__ = ["SavedSet", "newest_set", "read_set"]

"""Places takes into Ardour's session files while the session is closed.

Belongs here: a session as a document (`session`), its tempo map's arithmetic (`tempo`), the elements of a track
(`track`), and placing a take (`place`). Does not belong here: communication with a running Ardour, which is the work
of `daw_scripts/ardour`.

The format is that of Ardour 7 and later, taken from its sources and from sessions that 7.3 has saved. Times are
superclock ticks, whose number per second is in the file; a length is written `a<ticks>@a<position>`.
"""

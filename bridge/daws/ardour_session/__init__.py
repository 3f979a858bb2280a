"""Ardour's session files: takes put into a session that is closed.

What lives here: a session as a document (`session`), its tempo map's arithmetic (`tempo`), the elements of a track
(`track`), and the deed itself (`place`). What must not: talking to a running Ardour, which `daw_scripts/ardour` does.

The form is that of Ardour 7 and later, read in its sources and in sessions that 7.3 has saved. Times are superclock
ticks, whose number per second is in the file; a length is written `a<ticks>@a<position>`.
"""

"""The companion's own folders and files: where they are, whose they are, and which companion runs.

What lives here: the folders, user files that are replaced as a whole, versions of file formats, the lock and the
file by which a running companion is known, heartbeats, start at login. What must not: anything about music.
"""

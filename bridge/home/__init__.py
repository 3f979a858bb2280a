"""The companion's own folders and files: their locations, their owners, and which companion is running.

Lives here: the folders, atomic writing of user files, versions of file formats, the lock and the file that identify
a running companion, heartbeats, messages for the user, start at login. Must not live here: anything about music.
"""

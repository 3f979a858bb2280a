"""The libraries that MIDI ports are opened with, all behind the names of python-rtmidi.

What lives here: what a library has to offer (`interface`), which one is taken (`choice`), and the three that are not
python-rtmidi: the system's own librtmidi (`librtmidi`), rtmidi2 (`rtmidi2_wheel`) and pylibremidi (`libremidi`).
What must not: what a port is for.
"""

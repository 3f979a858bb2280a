#!/usr/bin/env python3
"""Plays three notes into `stembridge midi monitor` through JACK, and fails unless all three are printed.

Run it with the Python that Stem Bridge is installed in, while a JACK server runs; fresh_debian.sh does.
"""

from __future__ import annotations

import json
import subprocess
import sys

from bridge.doors.midi.backends.choice import load_backend

NOTES = (60, 64, 67)
WAIT_S = 30.0


def main() -> int:
    """Play the notes; return the exit code."""
    backend = load_backend()
    library = backend.library
    print(f"MIDI through {backend.label}", flush=True)
    pads = library.MidiOut(library.API_UNIX_JACK, "check")
    pads.open_virtual_port("pads")
    command = [sys.executable, "-m", "bridge", "midi", "monitor", "--count", str(len(NOTES)), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as monitor:
        assert monitor.stderr is not None
        print(monitor.stderr.readline().strip(), flush=True)  # it listens once it has said so
        for note in NOTES:
            pads.send_message([0x90, note, 100])
        told, _ = monitor.communicate(timeout=WAIT_S)
    heard = [json.loads(line)["number"] for line in told.splitlines() if line.startswith("{")]
    print(told, end="")
    pads.delete()
    return 0 if heard == list(NOTES) else 1


if __name__ == "__main__":
    sys.exit(main())

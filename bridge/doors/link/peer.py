"""Joins a Link session for a moment, reads it, prints one line of JSON: `python -m bridge.doors.link.peer`.

A peer that joins takes over the tempo and the beat of the session. It would change them only by committing a state,
which is done nowhere here.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict

from bridge.doors.link.reading import LinkReading

INITIAL_BPM = 120.0
"""The tempo of this peer's own session, which it gives up for the tempo of the first peer it finds."""
POLL_S = 0.005
MISSING = 3
"""Exit code where the library is not installed, or cannot be loaded."""


def main(arguments: list[str]) -> int:
    """Read the session; print null if no peer is found.

    `arguments` are the seconds to wait for peers, and the length of a bar in quarter notes. Return the exit code."""
    wait_s, quantum = float(arguments[0]), float(arguments[1])
    try:
        import link
    except ImportError:
        return MISSING
    peer = link.Link(INITIAL_BPM)
    peer.enabled = True
    try:
        end_s = time.monotonic() + wait_s
        while peer.numPeers() == 0:
            if time.monotonic() > end_s:
                print("null")
                return 0
            time.sleep(POLL_S)
        session, at_s = peer.captureSessionState(), time.monotonic()
        phase_beats = session.phaseAtTime(peer.clock().micros(), quantum)
        print(json.dumps(asdict(LinkReading(session.tempo(), phase_beats, at_s, peer.numPeers()))))
    finally:
        peer.enabled = False
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

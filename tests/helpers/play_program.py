"""The real player as a program: plays a take on the default sound device from its start to its end.

Usage: play_program.py MANIFEST PLAN. The plan is a JSON list of [frame, stem, {"level_db", "muted", "soloed"}]: the
changes to apply once the playhead has passed a frame; frame 0 is before the first sound. Prints the faults.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from bridge.app.player.player import TakePlayer
from bridge.takes.library import read_take


def main(manifest: str, plan: str) -> int:
    """Play the take; return 1 if there was no sound."""
    problems: list[str] = []
    player = TakePlayer(on_change=lambda: None, on_problem=problems.append)
    player.load(read_take(Path(manifest)))
    assert player.mixer is not None
    todo = json.loads(plan)

    def turn(until: int) -> None:
        assert player.mixer is not None
        while todo and todo[0][0] <= until:
            _, stem, knobs = todo.pop(0)
            for knob, value in knobs.items():
                setattr(player.mixer.channels[stem], knob, value)

    turn(0)
    player.play()
    while player.is_playing:
        turn(player.mixer.position)
        time.sleep(0.01)  # the take plays in real time
    player.unload()
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

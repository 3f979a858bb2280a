"""Players for tests that have no use for their reports."""

from __future__ import annotations

from collections.abc import Callable

from bridge.app.player.output import CardOutput
from bridge.app.player.player import OpenOutput, TakePlayer


def make_player(
    open_output: OpenOutput = CardOutput,
    on_change: Callable[[], None] = lambda: None,
    on_problem: Callable[[str], None] = lambda _sentence: None,
) -> TakePlayer:
    return TakePlayer(on_change=on_change, on_problem=on_problem, open_output=open_output)

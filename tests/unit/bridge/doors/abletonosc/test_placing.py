"""Placing a take through AbletonOSC: every stem on a new track, or a sentence."""

from __future__ import annotations

import asyncio

import pytest

from bridge.doors.abletonosc.placing import Asker


def test_an_answer_that_never_comes_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.doors.abletonosc.placing.ANSWER_S", 0.01)
    asker = Asker(lambda *_: None)
    with pytest.raises(TimeoutError):
        asyncio.run(asker.ask("/live/song/get/num_tracks"))
    asker.receive("/live/song/get/num_tracks", [4])

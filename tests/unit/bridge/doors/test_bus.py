"""Events reach those who subscribed to their type, in order, and no others."""

from __future__ import annotations

import dataclasses

import pytest

from bridge.doors import bus as module
from bridge.doors.bus import ClientActive, EventBus, MidiReceived, TakePlaced, TriggerFailed


def test_an_event_reaches_its_listeners_in_the_order_of_their_subscriptions() -> None:
    bus, got = EventBus(), []
    bus.subscribe(TriggerFailed, lambda event: got.append(("first", event.sentence)))
    bus.subscribe(TriggerFailed, lambda event: got.append(("second", event.sentence)))
    bus.subscribe(ClientActive, lambda event: got.append(("other", event)))
    bus.publish(TriggerFailed("There is no job yet."))
    assert got == [("first", "There is no job yet."), ("second", "There is no job yet.")]


def test_an_event_without_listeners_is_no_fault() -> None:
    bus = EventBus()
    bus.publish(MidiReceived("pads", b"\x90\x24\x64"))
    late: list[MidiReceived] = []
    bus.subscribe(MidiReceived, late.append)
    assert late == [], "events are not kept"


def test_what_a_listener_raises_comes_out_where_it_was_published() -> None:
    bus = EventBus()

    def broken(_: ClientActive) -> None:
        raise ZeroDivisionError

    bus.subscribe(ClientActive, broken)
    with pytest.raises(ZeroDivisionError):
        bus.publish(ClientActive())


def test_every_event_is_a_frozen_value() -> None:
    own = [kind for kind in vars(module).values() if getattr(kind, "__module__", "") == module.__name__]
    events = [kind for kind in own if dataclasses.is_dataclass(kind)]
    assert len(events) >= 7
    for kind in events:
        assert kind.__dataclass_params__.frozen, kind  # type: ignore[union-attr]
    placed = TakePlaced("REAPER", "/a/manifest.json", 4, "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        placed.stems = 5  # type: ignore[misc]

"""The environment's desk: one piece of work at a time, cancelled at its next report."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bridge.app import environment
from bridge.app.environment import EnvironmentDesk
from bridge.upkeep.engine_env.choice import devices_of
from bridge.upkeep.engine_env.hardware import Hardware, detect_system
from bridge.upkeep.engine_env.make import EnvironmentOrder
from bridge.upkeep.engine_env.progress import InstallStep
from bridge.upkeep.engine_env.record import EnvironmentFault, EnvironmentRecord
from engine.errors import Cancelled

WAIT_S = 30.0
HARDWARE = Hardware("linux", "x86_64")
MADE = EnvironmentRecord(
    "cpu", "cpu", "because", "auto", "a CPU", "0123", "2.13.0+cpu", "3.11", "0.1.0", "2026-01-01T00:00:00"
)
STEP = InstallStep("torch", 0.5, "fetching torch")


@pytest.fixture
def desk(tmp_path: Path) -> EnvironmentDesk:
    return EnvironmentDesk(tmp_path / "engine", lambda: "tool", lambda: "requirements", lambda: HARDWARE)  # type: ignore[arg-type, return-value]


Maker = Callable[[EnvironmentOrder, Callable[[InstallStep], None]], EnvironmentRecord]


def let_make(monkeypatch: pytest.MonkeyPatch, maker: Maker) -> None:
    monkeypatch.setattr(environment, "make", maker)


def test_the_devices_are_those_of_this_system_with_auto_first(desk: EnvironmentDesk) -> None:
    assert desk.devices() == ("auto", *devices_of(detect_system()))


def test_a_folder_without_an_environment_is_absent_and_deleting_it_frees_nothing(desk: EnvironmentDesk) -> None:
    state = desk.look().result(WAIT_S)
    assert (state.kind, state.size_bytes, state.wanted_device) == ("absent", 0, "cpu")
    assert desk.remove().result(WAIT_S) == 0


def test_deleting_frees_all_bytes(desk: EnvironmentDesk) -> None:
    desk.place.cache.mkdir(parents=True)
    (desk.place.cache / "torch.whl").write_bytes(b"x" * 1_000)
    assert desk.remove().result(WAIT_S) == 1_000
    assert not desk.place.root.exists()


def test_the_order_has_everything_that_was_found_and_asked_for(
    desk: EnvironmentDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, steps = list[EnvironmentOrder](), list[InstallStep]()

    def make(order: EnvironmentOrder, report: Callable[[InstallStep], None]) -> EnvironmentRecord:
        orders.append(order)
        report(STEP)
        return MADE

    let_make(monkeypatch, make)
    assert desk.make("cpu", True, steps.append).result(WAIT_S) is MADE
    assert orders == [EnvironmentOrder(desk.place, HARDWARE, "requirements", "tool", "cpu", True)]  # type: ignore[arg-type]
    assert steps == [STEP]
    assert not desk.is_busy


def test_other_work_is_refused_while_one_runs_and_cancel_ends_that_one(
    desk: EnvironmentDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_begun, goes_on = threading.Event(), threading.Event()

    def make(_: EnvironmentOrder, report: Callable[[InstallStep], None]) -> EnvironmentRecord:
        has_begun.set()
        goes_on.wait(WAIT_S)
        report(STEP)
        return MADE

    let_make(monkeypatch, make)
    steps: list[InstallStep] = []
    running = desk.make("", False, steps.append)
    assert has_begun.wait(WAIT_S)
    assert desk.is_busy
    for other in (desk.make("", False, steps.append), desk.remove()):
        error = other.exception(WAIT_S)
        assert isinstance(error, EnvironmentFault)
        assert str(error) == "Something is being done with the engine environment already."
    assert desk.is_busy
    desk.cancel()
    goes_on.set()
    assert isinstance(running.exception(WAIT_S), Cancelled)
    assert steps == []
    assert not desk.is_busy
    assert desk.make("", False, steps.append).result(WAIT_S) is MADE  # the earlier cancel is over
    assert steps == [STEP]


def test_work_that_fails_lets_the_next_begin(desk: EnvironmentDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(_: EnvironmentOrder, _report: Callable[[InstallStep], None]) -> EnvironmentRecord:
        raise EnvironmentFault("No room.")

    let_make(monkeypatch, make)
    assert str(desk.make("", False, lambda _: None).exception(WAIT_S)) == "No room."
    assert not desk.is_busy
    assert desk.remove().result(WAIT_S) == 0
